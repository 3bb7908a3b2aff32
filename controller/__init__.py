"""The ledger: who has what, its catalogue, its devices and its events."""
