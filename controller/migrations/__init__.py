"""Alembic migrations of the ledger, run by `controller.db.upgrade`."""
