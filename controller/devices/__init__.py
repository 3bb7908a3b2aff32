"""Devices: who may talk to the controller, and how they are."""
