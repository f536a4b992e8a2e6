"""words of certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

# What SQLite's full text search holds of a row is what the row holds: the three ways in which a row changes.
ON_SQLITE = (
    "CREATE VIRTUAL TABLE certificatewords_index USING fts5(tokens, content='certificatewords', content_rowid='id', detail='none', "
    "tokenize=\"unicode61 remove_diacritics 0 tokenchars '=-_.'\")",
    "CREATE TRIGGER certificatewords_added AFTER INSERT ON certificatewords BEGIN "
    "INSERT INTO certificatewords_index(rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER certificatewords_gone AFTER DELETE ON certificatewords BEGIN "
    "INSERT INTO certificatewords_index(certificatewords_index, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    "CREATE TRIGGER certificatewords_changed AFTER UPDATE OF tokens ON certificatewords BEGIN "
    "INSERT INTO certificatewords_index(certificatewords_index, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
    "INSERT INTO certificatewords_index(rowid, tokens) VALUES (new.id, new.tokens); END",
)


def upgrade() -> None:
    op.create_table('certificatewords',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('tokens', sa.Text().with_variant(postgresql.ARRAY(sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['certificate.id'], name=op.f('fk_certificatewords_id_certificate')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificatewords'))
    )
    if op.get_bind().dialect.name == 'sqlite':
        for statement in ON_SQLITE:
            op.execute(statement)
    else:
        op.create_index('ix_certificatewords_tokens', 'certificatewords', ['tokens'], postgresql_using='gin')
    # They are written with what is kept ready for verdicts, which is made anew at the next opening.
    op.execute('DELETE FROM certificatelife')


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.drop_table('certificatewords_index')
    op.drop_table('certificatewords')
