"""first days to come.

A certificate that begins later than it was issued is to have that day recorded: of those whose day has not come yet, it comes before all
that was due of them.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

_OFFICE = ZoneInfo('Asia/Shanghai')
_ENTRY = sa.table('entry', sa.column('seq', sa.Integer), sa.column('at', sa.DateTime(timezone=True)))
_CERTIFICATE = sa.table('certificate', *(sa.column(name, kind) for name, kind in {
    'id': sa.Integer(), 'status': sa.String(), 'valid_from': sa.Date(), 'valid_until': sa.Date(), 'renewed_by': sa.String(),
    'ordered_act': sa.String(), 'ordered_on': sa.Date(), 'begins_on': sa.Date(), 'due_at': sa.DateTime(timezone=True), 'due_act': sa.String(),
}.items()))


def upgrade() -> None:
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.add_column(sa.Column('begins_on', sa.Date(), nullable=True))
    books = op.get_bind()
    last = books.scalar(sa.select(_ENTRY.c.at).order_by(_ENTRY.c.seq.desc()).limit(1))  # the last thing that the books know
    known = _aware(last).astimezone(_OFFICE).date() if last else date.max
    for c in books.execute(sa.select(_CERTIFICATE).where(_CERTIFICATE.c.valid_from > known)).all():
        begins = _starts(c.valid_from)
        first = c.status in ('valid', 'suspended') and (c.due_at is None or _aware(c.due_at) > begins)
        _write(books, c.id, begins_on=c.valid_from, **({'due_at': begins, 'due_act': 'begin'} if first else {}))


def downgrade() -> None:
    books = op.get_bind()
    for c in books.execute(sa.select(_CERTIFICATE).where(_CERTIFICATE.c.due_act == 'begin')).all():
        dates = [(_starts(c.valid_until + timedelta(days=1)), 'supersede' if c.renewed_by else 'expire')] if c.valid_until else []
        dates += [(_starts(c.ordered_on), c.ordered_act)] if c.ordered_act and c.ordered_on else []
        at, act = min(dates, default=(None, None))
        _write(books, c.id, due_at=at, due_act=act)
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_column('begins_on')


def _write(books: sa.Connection, id_: int, **values: object) -> None:
    books.execute(sa.update(_CERTIFICATE).where(_CERTIFICATE.c.id == id_).values(values))


def _starts(day: date) -> datetime:
    return datetime.combine(day, time(), _OFFICE).astimezone(UTC)


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=at.tzinfo or UTC)
