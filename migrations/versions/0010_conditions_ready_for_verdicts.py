"""conditions ready for verdicts."""

from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.create_index('ix_certificate_class', ['regulation_id', 'product_class', 'id'], unique=False)
    # What is kept ready for verdicts names the conditions of each version now; it is made anew at the next opening.
    op.execute('DELETE FROM certificatelife')


def downgrade() -> None:
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_index('ix_certificate_class')
    op.execute('DELETE FROM certificatelife')
