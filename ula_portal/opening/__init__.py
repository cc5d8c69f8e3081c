"""Opening an office: the guided set-up at ``/petugas/kantor/``, which always shows what is in order and what is not.

A ``rules.Step`` is a part of the office: its title, its page, the rows it counts (all steps together cost one query)
and the sentences about what is missing. ``overview.STEPS`` lists them in the order in which an office is set up;
whoever adds a step writes it in a module ``…_steps`` and names it there. A step's own page extends
``opening/step.html``; ``pages.show_step`` shows it and ``pages.go_on`` leads to the next open step.

``structure_forms`` is the table in which units and positions are typed, pasted or taken from the usual structure
(``data/type_structure.json``); ``people_files`` reads and writes the workbook of people.
"""
