"""Indonesian dates with the month in full, and times with a point and two digits. The rest is Django's."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H.i"
DATETIME_FORMAT = "j F Y, H.i"
