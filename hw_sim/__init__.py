"""Readers, tags, cards, pins, people and faults, simulated at the wire; and the demo library."""
