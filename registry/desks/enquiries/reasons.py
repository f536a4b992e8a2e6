"""Why one recorded act was what it was: the rule it rests on, and its figures worked out again, then and now.

"Then" is the text that the application is pinned to, "now" the version of the same family that is in force today. Nothing
is decided here and nothing is changed: what was recorded stands, and is shown beside what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import orjson
from sqlmodel import col, select

from registry.books.models import Application, Certificate, Entry, Notice
from registry.clock import office_day
from registry.dates import office_term
from registry.desks.surroundings import surroundings_then
from registry.law import lifecycle
from registry.law.deadlines import Period, count_days, last_day
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.law.rules import ENDLESS, Source
from registry.law.taxonomy import Taxonomy
from registry.registrar import Registrar
from registry.words import Text, day_words

NO_RULE = Text("无此规定", "no such rule")
NOTHING = Text("齐全，无缺漏和矛盾", "complete: nothing missing, nothing contradictory")


@dataclass(frozen=True)
class Line:
    """One figure of one act: what was recorded (None: nothing was), what comes out under the text of then and of now.

    `source` is the rule of then, where there is one. `now` is None where no version of the family is loaded for today.
    """

    what: Text
    recorded: Text | None
    then: Text
    now: Text | None
    source: Source | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether the record is what its own rule gives; None where nothing is recorded to compare."""
        return None if self.recorded is None else self.recorded == self.then

    @property
    def differs_now(self) -> bool:
        return self.now is not None and self.now != self.then


@dataclass(frozen=True)
class Version:
    """A text of law with its product tree."""

    law: Regulation
    tree: Taxonomy


@dataclass
class Case:
    """An application with its entries and the two versions that it is held against."""

    r: Registrar
    application: Application
    entries: Sequence[Entry]
    then: Version
    now: Version | None
    terms: list[dict[int, date]] = field(default_factory=list)

    @property
    def versions(self) -> list[Version]:
        return [self.then, *([self.now] if self.now else [])]

    @property
    def office(self) -> bool:
        """Whether the caller may see the experts' marks."""
        return self.r.presides(Role.DEPARTMENT, Role.AUDITOR, over=self.application)

    def before(self, entry: Entry, *acts: str) -> Entry | None:
        """The last entry of one of `acts` before `entry`."""
        return next((e for e in reversed(self.entries) if e.seq < entry.seq and e.act in acts), None)

    def line(
        self, what: Text, find: Callable[[Version], Text | None], recorded: Text | None = None, source: Source | None = None
    ) -> Line:
        """A line whose two sides are what `find` says of each version; None is put as "no such rule"."""
        sides = [find(version) or NO_RULE for version in self.versions]
        return Line(what, recorded, sides[0], sides[1] if len(sides) > 1 else None, source)


def reasons(case: Case, entry: Entry) -> list[Line]:
    """Everything that can be worked out again of one entry, in order."""
    found = list(EXPLAIN.get(entry.act, _nothing)(case, entry))
    return [*found, *_term(case, entry)]


def day_of(entry: Entry) -> date:
    """The office day on which what the entry says came about: for a date's own act the day after its last day."""
    on = entry.facts.get("on")
    return office_day(datetime.fromisoformat(on)) if isinstance(on, str) else office_day(entry.at)


def _day(day: date) -> Text:
    return day_words(day)


def _nothing(case: Case, entry: Entry) -> Iterator[Line]:
    yield from ()


# ------------------------------------------------------------------------------------------------------------ beginning


def _open(case: Case, entry: Entry) -> Iterator[Line]:
    def in_force(version: Version) -> Text:
        law = version.law
        first, last, open_then = _day(law.effective_from), _day(law.effective_until), law.is_open_on(day_of(entry))
        return Text(f"{first.zh} – {last.zh}，当日{'受理' if open_then else '不受理'}",
                    f"{first.en} – {last.en}: {'open' if open_then else 'not open'} that day")

    yield case.line(Text("办法的施行期", "The regulation's own days"), in_force, source=case.then.law.effective.life)


