"""The one door: every change of status of an application or a certificate goes through `Registrar.record`.

It checks order, then entitlement; moves the status; sets what time will do next; writes the entry; queues the letters;
all in the transaction of its unit, or none of it. It knows no act by name: what may be is in the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlmodel import Session, select

from registry.books import ledger, letters
from registry.books.models import Application, Certificate, Entry, Objection, Person, Seat
from registry.books.vault import Vault
from registry.clock import day_ends_at, office_day
from registry.errors import NotEntitled, NotFound, NotYet, Outdated, OutOfOrder
from registry.law import lifecycle
from registry.law.deadlines import Deadline, Period, count_days, last_day
from registry.law.library import Law
from registry.law.lifecycle import Role, Row
from registry.law.regulation import Regulation
from registry.settings import Settings
from registry.words import Text, join

Subject = Application | Certificate
S = TypeVar("S", Application, Certificate)


@dataclass(frozen=True)
class Grant:
    """One appointment in force: a role, and the prefecture or the enterprise it is for."""

    role: Role
    prefecture: str | None = None
    enterprise: str | None = None
    enterprise_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts, with all that they are appointed to at this moment."""

    login: str
    name: str
    person_id: int | None = None
    grants: tuple[Grant, ...] = ()
    visit_id: int | None = None

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(g.role for g in self.grants)

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def prefectures(self) -> frozenset[str]:
        return frozenset(g.prefecture for g in self.grants if g.role is Role.BUREAU and g.prefecture)

    @property
    def enterprises(self) -> dict[int, str]:
        """The enterprises it speaks for: id to credit code."""
        return {g.enterprise_id: g.enterprise for g in self.grants if g.enterprise_id is not None and g.enterprise}

    def has(self, *roles: Role) -> bool:
        return bool(self.roles & set(roles))


