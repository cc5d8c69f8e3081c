"""An SOP as BPMN 2.0 XML: ``write`` draws it for BPMN tools, ``read`` takes such a file, own or foreign, in.

| SOP | BPMN |
|---|---|
| the SOP | process in one participant (a pool) with vertical lanes |
| actor | lane; a step stands in its lead's lane, all its actors stand in the extension |
| start, process, end | task; a start has a start event before it, an end an end event behind it, both marked as added |
| decision | exclusive gateway that asks the question, its two exits named |
| note | documentation |
| several ways into one step | exclusive gateway before it, marked as added |
| everything else | ``extensionElements`` in the namespace ``names.OWN`` |

Where both say something (lanes, names, arrows) the standard element counts, so that a file edited elsewhere is read as
it was drawn. What is marked as added is dropped again.
"""
