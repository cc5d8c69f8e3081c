"""What was typed into a staff form whose sending met the log-in page: kept for a while, and put back.

``rules`` says what may be kept and what never, ``keeping`` keeps it encrypted for half an hour and for one account,
``filling`` writes it into the fields of the page that comes back, ``middleware`` does both for every staff page, so
that no view has to think of it. Works without JavaScript: the page comes from the server with its fields filled.
"""
