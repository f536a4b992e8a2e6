"""What certificates are searched by: the words of each, kept in the transaction of every act on it, and how a query reads.

A text is searched by its single Chinese characters and each two that follow one another, by each three and each six characters of
what is written in letters and digits, and by the initials of its pinyin. An index finds which certificates have all of these;
whatever is longer is then looked for in the words themselves. Public facts only. Not here: what a certificate is worth.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, column, func, table
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select

from registry.books.models import Certificate, CertificateVersion, CertificateWords, Enterprise
from registry.law.scopes import key_of

MOST_TERMS = 8
FEW, MANY = 3, 6  # of letters and digits: a number, a credit code, a part would otherwise be asked for by a dozen common tokens
FIRST_YEAR = 1900  # before it nothing ended that anybody keeps
FIRST_HAN = 0x4E00  # the character with which the first line of initials.txt begins
INDEX = table("certificatewords_index", column("rowid"), column("certificatewords_index"))  # SQLite's; made by a migration
_WITHIN = re.compile(r"(?<=[^\W_])[-‐‑‒–—―−.·•/_](?=[^\W_])")
# Where SQLite would divide a token: a mark that somebody made up, and signs that Unicode called letters after SQLite's tables.
_DIVIDES = re.compile(r"[^\w=.-]|[\u19b0-\u19c9\u1cf2\u1cf3]")
_RUN = re.compile(r"(?P<han>[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff々〇]+)|(?P<other>[^\W_㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff々〇]+)")


@dataclass(frozen=True)
class Query:
    """A query, read: what the index must have, and what must stand in the words."""

    tokens: tuple[str, ...]
    phrases: tuple[str, ...]


# ----------------------------------------------------------------------------------------------------- what is written


def keep_words(session: Session, certificate: Certificate) -> bool:
    """Write by what `certificate` is to be found, as its books say now. Returns whether it was something else before."""
    words, tokens = words_of(session, certificate)
    row = session.get(CertificateWords, certificate.id)
    if row is not None and (row.words, row.tokens) == (words, tokens):
        return False
    if row is None:
        session.add(CertificateWords(id=certificate.id, words=words, tokens=tokens))
    else:
        row.words, row.tokens = words, tokens
    return True


def rebuild_index(session: Session) -> None:
    """Make the index anew from the tokens that are kept."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    session.connection().exec_driver_sql(
        "INSERT INTO certificatewords_index(certificatewords_index) VALUES ('rebuild')" if sqlite else "REINDEX INDEX ix_certificatewords_tokens")


def is_index_sound(session: Session) -> bool:
    """Whether the index holds what the kept tokens say. PostgreSQL keeps its own in step."""
    if session.get_bind().dialect.name != "sqlite":
        return True
    try:
        session.connection().exec_driver_sql("INSERT INTO certificatewords_index(certificatewords_index, rank) VALUES ('integrity-check', 1)")
    except DatabaseError:
        return False
    return True


def words_of(session: Session, certificate: Certificate) -> tuple[str, list[str]]:
    """The words and the tokens of `certificate`. All names that its holder and its product ever had are among them."""
    house = session.get_one(Enterprise, certificate.enterprise_id)
    said = session.exec(select(CertificateVersion.product, CertificateVersion.holder_name, CertificateVersion.credit_code)
                        .where(CertificateVersion.certificate_id == certificate.id).order_by(col(CertificateVersion.edition)))
    versions = [tuple(row) for row in said]
    return words_of_texts(
        certificate.number, names=[text for v in versions for text in v[:2]], codes=[house.credit_code, *(v[2] for v in versions)],
        scope=certificate.scope,
        marks=marks(certificate.regulation_id, certificate.product_class, house.prefecture, certificate.valid_from.year,
                    ends=certificate.valid_until, undisturbed=_is_undisturbed(certificate)),
    )


def words_of_texts(
    number: str, *, names: Iterable[str], codes: Iterable[str], scope: Iterable[str], marks: Iterable[str]
) -> tuple[str, list[str]]:
    """The same from plain texts."""
    names = list(dict.fromkeys(names))
    lines = dict.fromkeys([fold(number), *map(fold, names), *map(fold, codes), *(fold(key_of(entry)) for entry in scope),
                           *filter(None, map(initials, names))])
    found = dict.fromkeys(token for line in lines for token in _tokens(line))
    return "\n".join(lines), [*marks, *found]


def marks(regulation: str | None = None, product_class: str | None = None, place: str | None = None, year: int | None = None,
          *, ends: date | None = None, undisturbed: bool | None = None) -> list[str]:
    """The tokens of what divides certificates, none of which can be typed; `undisturbed`: nothing was ever ordered against it."""
    given = (("=r", regulation), ("=c", product_class), ("=p", place), ("=y", year), ("=e", ends.year if ends else None))
    return [f"{mark}{value}" for mark, value in given if value is not None] + (["=x"] if undisturbed is False else [])