CLOCK = Actor("clock", "CLOCK", grants=(Grant(Role.CLOCK),))
PUBLIC = Actor("public", "PUBLIC")
SYSTEM = Actor("system", "SYSTEM", grants=(Grant(Role.ADMINISTRATOR),))  # whoever sits at the machine


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
        if subject.enterprise_id in self.actor.enterprises or self.actor.has(Role.CLOCK):
            return True
        if subject.submitted_at is None:
            return False
        if self.actor.has(Role.DEPARTMENT, Role.AUDITOR) or subject.prefecture in self.actor.prefectures:
            return True
        return self.actor.has(Role.EXPERT) and self.seat(subject, open_only=True) is not None

    def seat(self, application: Application, *, open_only: bool = False) -> Seat | None:
        """The actor's seat at this application, if any; with `open_only`, not one that was recused."""
        seat = self.session.exec(
            select(Seat).where(Seat.application_id == application.id, Seat.person_id == self.actor.person_id)
        ).one_or_none()
        return None if seat is not None and open_only and seat.recused_at else seat

    def regulation_of(self, subject: Subject) -> Regulation:
        return self.law.regulation(subject.regulation_id)

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
        before, after = subject.status, self._target(row, subject)
        # What a date brings about begins when the date came, however late it is recorded.
        began = office_day(subject.due_at) if row.due and subject.due_at else self.today
        if row.target != lifecycle.STAY or isinstance(subject, Certificate):
            self._move(subject, after, due, began)
        return self._write(subject, act, role, (before, after), facts)

    def require(self, subject: Subject, act: str) -> None:
        """Refuse as `record` would, by order and then by entitlement, before what was handed in is looked at."""
        row = lifecycle.find_row(subject.kind, self.state_now(subject), act)
        if row is None:
            raise self._out_of_order(subject, act)
        self._entitled(row, subject)

    def begin(self, subject: Subject, role: Role, facts: Mapping[str, Any]) -> Entry:
        """Record how a new subject begins its life; the caller has filled it but for its status."""
        act, subject.status = lifecycle.BIRTH[subject.kind]
        self.session.add(subject)
        self._set_due(subject, None)
        return self._write(subject, act, role, (None, subject.status), facts)

    def note(self, kind: str, number: str, act: str, role: Role | None = None, **facts: Any) -> Entry:
        """Record an act on something that has no life of its own: an enterprise, an account, a notice."""
        as_role = role or next(iter(sorted(self.actor.roles)), Role.PUBLIC)
        return ledger.append(
            self.session, at=self.now, actor=self.actor.login, role=as_role, subject=(kind, number), act=act, facts=facts
        )

    def settle(self, subject: Subject) -> None:
        """Let time do at once what the next sweep would do: an act never meets a state whose end has passed."""
        while self.actor is not CLOCK and (row := self._overtaken(subject)):
            Registrar(self.session, self.law, self.now, CLOCK, self.settings, self.vault).record(subject, row.act)

    def state_now(self, subject: Subject) -> str:
        """The state in which the door would find `subject` now: what time has brought about counts, swept or not."""
        row = self._overtaken(subject)
        return self._target(row, subject) if row else subject.status

    def _overtaken(self, subject: Subject) -> Row | None:
        """The row that time has brought about on a firm date and nobody has recorded yet."""
        if not subject.due_act or subject.due_at is None or subject.due_at > self.now or subject.due_provisional:
            return None
        return lifecycle.find_row(subject.kind, subject.status, subject.due_act)

    def _entitled(self, row: Row, subject: Subject) -> Role:
        if row.due:
            return self._entitled_to_time(subject)
        for role in row.roles:
            if self._holds(role, subject):
                return role
        raise NotEntitled(Text(
            f"“{row.label.zh}”由{'、'.join(ROLE_LABELS[r].zh for r in row.roles)}办理，您没有该角色。",
            f"“{row.label.en}” belongs to: {', '.join(ROLE_LABELS[r].en for r in row.roles)}. You do not hold that role here.",
        ))

    def _entitled_to_time(self, subject: Subject) -> Role:
        """A date's own act is CLOCK's once the date is past; on a provisional date it waits for an officer's word."""
        if subject.due_at is None or subject.due_at > self.now:
            raise NotYet(Text("期限尚未届满。", "The term has not ended yet."))
        if self.actor is CLOCK and not subject.due_provisional:
            return Role.CLOCK
        if self.actor.has(Role.DEPARTMENT) and subject.due_provisional:
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
                return isinstance(subject, Application) and subject.prefecture in self.actor.prefectures
            case Role.EXPERT:
                return isinstance(subject, Application) and self.seat(subject, open_only=True) is not None
            case _:
                return self.actor.has(role)

    def may(self, row: Row, subject: Subject) -> bool:
        """Whether this actor could take `row` now: the very rule of the door, for buttons."""
        try:
            self._entitled(row, subject)
        except (NotEntitled, NotYet):
            return False
        return True

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
            case state:
                return state

    def _objections_open(self, subject: Subject) -> bool:
        self.session.flush()
        found = select(Objection.id).where(Objection.application_id == subject.id, Objection.outcome == None)  # noqa: E711
        return self.session.exec(found).first() is not None

    def _move(self, subject: Subject, after: str, due: Deadline | None, began: date) -> None:
        before, subject.status = subject.status, after
        self._set_due(subject, due, began)
        if isinstance(subject, Application) and before != after:
            if lifecycle.stands_still(after):
                subject.asked_by = before
                self._stop_term(subject)
            else:
                self._run_term(subject, began, resumed=lifecycle.stands_still(before))

    def _set_due(self, subject: Subject, due: Deadline | None, began: date | None = None) -> None:
        renewed = isinstance(subject, Certificate) and subject.renewed_by is not None
        row = lifecycle.clock_row(subject.kind, subject.status, renewed=renewed)
        subject.due_act = row.act if row else None
        if row is None:
            subject.due_at, subject.due_provisional = None, False
        elif isinstance(subject, Certificate):
            subject.due_at = day_ends_at(subject.valid_until)
        else:
            due = due or last_day(self.law.calendar, began or self.today, self.regulation_of(subject).period(row.due))
            subject.due_at, subject.due_provisional = day_ends_at(due.last_day), due.provisional

    def _run_term(self, application: Application, began: date, *, resumed: bool) -> None:
        """Let the office's term run: anew in a new state, or with the days that are left after a supplement."""
        period = office_term(self.regulation_of(application), application.status)
        used = application.term_used if resumed else 0
        application.term_used, application.term_began_on = used, began if period else None
        application.term_last_on, application.term_provisional = None, False
        if period is None:
            return
        left = period.length - used
        if left <= 0:
            application.term_last_on = began
            return
        end = last_day(self.law.calendar, began, Period(left, period.unit, period.count_start_day, period.ends))
        application.term_last_on, application.term_provisional = end.last_day, end.provisional

    def _stop_term(self, application: Application) -> None:
        """Let the office's clock stand still: remember the days that were used."""
        began = application.term_began_on
        period = office_term(self.regulation_of(application), application.asked_by or "")
        if began is not None and period is not None:
            application.term_used += count_days(self.law.calendar, began, self.today, period.unit)
        application.term_began_on, application.term_last_on, application.term_provisional = None, None, False

    def _write(
        self, subject: Subject, act: str, role: Role, moved: tuple[str | None, str], facts: Mapping[str, Any]
    ) -> Entry:
        entry = ledger.append(
            self.session, at=self.now, actor=self.actor.login, role=role, subject=(subject.kind, subject.number),
            act=act, before=moved[0], after=moved[1], facts=facts,
        )
        letters.queue(self.session, entry, subject, self.law, self.settings.public_base_url)
        return entry

    def _out_of_order(self, subject: Subject, act: str) -> OutOfOrder:
        status = self.state_now(subject)
        rows = [r for r in lifecycle.acts_in(subject.kind, status) if self.may(r, subject)]
        label = lifecycle.label_of(subject.kind, act)
        state = lifecycle.STATE_LABELS[status]
        names = join([r.label for r in rows]) if rows else Text("无", "none")
        return OutOfOrder(
            Text(f"{subject.number} 目前状态为“{state.zh}”，不能办理“{label.zh}”。",
                 f"{subject.number} is now “{state.en}”; “{label.en}” cannot be done in that state."),
            action=Text(f"您现在可以办理：{names.zh}。", f"What you can do now: {names.en}."),
            possible=[r.act for r in rows],
        )


