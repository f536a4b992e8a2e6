"""Who and what a training office is filled with, read from `people.toml`. It does nothing with them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from registry.law.codes import CREDIT_CODE_ALPHABET, credit_code_fault, credit_code_warning

FILE = Path(__file__).with_name("people.toml")


@dataclass(frozen=True)
class Player:
    """Somebody whom an administrator appoints. `employer` and `tied_to` are keys of enterprises of this cast.

    Of experts: their `title`, where they work (`institute`), the classes of products they know, and a tie they declare.
    """

    login: str
    name: str
    role: str
    prefecture: str | None = None
    employer: str | None = None
    title: str = ""
    institute: str = ""
    fields: list[str] = field(default_factory=list)
    tie: str = ""
    tied_to: str = ""


@dataclass(frozen=True)
class House:
    """An enterprise with its one member, whose login is the enterprise's key."""

    key: str
    prefecture: str
    name: str
    organisation: str
    member: str
    phone: str
    code_fails: bool = False

    @property
    def credit_code(self) -> str:
        """A code that checks, or one whose last character does not."""
        right = make_credit_code(self.prefecture, self.organisation)
        return right if not self.code_fails else right[:-1] + ("0" if right[-1] != "0" else "1")


@dataclass(frozen=True)
class Product:
    """What is applied for, in which round, and what becomes of the application and of its certificate."""

    key: str
    enterprise: str
    leaf: str
    name: str
    models: list[str]
    brief: str
    parameters: list[str]
    round: str
    course: str = "certified"
    after: str = ""


@dataclass(frozen=True)
class Cast:
    """Everybody and everything, with the timetable in days."""

    password: str
    family: str
    authority: str
    rounds: Mapping[str, Mapping[str, object]]
    pace: Mapping[str, int]
    opinions: list[int]
    afterwards: Mapping[str, int]
    classes: Mapping[str, Mapping[str, str]]
    people: list[Player]
    enterprises: dict[str, House]
    products: list[Product] = field(default_factory=list)

    def officers(self, prefecture: str) -> list[str]:
        """The logins of a prefecture's bureau officers: its head reviews nothing."""
        return [p.login for p in self.people if p.prefecture == prefecture and p.role == "bureau_officer"]

    def begins(self, name: str) -> int:
        """How many days before the end the round `name` begins."""
        days = self.rounds[name]["begins"]
        assert isinstance(days, int)
        return days


def read_cast(path: Path = FILE) -> Cast:
    """The cast of `path`."""
    tree = tomllib.loads(path.read_text(encoding="utf-8"))
    pace = dict(tree["pace"])
    opinions = pace.pop("opinions")
    houses = {house["key"]: House(**house) for house in tree["enterprises"]}
    return Cast(
        tree["password"], tree["family"], tree["authority"], tree["rounds"], pace, opinions, tree["afterwards"], tree["classes"],
        [Player(**player) for player in tree["people"]], houses, [Product(**product) for product in tree["products"]])


@cache
def make_credit_code(prefecture: str, organisation: str) -> str:
    """A code that has no fault and no oddity: 91, the prefecture, eight characters, and both check characters found."""
    for inner in CREDIT_CODE_ALPHABET:
        for last in CREDIT_CODE_ALPHABET:
            code = f"91{prefecture}{organisation}{inner}{last}"
            if credit_code_fault(code) is None and credit_code_warning(code) is None:
                return code
    raise ValueError(f"no credit code can be made of {organisation!r}")
