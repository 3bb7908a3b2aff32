"""Barcode and QR scanners: serial lines, and keyboards that are none."""
