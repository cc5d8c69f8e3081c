"""Forms that are saved field by field, by themselves or by a button, while others may edit the same thing.

``forms`` has their base class, ``saving`` saves what was posted through a verb that compares with
``core.data.field_changes``; pages load ``css/editing.css`` and ``js/autosave.js``.
"""
