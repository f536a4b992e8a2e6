"""Fills a training office: appoints its people, then walks the invented applications through simulated years.

Everything is an act at a desk, with the jobs run on the way; no row is inserted here. The same end gives the same office.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import event

from jobs.report import Progress, silent
from jobs.schedule import BY_NAME, perform
from jobs.training import consequences, errands
from jobs.training.called import Called
from jobs.training.cast import House, Player, read_cast
from jobs.training.centre import Centre
from jobs.training.road import Case, Road
from jobs.training.walk import Walk
from registry.actors import PUBLIC, SYSTEM
from registry.clock import FrozenClock
from registry.desks import accounts, certificates, enquiries, experts
from registry.errors import OnlyInTraining
from registry.office import Office
from registry.settings import Settings
from registry.words import Text

LAW = Path(__file__).with_name("law")  # the invented predecessor regulation
BEFORE = timedelta(days=10)  # the people are appointed before the first application
RENEWALS = ("renewed", "renewed_early", "renewal_in_hand", "late_renewal")


def is_empty(office: Office) -> bool:
    """Whether nothing was ever recorded here. Only then may it be filled."""
    with office.reading(SYSTEM) as r:
        return bool(enquiries.office_state(r)["ledger_size"] == 0)


def fill(settings: Settings, until: datetime, progress: Progress | None = None) -> None:
    """Make the training office of `settings`, which must be empty, as it stands at `until`. OnlyInTraining for any other.

    An embedded database is made aside and moved into place when it is whole: one that was broken off is made again.
    """
    if not settings.training:
        raise OnlyInTraining(Text("只有培训环境可以填充示例。", "Only a training office is filled with examples."))
    quiet = replace(settings, smtp_url="")  # no letter to an invented person leaves the house
    if settings.database_url:
        _walk(quiet, until, progress or silent)
        return
    aside = settings.data / ".filling"
    shutil.rmtree(aside, ignore_errors=True)
    _walk(replace(quiet, data=aside), until, progress or silent, hasty=True)
    os.sync()
    for name in ("registry.sqlite-wal", "registry.sqlite-shm"):  # of the empty database that is about to be replaced
        (settings.data / name).unlink(missing_ok=True)
    for name in ("documents", "letters", "registry.sqlite"):  # the database last: with it the office is there
        shutil.rmtree(settings.data / name, ignore_errors=True)
        (aside / name).replace(settings.data / name)
    shutil.rmtree(aside, ignore_errors=True)


def _walk(settings: Settings, until: datetime, progress: Progress, *, hasty: bool = False) -> None:
    cast = read_cast()
    clock = FrozenClock(until - timedelta(days=max(cast.begins(name) for name in cast.rounds)) - BEFORE)
    office = Office(settings, clock, further_law=[LAW])
    if hasty:  # what is made aside and not yet in use need not outlive a power cut at every act
        event.listen(office.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF").close())
    try:
        office.prepare()
        walk = Walk(office, clock, cast, until)
        appoint(walk, progress)
        centre, called = Centre(walk), Called(walk)
        centre.open()
        called.open()
        _plan(walk)
        centre.plan()
        called.plan()
        walk.go(progress)
        perform(office, BY_NAME["audit"])
        with office.registrar(SYSTEM) as r:
            accounts.note_training_password(r, cast.password)
    finally:
        office.close()


def appoint(walk: Walk, progress: Progress) -> None:
    """The administrator by a one-time code, everybody else by invitation, the enterprises by their own people."""
    players = sorted(walk.cast.people, key=lambda player: player.role != "administrator")
    total = len(players) + len(walk.cast.enterprises)
    for count, player in enumerate(players, 1):
        progress(count, total, player.name)
        with walk.office.registrar(SYSTEM) as r:
            code = accounts.appoint_first_administrator(r) if player.role == "administrator" else None
        _take_office(walk, player, code or _invite(walk, player))
    for count, house in enumerate(walk.cast.enterprises.values(), len(players) + 1):
        progress(count, total, house.name)
        _register(walk, house)
    walk.sign_out()


def _invite(walk: Walk, player: Player) -> str:
    employer = walk.cast.enterprises[player.employer].credit_code if player.employer else None
    with walk.desk("admin") as r:
        return accounts.invite(r, role=player.role, name=player.name, prefecture=player.prefecture, authority=walk.cast.authority,
                               employer_code=employer)


def _take_office(walk: Walk, player: Player, code: str) -> None:
    with walk.office.registrar(PUBLIC) as r:
        accounts.accept_invitation(r, code=code, login=player.login, name=player.name,
                                   email=f"{player.login}@office.example", password=walk.cast.password)
    walk.sign_in(player.login)
    if player.role == "expert":
        _join_pool(walk, player)


def _join_pool(walk: Walk, player: Player) -> None:
    """An expert says what they know, where they work, and to whom they are tied."""
    houses = walk.cast.enterprises
    with walk.desk(player.login) as r:
        employer = houses[player.employer] if player.employer else None
        experts.keep_profile(
            r, fields=player.fields, title=player.title, employer_name=employer.name if employer else player.institute,
            employer_code=employer.credit_code if employer else None, active=True)
        if player.tie:
            experts.declare_interest(r, kind=player.tie, credit_code=houses[player.tied_to].credit_code, from_on=r.today,
                                     note="培训用虚构：现仍存续。")


def _register(walk: Walk, house: House) -> None:
    with walk.office.registrar(PUBLIC) as r:
        accounts.sign_up(r, login=house.key, name=house.member, email=f"{house.key}@enterprise.example",
                         password=walk.cast.password)
    walk.sign_in(house.key)
    if not house.code_fails:
        with walk.desk(house.key) as r:
            accounts.register_enterprise(r, credit_code=house.credit_code, name=house.name, prefecture=house.prefecture)
    else:
        officer = walk.cast.officers(house.prefecture)[0]
        with walk.desk(officer) as r:
            accounts.register_enterprise(
                r, credit_code=house.credit_code, name=house.name, prefecture=house.prefecture,
                override_reason="营业执照原件所载代码如此，校验位不符为早期赋码所致，已与原件核对。")
            code = accounts.invite(r, role="applicant", name=house.member, enterprise=house.credit_code)
        with walk.desk(house.key) as r:
            accounts.accept_invitation(r, code=code)
    walk.sign_in(house.key)


def _plan(walk: Walk) -> None:
    rounds: dict[str, list[Case]] = {}
    for order, product in enumerate(walk.cast.products):
        case = Case(product, order, product.round, product.course)
        rounds.setdefault(product.round, []).append(case)
        if product.after in RENEWALS:
            rounds.setdefault(product.after, []).append(Case(product, order + 3, product.after, "certified", renews=case))
        elif product.after:
            _plan_after(walk, case)
    for name, cases in rounds.items():
        Road(walk, name, cases).plan()


def _plan_after(walk: Walk, case: Case) -> None:
    """What becomes of the case and of its certificate besides renewal."""
    days = walk.cast.afterwards
    if case.product.after == "surrendered":
        walk.plan(walk.work_time(days["surrendered"], case.order), partial(_surrender, walk, case))
    elif case.product.after in ("amended", "amending"):
        errands.plan(walk, case, days)
    elif case.product.after == "held":
        errands.plan_held(walk, case, days)
    else:
        consequences.plan(walk, case, days)


def _surrender(walk: Walk, case: Case) -> None:
    with walk.desk(case.product.enterprise) as r:
        certificates.surrender_certificate(r, case.certificate, "产品线调整，不再生产该型号，申请注销。")
