"""words anew: by six letters or digits in a row, and by the year of the last day."""

from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # They are written with what is kept ready for verdicts, which is made anew at the next opening.
    op.execute('DELETE FROM certificatelife')


def downgrade() -> None:
    pass
