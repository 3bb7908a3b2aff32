"""Textbook sets by class and year, class sessions, marks of condition, the federal list's years."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import controller.columns

revision: str = '0009'
down_revision: str | None = '0008'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

text = sqlmodel.sql.sqltypes.AutoString
moment = controller.columns.UtcDateTime


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """One step forward."""
    op.create_table('textbook_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('library', text(length=16), nullable=False),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('class_name', text(length=16), nullable=False),
    sa.Column('title_id', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('audience', _words('audience', 'class', 'group', 'person'), nullable=False),
    sa.Column('group_name', text(length=40), nullable=False),
    sa.Column('patron_id', text(length=40), nullable=True),
    sa.CheckConstraint('quantity BETWEEN 1 AND 99', name=op.f('ck_textbook_line_quantity')),
    sa.ForeignKeyConstraint(['title_id'], ['title.id'], name=op.f('fk_textbook_line_title_id')),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_textbook_line_patron_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_textbook_line'))
    )
    op.create_index('ix_textbook_line_class', 'textbook_line', ['library', 'school_year', 'class_name'], unique=False)
    op.create_index('ix_textbook_line_title_id', 'textbook_line', ['title_id'], unique=False)

    op.create_table('class_group',
    sa.Column('library', text(length=16), nullable=False),
    sa.Column('group_name', text(length=40), nullable=False),
    sa.Column('patron_id', text(length=40), nullable=False),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_class_group_patron_id')),
    sa.PrimaryKeyConstraint('library', 'group_name', 'patron_id', name=op.f('pk_class_group'))
    )
    op.create_index('ix_class_group_patron_id', 'class_group', ['patron_id'], unique=False)

    op.create_table('class_teacher',
    sa.Column('library', text(length=16), nullable=False),
    sa.Column('class_name', text(length=16), nullable=False),
    sa.Column('patron_id', text(length=40), nullable=False),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_class_teacher_patron_id')),
    sa.PrimaryKeyConstraint('library', 'class_name', name=op.f('pk_class_teacher'))
    )
    op.create_index('ix_class_teacher_patron_id', 'class_teacher', ['patron_id'], unique=False)

    op.create_table('class_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('library', text(length=16), nullable=False),
    sa.Column('class_name', text(length=16), nullable=False),
    sa.Column('purpose', _words('purpose', 'issue', 'collect'), nullable=False),
    sa.Column('patron_id', text(length=40), nullable=True),
    sa.Column('staff', text(length=80), nullable=False),
    sa.Column('opened_at', moment(timezone=True), nullable=False),
    sa.Column('ends_at', moment(timezone=True), nullable=False),
    sa.Column('ended_at', moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_class_session_device_id')),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_class_session_patron_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_class_session'))
    )
    op.create_index('uq_class_session_device', 'class_session', ['device_id'], unique=True,
        sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('condition_mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('loan_id', sa.Integer(), nullable=True),
    sa.Column('condition', _words('condition', 'good', 'worn', 'damaged'), nullable=False),
    sa.Column('note', text(length=400), nullable=False),
    sa.Column('at', moment(timezone=True), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_condition_mark_item_id')),
    sa.ForeignKeyConstraint(['loan_id'], ['loan.id'], name=op.f('fk_condition_mark_loan_id')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_condition_mark_device_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_condition_mark'))
    )
    op.create_index('ix_condition_mark_item_id', 'condition_mark', ['item_id'], unique=False)
    op.create_index('ix_condition_mark_loan_id', 'condition_mark', ['loan_id'], unique=False)

    op.create_table('federal_list_year',
    sa.Column('title_id', sa.Integer(), nullable=False),
    sa.Column('last_year', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['title_id'], ['title.id'], name=op.f('fk_federal_list_year_title_id')),
    sa.PrimaryKeyConstraint('title_id', name=op.f('pk_federal_list_year'))
    )


def downgrade() -> None:
    """One step back."""
    op.drop_table('federal_list_year')
    op.drop_index('ix_condition_mark_loan_id', table_name='condition_mark')
    op.drop_index('ix_condition_mark_item_id', table_name='condition_mark')
    op.drop_table('condition_mark')
    op.drop_index('uq_class_session_device', table_name='class_session')
    op.drop_table('class_session')
    op.drop_index('ix_class_teacher_patron_id', table_name='class_teacher')
    op.drop_table('class_teacher')
    op.drop_index('ix_class_group_patron_id', table_name='class_group')
    op.drop_table('class_group')
    op.drop_index('ix_textbook_line_title_id', table_name='textbook_line')
    op.drop_index('ix_textbook_line_class', table_name='textbook_line')
    op.drop_table('textbook_line')
