"""A town to test in: an office with its people, and applications walked over the desks to a state. No row is inserted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlmodel import SQLModel, select

import registry.law
from registry.actors import CLOCK, PUBLIC, SYSTEM, Actor
from registry.books.models import Visit
from registry.clock import OFFICE_ZONE, FrozenClock, office_day
from registry.desks import accounts, amendments, applications, deadlines, enquiries, measures, notices, panels, reviews
from registry.errors import Refusal
from registry.law.lifecycle import Role
from registry.office import Office
from registry.registrar import Registrar
from tests.law.samples import complete_documents, complete_dossier

# Monday 2026-03-02, 09:00 in Beijing: a working day in a year whose calendar is known.
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HUNAN = "hunan-components-2025"
PASSWORD = "correct horse battery"
CODES = ("11320000MB151840XJ", "91430100MA4L00001J", "91430200MA4L00002T")
CHANGSHA, ZHUZHOU = "430100", "430200"
NO_TRACE = frozenset({Visit.__tablename__})  # signing in is no act
R = TypeVar("R", bound=Refusal)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass
class Town:
    """One office with a frozen clock. People are made when they are first asked for, and keep their login."""

    office: Office
    clock: FrozenClock
    _people: dict[str, str] = field(default_factory=dict)
    _announcements: int = 0

    def admin(self) -> Actor:
        if "admin" not in self._people:
            with self.office.registrar(SYSTEM) as r:
                code = accounts.appoint_first_administrator(r)
            self._accept("admin", code)
        return self.actor("admin")

    def bureau(self, prefecture: str = CHANGSHA) -> Actor:
        return self._appointed(f"bureau-{prefecture}", Role.BUREAU, prefecture=prefecture)

    def department(self, login: str = "department") -> Actor:
        return self._appointed(login, Role.DEPARTMENT)

    def auditor(self) -> Actor:
        return self._appointed("auditor", Role.AUDITOR)

    def expert(self, number: int = 1, employer: str | None = None) -> Actor:
        return self._appointed(f"expert-{number}", Role.EXPERT, employer_code=employer)

    def applicant(self, which: int = 0, prefecture: str = CHANGSHA) -> Actor:
        """A member of the enterprise with the code CODES[which], registered at first need."""
        login = f"maker-{which}"
        if login not in self._people:
            with self.office.registrar(PUBLIC) as r:
                accounts.sign_up(r, login=login, name=f"申报人{which}", email=f"{login}@example.com", password=PASSWORD)
            self._people[login] = login
            with self.office.registrar(self.actor(login)) as r:
                accounts.register_enterprise(r, credit_code=CODES[which], name=f"湖南第{which}电子有限公司", prefecture=prefecture)
        return self.actor(login)

    def actor(self, login: str) -> Actor:
        """Sign in, as a person would, and see what one is appointed to now."""
        with self.office.registrar(PUBLIC) as r:
            secret = accounts.sign_in(r, login=login, password=PASSWORD)
        with self.office.reading(PUBLIC) as r:
            return accounts.actor_for(r, secret)

    def _appointed(self, login: str, role: Role, **scope: Any) -> Actor:
        if login not in self._people:
            with self.office.registrar(self.admin()) as r:
                code = accounts.invite(r, role=role, name=login, **scope)
            self._accept(login, code)
        return self.actor(login)

    def _accept(self, login: str, code: str) -> None:
        with self.office.registrar(PUBLIC) as r:
            accounts.accept_invitation(r, code=code, login=login, name=login, email=f"{login}@example.com", password=PASSWORD)
        self._people[login] = login

    # -------------------------------------------------------------------------------------------------------- acting

    def do(self, actor: Actor, act: Callable[..., Any], *args: Any, expected: int | None = None, **facts: Any) -> Any:
        """One act of one actor, in a unit of its own."""
        with self.office.registrar(actor, expected=expected) as r:
            return act(r, *args, **facts)

    def refused(
        self, kind: type[R], actor: Actor, act: Callable[..., Any], *args: Any, expected: int | None = None, **facts: Any
    ) -> R:
        """An act that is refused, by exactly this kind, in words of both languages, and leaves no trace in any table."""
        before = self.books()
        with pytest.raises(Refusal) as caught:
            self.do(actor, act, *args, expected=expected, **facts)
        assert type(caught.value) is kind, (caught.type, caught.value)
        check_words(caught.value)
        assert self.books() == before
        return caught.value

    def books(self) -> dict[str, list[Any]]:
        """Everything that is written down, table by table; but for who is signed in."""
        with self.office.engine.connect() as connection:
            return {t.name: list(map(tuple, connection.execute(select(t)))) for t in SQLModel.metadata.sorted_tables
                    if t.name not in NO_TRACE}

    def sweep(self) -> list[tuple[str, str]]:
        """What the sweep does, over the same desk: CLOCK takes all that is firmly due. Returns (number, act)."""
        with self.office.reading(CLOCK) as r:
            due = deadlines.search_due(r)
        return [(number, act) for kind, number, act, _ in due if self.do(CLOCK, deadlines.take_due, kind, number)]

    def to(self, day: str | date, hour: int = 9, minute: int = 0, second: int = 0) -> date:
        """Move the clock to a time of an office day."""
        on = date.fromisoformat(day) if isinstance(day, str) else day
        self.clock.set(datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=OFFICE_ZONE))
        return on

    @property
    def today(self) -> date:
        return office_day(self.clock.now())

    # ------------------------------------------------------------------------------------------------ applications

    def draft(self, who: Actor | None = None, regulation: str | None = HUNAN, renews: str | None = None) -> str:
        """A draft that is complete: every field, every document."""
        actor = who or self.applicant()
        with self.office.registrar(actor) as r:
            number = applications.open_application(
                r, enterprise=next(iter(actor.enterprises.values())), regulation=regulation, renews=renews
            )
            law = r.law.regulation(enquiries.show_application(r, number)["regulation"]["id"])
            applications.save_draft(r, number, complete_dossier(law, r.today))
            for slot, count in complete_documents(law).items():
                for _ in range(count):
                    rule = law.document(slot)
                    assert rule is not None
                    name, content = sample_file(rule.types)
                    applications.attach_document(r, number, slot=slot, filename=name, content=content)
        return number

    def submitted(self, who: Actor | None = None, **how: Any) -> str:
        actor = who or self.applicant()
        number = self.draft(actor, **how)
        with self.office.registrar(actor) as r:
            applications.submit(r, number)
        return number

    def endorsed(self, who: Actor | None = None, **how: Any) -> str:
        number = self.submitted(who, **how)
        prefecture = self.show(number)["enterprise"]["prefecture"]
        with self.office.registrar(self.bureau(prefecture)) as r:
            applications.endorse(r, number)
        return number

    def reviewed(self, who: Actor | None = None, **how: Any) -> str:
        """Recommended by a full panel: awaiting notice."""
        number = self.endorsed(who, **how)
        self.review(number)
        with self.office.registrar(self.department()) as r:
            reviews.recommend(r, number)
        return number

    def review(self, number: str, off: int = 0) -> None:
        """Seat the least panel and let each expert give full marks less `off` on each criterion."""
        law = self.office.law.regulation(self.show(number)["regulation"]["id"])
        for i in range(1, law.panel.minimum + 1):
            expert = self.expert(i)
            with self.office.registrar(self.department()) as r:
                reviews.seat_expert(r, number, expert.login)
            with self.office.registrar(expert) as r:
                reviews.give_opinion(r, number, {c.key: max(c.maximum - off, 0) for c in law.panel.criteria}, "同意")

    def drawn(self, number: str, pool: int = 7) -> list[str]:
        """Draw the panel out of a pool of so many experts; their logins, in the order of the draw."""
        for i in range(1, pool + 1):
            self.expert(i)
        self.do(self.department(), panels.commit_seed, number)
        self.do(self.department(), panels.draw_panel, number)
        return [seat["login"] for seat in self.do(self.department(), enquiries.show_application, number)["seats"]]

    def supplement(self, number: str, *reasons: str) -> str:
        """Ask for a supplement, by whose stage it is."""
        shown = self.show(number)
        who = self.bureau(shown["enterprise"]["prefecture"]) if shown["status"] == "preliminary_review" else self.department()
        self.do(who, applications.request_supplement, number, reasons or ["missing_document"], "请补充盖章页。")
        return number

    def noticed(self, *numbers: str) -> str:
        """The number of a notice with these applications, or with a new one."""
        listed = numbers or (self.reviewed(),)
        with self.office.registrar(self.department()) as r:
            return notices.publish_notice(r, regulation=self.regulation_of(listed[0]), applications=listed)

    def to_announce(self, who: Actor | None = None, **how: Any) -> str:
        """Noticed, its period over: awaiting announcement."""
        number = self.reviewed(who, **how)
        self.noticed(number)
        self.let_time_act(number)
        return number

    def certified(self, who: Actor | None = None, document_number: str | None = None, **how: Any) -> str:
        """The number of a certificate, its application taken all the way."""
        return self.announced(self.to_announce(who, **how), document_number=document_number)[0]

    def announced(self, *numbers: str, document_number: str | None = None) -> list[str]:
        """The numbers of the certificates of these applications, announced together; each time under the next 文号."""
        self._announcements += 1
        typed = document_number or f"湘工信电子〔2026〕{11 + self._announcements}号"
        with self.office.registrar(self.department()) as r:
            return notices.announce(
                r, regulation=self.regulation_of(numbers[0]), document_number=typed, applications=numbers)

    def requested(self, certificate: str, who: Actor | None = None, **wanted: Any) -> str:
        """The number of a request for a change of a certificate, by its holder; for one further model unless said otherwise."""
        asked = amendments.Wanted(**(wanted or {"change": "scope", "models": ["HX-112C"]}))
        return str(self.do(who or self.applicant(), amendments.request_amendment, certificate, asked, reason="新增型号与原型号同一平台。",
                           filename="证明.pdf", content=PDF))

    def granted(self, certificate: str, who: Actor | None = None, **wanted: Any) -> str:
        """A request taken over the desks until the certificate says it."""
        number = self.requested(certificate, who, **wanted)
        self.do(self.bureau(), amendments.endorse_amendment, number)
        self.do(self.department(), amendments.grant_amendment, number, "同意")
        return number

    def regulation_of(self, number: str) -> str:
        return str(self.show(number)["regulation"]["id"])

    def let_time_act(self, number: str) -> None:
        """Move the clock to the application's next date and let CLOCK take what is due; the office confirms the rest."""
        due = self.show(number)["due"]
        self.clock.set(max(due["at"], self.clock.now()))
        with self.office.registrar(self.department() if due["provisional"] else CLOCK) as r:
            if due["provisional"]:
                deadlines.confirm_due(r, number)
            else:
                deadlines.take_due(r, "application", number)

    def object(self, notice: str, application: str, **changes: Any) -> str:
        words = {
            "objector": "person", "name": "张三", "contact": "zhang@example.com", "reason": "该产品早已上市。",
            "evidence": "见 2019 年产品手册第 3 页。", "ground": self.office.law.regulation(HUNAN).objection_grounds[0].key,
        }
        with self.office.registrar(PUBLIC) as r:
            return notices.object_to(r, notice, application=application, **(words | changes))

    # ----------------------------------------------------------------------------------------------------- measures

    def suspected(self, certificate: str, ground: str = "false_material") -> str:
        """The number of a measure on a certificate, stated by an officer of the department."""
        return str(self.do(self.department(), measures.suspect, certificate=certificate, ground=ground,
                           suspicion="接到反映，情况待核实。", evidence="抽样检测报告第3页。"))

    def notified(self, certificate: str, intended: str = "revoke", ground: str = "false_material", **how: Any) -> str:
        """Its holder has notice of what is intended."""
        number = self.suspected(certificate, ground)
        facts = {"intended": intended, "ground": ground, "reason": "核查中", "effective_on": self.today} | how
        self.do(self.department(), measures.give_notice, number, **facts)
        return number

    def heard(self, certificate: str, *what: str, **how: Any) -> str:
        """Its holder has made a statement."""
        number = self.notified(certificate, *what, **how)
        holder = self.certificate(certificate)["holder"]["credit_code"]
        self.do(self.applicant(CODES.index(holder)), measures.make_statement, number, "情况属实，已整改。")
        return number

    def decided(self, certificate: str, *what: str, **how: Any) -> str:
        """Approved by a second officer, confirmed by a third."""
        number = self.heard(certificate, *what, **how)
        self.do(self.department("department-2"), measures.approve, number, "核查中")
        self.do(self.department("department-3"), measures.confirm, number)
        return number

    def lifted(self, measure: str, ground: str, **how: Any) -> str:
        facts = {"ground": ground, "reason": "核查中", "effective_on": self.today} | how
        self.do(self.department(), measures.propose_lifting, measure, **facts)
        self.do(self.department("department-2"), measures.lift, measure)
        return measure

    def sanction(self, certificate: str, act: str, ground: str) -> str:
        """Suspend, revoke, reinstate or restore a certificate at once: the whole way of a measure, on one day."""
        if act in ("suspend", "revoke"):
            return self.decided(certificate, act, ground)
        with self.office.reading(self.department()) as r:
            found = enquiries.search_measures(r, certificate=certificate, status="decided")["items"]
        undone = {"reinstate": "suspend", "restore": "revoke"}[act]
        return self.lifted(next(m["number"] for m in found if m["intended"] == undone), ground)

    # ------------------------------------------------------------------------------------------------------ looking

    def show(self, number: str) -> dict[str, Any]:
        """An application as the books have it."""
        with self.office.reading(CLOCK) as r:
            return enquiries.show_application(r, number)

    def certificate(self, number: str, actor: Actor = PUBLIC) -> dict[str, Any]:
        with self.office.reading(actor) as r:
            return enquiries.show_certificate(r, number)

    def at(self, actor: Actor, *, expected: int | None = None) -> Any:
        return self.office.registrar(actor, expected=expected)

    def wait(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))