def office_term(regulation: Regulation, state: str) -> Period | None:
    """The time that the office itself has in `state`, if the regulation sets one. What CLOCK ends is not the office's."""
    stage = regulation.stage(lifecycle.STAGE_OF_STATE.get(state, ""))
    key = lifecycle.STATE_TERM.get(state) or (stage.term if stage else "")
    rule = regulation.periods.get(key)
    return rule.period if rule and key not in lifecycle.CLOCK_PERIODS else None


def outdated() -> Outdated:
    """What a caller is told who was not the first."""
    return Outdated(
        Text("您看到的内容之后已有新的变动，本次操作未生效。", "Something has changed since you looked; nothing was done."),
        action=Text("请刷新后查看最新内容，再决定是否重新提交。", "Reload, look at the present state, then decide again."),
    )


ROLE_LABELS = {
    Role.APPLICANT: Text("申报企业", "applicant enterprise"),
    Role.BUREAU: Text("市州工信局", "municipal bureau"),
    Role.DEPARTMENT: Text("省工信厅", "provincial department"),
    Role.EXPERT: Text("评审专家", "expert"),
    Role.ADMINISTRATOR: Text("系统管理员", "administrator"),
    Role.AUDITOR: Text("审计员", "auditor"),
    Role.PUBLIC: Text("社会公众", "the public"),
    Role.CLOCK: Text("时间（系统自动）", "time (CLOCK)"),
}


def person_of(session: Session, login: str) -> Person | None:
    return session.exec(select(Person).where(Person.login == login)).one_or_none()
