"""What gates report, and the list they need to let loans pass."""
