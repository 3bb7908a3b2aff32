"""The first ledger."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import controller.columns

_SQLITE_APPEND_ONLY = """
CREATE TRIGGER event_is_append_only_{act} BEFORE {act} ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END
"""
_POSTGRESQL_APPEND_ONLY = """
CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'event is append-only'; END $$;
CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON event
FOR EACH ROW EXECUTE FUNCTION event_is_append_only()
"""

revision: str = '0001'
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One step forward."""
    op.create_table('library',
    sa.Column('isil', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('display_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('isil', name=op.f('pk_library')),
    sa.UniqueConstraint('name', name=op.f('uq_library_name'))
    )
    op.create_table('patron',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('family_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('given_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('patronymic', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('class_name', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('category', sa.Enum('pupil', 'teacher', 'staff', 'guest', name='patroncategory', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('blocked', sa.Boolean(), nullable=False),
    sa.Column('has_left', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_patron'))
    )
    op.create_table('title',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('author', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('subtitle', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('publisher', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('isbn', sqlmodel.sql.sqltypes.AutoString(length=13), nullable=True),
    sa.Column('kind', sa.Enum('book', 'textbook', 'periodical', 'reference', name='itemkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('section', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('udc', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('age_mark', sa.Integer(), nullable=False),
    sa.Column('grade', sa.Integer(), nullable=True),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('source_key', sqlmodel.sql.sqltypes.AutoString(length=128), nullable=False),
    sa.CheckConstraint('age_mark IN (0, 6, 12, 16, 18)', name=op.f('ck_title_age_mark')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_title')),
    sa.UniqueConstraint('source', 'source_key', name=op.f('uq_title_source_source_key'))
    )
    with op.batch_alter_table('title', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_title_isbn'), ['isbn'], unique=False)

    op.create_table('card',
    sa.Column('uid', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('patron_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('blocked', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_card_patron_id')),
    sa.PrimaryKeyConstraint('uid', name=op.f('pk_card'))
    )
    with op.batch_alter_table('card', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_card_patron_id'), ['patron_id'], unique=False)

    op.create_table('device',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('library', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('kind', sa.Enum('kiosk', 'gate', 'drop', 'station', name='devicekind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('last_seen', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['library'], ['library.isil'], name=op.f('fk_device_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device')),
    sa.UniqueConstraint('library', 'name', name=op.f('uq_device_library_name')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_device_token_hash'))
    )
    op.create_table('item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('item_id', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('inventory_no', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
    sa.Column('tag_uid', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
    sa.Column('title_id', sa.Integer(), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('price', sa.Integer(), nullable=True),
    sa.Column('parts', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('in_stock', 'on_loan', 'lost', 'withdrawn', name='itemstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('security', sa.Enum('armed', 'disarm_due', 'disarmed', 'arm_due', name='securitystate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reading_room_only', sa.Boolean(), nullable=False),
    sa.CheckConstraint('parts >= 1', name=op.f('ck_item_parts')),
    sa.ForeignKeyConstraint(['owner'], ['library.isil'], name=op.f('fk_item_owner')),
    sa.ForeignKeyConstraint(['title_id'], ['title.id'], name=op.f('fk_item_title_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item')),
    sa.UniqueConstraint('owner', 'item_id', name=op.f('uq_item_owner_item_id')),
    sa.UniqueConstraint('tag_uid', name=op.f('uq_item_tag_uid'))
    )
    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.create_index('ix_item_disarm_due', ['owner', 'tag_uid'], unique=False, sqlite_where=sa.text("security = 'disarm_due'"), postgresql_where=sa.text("security = 'disarm_due'"))
        batch_op.create_index(batch_op.f('ix_item_inventory_no'), ['inventory_no'], unique=False)
        batch_op.create_index(batch_op.f('ix_item_title_id'), ['title_id'], unique=False)

    op.create_table('event',
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Enum('checked_out', 'renewed', 'returned', 'security_seen', 'gate_alarmed', 'gate_passed', 'gate_beam_failed', 'gate_reader_lost', 'gate_reader_back', 'gate_message_refused', 'device_changed', 'catalogue_imported', 'roster_imported', name='eventkind', native_enum=False, length=32), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=True),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('title_id', sa.Integer(), nullable=True),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_event_device_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_event_item_id')),
    sa.ForeignKeyConstraint(['title_id'], ['title.id'], name=op.f('fk_event_title_id')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_event')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_at'), ['at'], unique=False)

    op.create_table('gate_event',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('clock', sa.Enum('sure', 'unsure', name='clock', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kind', sa.Enum('alarm', 'passage', 'beam_fault', 'reader_lost', 'reader_back', name='gateeventkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('passage', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=True),
    sa.Column('direction', sa.Enum('out', 'in', 'turned_back', 'unknown', name='direction', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('verdict', sa.Enum('silent', 'alarm', 'friendly', 'logged', name='verdict', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('tags', sa.Text(), nullable=False),
    sa.Column('count_in', sa.BigInteger(), nullable=False),
    sa.Column('count_out', sa.BigInteger(), nullable=False),
    sa.Column('reaction_ms', sa.Float(), nullable=True),
    sa.Column('received_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_gate_event_device_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gate_event')),
    sa.UniqueConstraint('device_id', 'seq', name=op.f('uq_gate_event_device_id_seq'))
    )
    with op.batch_alter_table('gate_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_gate_event_passage'), ['passage'], unique=False)

    op.create_table('loan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('patron_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('lent_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('returned_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('renewals', sa.Integer(), nullable=False),
    sa.Column('counted', sa.Boolean(), nullable=False),
    sa.Column('policy_version', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('renewals >= 0', name=op.f('ck_loan_renewals')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_loan_device_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_loan_item_id')),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_loan_patron_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_loan')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('loan', schema=None) as batch_op:
        batch_op.create_index('ix_loan_open_patron', ['patron_id'], unique=False, sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))
        batch_op.create_index('uq_loan_open_item', ['item_id'], unique=True, sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))

    op.create_table('operation',
    sa.Column('op_id', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('body_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('device_time', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('received_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_operation_device_id')),
    sa.PrimaryKeyConstraint('op_id', name=op.f('pk_operation'))
    )
    _make_event_append_only(op.get_bind().dialect.name)


def downgrade() -> None:
    """And back."""
    op.drop_table('operation')
    with op.batch_alter_table('loan', schema=None) as batch_op:
        batch_op.drop_index('uq_loan_open_item', sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))
        batch_op.drop_index('ix_loan_open_patron', sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))

    op.drop_table('loan')
    with op.batch_alter_table('gate_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_gate_event_passage'))

    op.drop_table('gate_event')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_at'))

    op.drop_table('event')
    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_item_title_id'))
        batch_op.drop_index(batch_op.f('ix_item_inventory_no'))
        batch_op.drop_index('ix_item_disarm_due', sqlite_where=sa.text("security = 'disarm_due'"), postgresql_where=sa.text("security = 'disarm_due'"))

    op.drop_table('item')
    op.drop_table('device')
    with op.batch_alter_table('card', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_card_patron_id'))

    op.drop_table('card')
    with op.batch_alter_table('title', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_title_isbn'))

    op.drop_table('title')
    op.drop_table('patron')
    op.drop_table('library')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION event_is_append_only()")


def _make_event_append_only(dialect: str) -> None:
    if dialect == "sqlite":
        op.execute(_SQLITE_APPEND_ONLY.format(act="UPDATE"))
        op.execute(_SQLITE_APPEND_ONLY.format(act="DELETE"))
    else:
        op.execute(_POSTGRESQL_APPEND_ONLY)
