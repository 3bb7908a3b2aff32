"""What encoding stations wrote, and the tags of a set's other parts."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import controller.columns


revision: str = '0008'
down_revision: str | None = '0007'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One step forward."""
    op.create_table('tag_log',
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('op_id', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.Column('library', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('staff', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('item_id', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('uid', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('result', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('before_uid', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
    sa.Column('moved_from', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
    sa.Column('undone_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_tag_log_device_id')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_tag_log')),
    sa.UniqueConstraint('op_id', name=op.f('uq_tag_log_op_id')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_tag_log_library_at', 'tag_log', ['library', 'at'], unique=False)

    op.create_table('part_tag',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('uid', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_part_tag_item_id')),
    sa.PrimaryKeyConstraint('item_id', 'part', name=op.f('pk_part_tag')),
    sa.UniqueConstraint('uid', name=op.f('uq_part_tag_uid'))
    )


def downgrade() -> None:
    """One step back."""
    op.drop_table('part_tag')
    op.drop_index('ix_tag_log_library_at', table_name='tag_log')
    op.drop_table('tag_log')
