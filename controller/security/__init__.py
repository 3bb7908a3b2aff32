"""What antennas saw of each copy, and what must be mended."""
