"""The start page of staff: what waits for a person, in order of urgency, composed of the queries of all apps."""
