"""Decisions on a version: propose, correct, verify, approve, publish, withdraw, record from paper.

Uses: rules, exchange, document, drafting.
Verbs: approve_version, declare_in_force, decline_correction, propose_correction, propose_version, publish_version,
record_paper_version, return_version, take_over_correction, verify_version, withdraw_correction, withdraw_version.
"""
