"""Find a title by its words or a copy by its numbers."""
