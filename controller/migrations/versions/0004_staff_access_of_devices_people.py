"""Staff, access of devices, people."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import controller.columns


revision: str = '0004'
down_revision: str | None = '0003'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One step forward."""
    op.create_table('sign_in_try',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_try'))
    )
    with op.batch_alter_table('sign_in_try', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_try_key'), ['key'], unique=False)

    op.create_table('staff',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('role', sa.Enum('librarian', 'head', 'engineer', 'teacher', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('class_name', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('password_hash', sqlmodel.sql.sqltypes.AutoString(length=256), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('login', name=op.f('uq_staff_login'))
    )
    op.create_table('card_number',
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('kind', sa.Enum('barcode', 'qr', name='numberkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('patron_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('blocked', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_card_number_patron_id')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_card_number'))
    )
    with op.batch_alter_table('card_number', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_card_number_patron_id'), ['patron_id'], unique=False)

    op.create_table('consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('patron_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('kind', sa.Enum('personal_data', 'reading_history', name='consentkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('given_by', sa.Enum('patron', 'parent', 'representative', name='consentby', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_consent_patron_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_consent_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_patron_id'), ['patron_id'], unique=False)

    op.create_table('enrolment',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.Column('library', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('kind', sa.Enum('kiosk', 'gate', 'drop', 'station', name='devicekind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('version', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('address', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('secret_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('code_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.Column('collected', sa.Boolean(), nullable=False),
    sa.Column('ends_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('tries BETWEEN 0 AND 5', name=op.f('ck_enrolment_tries')),
    sa.ForeignKeyConstraint(['library'], ['library.isil'], name=op.f('fk_enrolment_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment'))
    )
    op.create_table('erased_patron',
    sa.Column('patron_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_erased_patron_patron_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_erased_patron_staff_id')),
    sa.PrimaryKeyConstraint('patron_id', name=op.f('pk_erased_patron'))
    )
    op.create_table('patron_reading',
    sa.Column('patron_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('keep_history', sa.Boolean(), nullable=False),
    sa.Column('past_loans', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_patron_reading_patron_id')),
    sa.PrimaryKeyConstraint('patron_id', name=op.f('pk_patron_reading'))
    )
    op.create_table('patron_seen',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('patron_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('part', sa.Enum('record', 'debts', name='seenpart', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['patron_id'], ['patron.id'], name=op.f('fk_patron_seen_patron_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_patron_seen_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_patron_seen'))
    )
    with op.batch_alter_table('patron_seen', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_patron_seen_patron_id'), ['patron_id'], unique=False)

    op.create_table('promotion',
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('applied_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('promoted', sa.Integer(), nullable=False),
    sa.Column('leavers', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_promotion_staff_id')),
    sa.PrimaryKeyConstraint('school_year', name=op.f('pk_promotion'))
    )
    op.create_table('staff_session',
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('started_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_session_staff_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_staff_session'))
    )
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_session_staff_id'), ['staff_id'], unique=False)

    op.create_table('device_access',
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('mqtt_hash', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=True),
    sa.Column('enrolled_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', controller.columns.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_device_access_device_id')),
    sa.PrimaryKeyConstraint('device_id', name=op.f('pk_device_access'))
    )
    op.create_table('device_settings',
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('changed_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_device_settings_device_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_device_settings_staff_id')),
    sa.PrimaryKeyConstraint('device_id', name=op.f('pk_device_settings'))
    )


def downgrade() -> None:
    """And back."""
    op.drop_table('device_settings')
    op.drop_table('device_access')
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_session_staff_id'))

    op.drop_table('staff_session')
    op.drop_table('promotion')
    with op.batch_alter_table('patron_seen', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_patron_seen_patron_id'))

    op.drop_table('patron_seen')
    op.drop_table('patron_reading')
    op.drop_table('erased_patron')
    op.drop_table('enrolment')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consent_patron_id'))

    op.drop_table('consent')
    with op.batch_alter_table('card_number', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_card_number_patron_id'))

    op.drop_table('card_number')
    op.drop_table('staff')
    with op.batch_alter_table('sign_in_try', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_try_key'))

    op.drop_table('sign_in_try')
