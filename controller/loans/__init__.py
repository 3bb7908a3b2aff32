"""Checkout, renewal, return and sighting of copies."""
