"""The counter of the expert pool: each expert keeps their own profile and declares their own interests. It seats nobody.

Experts are appointed by an administrator (`accounts.invite`); ties are held against the law in `ties`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, func, select

from registry.books.models import Enterprise, Expert, Interest, Person
from registry.clock import office_day
from registry.desks.inputs import Form
from registry.desks.panels import stand_aside_where_tied
from registry.errors import AlreadyDone, NotEntitled, NotFound
from registry.law.codes import credit_code_fault, normalise_credit_code
from registry.law.lifecycle import Role
from registry.law.rules import TIES
from registry.law.taxonomy import TaxonomyClass
from registry.registrar import Registrar
from registry.words import Text

EMPLOYMENT = "employment"


def keep_profile(
    r: Registrar, *, fields: Sequence[str], title: str, employer_name: str, employer_code: str | None, active: bool
) -> str:
    """Keep one's own profile as an expert. A change of employer leaves the former one as a tie that ended today.

    Whoever now turns out to be tied to the applicant of a review stands aside from it at once. BadInput, NotEntitled.
    """
    person, form = _me(r), Form()
    known, wanted = classes(r), list(dict.fromkeys(fields))
    if not all(key in known for key in wanted):
        form.fault("fields", "unknown", "请从产品大类中选择。", "Choose among the classes of products.")
    name = form.line("employer_name", employer_name, most=200, required=False)
    code = _code(r, form, "employer_code", employer_code, required=False)
    said = form.line("title", title, most=100, required=False)
    form.done()
    kept = r.session.get(Expert, person.id) or Expert(person_id=person.id, kept_at=r.now)
    if person.employer_code and person.employer_code != code:
        began = min(office_day(kept.kept_at), office_day(person.created_at))
        _add(r, person, EMPLOYMENT, person.employer_code, (began, r.today), "更换任职单位时由系统记录 / recorded at a change of employer")
    person.employer_code = code or None
    kept.fields, kept.title, kept.employer_name, kept.active, kept.kept_at = wanted, said, name, active, r.now
    r.session.add(kept)
    r.note("account", person.login, "keep_profile", Role.EXPERT, fields=wanted, title=said, employer=name,
           employer_code=code or None, active=active)
    stand_aside_where_tied(r, person)
    return person.login


def declare_interest(
    r: Registrar, *, kind: str, credit_code: str, from_on: date | str, until_on: date | str | None = None, note: str = ""
) -> int:
    """Declare a tie to an enterprise, from a day to a day (or that it lasts). Returns its ordinal among one's own.

    It need not be registered here yet. Whoever is seated for a product of that enterprise stands aside at once.
    """
    person, form = _me(r), Form()
    if kind not in TIES:
        form.fault("kind", "unknown", "请选择关系的类别。", "Choose the kind of tie.")
    code = _code(r, form, "credit_code", credit_code)
    began, ended = _day(form, "from_on", from_on), _day(form, "until_on", until_on, required=False)
    if began is not None and began > r.today:
        form.fault("from_on", "future", "起始日不能晚于今天。", "It cannot begin after today.")
    if began is not None and ended is not None and ended < began:
        form.fault("until_on", "backwards", "终止日不能早于起始日。", "It cannot end before it began.")
    words = form.text("note", note, most=1000, required=False)
    form.done()
    assert began is not None
    interest = _add(r, person, kind, code, (began, ended), words)
    stand_aside_where_tied(r, person)
    return interest.ordinal


def end_interest(r: Registrar, ordinal: int, until_on: date | str) -> int:
    """Say on which day a tie ended; by the regulation's years it may bar for longer. AlreadyDone if it has a last day."""
    person, form = _me(r), Form()
    interest = _get(r, person, ordinal)
    ended = _day(form, "until_on", until_on)
    if ended is not None and not interest.from_on <= ended <= r.today:
        form.fault("until_on", "out-of-range", *Text("须在 {first} 至今天之间。", "It must lie between {first} and today.").with_(first=interest.from_on))
    form.done()
    if interest.until_on is not None:
        raise AlreadyDone(Text("该项关系已填写终止日。", "This tie has its last day already."))
    interest.until_on = ended
    r.note("account", person.login, "end_interest", Role.EXPERT, ordinal=ordinal, until_on=str(ended))
    return ordinal


def withdraw_interest(r: Registrar, ordinal: int, reason: str) -> int:
    """Take back what was declared by mistake, with the reason; the declaration stays on record and bars no more."""
    person, form = _me(r), Form()
    interest = _get(r, person, ordinal)
    said = form.text("reason", reason, most=1000)
    form.done()
    interest.withdrawn_at, interest.withdrawal_reason = r.now, said
    r.note("account", person.login, "withdraw_interest", Role.EXPERT, ordinal=ordinal, reason=said)
    return ordinal


def classes(r: Registrar) -> dict[str, TaxonomyClass]:
    """The classes of products in which an expert may be at home, of all product trees that are loaded."""
    return {branch.key: branch for tree in r.law.taxonomies.values() for branch in tree.classes}


def _add(
    r: Registrar, person: Person, kind: str, code: str, days: tuple[date, date | None], note: str
) -> Interest:
    last = r.session.exec(select(func.max(Interest.ordinal)).where(Interest.person_id == person.id)).one()
    interest = Interest(person_id=person.id, ordinal=(last or 0) + 1, kind=kind, credit_code=code, from_on=days[0],
                        until_on=days[1], note=note, declared_at=r.now)
    r.session.add(interest)
    r.session.flush()
    r.note("account", person.login, "declare_interest", Role.EXPERT, ordinal=interest.ordinal, tie=kind, enterprise=code,
           from_on=str(days[0]), until_on=str(days[1]) if days[1] else None, note=note)
    return interest


def _get(r: Registrar, person: Person, ordinal: int) -> Interest:
    found = r.session.exec(select(Interest).where(
        Interest.person_id == person.id, Interest.ordinal == ordinal, col(Interest.withdrawn_at).is_(None))).one_or_none()
    if found is None:
        raise NotFound(Text(f"您没有第 {ordinal} 项利害关系申报。", f"You have declared no interest {ordinal}."))
    return found


def _me(r: Registrar) -> Person:
    if not r.actor.has(Role.EXPERT) or r.actor.person_id is None:
        raise NotEntitled(Text("专家信息由专家本人维护。", "An expert's profile is kept by the expert."))
    return r.session.get_one(Person, r.actor.person_id)


def _code(r: Registrar, form: Form, field: str, given: str | None, *, required: bool = True) -> str:
    """A credit code that holds, or that of a registered enterprise: an officer may have taken one whose check fails."""
    code = normalise_credit_code(form.line(field, given, most=40, required=required))
    fault = credit_code_fault(code) if code else None
    if fault is not None and r.session.exec(select(Enterprise.id).where(Enterprise.credit_code == code)).first() is None:
        form.fault(field, fault.code, fault.message.zh, fault.message.en)
    return code


def _day(form: Form, field: str, given: date | str | None, *, required: bool = True) -> date | None:
    if isinstance(given, date):
        return given
    typed = form.line(field, given, most=10, required=required)
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        form.fault(field, "bad-form", "请写成 2025-08-01 的形式。", "Write it as 2025-08-01.")
        return None
