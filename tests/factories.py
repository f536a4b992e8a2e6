"""A town to test in: an office with its people, and applications walked over the desks to a state. No row is inserted."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from argon2 import PasswordHasher
from sqlmodel import SQLModel, col, select

import registry.law
from registry.actors import CLOCK, PUBLIC, SYSTEM, Actor
from registry.books.models import Letter, Visit
from registry.clock import OFFICE_ZONE, FrozenClock, office_day
from registry.desks import (
    accounts,
    amendments,
    applications,
    assessments,
    calls,
    deadlines,
    enquiries,
    experts,
    keys,
    measures,
    notices,
    panels,
    reviews,
    supplements,
)
from registry.errors import NotSignedIn, Refusal
from registry.law.lifecycle import FORM_STAGES, Role
from registry.office import Office
from registry.registrar import Registrar
from registry.seal.keys import Keyring
from tests.law.samples import complete_documents, complete_dossier, complete_sheet, harmless
from tests.walks import Stand, remembered, remembered_alone

# Monday 2026-03-02, 09:00 in Beijing: a working day in a year whose calendar is known.
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HUNAN = "hunan-components-2025"
PASSWORD = "correct horse battery"
CODES = ("11320000MB151840XJ", "91430100MA4L00001J", "91430200MA4L00002T", "91420600MA4L000091")
CHANGSHA, ZHUZHOU = "430100", "430200"
PROVINCE = "430000"  # the authority for which officers and experts are appointed unless said otherwise
CENTRE, CENTRE_KEY = "aircraft-2026", "420000-centre"  # the second authority of `centre_law`
GUANGDONG = "440000"  # a place of which no regulation has bureaus
NO_TRACE = frozenset({Visit.__tablename__})  # signing in is no act
R = TypeVar("R", bound=Refusal)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the same hash with the least cost
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass
class Town:
    """One office with a frozen clock. People are made when they are first asked for, and keep their login.

    What is walked is walked under `regulation`, by the officers and experts of `authority`.
    """

    office: Office
    clock: FrozenClock
    authority: str = PROVINCE
    regulation: str = HUNAN
    prefix: str = ""
    people: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    announcements: int = 0
    stand: Stand | None = None  # what `tests.walks` knows of it

    @remembered_alone
    def admin(self) -> Actor:
        if "admin" not in self.people:
            with self.office.registrar(SYSTEM) as r:
                code = accounts.appoint_first_administrator(r)
            self._accept("admin", code)
        return self.actor("admin")

    def bureau(self, prefecture: str = CHANGSHA) -> Actor:
        return self._appointed(f"bureau-{prefecture}", Role.BUREAU, prefecture=prefecture)

    def department(self, login: str = "department") -> Actor:
        return self._appointed(self.prefix + login, Role.DEPARTMENT, authority=self.authority)

    def auditor(self) -> Actor:
        return self._appointed("auditor", Role.AUDITOR)

    def expert(self, number: int = 1, employer: str | None = None) -> Actor:
        return self._appointed(f"{self.prefix}expert-{number}", Role.EXPERT, employer_code=employer, authority=self.authority)

    def centre(self) -> Town:
        """The same office as those see it who work under the centre's regulation (`centre_law`), with officers of its own."""
        return self.under(CENTRE, prefix="centre-")

    def under(self, regulation: str, prefix: str = "") -> Town:
        """The same office as those see it who work under another regulation; with a prefix, by officers of their own."""
        return replace(self, authority=self.office.law.regulation(regulation).authority.key, regulation=regulation, prefix=prefix,
                       announcements=500)

    @property
    def place(self) -> str:
        """A place whose enterprises may apply under `regulation`: Changsha where that is one, else its first region."""
        authority = self.office.law.regulation(self.regulation).authority
        return CHANGSHA if not authority.prefectures or authority.region_of(CHANGSHA) else next(iter(authority.prefectures))

    @remembered_alone
    def applicant(self, which: int = 0, prefecture: str | None = None) -> Actor:
        """A member of the enterprise with the code CODES[which], registered at first need; in `place` unless said otherwise."""
        login = f"maker-{which}"
        if login not in self.people:
            with self.office.registrar(PUBLIC) as r:
                accounts.sign_up(r, login=login, name=f"申报人{which}", email=f"{login}@example.com", password=PASSWORD)
            self.people[login] = login
            with self.office.registrar(self.actor(login)) as r:
                accounts.register_enterprise(r, credit_code=CODES[which], name=f"湖南第{which}电子有限公司", prefecture=prefecture or self.place)
        return self.actor(login)

    def actor(self, login: str) -> Actor:
        """Who is signed in under this name, with what they are appointed to now; they sign in where no session of theirs is open."""
        with self.office.reading(PUBLIC) as r, suppress(KeyError, NotSignedIn):
            return accounts.actor_for(r, self.sessions[login])
        with self.office.registrar(PUBLIC) as r:
            self.sessions[login] = secret = accounts.sign_in(r, login=login, password=PASSWORD)
        with self.office.reading(PUBLIC) as r:
            return accounts.actor_for(r, secret)

    @remembered_alone
    def _appointed(self, login: str, role: Role, **scope: Any) -> Actor:
        if login not in self.people:
            with self.office.registrar(self.admin()) as r:
                code = accounts.invite(r, role=role, name=login, **scope)
            self._accept(login, code)
        return self.actor(login)

    def _accept(self, login: str, code: str) -> None:
        with self.office.registrar(PUBLIC) as r:
            accounts.accept_invitation(r, code=code, login=login, name=login, email=f"{login}@example.com", password=PASSWORD)
        self.people[login] = login

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
        """Everything that is written down, table by table and in the order of its keys; but for who is signed in."""
        with self.office.engine.connect() as connection:
            return {t.name: list(map(tuple, connection.execute(select(t).order_by(*t.primary_key))))
                    for t in SQLModel.metadata.sorted_tables if t.name not in NO_TRACE}

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

    @remembered_alone
    def draft(self, who: Actor | None = None, regulation: str | None = None, renews: str | None = None, **fields: Any) -> str:
        """A draft that is complete: every field, every document; `fields` as they are to be filled in otherwise."""
        actor = who or self.applicant()
        regulation = regulation or (None if renews else self.regulation)
        self.call(regulation)
        with self.office.registrar(actor) as r:
            number = applications.open_application(
                r, enterprise=next(iter(actor.enterprises.values())), regulation=regulation, renews=renews
            )
            shown = enquiries.show_application(r, number)
            law = r.law.regulation(shown["regulation"]["id"])
            applications.save_draft(r, number, complete_dossier(law, r.today, r.law.taxonomy_of(law), shown["enterprise"]["name"]) | fields)
            for slot, count in complete_documents(law).items():
                for _ in range(count):
                    rule = law.document(slot)
                    assert rule is not None
                    name, content = sample_file(rule.types)
                    applications.attach_document(r, number, slot=slot, filename=name, content=content)
        return number

    def call(self, regulation: str | None) -> None:
        """Open a call under a regulation that takes applications by calls and has none open: for two months."""
        intake = self.office.law.regulation(regulation).intake if regulation else None
        with self.office.reading(PUBLIC) as r:
            if intake is None or intake.mode != "calls" or enquiries.search_calls(r, open=True, regulation=regulation)["items"]:
                return
        self.announcements += 1
        self.do(self.department(), calls.open_call, regulation=regulation, document_number=f"某工信函〔2026〕{self.announcements}号",
                title="关于组织申报的通知", department_until=self.today + timedelta(days=60))

    @remembered
    def submitted(self, who: Actor | None = None, **how: Any) -> str:
        actor = who or self.applicant()
        number = self.draft(actor, **how)
        with self.office.registrar(actor) as r:
            applications.submit(r, number)
        return number

    @remembered
    def endorsed(self, who: Actor | None = None, **how: Any) -> str:
        """Past its first stage: endorsed by its bureau, or accepted where no bureau is asked."""
        number = self.submitted(who, **how)
        bureau = self.show(number)["bureau"]
        if bureau:
            self.do(self.bureau(bureau["region"]), applications.endorse, number)
        return number if bureau else self.accepted(number)

    def accepted(self, number: str) -> str:
        """Accepted by the department, where the road of its regulation has a formal examination."""
        if self.show(number)["status"] == "formal_examination":
            self.do(self.department(), applications.accept, number)
        return number

    @remembered
    def reviewed(self, who: Actor | None = None, **how: Any) -> str:
        """Past every stage that looks at it: reported on where its regulation has a form, recommended where it has a panel."""
        number = self.accepted(self.endorsed(who, **how))
        while (status := self.show(number)["status"]) in (*FORM_STAGES, "expert_review"):
            if status == "expert_review":
                self.review(number)
                self.do(self.department(), reviews.recommend, number)
            else:
                self.worked_through(number)
                self.do(self.department(), assessments.accept_report, number)
        return number

    @remembered_alone
    def body(self, which: int = 3) -> str:
        """The credit code of an assessment body with one assessor, `{prefix}assessor`, registered at first need."""
        login = f"{self.prefix}assessor"
        if login not in self.people:
            self.do(self.department(), accounts.register_enterprise, credit_code=CODES[which], name="某航空器检测有限公司", prefecture=self.place)
            self._appointed(login, Role.ASSESSOR, employer_code=CODES[which], authority=self.authority)
        return CODES[which]

    def assessor(self) -> Actor:
        self.body()
        return self.actor(f"{self.prefix}assessor")

    def inspector(self, number: int = 1) -> Actor:
        return self._appointed(f"{self.prefix}inspector-{number}", Role.INSPECTOR, authority=self.authority)

    def commissioned(self, number: str) -> Actor:
        """Let somebody be commissioned for the stage that the application is in; returns who may report."""
        if self.show(number)["status"] == "assessment":
            self.do(self.department(), assessments.commission, number, self.body())
            return self.assessor()
        inspector = self.inspector()
        self.do(self.department(), assessments.commission, number, inspector.login)
        return inspector

    def worked_through(self, number: str, **changes: Any) -> str:
        """Reported on: every item that can be passed is, one hazard is of a low level; but for `changes` of the sheet."""
        who, law = self.commissioned(number), self.office.law.regulation(self.show(number)["regulation"]["id"])
        form = law.form(self.show(number)["status"])
        assert form is not None
        self.do(who, assessments.save_sheet, number, **complete_sheet(form) | {"hazards": harmless(form), "conclusion": "各项均已评估。"} | changes)
        self.do(who, assessments.report, number)
        return number

    def review(self, number: str, off: int = 0) -> None:
        """Seat the least panel and let each expert give full marks less `off` on each criterion."""
        law = self.office.law.regulation(self.show(number)["regulation"]["id"])
        for i in range(1, law.panel.minimum + 1):
            expert = self.expert(i)
            if i <= law.panel.specialists:
                leaf = self.office.law.taxonomy_of(law).leaf(self.show(number)["dossier"][law.dossier.class_field])
                self.do(expert, experts.keep_profile, fields=[leaf.class_key], title="教授", employer_name="某大学", employer_code=None, active=True)
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
        who = self.bureau(shown["bureau"]["region"]) if shown["status"] == "preliminary_review" else self.department()
        self.do(who, supplements.request_supplement, number, reasons or ["missing_document"], "请补充盖章页。")
        return number

    @remembered
    def noticed(self, *numbers: str) -> str:
        """The number of a notice with these applications, or with a new one."""
        listed = numbers or (self.reviewed(),)
        with self.office.registrar(self.department()) as r:
            return notices.publish_notice(r, regulation=self.regulation_of(listed[0]), applications=listed)

    @remembered
    def to_announce(self, who: Actor | None = None, **how: Any) -> str:
        """Noticed where its regulation asks for that, its period over: awaiting announcement."""
        number = self.reviewed(who, **how)
        if self.show(number)["status"] == "awaiting_notice":
            self.noticed(number)
            self.let_time_act(number)
        return number

    @remembered
    def certified(self, who: Actor | None = None, document_number: str | None = None, **how: Any) -> str:
        """The number of a certificate, its application taken all the way."""
        return self.announced(self.to_announce(who, **how), document_number=document_number)[0]

    @remembered
    def announced(self, *numbers: str, document_number: str | None = None) -> list[str]:
        """The numbers of the certificates of these applications, announced together; each time under the next 文号."""
        self.announcements += 1
        typed = document_number or f"湘工信电子〔2026〕{11 + self.announcements}号"
        with self.office.registrar(self.department()) as r:
            return notices.announce(
                r, regulation=self.regulation_of(numbers[0]), document_number=typed, applications=numbers)

    def requested(self, certificate: str, who: Actor | None = None, **wanted: Any) -> str:
        """The number of a request for a change of a certificate, by its holder; for one further model unless said otherwise."""
        asked = amendments.Wanted(**(wanted or {"change": "scope", "models": ["HX-112C"]}))
        return str(self.do(who or self.applicant(), amendments.request_amendment, certificate, asked, reason="新增型号与原型号同一平台。",
                           filename="证明.pdf", content=PDF))

    @remembered
    def granted(self, certificate: str, who: Actor | None = None, **wanted: Any) -> str:
        """A request taken over the desks until the certificate says it."""
        number = self.requested(certificate, who, **wanted)
        region = self.office.law.regulation(self.regulation).authority.region_of(self.place)
        self.do(self.bureau(region.code) if region else self.department("department-2"), amendments.endorse_amendment, number)
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
            "evidence": "见 2019 年产品手册第 3 页。", "ground": self.office.law.regulation(self.regulation).objection_grounds[0].key,
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

    @remembered
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

    def also(self, who: Actor, role: Role | str, inviter: Actor | None = None, **scope: Any) -> Actor:
        """Somebody who is known already, appointed to a further role; by the administrator unless said otherwise."""
        code = self.do(inviter or self.admin(), accounts.invite, role=role, name=who.login, **scope)
        self.do(who, accounts.accept_invitation, code=code)
        return self.actor(who.login)

    # ------------------------------------------------------------------------------------------------------ looking

    def letters_to(self, login: str) -> list[Letter]:
        """What was written to somebody, in order."""
        with self.office.reading(SYSTEM) as r:
            found = list(r.session.exec(select(Letter).where(Letter.address == f"{login}@example.com").order_by(col(Letter.id))))
            r.session.expunge_all()
        return found

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


