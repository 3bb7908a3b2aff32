"""As in pyscard."""
