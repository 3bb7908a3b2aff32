"""Holds, blocks, claims, sightings, conflicts."""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import controller.columns

_WORDS = "'in_stock', 'on_loan', 'lost', 'withdrawn'"
_MORE_WORDS = f"{_WORDS}, 'damaged', 'claimed_returned'"

revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One step forward."""
    _allow_states(_WORDS, _MORE_WORDS)
    op.create_table('patron_block',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('patron_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
    sa.Column('staff', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('since', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('lifted_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('lifted_by', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_patron_block_patron_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_patron_block')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('patron_block', schema=None) as batch_op:
        batch_op.create_index('ix_patron_block_standing', ['patron_id'], unique=False, sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))

    _move_blocks_to_their_table()
    op.create_table('conflict',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('op_id', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('kind', sa.Enum('lent_twice', 'returned_before_lent', 'patron_not_allowed', 'hold_overtaken', 'copy_not_lendable', 'renewal_not_allowed', 'unknown', name='conflictkind', native_enum=False, length=32), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('happened_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('clock', sa.Enum('sure', 'unsure', name='clock', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('fact', sa.Text(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('found_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decide_by', sa.Date(), nullable=False),
    sa.Column('choice', sa.Enum('record', 'keep', name='choice', native_enum=False, length=32), nullable=True),
    sa.Column('staff', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(length=400), nullable=True),
    sa.Column('settled_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_conflict_device_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_conflict_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conflict')),
    sa.UniqueConstraint('op_id', name=op.f('uq_conflict_op_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('conflict', schema=None) as batch_op:
        batch_op.create_index('ix_conflict_open', ['decide_by', 'id'], unique=False, sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))

    op.create_table('device_sequence',
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('op_id', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_device_sequence_device_id')),
    sa.PrimaryKeyConstraint('device_id', 'seq', name=op.f('pk_device_sequence')),
    sa.UniqueConstraint('op_id', name=op.f('uq_device_sequence_op_id'))
    )
    op.create_table('hold',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title_id', sa.Integer(), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('patron_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'ready', 'taken', 'cancelled', 'expired', name='holdstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('placed_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ready_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ready_until', sa.Date(), nullable=True),
    sa.Column('closed_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_hold_item_id')),
    sa.ForeignKeyConstraint(['owner'], ['library.isil'], name=op.f('fk_hold_owner')),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_hold_patron_id')),
    sa.ForeignKeyConstraint(['title_id'], ['title.id'], name=op.f('fk_hold_title_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hold')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.create_index('ix_hold_open_by_patron', ['patron_id'], unique=False, sqlite_where=sa.text("state IN ('waiting', 'ready')"), postgresql_where=sa.text("state IN ('waiting', 'ready')"))
        batch_op.create_index('uq_hold_open_patron', ['title_id', 'owner', 'patron_id'], unique=True, sqlite_where=sa.text("state IN ('waiting', 'ready')"), postgresql_where=sa.text("state IN ('waiting', 'ready')"))
        batch_op.create_index('uq_hold_ready_item', ['item_id'], unique=True, sqlite_where=sa.text("state = 'ready'"), postgresql_where=sa.text("state = 'ready'"))

    op.create_table('item_sighting',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('antenna', sa.Integer(), nullable=True),
    sa.Column('armed', sa.Boolean(), nullable=False),
    sa.Column('verified', sa.Boolean(), nullable=False),
    sa.Column('at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('sightings', sa.Integer(), nullable=False),
    sa.Column('failed_writes', sa.Integer(), nullable=False),
    sa.Column('taken_back_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_item_sighting_device_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_item_sighting_item_id')),
    sa.PrimaryKeyConstraint('item_id', name=op.f('pk_item_sighting'))
    )
    op.create_table('gate_tag',
    sa.Column('event_id', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.Column('uid', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('finding', sa.Enum('lent_disarmed', 'lent_armed', 'stock_armed', 'stock_disarmed', 'not_lendable', 'foreign', name='finding', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['gate_event.id'], name=op.f('fk_gate_tag_event_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_gate_tag_item_id')),
    sa.PrimaryKeyConstraint('event_id', 'uid', name=op.f('pk_gate_tag'))
    )
    with op.batch_alter_table('gate_tag', schema=None) as batch_op:
        batch_op.create_index('ix_gate_tag_item_id', ['item_id'], unique=False)

    with op.batch_alter_table('loan', schema=None) as batch_op:
        batch_op.add_column(sa.Column('claimed_at', controller.columns.UtcDateTime(timezone=True), nullable=True))
    op.create_index(
        'ix_item_arm_due',
        'item',
        ['owner', 'id'],
        sqlite_where=sa.text("security = 'arm_due'"),
        postgresql_where=sa.text("security = 'arm_due'"),
    )


def downgrade() -> None:
    """And back: what the old words cannot say becomes the nearest of them."""
    op.execute("UPDATE item SET state = 'on_loan' WHERE state = 'claimed_returned'")
    op.execute("UPDATE item SET state = 'lost' WHERE state = 'damaged'")
    op.drop_index('ix_item_arm_due', table_name='item')
    with op.batch_alter_table('loan', schema=None) as batch_op:
        batch_op.drop_column('claimed_at')

    with op.batch_alter_table('gate_tag', schema=None) as batch_op:
        batch_op.drop_index('ix_gate_tag_item_id')

    op.drop_table('gate_tag')
    op.drop_table('item_sighting')
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.drop_index('uq_hold_ready_item', sqlite_where=sa.text("state = 'ready'"), postgresql_where=sa.text("state = 'ready'"))
        batch_op.drop_index('uq_hold_open_patron', sqlite_where=sa.text("state IN ('waiting', 'ready')"), postgresql_where=sa.text("state IN ('waiting', 'ready')"))
        batch_op.drop_index('ix_hold_open_by_patron', sqlite_where=sa.text("state IN ('waiting', 'ready')"), postgresql_where=sa.text("state IN ('waiting', 'ready')"))

    op.drop_table('hold')
    op.drop_table('device_sequence')
    with op.batch_alter_table('conflict', schema=None) as batch_op:
        batch_op.drop_index('ix_conflict_open', sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))

    op.drop_table('conflict')
    with op.batch_alter_table('patron_block', schema=None) as batch_op:
        batch_op.drop_index('ix_patron_block_standing', sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))

    op.add_column('patron', sa.Column('blocked', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE patron SET blocked = true WHERE id IN (SELECT patron_id FROM patron_block WHERE lifted_at IS NULL)")
    op.drop_table('patron_block')
    _allow_states(_MORE_WORDS, _WORDS)


def _move_blocks_to_their_table() -> None:
    """A block without a reason, an end or a name becomes one with as much as is known of it."""
    move = sa.text(
        "INSERT INTO patron_block (patron_id, note, staff, since)"
        " SELECT id, :note, :staff, :since FROM patron WHERE blocked = true"
    ).bindparams(sa.bindparam('since', datetime.now(UTC), controller.columns.UtcDateTime()), note='перенесено', staff='')
    op.execute(move)
    op.drop_column('patron', 'blocked')


def _allow_states(old: str, new: str) -> None:
    """Change the words of one CHECK.

    SQLite's own way for a constraint (sqlite.org/lang_altertable.html, 7): edit the schema's text.
    A copy of the table would take minutes at a million copies, and break its foreign keys.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("itemstate", "item", type_="check")
        op.create_check_constraint("itemstate", "item", f"state IN ({new})")
        return
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    change = sa.text(
        "UPDATE sqlite_master SET sql = replace(sql, :old, :new)"
        " WHERE type = 'table' AND name = 'item'"
    )
    op.get_bind().execute(change, {"old": f"({old})", "new": f"({new})"})
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
