"""SOPs as BPMN 2.0 XML: ``writing`` creates a file for BPMN tools, ``reading`` reads the portal's and other files.

| SOP | BPMN |
|---|---|
| the SOP | process in one participant (a pool) with vertical lanes |
| actor | lane; a step is in the lane of its lead, all its actors are in the extension |
| start, process, end | task; with a start event before a start and an end event after an end, marked as added |
| decision | exclusive gateway with the question, and two named exits |
| note | documentation |
| several flows into one step | exclusive gateway before it, marked as added |
| everything else | ``extensionElements`` in the namespace ``names.OWN`` |

If a standard element and an extension differ (lanes, names, arrows), the standard element takes precedence, because
the file may have been edited in another tool. Elements marked as added are ignored when reading.
"""
