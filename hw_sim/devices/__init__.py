"""Simulated devices: they know bytes and tags; they import no application and no driver."""
