"""Scenarios: what a library suffers from, played on the product and judged."""
