"""The catalogue: services and their standards, publishing them, and the public pages that show them.

Uses: fields, deadlines.
Verbs: import_catalogue, publish_service, withdraw_service.
"""
