"""Holds: who waits for a title, what stands on the hold shelf, what to fetch."""
