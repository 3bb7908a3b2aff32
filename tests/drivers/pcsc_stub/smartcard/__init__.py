"""Stands in for pyscard in a process of its own; what happens is told in POLKA_PCSC_STORY.

The story is JSON: ``{"readers": [names], "polls": [step, ...]}``; a step is ``null`` (no card),
``"gone"`` (the reader was pulled), ``"mute"`` (a card that does not connect), or the hex of an
answer with its two status bytes. Reached by PYTHONPATH alone, so no real kiosk can start on it.
"""
