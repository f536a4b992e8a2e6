"""The one door: every change of status of an application or a certificate goes through `Registrar.record`.

It checks order, then entitlement; moves the status; sets what time will do next; writes the entry; queues the letters;
all in the transaction of its unit, or none of it. It knows no act by name: what may be is in the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, col, select

from registry import dates, parts
from registry.actors import CLOCK, Actor, role_name
from registry.books import ledger, letters, lives, texts
from registry.books.models import Amendment, Application, Certificate, Entry, Letter, Measure, Objection
from registry.books.vault import Vault
from registry.clock import office_day
from registry.dates import Subject, UnderLaw
from registry.errors import DutiesConflict, NotEntitled, NotFound, NotYet, OutOfOrder, narrow_token, outdated
from registry.law import duties, lifecycle, tiers
from registry.law.deadlines import Deadline
from registry.law.library import Law
from registry.law.lifecycle import Role, Row
from registry.law.regulation import Regulation
from registry.law.taxonomy import Taxonomy
from registry.settings import Settings
from registry.words import Text, join

S = TypeVar("S", Application, Certificate, Measure, Amendment)


@dataclass
class Registrar:
    """One unit of work: one transaction, one instant, one actor. Made by `Office.registrar` and `Office.reading`."""

    session: Session
    law: Law
    now: datetime
    actor: Actor
    settings: Settings
    vault: Vault
    expected: int | None = None
    idle: Callable[[Registrar, Subject], Collection[str]] = lambda r, subject: ()  # acts that nothing calls for now (desks.idle)
    today: date = field(init=False)

    def __post_init__(self) -> None:
        self.today = office_day(self.now)

    def fetch(self, model: type[S], number: str) -> S:
        """The subject of this unit; no other writer is at work meanwhile. NotFound if it is not there or none of the caller's business;
        Outdated if the caller acted on another version than the present one."""
        subject = self.find(model, number)
        if subject is None or not self.sees(subject):
            raise NotFound(Text(f"没有编号为 {number} 的记录。", f"There is no record with the number {number}."))
        if self.expected is not None and self.expected != subject.version:
            raise outdated()
        return subject

    def find(self, model: type[S], number: str) -> S | None:
        return self.session.exec(select(model).where(model.number == number)).one_or_none()

    def sees(self, subject: Subject) -> bool:
        """Scope: an enterprise sees itself, a bureau its prefecture, nobody else another's draft; certificates are public."""
        if isinstance(subject, Certificate):
            return True
        if isinstance(subject, Measure):
            return self._sees_measure(subject)
        if subject.enterprise_id in self.actor.enterprises or self.actor.has(Role.CLOCK):
            return True
        if isinstance(subject, Application) and subject.submitted_at is None:
            return False
        if self.presides(Role.DEPARTMENT, Role.AUDITOR, over=subject) or subject.prefecture in self.actor.prefectures or self.heads(subject):
            return True
        return isinstance(subject, Application) and parts.has_part(self.session, self.actor, subject)

    def presides(self, *roles: Role, over: UnderLaw | Regulation) -> bool:
        """Whether the actor holds one of `roles` for the authority of the regulation that binds `over`.

        The one rule by which the officers of two authorities are kept apart. Auditor and CLOCK are no authority's: everywhere.
        """
        under = self._under(roles)
        return under is None or (over.id if isinstance(over, Regulation) else over.regulation_id) in under

    def within(self, regulation_id: Any, *roles: Role) -> ColumnElement[bool]:
        """`presides`, as a condition of a query, on a column that holds the id of a regulation."""
        under = self._under(roles)
        return true() if under is None else col(regulation_id).in_(under)

    def _under(self, roles: tuple[Role, ...]) -> list[str] | None:
        if self.actor.has(*(set(roles) & set(duties.OF_NO_AUTHORITY))):
            return None
        return self.law.under(self.actor.authorities(*roles))

    def heads(self, subject: Application | Amendment) -> bool:
        """Whether overdue work on it rises to the actor: the head of its bureau, or of its authority."""
        return subject.prefecture in self.actor.regions(Role.HEAD) or self.presides(Role.HEAD, over=subject)

    def _sees_measure(self, measure: Measure) -> bool:
        """A suspicion is the office's own; its enterprise sees it from the notice of the intended decision on."""
        if self.presides(Role.CLOCK, Role.DEPARTMENT, Role.AUDITOR, over=measure) or measure.prefecture in self.actor.prefectures:
            return True
        return measure.notified_at is not None and measure.enterprise_id in self.actor.enterprises

    def regulation_of(self, subject: Subject) -> Regulation:
        """The rules that bind `subject`: what is loaded, or the text that an application was handed in under."""
        pinned = subject.regulation_digest if isinstance(subject, Application) else None
        return texts.binding(self.law, self.vault, subject.regulation_id, pinned)

    def taxonomy_of(self, application: Application) -> Taxonomy:
        """The product tree that binds an application: the loaded one, or that of the text it is pinned to."""
        return texts.binding_tree(self.law, self.vault, self.regulation_of(application), application.taxonomy_digest)

    def put_pen_down(self) -> None:
        """Let other writers pass while something slow is worked out. Only before this unit has written anything."""
        assert not (self.session.new or self.session.dirty or self.session.deleted)
        self.session.commit()

    def record(self, subject: Subject, act: str, *, due: Deadline | None = None, **facts: Any) -> Entry:
        """Do `act` to `subject`: first what time has brought about already, then order, then entitlement.

        `due` is the date that time will act upon next, where the regulation's period alone does not say it;
        `facts` go into the ledger as they are. Refusals: OutOfOrder with the possible acts, NotEntitled, NotYet.
        """
        self.settle(subject)
        row = lifecycle.find_row(subject.kind, subject.status, act)
        if row is None:
            raise self._out_of_order(subject, act)
        role = self._entitled(row, subject)
        before, facts = subject.status, self._go(row, subject, facts, due)
        if row.tells:
            flag_modified(subject, "status")  # its version rises: whoever decides by an older page is told
        return self._write(subject, act, role, (before, subject.status), facts)

    def require(self, subject: Subject, act: str) -> None:
        """Refuse as `record` would, by order and then by entitlement, before what was handed in is looked at."""
        self._entitled(self.require_order(subject, act), subject)

    def require_order(self, subject: Subject, act: str) -> Row:
        """The row by which `act` can be done now, by whomever; OutOfOrder if there is none."""
        row = lifecycle.find_row(subject.kind, self.state_now(subject), act)
        if row is None:
            raise self._out_of_order(subject, act)
        return row

    def begin(self, subject: Subject, role: Role, facts: Mapping[str, Any]) -> Entry:
        """Record how a new subject begins its life; the caller has filled it but for its status."""
        self.refuse_auditor()
        act, subject.status = lifecycle.BIRTH[subject.kind]
        self.session.add(subject)
        self._set_due(subject)
        return self._write(subject, act, role, (None, subject.status), facts)

    def note(self, kind: str, number: str, act: str, role: Role | None = None, **facts: Any) -> Entry:
        """Record an act on something that has no life of its own: an enterprise, an account, a notice."""
        if self.actor.narrow or not (kind == "account" and number == self.actor.login):
            self.refuse_auditor()
        as_role = role or next(iter(sorted(self.actor.roles)), Role.PUBLIC)
        return ledger.append(
            self.session, at=self.now, actor=self.actor.login, role=as_role, subject=(kind, number), act=act, facts=facts
        )

    def refuse_auditor(self) -> None:
        """An auditor reads everything and writes nothing, not even what anybody may; nor does a token that only reads."""
        if self.actor.narrow:
            raise narrow_token()
        if self.actor.has(Role.AUDITOR):
            raise duties.conflict("auditor_writes_nothing")

    def order(self, certificate: Certificate, act: str, on: date, facts: Mapping[str, Any]) -> None:
        """Let a decided measure have `act` done to a certificate from the beginning of the day `on`: by CLOCK, with these facts.

        If that day has come it is done at once.
        """
        certificate.ordered_act, certificate.ordered_on, certificate.ordered_facts = act, on, dict(facts)
        lives.touch(self.session, certificate)
        self._set_due(certificate)
        self.settle(certificate)

    def cancel_order(self, certificate: Certificate) -> None:
        """Take back what a measure ordered, before its day has come."""
        certificate.ordered_act = certificate.ordered_on = certificate.ordered_facts = None
        lives.touch(self.session, certificate)
        self._set_due(certificate)

    def settle(self, subject: Subject) -> None:
        """Let time do at once what the next sweep would do: an act never meets a state whose end has passed."""
        while self.actor is not CLOCK and (row := self._overtaken(subject)):
            Registrar(self.session, self.law, self.now, CLOCK, self.settings, self.vault).record(subject, row.act)

    def state_now(self, subject: Subject) -> str:
        """The state in which the door would find `subject` now: what time has brought about counts, swept or not."""
        while row := self._overtaken(subject):
            subject = type(subject)(**subject.model_dump())
            self._go(row, subject, {})
        return subject.status

    def _overtaken(self, subject: Subject) -> Row | None:
        """The row that time has brought about on a firm date and nobody has recorded yet."""
        if not subject.due_act or subject.due_at is None or subject.due_at > self.now or subject.due_provisional:
            return None
        if _waits(subject):
            return None
        return lifecycle.find_row(subject.kind, subject.status, subject.due_act)

    def _entitled(self, row: Row, subject: Subject) -> Role:
        if row.due == lifecycle.ORDERED and row.act != subject.due_act:
            raise NotEntitled(
                Text(f"“{row.label.zh}”只能由已决定的处理措施在其生效日办理。",
                     f"“{row.label.en}” is done by a decided measure alone, on its effective day."),
                action=Text("请登记疑点，按程序告知、听取陈述申辩后由两人决定。",
                            "State a suspicion: notice, statement and a decision by two people follow."))
        if row.due:
            return self._entitled_to_time(row, subject)
        for role in (roles := _roles(row, subject)):
            if self._holds(role, subject):
                self.refuse_auditor()
                return role
        whose = join([role_name(role, self.regulation_of(subject), getattr(subject, "prefecture", None)) for role in roles])
        raise NotEntitled(Text(f"“{row.label.zh}”由{whose.zh}办理，您没有该角色。",
                               f"“{row.label.en}” belongs to: {whose.en}. You do not hold that role here."))

    def _entitled_to_time(self, row: Row, subject: Subject) -> Role:
        """A date's own act is CLOCK's once the date is past; on a provisional date it waits for an officer's word."""
        if row.act != subject.due_act or subject.due_at is None or subject.due_at > self.now:
            raise NotYet(Text("期限尚未届满。", "The term has not ended yet."))
        if _waits(subject):
            raise NotYet(Text(f"已搁置：{subject.held_reason}", f"This is on hold: {subject.held_reason}"),
                         action=Text("请先解除搁置。", "Release it first."))
        if self.actor is CLOCK and not subject.due_provisional:
            return Role.CLOCK
        if self.presides(Role.DEPARTMENT, over=subject) and subject.due_provisional:
            return Role.DEPARTMENT
        if self.actor is CLOCK:
            raise NotYet(Text("该日期为暂定日期（当年日历尚未公布），须由工作人员确认。",
                              "This date is provisional (its year's calendar is not published): an officer must confirm it."))
        raise NotEntitled(Text("期限届满由时间办理。", "What the end of a term brings about is done by time alone."))

    def _holds(self, role: Role, subject: Subject) -> bool:
        match role:
            case Role.PUBLIC:
                return True
            case Role.APPLICANT:
                return subject.enterprise_id in self.actor.enterprises
            case Role.BUREAU:
                return not isinstance(subject, Certificate) and subject.prefecture in self.actor.prefectures
            case Role.EXPERT:
                return isinstance(subject, Application) and parts.find_seat(self.session, self.actor, subject, open_only=True) is not None
            case Role.ASSESSOR | Role.INSPECTOR:
                return (isinstance(subject, Application) and self.presides(role, over=subject)
                        and parts.find_commission(self.session, self.actor, subject, role) is not None)
            case _:
                return self.presides(role, over=subject)

    def may(self, row: Row, subject: Subject) -> bool:
        """Whether this actor could take `row` now: the very rule of the door, for buttons."""
        try:
            self._entitled(row, subject)
        except (NotEntitled, NotYet, DutiesConflict):
            return False
        return True

    def possible(self, subject: Subject) -> list[Row]:
        """What this actor could do to `subject` now: the rows of its state that are theirs, and that something calls for."""
        rows = [row for row in lifecycle.acts_in(subject.kind, self.state_now(subject)) if Role.PUBLIC not in row.roles and self.may(row, subject)]
        idle = self.idle(self, subject) if rows else ()
        return [row for row in rows if row.act not in idle]

    def _target(self, row: Row, subject: Subject) -> str:
        match row.target:
            case lifecycle.STAY:
                return subject.status
            case lifecycle.NEXT:
                return lifecycle.next_state(subject.status, self.regulation_of(subject).stage_kinds)
            case lifecycle.ASKER:
                assert isinstance(subject, Application) and subject.asked_by
                return subject.asked_by
            case lifecycle.HELD:
                return lifecycle.held_state(objections_open=self._objections_open(subject))
            case lifecycle.FORMER:
                return lifecycle.former_state(suspended=isinstance(subject, Certificate) and subject.suspended)
            case state:
                return state

    def _objections_open(self, subject: Subject) -> bool:
        self.session.flush()
        found = select(Objection.id).where(Objection.application_id == subject.id, Objection.outcome == None)  # noqa: E711
        return self.session.exec(found).first() is not None

    def _go(self, row: Row, subject: Subject, facts: Mapping[str, Any], due: Deadline | None = None) -> dict[str, Any]:
        """Take `subject` by `row`. Returns the facts of its entry. What a date brings about begins when the date came, however late."""
        began = office_day(subject.due_at) if row.due and subject.due_at else self.today
        facts = dates.take_day(row, subject) | dict(facts)
        self._move(subject, row, self._target(row, subject), due, began)
        return facts

    def _move(self, subject: Subject, row: Row, after: str, due: Deadline | None, began: date) -> None:
        """Bring `subject` where `row` leads. Only a certificate has dates that an act may move without its state."""
        if row.target == lifecycle.STAY and not isinstance(subject, Certificate):
            return
        before, subject.status = subject.status, after
        if isinstance(subject, Application):
            self._keep_claim(subject, before)
        if isinstance(subject, Certificate):
            subject.suspended = lifecycle.restricted_after(row, after, suspended=subject.suspended)
        self._set_due(subject, due, began)
        if not lifecycle.can_be_held(subject.kind, after):
            subject.held_at = subject.held_reason = None
        if isinstance(subject, Application) and before != after:
            if lifecycle.stands_still(after):
                subject.asked_by = before
                dates.stop_term(subject, self.regulation_of(subject), self.law.calendar, self.today)
            elif not lifecycle.same_term(before, after):
                resumed = lifecycle.stands_still(before)
                dates.run_term(subject, self.regulation_of(subject), self.law.calendar, began, resumed=resumed)

    def _keep_claim(self, application: Application, before: str) -> None:
        """Whose work it is stays so while it stays in one office; whether it came back from a supplement, while it stays there."""
        if before == application.status:
            return
        returned = lifecycle.stands_still(before) and application.status == application.asked_by
        application.resubmitted_at = self.now if returned else None
        asked_by = before if lifecycle.stands_still(application.status) else application.asked_by
        now_in = tiers.office_of(application.status, asked_by)
        if now_in != tiers.office_of(before, application.asked_by) or now_in is None:
            application.claimed_by = application.assigned_by = application.claimed_at = None

    def _set_due(self, subject: Subject, due: Deadline | None = None, began: date | None = None) -> None:
        if isinstance(subject, Certificate):
            dates.set_due_of_certificate(subject)
        else:
            dates.set_due(subject, self.regulation_of(subject), self.law.calendar, began or self.today, due)

    def _write(
        self, subject: Subject, act: str, role: Role, moved: tuple[str | None, str], facts: Mapping[str, Any]
    ) -> Entry:
        entry = ledger.append(
            self.session, at=self.now, actor=self.actor.login, role=role, subject=(subject.kind, subject.number),
            act=act, before=moved[0], after=moved[1], facts=facts,
        )
        letters.queue(self.session, entry, subject, self.law, self.settings.public_base_url)
        if isinstance(subject, Certificate):
            lives.touch(self.session, subject)
        return entry

    def foresee(self, subject: Subject, act: str, **facts: Any) -> tuple[Subject, Entry, list[Letter]]:
        """What `record` would do, worked out on a copy: the copy afterwards, its entry, its letters. Nothing is written."""
        row = lifecycle.find_row(subject.kind, subject.status, act)
        if row is None:
            raise self._out_of_order(subject, act)
        copy = type(subject)(**subject.model_dump())
        before, facts = copy.status, self._go(row, copy, facts)
        entry = Entry(seq=0, at=self.now, actor=self.actor.login, role=row.roles[0], subject_kind=copy.kind,
                      subject=copy.number, act=act, before=before, after=copy.status, facts=facts, previous="", hash="")
        return copy, entry, letters.compose(self.session, entry, copy, self.law, self.settings.public_base_url)

    def _out_of_order(self, subject: Subject, act: str) -> OutOfOrder:
        status = self.state_now(subject)
        rows = self.possible(subject)
        label = lifecycle.label_of(subject.kind, act)
        state = lifecycle.STATE_LABELS[status]
        names = join([r.label for r in rows]) if rows else Text("无", "none")
        return OutOfOrder(
            Text(f"{subject.number} 目前状态为“{state.zh}”，不能办理“{label.zh}”。",
                 f"{subject.number} is now “{state.en}”; “{label.en}” cannot be done in that state."),
            action=Text(f"您现在可以办理：{names.zh}。", f"What you can do now: {names.en}."),
            possible=[r.act for r in rows],
        )


def _roles(row: Row, subject: Subject) -> tuple[Role, ...]:
    """Whose the act is on this subject: where no bureau is asked, the authority's own officers do what a bureau does."""
    if isinstance(subject, Certificate) or subject.prefecture is not None:
        return row.roles
    return tuple(Role.DEPARTMENT if role is Role.BUREAU else role for role in row.roles)


def _waits(subject: Subject) -> bool:
    """Whether a hold keeps time from acting. Never on a certificate: its standing follows its dates; a hold there only
    silences what the night would tell of it."""
    return isinstance(subject, Application | Measure) and subject.held_at is not None
