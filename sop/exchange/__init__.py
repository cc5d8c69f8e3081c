"""SOPs as files: JSON, the office's workbook, BPMN, rows from the clipboard; there and back without loss.

Uses: rules, flowchart.
"""