def ended_by(day: date) -> list[str]:
    """The marks of which a certificate has one if its last day was before `day`; some that have one go on for the rest of that year."""
    return [f"=e{year}" for year in range(FIRST_YEAR, day.year + 1)]


def _is_undisturbed(c: Certificate) -> bool:
    return c.status not in ("revoked", "surrendered") and not c.suspended and c.renewed_by is None and c.ordered_act is None


def fold(text: str) -> str:
    """A text as it compares: full width and capitals do not matter, nor what joins letters and digits within a word."""
    return _WITHIN.sub("", unicodedata.normalize("NFKC", text).casefold())


def initials(text: str) -> str:
    """The first letters of the pinyin of its Chinese characters, and whatever else is in the word; empty without any."""
    alone, pairs = _readings()
    folded = fold(text)
    said = [alone[at] if 0 <= (at := ord(c) - FIRST_HAN) < len(alone) else c for c in folded]
    if said == list(folded):
        return ""
    for at in range(len(folded) - 1):
        if other := pairs.get(folded[at : at + 2]):
            said[at : at + 2] = other
    return "".join(said)


@cache
def _readings() -> tuple[str, dict[str, str]]:
    alone, *pairs = (resources.files("registry.books") / "initials.txt").read_text(encoding="utf-8").split()
    return alone, {line[:2]: line[2:] for line in pairs}


def _tokens(line: str) -> Iterator[str]:
    for run in _RUN.finditer(line):
        text = run[0]
        if run["han"]:
            yield from text
            yield from map("".join, pairwise(text))
        else:
            yield from (text[:1], text[:2])
            yield from (text[at : at + size] for size in (FEW, MANY) for at in range(len(text) - size + 1))


# ---------------------------------------------------------------------------------------------------------- what is asked


def read_query(text: str) -> Query:
    """What to look for; without tokens where the text has neither letter nor digit."""
    tokens: dict[str, None] = {}
    phrases: list[str] = []
    for term in re.findall(r"[^\W_]+", fold(text))[:MOST_TERMS]:
        runs = list(_RUN.finditer(term))
        for run in runs:
            tokens |= dict.fromkeys(_asked_of(run[0], han=bool(run["han"])))
        if len(runs) > 1 or len(term) > (2 if runs[0]["han"] else 3):
            phrases.append(term)
    return Query(tuple(tokens), tuple(phrases))


def _asked_of(part: str, *, han: bool) -> list[str]:
    """The tokens that all stand where `part` does: as few as cover it, since each is read through; what is longer is looked for then."""
    size = 2 if han else MANY if len(part) >= MANY else FEW
    last = len(part) - size
    return [part[at : at + size] for at in (range(last + 1) if size < MANY else [*range(0, last, size), last])] if last >= 0 else [part]


def matching(dialect: str, phrases: int, *, choice: bool = False) -> tuple[Any, Any, list[ColumnElement[bool]]]:
    """From where, under which key, on what conditions those are read that have all tokens, so many phrases and, with a choice, one of
    its tokens; see `asked`."""
    kept: Any = CertificateWords.__table__  # type: ignore[attr-defined]
    position = func.instr if dialect == "sqlite" else func.strpos
    within = [position(kept.c.words, bindparam(f"phrase{at}", type_=Text())) > 0 for at in range(phrases)]
    if dialect == "sqlite":
        source = INDEX.join(kept, kept.c.id == INDEX.c.rowid) if within else INDEX
        return source, INDEX.c.rowid, [INDEX.c.certificatewords_index.op("MATCH")(bindparam("tokens", type_=Text())), *within]
    either = [kept.c.tokens.op("&&")(bindparam("choice", type_=kept.c.tokens.type))] if choice else []
    return kept, kept.c.id, [kept.c.tokens.op("@>")(bindparam("tokens", type_=kept.c.tokens.type)), *either, *within]


def asked(dialect: str, tokens: Iterable[str], phrases: Sequence[str], choice: Sequence[str] = ()) -> dict[str, Any]:
    """The parameters of `matching`."""
    found: dict[str, Any] = {f"phrase{at}": phrase for at, phrase in enumerate(phrases)}
    every = list(dict.fromkeys(tokens))
    if dialect != "sqlite":
        return found | {"tokens": every, "choice": list(choice)}
    all_of, one_of = ([f'"{_DIVIDES.sub("=", token)}"' for token in some] for some in (every, choice))
    return found | {"tokens": " AND ".join(all_of + ([f"({' OR '.join(one_of)})"] if one_of else []))}
