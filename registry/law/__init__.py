"""What MAY be: the tables of order, the regulations as data, legal time. Pure: no database, no clock, no I/O after start."""
