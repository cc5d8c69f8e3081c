"""What an SOP is: its flow as plain values, durations, the rules of its form, and which version is in force.

The rules are those of PermenPAN-RB 35/2012 that a program can check, as findings; pure but for ``queries``. Off-page
connectors are not judged: the drawing makes them, always in pairs. Nor is the number of exits to a step.

Uses: nothing of its floor.
"""
