"""The draw of a panel: a pure function of a seed and of names, which anybody can repeat with nothing but SHA-256.

Not here: who may be drawn (desks.ties), where the seed comes from and where the result is kept (desks.panels).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Drawn:
    """`order`: all who could be drawn, in the order of the draw; `seated`: those whom it seats, in the same order."""

    order: tuple[str, ...]
    seated: tuple[str, ...]


def seed_of(fresh: str, ledger_hash: str) -> str:
    """The seed: fresh randomness, which nobody knew before, and the ledger's hash, which nobody could choose afterwards."""
    return fresh + ledger_hash


def key_of(seed: str, login: str) -> str:
    """The number by which `login` is put in order: SHA-256 of seed, colon and login (UTF-8), in hexadecimal."""
    return hashlib.sha256(f"{seed}:{login}".encode()).hexdigest()


def order_of(seed: str, logins: Iterable[str]) -> tuple[str, ...]:
    """The order of the draw: by `key_of`, smallest first. The order in which `logins` come does not matter."""
    return tuple(sorted(set(logins), key=lambda login: key_of(seed, login)))


def draw(
    seed: str, logins: Iterable[str], seats: int, *, specialists: Collection[str] = (), least: int = 0
) -> Drawn:
    """Draw `seats` of `logins`, at least `least` of them out of `specialists`; fewer if there are not enough."""
    order = order_of(seed, logins)
    seated: list[str] = []
    for _ in range(seats):
        chosen = next_of(order, seated, seats, specialists=specialists, least=least)
        if chosen is None:
            break
        seated.append(chosen)
    return Drawn(order, tuple(login for login in order if login in seated))


def next_of(
    order: Sequence[str], seated: Collection[str], seats: int, *, specialists: Collection[str] = (), least: int = 0,
) -> str | None:
    """Who of `order` takes the next of `seats`: the first one, or the first specialist where the seats left are all for such.

    None when nobody is left who may take it.
    """
    lacking = least - sum(login in specialists for login in seated)
    for_specialists = lacking >= seats - len(seated) and lacking > 0
    free = (login for login in order if login not in seated)
    return next((login for login in free if not for_specialists or login in specialists), None)
