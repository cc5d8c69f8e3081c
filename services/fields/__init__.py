"""Fields of a service's form: their types, their conditions, its versions, and the answers of a filled form.

A type (``types.TYPES``, name → type) says what an editor needs: ``title``, ``settings`` (the keys of ``Field.rules``
that it has), ``problems`` (what is wrong with them), ``options`` (the answers that conditions can name), ``is_column``
(whether a group can have it as a column), ``has_answer``. The settings:

=============================  =====================================================================================
``options``, ``other``         list of texts; true: the option "Lainnya" with a text of the applicant's own
``min``, ``max``               numbers, the limits of a number
``min_items``, ``max_items``   numbers: of choices, of rows, of lines
``columns``                    the questions of a group's rows, each a dict of ``columns.Column``
``item``                       of a group {"label": heading of a row}; of a list {"type": …, "label": …}
``not_before``                 name of the field with the earlier date
``text``                       the text of an information, below its label
``example``, ``paper_hint``    shown below the question: an example, and where a number stands on paper
``prefill``                    name of the field whose answer is offered, or of a part of it ("sekolah.district")
=============================  =====================================================================================

Shape is an error (``FieldType.form_field``), meaning only a warning (``FieldType.warnings``). ``show_if`` describes the
stored conditions, ``checks.findings_of`` finds those that cannot work, ``ways.ways_through`` all ways through a form.

Uses: schools.
"""
