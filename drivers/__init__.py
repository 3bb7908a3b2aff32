"""Bytes and pins: ports, frames, reader models, cards, GPIO. Knows nothing of books."""
