"""The stock gets its tags: what has none, what was written, who wrote it, what arrived."""
