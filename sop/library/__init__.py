"""The public library: SOPs in force with a tolerant search, and every version that was ever published.

Uses: rules, exchange, document.
"""
