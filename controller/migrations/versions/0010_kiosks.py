"""Calls for the librarian, and what kiosks count of their use."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import controller.columns


revision: str = '0010'
down_revision: str | None = '0009'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One step forward."""
    op.create_table('device_usage',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('counter', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.CheckConstraint('number >= 0', name=op.f('ck_device_usage_number')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_device_usage_device_id')),
    sa.PrimaryKeyConstraint('day', 'device_id', 'counter', name=op.f('pk_device_usage'))
    )
    op.create_table('librarian_call',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('called_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('answered_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_librarian_call_device_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_librarian_call'))
    )
    op.create_index('ix_librarian_call_called_at', 'librarian_call', ['called_at'], unique=False)


def downgrade() -> None:
    """One step back: calls and counts go."""
    op.drop_index('ix_librarian_call_called_at', table_name='librarian_call')
    op.drop_table('librarian_call')
    op.drop_table('device_usage')