def _submit(case: Case, entry: Entry) -> Iterator[Line]:
    """The dossier as it was sealed then, checked again as of that day."""
    content = case.r.vault.find(str(entry.facts.get("dossier", "")))
    if content is None:
        return
    body = orjson.loads(content)
    counts: dict[str, int] = {}
    for _, slot, *_ in body["documents"]:
        counts[slot] = counts.get(slot, 0) + 1

    def findings(version: Version) -> Text:
        found = version.law.check_dossier(body["dossier"], counts, day_of(entry), version.tree,
                                          submitted=entry.act == "resubmit", renewal=case.application.renews is not None,
                                          around=surroundings_then(case.r, version.law, entry.facts))
        if not found:
            return NOTHING
        return Text(f"{len(found)} 处：" + "；".join(f.message.zh for f in found), f"{len(found)}: " + "; ".join(f.message.en for f in found))

    yield case.line(Text("申报材料检查", "Check of the dossier"), findings, NOTHING)
    yield case.line(Text("逐条核对的条件", "Conditions asked"), _asked)


def _asked(version: Version) -> Text:
    """The conditions that a version asks of a dossier."""
    asked = [c.demand for c in version.law.conditions]
    return Text(f"{len(asked)} 条：" + "；".join(m.zh.rstrip("。") for m in asked),
                f"{len(asked)}: " + "; ".join(m.en.rstrip(".") for m in asked)) if asked else Text("—", "—")


# ------------------------------------------------------------------------------------------------------- reasons, grounds


def _ground(case: Case, entry: Entry) -> Iterator[Line]:
    """The ground of a refusal, or of the objection that was upheld or dismissed."""
    key = entry.facts.get("ground")
    if key is None:
        filed = next((e for e in case.entries if e.act == "object" and e.facts.get("objection") == entry.facts.get("objection")), None)
        key = filed.facts.get("ground") if filed else None
    if key is None:
        return
    rule = _find_ground(case.then.law, entry.act, str(key))

    def label(version: Version) -> Text | None:
        found = _find_ground(version.law, entry.act, str(key))
        return found.label if found else None

    yield case.line(Text("依据", "Ground"), label, rule.label if rule else None, rule)


def _find_ground(law: Regulation, act: str, key: str) -> Any:
    return law.ground(law.grounds_of(act), key)


def _refuse(case: Case, entry: Entry) -> Iterator[Line]:
    yield from _ground(case, entry)
    if entry.before == "expert_review":
        yield from _panel(case, entry)


def _supplement(case: Case, entry: Entry) -> Iterator[Line]:
    for key in entry.facts.get("reasons", ()):
        rule = case.then.law.ground(case.then.law.supplement_reasons, key)

        def label(version: Version, key: str = key) -> Text | None:
            found = version.law.ground(version.law.supplement_reasons, key)
            return found.label if found else None

        yield case.line(Text("补正原因", "Reason"), label, rule.label if rule else None, rule)
    yield _last_day(case, "supplement", day_of(entry), Text("补正期限的最后一日", "Last day for the supplement"), None)


# -------------------------------------------------------------------------------------------------------------- the panel


def _panel(case: Case, entry: Entry) -> Iterator[Line]:
    """Quorum and mean from the opinions that counted when the review was closed, by their entries."""
    totals, seated = _opinions(case, entry)
    panel = case.then.law.panel

    def asked(version: Version) -> Text:
        p = version.law.panel
        odd = Text("，单数" if p.odd else "", ", an odd number" if p.odd else "")
        return Text(f"不少于 {p.minimum} 人{odd.zh}，平均 {p.pass_mark} 分通过", f"at least {p.minimum}{odd.en}; a mean of {p.pass_mark} passes")

    yield case.line(Text("专家组的规则", "The rules of the panel"), asked, source=panel)
    if not totals or not case.office:
        return
    noted = entry.facts.get("totals")
    recorded = _mean(noted, int(entry.facts.get("seated", len(noted)))) if noted else None
    yield case.line(Text("人数与平均分", "Experts and mean"), lambda v: _mean(totals, seated), recorded)
    grade = entry.facts.get("grade")
    rule, _ = case.then.law.pass_rule(grade)
    yield case.line(Text("是否通过", "Whether it passes"), lambda v: _verdict(v, totals, seated, grade), PASSES if entry.act == "recommend" else None, rule)


