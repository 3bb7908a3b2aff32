"""Catalogues and rosters from other systems: read, previewed, then written."""
