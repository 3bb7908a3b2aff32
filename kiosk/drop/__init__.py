"""The book drop: a slot in a wall that takes books back when nobody is there."""
