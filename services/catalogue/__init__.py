"""The catalogue: services with their standards, published or not, as the public finds them.

Uses: fields, deadlines.
Verbs: import_catalogue, publish_service, withdraw_service.
"""
