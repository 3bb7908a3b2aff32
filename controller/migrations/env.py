"""How Alembic meets the ledger: always on a connection that `controller.db` hands over."""

from alembic import context
from sqlmodel import SQLModel

import controller.catalogue.tables
import controller.devices.tables
import controller.encoding.tables
import controller.gates.tables
import controller.holds.tables
import controller.kiosks.tables
import controller.loans.tables
import controller.offline.tables
import controller.patrons.tables
import controller.security.tables
import controller.staff.tables
import controller.tables
import controller.textbooks.tables  # noqa: F401  # the imports fill the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite cannot alter a constraint in place
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
