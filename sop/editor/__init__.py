"""The pages of the SOP editor, on which a draft is written, checked and proposed.

Uses: rules, flowchart, exchange, document, drafting, approval.
"""
