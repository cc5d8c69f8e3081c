"""The register of schools: loading it from the public reference data, and finding a school in it.

Uses: nothing of its floor.
Verbs: import_schools.
"""