PASSES = Text("人数符合，达到通过线", "the number is right, the mean passes")


def _verdict(version: Version, totals: Sequence[int], seated: int, grade: str | None) -> Text:
    panel, (_, mark) = version.law.panel, version.law.pass_rule(grade)
    enough = seated >= panel.minimum and not (panel.odd and seated % 2 == 0) and len(totals) == seated
    passes = Fraction(sum(totals), len(totals)) >= mark
    return Text(f"人数{'符合' if enough else '不符'}，{'达到' if passes else '未达到'}通过线",
                f"the number is {'right' if enough else 'wrong'}, the mean {'passes' if passes else 'does not pass'}")


def _mean(totals: Sequence[int], seated: int) -> Text:
    mean = f"{float(Fraction(sum(totals), len(totals))):.2f}"
    return Text(f"{seated} 人，平均 {mean}", f"{seated} experts, mean {mean}")


def _opinions(case: Case, entry: Entry) -> tuple[list[int], int]:
    """The totals that counted before `entry`, and how many were seated: from the entries of the review alone."""
    seated: dict[str, bool] = {}
    totals: dict[str, int] = {}
    for e in case.entries:
        if e.seq >= entry.seq:
            break
        for login in _seated_by(e):
            seated[login] = True
        if e.act == "recuse_expert":
            seated.pop(str(e.facts["expert"]), None)
        elif e.act in ("give_opinion", "revise_opinion"):
            totals[e.actor] = int(e.facts["total"])
    return sorted(total for login, total in totals.items() if login in seated), len(seated)


def _seated_by(entry: Entry) -> list[str]:
    """Whom one entry seats: by hand, by the draw, or the next of the draw in the place of who stood aside."""
    if entry.act == "seat_expert":
        return [str(entry.facts["expert"])]
    named = entry.facts.get("seated") if entry.act == "draw_panel" else entry.facts.get("replacement")
    return [str(login) for login in (named if isinstance(named, list) else [named] if named else [])]


# ------------------------------------------------------------------------------------------------------------------ dates


def _last_day(case: Case, key: str, start: date, what: Text, recorded: Text | None) -> Line:
    """The last day of the period `key` from `start`, under each version."""
    def find(version: Version) -> Text | None:
        rule = version.law.periods.get(key)
        if rule is None:
            return None
        found = last_day(case.r.law.calendar, start, rule.period)
        words = rule.period.words()
        last = _day(found.last_day)
        return Text(f"{last.zh}（{words.zh}）", f"{last.en} ({words.en})")

    rule = case.then.law.periods.get(key)
    if rule is not None and last_day(case.r.law.calendar, start, rule.period).provisional:
        what = Text(f"{what.zh}（暂定）", f"{what.en} (provisional)")
    if recorded is not None and rule is not None:
        words = rule.period.words()
        recorded = Text(f"{recorded.zh}（{words.zh}）", f"{recorded.en} ({words.en})")
    return case.line(what, find, recorded, rule)


def _by_time(case: Case, entry: Entry) -> Iterator[Line]:
    """What the end of a period brought about: its last day, from the day on which it began."""
    row = lifecycle.find_row("application", entry.before or "", entry.act)
    began = case.before(entry, "publish_notice" if entry.act == "close_notice" else "request_supplement")
    if row is None or began is None:
        return
    on = entry.facts.get("on")
    recorded = _day(office_day(datetime.fromisoformat(on) - timedelta(seconds=1))) if isinstance(on, str) else None
    yield _last_day(case, row.due, day_of(began), Text("期间的最后一日", "Last day of the period"), recorded)


