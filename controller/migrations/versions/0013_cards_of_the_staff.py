"""Cards of the staff, and what a browser asks of a station's card reader."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import controller.columns


revision: str = '0013'
down_revision: str | None = '0012'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One step forward."""
    op.create_table('staff_card',
    sa.Column('uid', sa.String(length=20), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_card_staff_id')),
    sa.PrimaryKeyConstraint('uid', name=op.f('pk_staff_card'))
    )
    op.create_index(op.f('ix_staff_card_staff_id'), 'staff_card', ['staff_id'], unique=False)
    op.create_table('card_wish',
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('until', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('heard_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('uid', sa.String(length=20), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_card_wish_device_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_card_wish_staff_id')),
    sa.PrimaryKeyConstraint('device_id', name=op.f('pk_card_wish'))
    )
    with op.batch_alter_table('device_operator', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('by_card', sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """One step back: who is in by a card is out."""
    op.execute('DELETE FROM device_operator WHERE by_card')
    with op.batch_alter_table('device_operator', schema=None) as batch_op:
        batch_op.drop_column('by_card')
    op.drop_table('card_wish')
    op.drop_index(op.f('ix_staff_card_staff_id'), table_name='staff_card')
    op.drop_table('staff_card')
