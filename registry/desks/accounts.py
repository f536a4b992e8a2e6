"""The counter for people and enterprises: registering, signing in, inviting, appointing. It decides no application."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import col, select

from registry.actors import ROLE_LABELS, SYSTEM, Grant
from registry.books.models import Appointment, Enterprise, Invitation, OfficeFact, Person, Visit
from registry.desks.duties import refuse_appointment
from registry.desks.inputs import EMAIL, Form
from registry.desks.reach import sees_enterprise
from registry.desks.visits import ALL, open_visit, sha256_of
from registry.desks.visits import actor_for as actor_for
from registry.desks.visits import end_visit as end_visit
from registry.desks.visits import list_visits as list_visits
from registry.errors import AlreadyDone, BadInput, Finding, NotEntitled, NotFound, NotSignedIn, SignInFailed
from registry.law.codes import credit_code_fault, normalise_credit_code
from registry.law.duties import is_of_an_authority
from registry.law.lifecycle import Role
from registry.law.places import province_of
from registry.registrar import Registrar
from registry.words import Text

INVITATION_LASTS = timedelta(days=14)
LEAST_PASSWORD, MOST_PASSWORD = 10, 200
MOST_SUBJECT = 80  # what an entry's subject holds; a name may be longer
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
APPOINTED = (Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.EXPERT, Role.ASSESSOR, Role.INSPECTOR, Role.ADMINISTRATOR, Role.SECURITY,
             Role.AUDITOR)
TRAINING_PASSWORD = "training_password"
CHECK_FAILS = "credit_code_check"  # the one fault that an officer may override: a few early codes have it

_hasher = PasswordHasher()


@contextmanager
def hashed_by(hasher: PasswordHasher) -> Iterator[None]:
    """Hash passwords otherwise for a while: for offices of invented people whose password everybody may know."""
    global _hasher
    kept, _hasher = _hasher, hasher
    try:
        yield
    finally:
        _hasher = kept


@cache
def _nobody() -> str:
    """Checked when the login is unknown, so that the answer takes as long as for a known one."""
    return _hasher.hash(secrets.token_urlsafe())


def register_enterprise(
    r: Registrar, *, credit_code: str, name: str, prefecture: str, override_reason: str | None = None
) -> str:
    """Enter an enterprise by its unified social credit code (GB 32100-2015). Returns the code as normalised.

    A code whose check fails is refused, naming the position and what was expected; an officer may override with a
    reason, which is recorded. An applicant becomes the enterprise's first member. BadInput, AlreadyDone, NotEntitled.
    """
    officer = r.actor.has(Role.DEPARTMENT, Role.BUREAU)
    if not r.actor.signed_in:
        raise NotSignedIn(Text("请先登录，再登记企业。", "Sign in first, then register an enterprise."))
    form = Form()
    code = normalise_credit_code(form.line("credit_code", credit_code, most=40))
    fault = credit_code_fault(code) if code else None
    reason = form.text("override_reason", override_reason, most=1000, required=False) or None
    if fault is not None and not (officer and reason and fault.code == CHECK_FAILS):
        form.add(fault)
    if reason and not officer:
        raise NotEntitled(Text("只有工作人员可以核准校验不符的代码。", "Only an officer may accept a code whose check fails."))
    title = form.line("name", name, most=200)
    if prefecture not in r.law.places():
        form.fault("prefecture", "unknown", "请选择企业所在地。", "Choose the place where the enterprise is.")
    form.done()
    if officer and not r.actor.has(Role.DEPARTMENT) and not r.actor.prefectures & {prefecture, province_of(prefecture)}:
        raise NotEntitled(Text("只能登记本地区的企业。", "A bureau registers enterprises of its own region only."))
    if find_enterprise(r, code) is not None:
        raise AlreadyDone(
            Text(f"统一社会信用代码 {code} 已经登记。", f"The credit code {code} is registered already."),
            action=Text("请联系该企业成员邀请您加入。", "Ask a member of the enterprise to invite you."),
        )
    enterprise = Enterprise(credit_code=code, name=title, prefecture=prefecture, registered_at=r.now,
                            code_override_reason=reason if fault else None)
    r.session.add(enterprise)
    r.session.flush()
    facts = {"name": title, "prefecture": prefecture} | ({"override_reason": reason} if fault and reason else {})
    r.note("enterprise", code, "register", Role.APPLICANT if not officer else None, **facts)
    if not officer:
        _appoint(r, _me(r), Grant(Role.APPLICANT, enterprise=code, enterprise_id=enterprise.id))
    return code


def sign_up(r: Registrar, *, login: str, name: str, email: str, password: str) -> str:
    """Open an account for a person, who has no role yet. Returns the login. BadInput, AlreadyDone."""
    return _new_person(r, login=login, name=name, email=email, password=password, employer_code=None).login


def invite(
    r: Registrar,
    *,
    role: Role | str,
    name: str,
    prefecture: str | None = None,
    enterprise: str | None = None,
    authority: str | None = None,
    employer_code: str | None = None,
) -> str:
    """Make a one-time code with which a person takes up `role`; it is shown once and only its hash is kept.

    Officers, experts, auditors and administrators are invited by an administrator; an enterprise's members by a
    member, or by an officer of its bureau or of the department. Whoever serves one authority is invited for it, by its
    key; where only one is loaded, for that one.
    """
    form = Form()
    title = form.line("name", name, most=100)
    wanted = _role(form, role)
    house = find_enterprise(r, enterprise or "") if wanted is Role.APPLICANT else None
    if wanted is Role.APPLICANT and house is None:
        form.fault("enterprise", "unknown", "该企业尚未登记。", "This enterprise is not registered.")
    if (wanted is Role.BUREAU or (wanted is Role.HEAD and prefecture)) and prefecture not in r.law.prefectures():
        form.fault("prefecture", "unknown", "请选择地区。", "Choose a region.")
    regional = (prefecture or None) if wanted in (Role.BUREAU, Role.HEAD) else None
    served = _authority(r, form, authority) if is_of_an_authority(wanted, regional) else None
    if employer_code:
        employer_code = normalise_credit_code(employer_code)
        form.add(_renamed(credit_code_fault(employer_code), "employer_code"))
    form.done()
    _check_may_invite(r, wanted, house)
    grant = Grant(wanted, regional, house.credit_code if house else None, house.id if house else None, served)
    return _invitation(r, grant, title, employer_code)


def accept_invitation(
    r: Registrar,
    *,
    code: str,
    login: str | None = None,
    name: str | None = None,
    email: str | None = None,
    password: str | None = None,
) -> str:
    """Take up what a one-time code offers: as the person signed in, or as a new one. Returns the login."""
    invitation = r.session.exec(select(Invitation).where(Invitation.code_sha256 == sha256_of(code.strip()))).one_or_none()
    if invitation is None or invitation.used_at or invitation.expires_at <= r.now:
        raise NotFound(
            Text("邀请码无效、已使用或已过期。", "This code is unknown, used or expired."),
            action=Text("请向邀请人索取新的邀请码。", "Ask whoever invited you for a new one."),
        )
    if r.actor.signed_in:
        person = _me(r)
        person.employer_code = invitation.employer_code or person.employer_code
    else:
        person = _new_person(r, login=login, name=name or invitation.name, email=email, password=password,
                             employer_code=invitation.employer_code)
    invitation.used_at = r.now
    house = r.session.get(Enterprise, invitation.enterprise_id) if invitation.enterprise_id else None
    _appoint(r, person, Grant(Role(invitation.role), invitation.prefecture, house.credit_code if house else None,
                              house.id if house else None, invitation.authority))
    return person.login


def end_appointment(
    r: Registrar, *, login: str, role: Role | str, prefecture: str | None = None, enterprise: str | None = None,
    authority: str | None = None,
) -> None:
    """End an appointment at once. By an administrator; a member's also by a fellow member. BadInput where the same role is
    held for several authorities and none is named."""
    person = r.session.exec(select(Person).where(Person.login == login)).one_or_none()
    house = find_enterprise(r, enterprise) if enterprise else None
    query = select(Appointment).where(
        Appointment.person_id == (person.id if person else -1), Appointment.role == str(role),
        Appointment.prefecture == prefecture, Appointment.enterprise_id == (house.id if house else None),
        col(Appointment.ended_at).is_(None),
    )
    if authority:
        query = query.where(Appointment.authority == authority)
    found = r.session.exec(query).all()
    if len(found) > 1:
        message = Text("请注明是为哪个主管部门的任命。", "Say for which authority the appointment is.")
        raise BadInput(message, findings=[Finding("authority", "missing", message)])
    appointment = found[0] if found else None
    if appointment is None:
        raise NotFound(Text("没有这项任命。", "There is no such appointment."))
    fellow = house is not None and house.id in r.actor.enterprises
    if not (fellow or r.actor.has(Role.ADMINISTRATOR, Role.SECURITY)):
        raise NotEntitled(Text("只有系统管理员、安全保密管理员（或本企业成员）可以解除。",
                               "Only an administrator, the security officer or a fellow member may end it."))
    if appointment.role == Role.ADMINISTRATOR and _administrators(r) == 1:
        raise NotEntitled(Text("最后一名系统管理员不能解除。", "The last administrator cannot be removed."))
    appointment.ended_at = r.now
    r.note("account", login, "end_appointment", role_held=str(role), prefecture=prefecture, enterprise=enterprise,
           authority=appointment.authority)


def sign_in(r: Registrar, *, login: str, password: str, kind: str = "session", label: str = "", scope: str = ALL) -> str:
    """Open a visit (a browser session or an API token). Returns its secret, of which only the hash is kept."""
    person = r.session.exec(select(Person).where(Person.login == str(login).strip().lower())).one_or_none()
    known = person is not None and person.closed_at is None
    r.put_pen_down()
    if not _matches(person.password_hash if person and known else _nobody(), str(password)) or person is None or not known:
        raise SignInFailed(Text("用户名或密码不正确。", "The name or the password is wrong."))
    form = Form()
    tag = form.line("label", label, most=100, required=False)
    form.done()
    return open_visit(r, person, kind, tag, scope)


def change_password(r: Registrar, *, old: str, new: str) -> None:
    """Change one's own password; every other visit of the person ends."""
    person = _me(r)
    if not _matches(person.password_hash, old):
        raise SignInFailed(Text("原密码不正确。", "The old password is wrong."))
    form = Form()
    person.password_hash = _password(form, "new", new)
    form.done()
    for visit in r.session.exec(select(Visit).where(Visit.person_id == person.id, col(Visit.ended_at).is_(None))):
        if visit.id != r.actor.visit_id:
            visit.ended_at = r.now
    r.note("account", person.login, "change_password")


