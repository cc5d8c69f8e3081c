"""The public library: what is in force, found as people type, and every version that was ever published.

Uses: rules, exchange, document.
"""
