"""Visits by the quarter hour; gate events know their aisle, burn-in and two more kinds."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import controller.columns

revision: str = '0005'
down_revision: str | None = '0004'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OLD_KINDS = ('alarm', 'passage', 'beam_fault', 'reader_lost', 'reader_back')


text = sqlmodel.sql.sqltypes.AutoString


def _kinds(*words: str, guarded: bool) -> sa.Enum:
    return sa.Enum(*words, name='gateeventkind', native_enum=False, create_constraint=guarded, length=32)


def _gate_event() -> sa.Table:
    """As 0001 made it: SQLite copies a table to lose a CHECK and cannot tell which it has."""
    meta = sa.MetaData(naming_convention={'ck': 'ck_%(table_name)s_%(constraint_name)s'})
    sa.Table('device', meta, sa.Column('id', sa.Integer(), primary_key=True))
    return sa.Table('gate_event', meta,
    sa.Column('id', text(length=36), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('clock', sa.Enum('sure', 'unsure', name='clock', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kind', _kinds(*_OLD_KINDS, guarded=False), nullable=False),
    sa.Column('passage', text(length=36), nullable=True),
    sa.Column('direction', sa.Enum('out', 'in', 'turned_back', 'unknown', name='direction', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('verdict', sa.Enum('silent', 'alarm', 'friendly', 'logged', name='verdict', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('tags', sa.Text(), nullable=False),
    sa.Column('count_in', sa.BigInteger(), nullable=False),
    sa.Column('count_out', sa.BigInteger(), nullable=False),
    sa.Column('reaction_ms', sa.Float(), nullable=True),
    sa.Column('received_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_gate_event_device_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gate_event')),
    sa.UniqueConstraint('device_id', 'seq', name=op.f('uq_gate_event_device_id_seq')),
    sa.Index(op.f('ix_gate_event_passage'), 'passage'),
    )


def _set_tags_aside() -> None:
    op.execute("CREATE TEMPORARY TABLE kept_gate_tag AS SELECT * FROM gate_tag")
    op.execute("DELETE FROM gate_tag")


def _put_tags_back() -> None:
    op.execute("INSERT INTO gate_tag SELECT * FROM kept_gate_tag")
    op.execute("DROP TABLE kept_gate_tag")


def upgrade() -> None:
    """One step forward."""
    op.create_table('gate_visit',
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('quarter', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('came_in', sa.Integer(), nullable=False),
    sa.Column('went_out', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_gate_visit_device_id')),
    sa.PrimaryKeyConstraint('device_id', 'quarter', name=op.f('pk_gate_visit'))
    )
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_constraint(op.f('ck_gate_event_gateeventkind'), 'gate_event', type_='check')
    _set_tags_aside()  # SQLite copies and drops gate_event, and would not while they point to it
    with op.batch_alter_table('gate_event', copy_from=_gate_event(), recreate='auto') as batch_op:
        batch_op.add_column(sa.Column('aisle', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True))
        batch_op.add_column(sa.Column('monitored', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.alter_column('kind', existing_type=_kinds(*_OLD_KINDS, guarded=False), type_=_kinds(*_OLD_KINDS, 'self_test', 'dropped', guarded=False))
    _put_tags_back()
    with op.batch_alter_table('gate_tag') as batch_op:  # an EPC is longer than a UID
        batch_op.alter_column('uid', existing_type=text(length=16), type_=text(length=62), existing_nullable=False)


def downgrade() -> None:
    """And back; events of the new kinds go, and tags whose names do not fit."""
    op.execute("DELETE FROM gate_tag WHERE length(uid) > 16 OR event_id IN"
        " (SELECT id FROM gate_event WHERE kind IN ('self_test', 'dropped'))")
    with op.batch_alter_table('gate_tag') as batch_op:
        batch_op.alter_column('uid', existing_type=text(length=62), type_=text(length=16), existing_nullable=False)
    op.execute("DELETE FROM gate_event WHERE kind IN ('self_test', 'dropped')")
    _set_tags_aside()
    with op.batch_alter_table('gate_event') as batch_op:
        batch_op.drop_column('monitored')
        batch_op.drop_column('aisle')
    _put_tags_back()
    if op.get_bind().dialect.name == 'postgresql':
        words = ', '.join(f"'{word}'" for word in _OLD_KINDS)
        op.create_check_constraint(op.f('ck_gate_event_gateeventkind'), 'gate_event', f'kind IN ({words})')
    op.drop_table('gate_visit')
