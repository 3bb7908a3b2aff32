"""Batches of stock, runs of imports, words for the shelf, and the search index."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import controller.columns
from controller.search.index import CREATE, TABLE
from controller.search.rebuild import rebuild
from controller.sql import Dialect, Transaction

revision: str = '0003'
down_revision: str | None = '0002'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Plain ADD COLUMN: a copy of the whole table would need the foreign keys switched off.
_NEW_TEXTS = (
    ("title", "place"), ("title", "author_mark"), ("title", "subjects"), ("item", "condition"),
)


def upgrade() -> None:
    """One step forward."""
    for table, column in _NEW_TEXTS:
        kind = sqlmodel.sql.sqltypes.AutoString()
        op.add_column(table, sa.Column(column, kind, nullable=False, server_default=''))
    op.create_table('batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('kind', sa.Enum('arrival', 'write_off', name='batchkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['owner'], ['library.isil'], name=op.f('fk_batch_owner')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch')),
    sa.UniqueConstraint('owner', 'kind', 'number', name=op.f('uq_batch_owner_kind_number'))
    )
    op.create_table('batch_item',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('arrival', 'write_off', name='batchkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_batch_item_batch_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_batch_item_item_id')),
    sa.PrimaryKeyConstraint('item_id', 'kind', name=op.f('pk_batch_item'))
    )
    op.create_index(op.f('ix_batch_item_batch_id'), 'batch_item', ['batch_id'], unique=False)
    op.create_table('import_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('titles_done', sa.Integer(), nullable=False),
    sa.Column('began_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('finished_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['owner'], ['library.isil'], name=op.f('fk_import_run_owner')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_run')),
    sa.UniqueConstraint('digest', 'owner', name=op.f('uq_import_run_digest_owner'))
    )
    bind = op.get_bind()
    dialect = Dialect(bind.dialect.name)
    for text in CREATE[dialect]:
        op.execute(text)
    rebuild(Transaction(bind.connection, dialect))  # what is derived is derived anew


def downgrade() -> None:
    """And back."""
    op.drop_table(TABLE)
    op.drop_table('import_run')
    op.drop_index(op.f('ix_batch_item_batch_id'), 'batch_item')
    op.drop_table('batch_item')
    op.drop_table('batch')
    for table, column in reversed(_NEW_TEXTS):
        op.drop_column(table, column)