def appoint_first_administrator(r: Registrar) -> str:
    """A one-time code for the first administrator, made by command on the machine. AlreadyDone when there is one."""
    if _administrators(r):
        raise AlreadyDone(Text("已有系统管理员，请由其邀请。", "There is an administrator already; ask them for an invitation."))
    return _invitation(r, Grant(Role.ADMINISTRATOR), "administrator", None)


def note_training_password(r: Registrar, password: str) -> None:
    """Keep the one password that all accounts of a training office share, to be listed at its sign-in page."""
    if r.settings.training:
        r.session.merge(OfficeFact(key=TRAINING_PASSWORD, value=password))


def training_accounts(r: Registrar) -> list[dict[str, Any]]:
    """The accounts of a training office, for its sign-in page; nothing at all in a real one."""
    fact = r.session.get(OfficeFact, TRAINING_PASSWORD) if r.settings.training else None
    if fact is None:
        return []
    rows = r.session.exec(
        select(Person, Appointment, Enterprise).join(Appointment, col(Appointment.person_id) == Person.id)
        .outerjoin(Enterprise, col(Appointment.enterprise_id) == Enterprise.id)
        .where(col(Appointment.ended_at).is_(None), col(Person.closed_at).is_(None)).order_by(col(Person.id))
    )
    return [
        {"login": p.login, "name": p.name, "role": a.role, "role_label": ROLE_LABELS[Role(a.role)],
         "scope_label": _scope_label(r, a, e), "password": fact.value}
        for p, a, e in rows
    ]


