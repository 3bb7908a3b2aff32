"""Copies on the hold shelf whose readers did not come."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import controller.columns


revision: str = '0011'
down_revision: str | None = '0010'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One step forward."""
    op.create_table('left_on_shelf',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('hold_id', sa.Integer(), nullable=False),
    sa.Column('ended_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_left_on_shelf_item_id')),
    sa.PrimaryKeyConstraint('item_id', name=op.f('pk_left_on_shelf'))
    )


def downgrade() -> None:
    """One step back: what is to be moved is told no more."""
    op.drop_table('left_on_shelf')
