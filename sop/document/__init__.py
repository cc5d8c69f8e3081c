"""The SOP as a document: identity block and table, on screen and as PDF for the archive.

Uses: rules, flowchart.
"""
