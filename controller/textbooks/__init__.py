"""Textbook sets by class: lists, stacks, sessions, sheets, provision."""
