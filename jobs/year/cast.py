"""Who plays the year and with what: everybody invented, made from a seed and from the training office's products. It does nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from jobs.training.cast import Cast, House, Player, Product, read_cast
from registry.law.regulation import Regulation

PASSWORD = "yi-nian-2026"
DEPARTMENT = ("department", "department2", "department3", "department4")


@dataclass(frozen=True)
class Size:
    """How much happens. Everything is counted at the end and held against these numbers."""

    months: int = 12
    applications: int = 300  # of which `renewals` renew a certificate
    renewals: int = 60
    panel: int = 5
    notices: int = 12
    objections: int = 40
    revocations: int = 5
    bureaus: int = 14
    enterprises: int = 56
    experts: int = 17

    @property
    def stock_months(self) -> tuple[int, ...]:
        """In which months, five years before, the stock was announced: its windows are open when it is to be renewed."""
        return (2, 5, 8, 11)[: max(1, self.months // 3)]

    @property
    def stock(self) -> int:
        """Certificates of five years before: those to be renewed, to be revoked, and as many again that simply end."""
        return self.renewals + 2 * self.revocations + 4


FULL = Size()
SMALL = Size(months=2, applications=14, renewals=4, notices=2, objections=4, revocations=1, enterprises=14, experts=11)


def chance_of(what: str, seed: int) -> random.Random:
    """The dice for one part of the play: a seed gives the same throws every time."""
    return random.Random(f"{what} {seed}")  # noqa: S311  nothing secret hangs on it


def make_cast(law: Regulation, size: Size, seed: int) -> Cast:
    """The people of department, bureaus and pool, the enterprises, and one product for every application and for the stock."""
    model, chance = read_cast(), chance_of("cast", seed)
    places = list(law.authority.prefectures)[: size.bureaus]
    houses = {house.key: house for house in (_house(n, places[n % len(places)]) for n in range(size.enterprises))}
    products = [_product(model.products[n % len(model.products)], n, list(houses), chance)
                for n in range(size.applications - size.renewals + size.stock)]
    classes = sorted({key for player in model.people for key in player.fields})
    return replace(model, password=PASSWORD, people=[*_offices(law, places), *_pool(size, list(houses), classes)], enterprises=houses,
                   products=products)


def _offices(law: Regulation, places: list[str]) -> list[Player]:
    people = [Player("admin", "系统管理员（虚构）", "administrator"), Player("security", "安全保密员（虚构）", "security_officer"),
              Player("auditor", "审计员（虚构）", "auditor"), Player("head", "省厅负责人（虚构）", "head")]
    people += [Player(login, f"省厅经办{n}（虚构）", "department_officer") for n, login in enumerate(DEPARTMENT, 1)]
    for code in places:
        name = law.authority.prefectures[code].name.zh
        people += [Player(bureau_login(code, n), f"{name}经办{n}（虚构）", "bureau_officer", prefecture=code) for n in (1, 2)]
        people.append(Player(f"head{code}", f"{name}工信局负责人（虚构）", "head", prefecture=code))
    return people


def bureau_login(code: str, number: int) -> str:
    return f"bureau{code}{number}"


def _pool(size: Size, houses: list[str], classes: list[str]) -> list[Player]:
    """Every fourth works for an applicant, and every fifth has a tie to one: some will have to stand aside."""
    pool = []
    for n in range(size.experts):
        employer = houses[n % len(houses)] if n % 4 == 3 else None
        tied = houses[(n * 3 + 1) % len(houses)] if n % 5 == 4 else ""
        pool.append(Player(f"expert{n:02d}", f"专家{n:02d}（虚构）", "expert", employer=employer, title="教授级高工", fields=classes,
                           institute=f"虚构研究院{n:02d}室", tie="paid_service" if tied else "", tied_to=tied))
    return pool


def _house(number: int, place: str) -> House:
    return House(f"maker{number:02d}", place, f"湖南幻年{number:02d}号电子有限公司（虚构）", f"MAYR{number:04d}", f"申报人{number:02d}（虚构）",
                 f"0731-0000{number:04d}")


def _product(model: Product, number: int, houses: list[str], chance: random.Random) -> Product:
    return replace(model, key=f"product{number:03d}", enterprise=houses[number % len(houses)], name=f"{model.name}（{number:03d}型）",
                   models=[f"{text}-{number:03d}" for text in model.models[: chance.randint(1, 2)]], course="certified", after="")
