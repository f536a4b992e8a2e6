"""bonuses of calls, certificates without end."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.add_column(sa.Column('bonuses', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.alter_column('valid_until',
               existing_type=sa.DATE(),
               nullable=True)


def downgrade() -> None:
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.alter_column('valid_until',
               existing_type=sa.DATE(),
               nullable=False)
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.drop_column('bonuses')