def check_words(refusal: Refusal) -> None:
    """Whatever a refusal says, it says in both languages."""
    texts = [refusal.title, refusal.detail, refusal.action]
    texts += [text for finding in refusal.findings for text in (finding.message, finding.action)]
    for text in texts:
        assert text is None or (text.zh.strip() and text.en.strip()), text
    assert all(finding.field and finding.code for finding in refusal.findings)


def another_law(folder: Path, family: str, version: str, *changes: tuple[str, str]) -> Path:
    """A folder with one further regulation: Hunan's, under another id, with each (old, new) text replaced."""
    shipped = (Path(registry.law.__file__).parent / "regulations" / f"{HUNAN}.toml").read_text(encoding="utf-8")
    id = f"{family}-{version}"
    own = ((f'id = "{HUNAN}"', f'id = "{id}"'), ('family = "hunan-components"', f'family = "{family}"'),
           ('\nversion = "2025"\n', f'\nversion = "{version}"\n'))
    for old, new in (*own, *changes):
        assert shipped.count(old) == 1, (old, shipped.count(old))
        shipped = shipped.replace(old, new)
    (folder / "regulations").mkdir(parents=True, exist_ok=True)
    (folder / "regulations" / f"{id}.toml").write_text(shipped, encoding="utf-8")
    return folder


def sample_file(types: tuple[str, ...]) -> tuple[str, bytes]:
    """A small real file of the first of `types` that can be made by hand."""
    if "pdf" in types:
        return "文件.pdf", PDF
    if "png" in types:
        return "图.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"IEND\xaeB`\x82"
    return "图.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9"


__all__ = [
    "CHANGSHA", "CODES", "HUNAN", "PASSWORD", "PDF", "START", "ZHUZHOU", "Registrar", "Town", "another_law", "check_words",
    "sample_file",
]
