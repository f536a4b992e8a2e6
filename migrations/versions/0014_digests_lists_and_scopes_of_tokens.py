"""digests lists and scopes of tokens."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('digest',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('every', sa.String(length=8), nullable=False),
    sa.Column('cursor', sa.Integer(), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_digest_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_digest'))
    )
    op.create_table('watchitem',
    sa.Column('watch_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('value', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['watch_id'], ['watch.id'], name=op.f('fk_watchitem_watch_id_watch')),
    sa.PrimaryKeyConstraint('watch_id', 'kind', 'value', name=op.f('pk_watchitem'))
    )
    with op.batch_alter_table('certificateversion', schema=None) as batch_op:
        batch_op.create_index('ix_certificateversion_holder', ['credit_code', 'certificate_id'], unique=False)

    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('scope', sa.String(length=8), server_default='all', nullable=False))

    with op.batch_alter_table('watch', schema=None) as batch_op:
        batch_op.add_column(sa.Column('name', sa.String(length=200), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('watch', schema=None) as batch_op:
        batch_op.drop_column('name')

    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.drop_column('scope')

    with op.batch_alter_table('certificateversion', schema=None) as batch_op:
        batch_op.drop_index('ix_certificateversion_holder')

    op.drop_table('watchitem')
    op.drop_table('digest')