def _published(case: Case, entry: Entry) -> Iterator[Line]:
    notice = case.r.session.exec(select(Notice).where(Notice.number == entry.facts.get("notice"))).one_or_none()
    yield _last_day(case, "public_notice", day_of(entry), Text("公示的最后一日", "Last day of the notice"), _day(notice.last_on) if notice else None)


def _announced(case: Case, entry: Entry) -> Iterator[Line]:
    found = case.r.session.exec(select(Certificate).where(Certificate.application_id == case.application.id)).one_or_none()
    if found is None:
        return
    old = case.r.session.exec(select(Certificate).where(col(Certificate.id) == found.renews_id)).one_or_none()
    before = old.valid_until if old is not None else None
    counted_from = before if before is not None and before + timedelta(days=1) == found.valid_from else found.valid_from

    def until(version: Version) -> Text:
        rule = version.law.validity
        return _end(rule.ends_on(case.r.law.calendar, counted_from)) if rule else NO_RULE

    yield case.line(Text("证书有效期的最后一日", "Last day of the certificate"), until, _end(found.valid_until), case.then.law.validity)


def _end(day: date | None) -> Text:
    return _day(day) if day else ENDLESS


def _term(case: Case, entry: Entry) -> Iterator[Line]:
    """The office's own term for the state that the entry ends: its last day, and whether it was kept."""
    if entry.before in (None, entry.after) or lifecycle.stands_still(entry.before or ""):
        return
    if not case.terms:
        case.terms = [_office_terms(case, version) for version in case.versions]
    if entry.seq not in case.terms[0]:
        return
    sides = [_kept(days.get(entry.seq), day_of(entry)) for days in case.terms]
    stage = case.then.law.stage(lifecycle.STAGE_OF_STATE.get(entry.before or "", ""))
    key = lifecycle.STATE_TERM.get(entry.before or "") or (stage.term if stage else "")
    done = _day(day_of(entry))
    yield Line(Text(f"办理时限（办结于{done.zh}）", f"The office's term (done on {done.en})"), None, sides[0],
               sides[1] if len(sides) > 1 else None, case.then.law.periods.get(key))


def _kept(last: date | None, done: date) -> Text:
    if last is None:
        return NO_RULE
    until = _day(last)
    return Text(f"{until.zh}止，{'按时' if done <= last else '逾期'}", f"by {until.en}: {'in time' if done <= last else 'overdue'}")


def _office_terms(case: Case, version: Version) -> dict[int, date]:
    """For each entry that ends a state with an office term: that term's last day, the time of supplements left out."""
    calendar, found = case.r.law.calendar, {}
    began, used, last = None, 0, None
    for entry in case.entries:
        if entry.before == entry.after or entry.after is None:
            continue
        if last is not None:
            found[entry.seq] = last
        period = office_term(version.law, entry.before or "")
        if lifecycle.stands_still(entry.after):
            used += count_days(calendar, began, day_of(entry), period.unit) if began and period else 0
            began = last = None
            continue
        used = used if lifecycle.stands_still(entry.before or "") else 0
        began, period = day_of(entry), office_term(version.law, entry.after)
        last = _ends(case, began, period, used) if period else None
    return found


def _ends(case: Case, began: date, period: Period, used: int) -> date:
    left = period.length - used
    if left <= 0:
        return began
    return last_day(case.r.law.calendar, began, Period(left, period.unit, period.count_start_day, period.ends)).last_day


EXPLAIN: dict[str, Callable[[Case, Entry], Iterator[Line]]] = {
    "open": _open, "submit": _submit, "resubmit": _submit, "request_supplement": _supplement, "refuse": _refuse,
    "object": _ground, "dismiss_objection": _ground, "uphold_objection": _ground, "recommend": _panel, "lapse": _by_time,
    "close_notice": _by_time, "publish_notice": _published, "announce": _announced,
}
