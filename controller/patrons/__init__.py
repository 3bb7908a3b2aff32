"""Cards, patrons and their accounts."""