def find_enterprise(r: Registrar, code: str) -> Enterprise | None:
    return r.session.exec(select(Enterprise).where(Enterprise.credit_code == normalise_credit_code(code))).one_or_none()


def _scope_label(r: Registrar, appointment: Appointment, enterprise: Enterprise | None) -> Text:
    if enterprise is not None:
        return Text(enterprise.name, enterprise.name)
    if appointment.prefecture:
        return r.law.prefectures()[appointment.prefecture].name
    served = r.law.authorities().get(appointment.authority or "")
    return served.name if served else Text("", "")


def _new_person(
    r: Registrar, *, login: str | None, name: str | None, email: str | None, password: str | None, employer_code: str | None
) -> Person:
    form = Form()
    handle = form.line("login", login, most=64).lower()
    if handle and not LOGIN.fullmatch(handle):
        form.fault("login", "bad-form", "用户名须为 3–64 位小写字母、数字、点、下划线或连字符。",
                   "A login has 3 to 64 lower-case letters, digits, dots, underscores or hyphens.")
    address = form.line("email", email, most=254)
    if address and not EMAIL.fullmatch(address):
        form.fault("email", "bad-form", "电子邮箱格式不正确。", "This is not an e-mail address.")
    person = Person(login=handle, name=form.line("name", name, most=100), email=address,
                    password_hash=_password(form, "password", password), employer_code=employer_code, created_at=r.now)
    form.done()
    if r.session.exec(select(Person.id).where(Person.login == handle)).first() is not None or handle in {"clock", "public", "system"}:
        raise AlreadyDone(Text(f"用户名 {handle} 已被使用。", f"The login {handle} is taken."))
    r.session.add(person)
    r.session.flush()
    r.note("account", handle, "sign_up", Role.PUBLIC)
    return person