def with_keys(office: Office) -> Office:
    """The office, which signs from now on."""
    office.keys = Keyring(office.settings.data / "keys", office.keys.did, "a passphrase for tests alone")
    with office.registrar(SYSTEM) as r:
        keys.make_keys(r, office.keys)
    return office


def check_words(refusal: Refusal) -> None:
    """Whatever a refusal says, it says in both languages, and its days as people write them."""
    texts = [refusal.title, refusal.detail, refusal.action]
    texts += [text for finding in refusal.findings for text in (finding.message, finding.action)]
    for text in texts:
        assert text is None or (text.zh.strip() and text.en.strip()), text
        assert text is None or set(re.findall(r"\d{4}-\d\d-\d\d", text.zh + text.en)) <= {"2025-08-01"}, text  # how one is to be typed
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
    if family != "hunan-components":
        shipped = shipped.replace("HN-STJ-", f"HN-{family.upper()}-")
    (folder / "regulations").mkdir(parents=True, exist_ok=True)
    (folder / "regulations" / f"{id}.toml").write_text(shipped, encoding="utf-8")
    return folder


def centre_law(folder: Path) -> Path:
    """A folder with the regulation of a second authority: a centre in another province, which takes cases from anywhere and
    asks no bureau, with numbers of its own form."""
    shipped = (Path(registry.law.__file__).parent / "regulations" / f"{HUNAN}.toml").read_text(encoding="utf-8")
    regions = shipped[shipped.index("[[authority.prefectures]]"):shipped.index("[", shipped.rindex("[[authority.prefectures]]") + 4)]
    head = shipped[shipped.index("[authority]"):shipped.index("[[authority.prefectures]]")]
    ours = ('[authority]\ncode = "420000"\nunit = "centre"\nname = { zh = "某省航空器检测中心", en = "Aircraft Testing Centre" }\n'
            'article = "测试"\nbasis = "assumption"\n\n')
    forms = shipped[shipped.index("[numbers]"):]
    return another_law(
        folder, "aircraft", "2026", (regions, ""), (head, ours), (forms, forms.replace("HN-STJ", "HB-HKQ")),
        ('kind = "preliminary_review"\nlabel', 'kind = "formal_examination"\nlabel'), ('scope = "prefecture"', 'scope = "province"'))


def sample_file(types: tuple[str, ...]) -> tuple[str, bytes]:
    """A small real file of the first of `types` that can be made by hand."""
    if "pdf" in types:
        return "文件.pdf", PDF
    if "png" in types:
        return "图.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"IEND\xaeB`\x82"
    return "图.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9"


__all__ = [
    "CENTRE", "CENTRE_KEY", "CHANGSHA", "CHEAP", "CODES", "GUANGDONG", "HUNAN", "PASSWORD", "PDF", "PROVINCE", "START", "ZHUZHOU",
    "Registrar", "Town", "another_law", "centre_law", "check_words", "sample_file",
]
