"""Who works at a station, home libraries of patrons, parts of a set by name."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import controller.columns


revision: str = '0006'
down_revision: str | None = '0005'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# with one library in the ledger everybody is at home there; with several nobody can tell
_ONLY = "(SELECT min(isil) FROM library HAVING count(*) = 1)"


def upgrade() -> None:
    """One step forward."""
    op.create_table('device_operator',
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('since', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_device_operator_device_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_device_operator_staff_id')),
    sa.PrimaryKeyConstraint('device_id', name=op.f('pk_device_operator'))
    )
    op.create_index('ix_device_operator_staff_id', 'device_operator', ['staff_id'], unique=False)

    op.create_table('item_part',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.CheckConstraint('number BETWEEN 1 AND 255', name=op.f('ck_item_part_number')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_item_part_item_id')),
    sa.PrimaryKeyConstraint('item_id', 'number', name=op.f('pk_item_part'))
    )

    op.add_column('patron', sa.Column('library', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True))
    op.create_index('ix_patron_library', 'patron', ['library'], unique=False)
    op.execute(f"UPDATE patron SET library = {_ONLY} WHERE family_name <> ''")

    op.add_column('conflict', sa.Column('forgotten', sa.Boolean(), server_default=sa.false(), nullable=False))

    _make_promotion('promotion_by_library', with_library=True)
    op.execute(
        "INSERT INTO promotion_by_library (library, school_year, applied_at, staff_id, promoted, leavers)"
        f" SELECT coalesce({_ONLY}, ''), school_year, applied_at, staff_id, promoted, leavers FROM promotion"
    )
    op.drop_table('promotion')
    op.rename_table('promotion_by_library', 'promotion')


def downgrade() -> None:
    """One step back. Of two libraries that were promoted in one year one remains."""
    _make_promotion('promotion_of_all', with_library=False)
    op.execute(
        "INSERT INTO promotion_of_all (school_year, applied_at, staff_id, promoted, leavers)"
        " SELECT school_year, applied_at, staff_id, promoted, leavers FROM promotion p"
        " WHERE library = (SELECT min(o.library) FROM promotion o WHERE o.school_year = p.school_year)"
    )
    op.drop_table('promotion')
    op.rename_table('promotion_of_all', 'promotion')
    op.drop_column('conflict', 'forgotten')
    op.drop_index('ix_patron_library', table_name='patron')
    op.drop_column('patron', 'library')
    op.drop_table('item_part')
    op.drop_index('ix_device_operator_staff_id', table_name='device_operator')
    op.drop_table('device_operator')


def _make_promotion(name: str, *, with_library: bool) -> None:
    library: list[sa.Column[str]] = [sa.Column('library', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False)]
    key = ['library', 'school_year'] if with_library else ['school_year']
    op.create_table(name,
    *(library if with_library else []),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('applied_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('promoted', sa.Integer(), nullable=False),
    sa.Column('leavers', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f(f'fk_{name}_staff_id')),
    sa.PrimaryKeyConstraint(*key, name=op.f(f'pk_{name}'))
    )
