"""What an SOP is: its flow as plain values, durations, the rules it must follow, and which version is in force.

The rules are those of PermenPAN-RB 35/2012 that a program can check; they return findings. Only ``queries`` reads
the database. Off-page connectors are not checked, because the drawing creates them in pairs. The number of arrows
that lead to a step is not limited.

Uses: nothing of its floor.
"""
