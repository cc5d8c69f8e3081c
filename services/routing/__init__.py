"""Routing: which official takes a request, by rules and suggestions; undoing that within a minute.

Uses: fields, deadlines, engine.
Verbs: add_routing_rule, move_rule, route_case, route_many, undo_routing.
"""
