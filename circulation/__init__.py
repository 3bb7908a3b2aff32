"""The words and rules every process agrees on: no I/O, no clock, no framework."""
