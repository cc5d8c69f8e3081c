"""Services as files: the starter catalogue that comes with the portal, one service to take out and to bring in.

Uses: catalogue, letters, schools.
Verbs: add_starter_services, import_service, take_in_starter_sop.
"""
