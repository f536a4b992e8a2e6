"""Officers and experts are appointed for an authority; an application may belong to no region."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


BOUND = "(role IN ('department_officer', 'expert') OR (role = 'head' AND prefecture IS NULL))"


def upgrade() -> None:
    for table in ('amendment', 'application', 'measure'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column('prefecture', existing_type=sa.VARCHAR(length=6), nullable=True)
    for table in ('appointment', 'invitation', 'task'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('authority', sa.String(length=23), nullable=True))
    _name_the_only_authority()
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f('ck_appointment_officer_has_authority'),
            "role NOT IN ('department_officer', 'expert') OR authority IS NOT NULL")


def _name_the_only_authority() -> None:
    """Until now there was one authority: a province's, in whose prefectures all enterprises and all bureaus are."""
    books = op.get_bind()
    waiting = [table for table in ('appointment', 'invitation', 'task')
               if books.execute(sa.text(f"SELECT 1 FROM {table} WHERE {BOUND}")).first()]
    if not waiting:
        return
    places = books.execute(sa.text(
        "SELECT prefecture FROM enterprise UNION SELECT prefecture FROM appointment UNION SELECT prefecture FROM invitation")).scalars()
    found = {f"{place[:2]}0000" for place in places if place}
    if len(found) != 1:
        raise RuntimeError(
            f"the officers of this register are to be told apart by authority; its places lie in {sorted(found) or 'none'}, "
            "not in one province, so that theirs is not known. Go back to the version before, end their appointments, and "
            "invite them anew after this migration.")
    [key] = found
    for table in waiting:
        books.execute(sa.text(f"UPDATE {table} SET authority = :key WHERE {BOUND}"), {"key": key})


def downgrade() -> None:
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_appointment_officer_has_authority'), type_='check')
    for table in ('task', 'invitation', 'appointment'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column('authority')
    for table in ('measure', 'application', 'amendment'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column('prefecture', existing_type=sa.VARCHAR(length=6), nullable=False)
