# ruff: noqa: N999 - the name is that of the package it stands in for
"""Stand-in for the package RPi; only GPIO is in it."""
