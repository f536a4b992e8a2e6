"""The register as one bill meets it: read in few questions, as it stood at one moment; by number, by part, by holder. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from registry.books.glance import Glance
from registry.books.lives import read_life
from registry.law.codes import normalise_credit_code, normalise_number
from registry.law.conditions import plain
from registry.law.library import Law
from registry.law.scopes import MOST_LENGTH, key_of
from registry.law.verdicts import Life, Version, known_by, version_covering

MOST_LIKE = 200  # holders whose names are compared letter by letter


class Cells(NamedTuple):
    """What a line says, as typed; `row` is its number in the file, counted from one."""

    row: int
    part: str = ""
    certificate: str = ""
    manufacturer: str = ""
    credit_code: str = ""
    quantity: str = ""
    day: str = ""
    known_at: str = ""
    ref: str = ""


@dataclass(frozen=True)
class Moment:
    """As of which moment a bill is answered, and on which day where a line names none (None: the day of that moment)."""

    as_of: datetime
    on: date | None = None


@dataclass(frozen=True)
class Covering:
    """The certificates whose scope covers a part on a day: number and what each said then, by holder."""

    by_code: dict[str, list[tuple[str, Version]]] = field(default_factory=dict)
    codes_by_name: dict[str, set[str]] = field(default_factory=dict)

    def meant_by(self, cells: Cells) -> dict[str, list[tuple[str, Version]]]:
        """Of these, those of the holder that a line names by its code or its whole name; all where it names none."""
        if cells.credit_code:
            codes: Iterable[str] = [normalise_credit_code(cells.credit_code)]
        elif cells.manufacturer:
            codes = sorted(self.codes_by_name.get(plain(cells.manufacturer), ()))
        else:
            codes = list(self.by_code)
        return {code: self.by_code[code] for code in codes if code in self.by_code}

    def like(self, name: str) -> list[tuple[str, Version]]:
        """Those whose holder's name holds `name`, or is held by it: perhaps meant, perhaps not."""
        wanted = plain(name)
        names = [known for known in list(self.codes_by_name)[:MOST_LIKE] if wanted in known or known in wanted]
        return [pair for known in names for code in sorted(self.codes_by_name[known]) for pair in self.by_code.get(code, ())]

    def all(self) -> list[tuple[str, Version]]:
        return [pair for pairs in self.by_code.values() for pair in pairs]


@dataclass
class Register:
    """What one bill needs of the register, as it was known at `as_of`; `size` is how many entries the ledger held then."""

    glance: Glance
    law: Law
    as_of: datetime
    size: int
    lives: dict[str, Life] = field(default_factory=dict)
    by_key: dict[str, list[str]] = field(default_factory=dict)
    by_holder: dict[str, list[str]] = field(default_factory=dict)
    patterns: dict[str, list[str]] = field(default_factory=dict)
    _covering: dict[tuple[str, date], Covering] = field(default_factory=dict)

    def learn(self, lines: Sequence[Cells]) -> None:
        """Read, in few questions, all that these lines may need."""
        nameless = [line for line in lines if line.part and not line.certificate and len(line.part) <= MOST_LENGTH]
        keys = {key_of(line.part) for line in nameless}
        codes = {normalise_credit_code(line.credit_code) for line in nameless if line.credit_code}
        _add(self.by_key, keys, self.glance.by_keys)
        _add(self.by_holder, codes, self.glance.by_holders)
        numbers = {normalise_number(line.certificate) for line in lines if line.certificate}
        numbers |= {number for key in keys for number in self.candidates(key)} | {n for code in codes for n in self.by_holder[code]}
        self.lives |= self.look_up(sorted(numbers - self.lives.keys()))

    def look_up(self, numbers: Sequence[str]) -> dict[str, Life]:
        """The lives with these numbers, as they were known at the moment of the bill; those that were."""
        bodies, _ = self.glance.certificates(numbers)
        lives = ((number, known_by(read_life(body), self.as_of)) for number, body in bodies.items())
        return {number: life for number, life in lives if life is not None}

    def candidates(self, key: str) -> list[str]:
        """The certificates whose scope may cover a part with this key."""
        begun = (number for end in range(len(key) + 1) for number in self.patterns.get(key[:end], ()))
        return list(dict.fromkeys([*self.by_key.get(key, ()), *begun]))

    def covering(self, part: str, on: date) -> Covering:
        """The certificates whose scope, as it was on `on`, covers `part` by the notation of their regulation."""
        if (part, on) not in self._covering:
            found = Covering()
            for number in self.candidates(key_of(part)):
                life = self.lives.get(number)
                rules = self.law.regulations.get(life.regulation) if life else None
                said = version_covering(life, part, on, rules.matching) if life and rules else None
                if life and said:
                    found.by_code.setdefault(said.credit_code, []).append((number, said))
                    for name in {version.holder_name for version in life.versions}:  # what it was called once is its name too
                        found.codes_by_name.setdefault(plain(name), set()).add(said.credit_code)
            self._covering[part, on] = found
        return self._covering[part, on]


def _add(known: dict[str, list[str]], keys: set[str], ask: Callable[[Sequence[str]], list[tuple[str, str]]]) -> None:
    new = sorted(keys - known.keys())
    known |= {key: [] for key in new}
    for key, number in ask(new) if new else ():
        known[key].append(number)
