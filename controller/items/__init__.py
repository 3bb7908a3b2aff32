"""Which books lie on a pad."""
