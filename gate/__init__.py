"""The exit gate's firmware: it decides alone and at once, and reports later."""
