"""The pages of the SOP editor, where drafts are written, checked and proposed.

Uses: rules, flowchart, exchange, document, drafting, approval.
"""
