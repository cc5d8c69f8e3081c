"""SOPs as files: JSON, the office's workbook, BPMN, and rows from the clipboard; export and import lose nothing.

Uses: rules, flowchart.
"""
