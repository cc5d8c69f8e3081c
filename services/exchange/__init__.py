"""Services as files: the starter catalogue that comes with the portal, one service to take out and to bring in.

Uses: nothing of its floor.
Verbs: none.
"""