def _password(form: Form, field: str, password: str | None) -> str:
    given = password if isinstance(password, str) else ""
    if not LEAST_PASSWORD <= len(given) <= MOST_PASSWORD or not _is_text(given):
        form.fault(field, "password-length", f"密码须为 {LEAST_PASSWORD}–{MOST_PASSWORD} 个字符。",
                   f"A password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters.")
        return ""
    return _hasher.hash(given)


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password[: MOST_PASSWORD + 1])
    except (VerifyMismatchError, InvalidHashError, UnicodeEncodeError):
        return False


def _is_text(given: str) -> bool:
    """Whether it can be written down at all: half a surrogate pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in given)


def _role(form: Form, role: Role | str) -> Role:
    try:
        wanted = Role(role)
    except ValueError:
        wanted = Role.PUBLIC
    if wanted not in (*APPOINTED, Role.APPLICANT):
        form.fault("role", "unknown", "没有这种角色。", "There is no such role.")
    return wanted


def _authority(r: Registrar, form: Form, authority: str | None) -> str | None:
    """The authority that is named, or the only one there is."""
    known = r.law.authorities()
    if not authority and len(known) == 1:
        return next(iter(known))
    if authority not in known:
        form.fault("authority", "unknown" if authority else "missing", "请选择主管部门。", "Choose the authority.")
    return authority


def _check_may_invite(r: Registrar, role: Role, house: Enterprise | None) -> None:
    if role in APPOINTED:
        allowed = r.actor.has(Role.ADMINISTRATOR)
    else:
        assert house is not None
        officer = r.actor.has(Role.DEPARTMENT, Role.BUREAU)
        allowed = house.id in r.actor.enterprises or (officer and sees_enterprise(r, house))
    if not allowed:
        raise NotEntitled(Text(
            f"您不能邀请他人担任“{ROLE_LABELS[role].zh}”。", f"You may not invite anybody as {ROLE_LABELS[role].en}.",
        ))


def _invitation(r: Registrar, grant: Grant, name: str, employer_code: str | None) -> str:
    code = secrets.token_urlsafe(18)
    r.session.add(Invitation(
        code_sha256=sha256_of(code), role=grant.role, prefecture=grant.prefecture, enterprise_id=grant.enterprise_id,
        authority=grant.authority, name=name, employer_code=employer_code, invited_by=r.actor.login, created_at=r.now,
        expires_at=r.now + INVITATION_LASTS,
    ))
    r.note("account", name[:MOST_SUBJECT], "invite", **_told(grant))
    return code


def _appoint(r: Registrar, person: Person, grant: Grant) -> None:
    held = r.session.exec(select(Appointment).where(
        Appointment.person_id == person.id, Appointment.role == str(grant.role), Appointment.prefecture == grant.prefecture,
        Appointment.enterprise_id == grant.enterprise_id, Appointment.authority == grant.authority,
        col(Appointment.ended_at).is_(None),
    )).first()
    if held is not None:
        raise AlreadyDone(Text("您已担任该角色。", "You hold that role already."))
    refuse_appointment(r, person, grant.role)
    r.session.add(Appointment(person_id=person.id, role=grant.role, prefecture=grant.prefecture,
                              enterprise_id=grant.enterprise_id, authority=grant.authority, began_at=r.now))
    r.session.flush()
    r.note("account", person.login, "appoint", **_told(grant))


def _told(grant: Grant) -> dict[str, Any]:
    """What an entry says of an appointment."""
    return {"role_held": str(grant.role), "prefecture": grant.prefecture, "enterprise": grant.enterprise,
            "authority": grant.authority}


def _administrators(r: Registrar) -> int:
    return len(r.session.exec(select(Appointment.id).where(
        Appointment.role == Role.ADMINISTRATOR, col(Appointment.ended_at).is_(None))).all())


def _me(r: Registrar) -> Person:
    if r.actor.person_id is None or r.actor is SYSTEM:
        raise NotSignedIn(Text("请先登录。", "Sign in first."))
    return r.session.get_one(Person, r.actor.person_id)


def _renamed(finding: Finding | None, field: str) -> Finding | None:
    return replace(finding, field=field) if finding is not None else None
