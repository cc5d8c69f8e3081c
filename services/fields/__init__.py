"""Fields of a service's form: their types, their conditions, its versions, and the answers of a filled form.

Uses: schools.
"""
