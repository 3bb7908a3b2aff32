"""Who does the periodic work, the log by copy, settings of devices that mean what they say."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import controller.columns


revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BY_COPY = sa.text('item_id IS NOT NULL')


def upgrade() -> None:
    """One step forward."""
    op.create_table('job',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('due_at', controller.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('claim', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_job'))
    )
    op.create_index('ix_event_item', 'event', ['item_id', 'seq'], unique=False, sqlite_where=_BY_COPY, postgresql_where=_BY_COPY)
    _rewrite_settings(_without_what_no_device_did)


def downgrade() -> None:
    """One step back."""
    _rewrite_settings(_as_before)
    op.drop_index('ix_event_item', table_name='event', sqlite_where=_BY_COPY, postgresql_where=_BY_COPY)
    op.drop_table('job')


def _rewrite_settings(change: Callable[[dict[str, Any]], None]) -> None:
    table = sa.table('device_settings', sa.column('device_id', sa.Integer), sa.column('document', sa.Text))
    for device_id, text in op.get_bind().execute(sa.select(table.c.device_id, table.c.document)).all():
        document = json.loads(text)
        change(document['settings'])
        new = json.dumps(document, ensure_ascii=False)
        op.execute(table.update().where(table.c.device_id == device_id).values(document=new))


def _without_what_no_device_did(settings: dict[str, Any]) -> None:
    if settings['format'] == 'gate-1':
        settings.pop('volume_percent', None)
        settings['alarm_s'] = min(settings['alarm_s'], 10)
        settings['quiet_hours'] = None
    else:
        settings.pop('functions', None)
        settings.pop('greeting', None)
        settings['languages'] = list(dict.fromkeys(settings['languages']))


def _as_before(settings: dict[str, Any]) -> None:
    if settings['format'] == 'gate-1':
        settings.pop('quiet_hours', None)
        settings['volume_percent'] = 100
    else:
        settings['functions'] = ['borrow', 'return', 'renew', 'account']
        settings['greeting'] = ''
