"""People and enterprises: how one comes in, what one may then do, and how that ends."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

from registry.actors import PUBLIC, SYSTEM, Actor
from registry.books.models import Enterprise, Invitation, Person, Visit
from registry.desks import accounts, applications, enquiries
from registry.desks.accounts import INVITATION_LASTS
from registry.errors import AlreadyDone, BadInput, NotEntitled, NotFound, NotSignedIn, SignInFailed
from registry.law.lifecycle import Role
from tests.factories import CHANGSHA, CODES, HUNAN, PASSWORD, PROVINCE, ZHUZHOU, Town

BAD_CODE = "91350100M000100Y4Z"  # the standard's own example, whose check does not hold (facts.md 5.1)


def person(town: Town, login: str = "liu", **changes: str) -> Actor:
    """Somebody who has signed up and signed in, and holds no role."""
    words = {"login": login, "name": "刘洋", "email": f"{login}@example.com", "password": PASSWORD}
    town.do(PUBLIC, accounts.sign_up, **(words | changes))
    return town.actor(login)


def enter(code: str = CODES[1], **changes: str | None) -> dict[str, str | None]:
    return {"credit_code": code, "name": "湖南新元件有限公司", "prefecture": CHANGSHA} | changes


def enterprise(town: Town, code: str) -> Enterprise:
    with Session(town.office.engine) as session:
        return session.exec(select(Enterprise).where(Enterprise.credit_code == code)).one()


# ---------------------------------------------------------------------------------------------------------- enterprises


def test_an_applicant_registers_an_enterprise_and_is_its_first_member(town: Town) -> None:
    who = person(town)
    assert town.do(who, accounts.register_enterprise, **enter(" 91430100ｍａ4l-00001j ")) == CODES[1]
    assert town.actor("liu").enterprises == {enterprise(town, CODES[1]).id: CODES[1]}
    assert town.actor("liu").roles == {Role.APPLICANT}


def test_a_code_whose_check_fails_is_refused_with_its_place_and_what_was_expected(town: Town) -> None:
    refusal = town.refused(BadInput, person(town), accounts.register_enterprise, **enter(BAD_CODE))
    [finding] = refusal.findings
    assert (finding.field, finding.code) == ("credit_code", "credit_code_check")
    assert "18" in finding.message.zh and "18" in finding.message.en
    assert "“Z”" in finding.message.zh and "“3”" in finding.message.zh and "'3'" in finding.message.en


def test_an_officer_overrides_a_failed_check_with_a_reason_that_is_recorded(town: Town) -> None:
    reason = "营业执照原件如此，早期代码。"
    town.do(town.bureau(), accounts.register_enterprise, **enter(BAD_CODE, override_reason=reason))
    assert enterprise(town, BAD_CODE).code_override_reason == reason
    with town.office.reading(town.auditor()) as r:
        [entry] = enquiries.search_entries(r, subject=BAD_CODE)["items"]
    assert (entry["act"], entry["actor"], entry["facts"]["override_reason"]) == ("register", f"bureau-{CHANGSHA}", reason)


def test_an_officer_who_gives_no_reason_overrides_nothing(town: Town) -> None:
    for reason in (None, "", "   "):
        town.refused(BadInput, town.bureau(), accounts.register_enterprise, **enter(BAD_CODE, override_reason=reason))


@pytest.mark.parametrize("code", ["9143", "9143010OMA4L00001J", "91430100MA4L00001J9143", "湖" * 18])
def test_nobody_overrides_what_is_no_credit_code_at_all(town: Town, code: str) -> None:
    refusal = town.refused(BadInput, town.department(), accounts.register_enterprise, **enter(code, override_reason="原件如此"))
    assert refusal.findings[0].code in ("credit_code_length", "credit_code_character")


def test_a_reason_that_was_not_needed_is_not_kept(town: Town) -> None:
    town.do(town.department(), accounts.register_enterprise, **enter(override_reason="以防万一"))
    assert enterprise(town, CODES[1]).code_override_reason is None


def test_an_applicant_cannot_override(town: Town) -> None:
    liu = person(town)
    for code in (BAD_CODE, CODES[1]):
        town.refused(NotEntitled, liu, accounts.register_enterprise, **enter(code, override_reason="相信我"))


def test_a_bureau_registers_in_its_own_prefecture_only(town: Town) -> None:
    town.refused(NotEntitled, town.bureau(ZHUZHOU), accounts.register_enterprise, **enter(prefecture=CHANGSHA))
    town.do(town.bureau(ZHUZHOU), accounts.register_enterprise, **enter(prefecture=ZHUZHOU))
    town.do(town.department(), accounts.register_enterprise, **enter(CODES[2], prefecture=CHANGSHA))


def test_an_officer_who_registers_does_not_become_a_member(town: Town) -> None:
    town.do(town.department(), accounts.register_enterprise, **enter())
    assert not town.department().enterprises


def test_a_code_is_registered_once(town: Town) -> None:
    town.do(person(town), accounts.register_enterprise, **enter())
    refusal = town.refused(AlreadyDone, person(town, "wang"), accounts.register_enterprise, **enter(CODES[1].lower()))
    assert refusal.action is not None


def test_an_unknown_prefecture_is_named_with_everything_else_that_is_wrong(town: Town) -> None:
    refusal = town.refused(BadInput, person(town), accounts.register_enterprise,
                           **enter(BAD_CODE, name="甲\x07", prefecture="430000"))  # a province that is divided further
    assert {f.field for f in refusal.findings} == {"credit_code", "name", "prefecture"}


def test_nobody_registers_an_enterprise_without_signing_in(town: Town) -> None:
    town.refused(NotSignedIn, PUBLIC, accounts.register_enterprise, **enter())


# --------------------------------------------------------------------------------------------------------------- people


def test_sign_up_gives_no_role(town: Town) -> None:
    who = person(town)
    assert who.signed_in and who.grants == () and not who.roles


@pytest.mark.parametrize(("field", "value"), [
    ("login", "a"), ("login", "a b c"), ("login", "-abc"), ("login", "刘洋刘洋"), ("login", "x" * 65), ("login", ""),
    ("email", "nobody"), ("email", "a@b"), ("email", "a b@example.com"), ("email", "<a@example.com>"), ("name", ""),
    ("name", "刘\u202e洋"), ("name", "刘\x00洋"), ("password", "short"), ("password", "x" * 201), ("password", "\ud800" * 12),
])
def test_an_account_is_refused_by_field(town: Town, field: str, value: str) -> None:
    words = {"login": "liu", "name": "刘洋", "email": "liu@example.com", "password": PASSWORD} | {field: value}
    assert {f.field for f in town.refused(BadInput, PUBLIC, accounts.sign_up, **words).findings} == {field}


def test_a_login_is_taken_once_whatever_its_case(town: Town) -> None:
    person(town)
    for login in ("liu", "LIU", " liu "):
        town.refused(AlreadyDone, PUBLIC, accounts.sign_up, login=login, name="甲", email="a@example.com", password=PASSWORD)


@pytest.mark.parametrize("login", ["clock", "public", "system"])
def test_nobody_is_called_like_time_or_the_public(town: Town, login: str) -> None:
    town.refused(AlreadyDone, PUBLIC, accounts.sign_up, login=login, name="甲", email="a@example.com", password=PASSWORD)


def test_the_password_is_not_kept(town: Town) -> None:
    person(town)
    with Session(town.office.engine) as session:
        kept = session.exec(select(Person)).one()
    assert PASSWORD not in kept.password_hash and kept.password_hash.startswith("$argon2")


# ---------------------------------------------------------------------------------------------------------- invitations


def test_an_invitation_is_used_once(town: Town) -> None:
    code = town.do(town.admin(), accounts.invite, role=Role.EXPERT, name="专家甲", authority=PROVINCE)
    assert town.do(person(town), accounts.accept_invitation, code=f" {code} ") == "liu"
    assert town.actor("liu").roles == {Role.EXPERT}
    town.refused(NotFound, person(town, "wang"), accounts.accept_invitation, code=code)


def test_an_invitation_ends_after_its_time_to_the_second(town: Town) -> None:
    first, second = (town.do(town.admin(), accounts.invite, role=Role.EXPERT, name=f"专家{n}", authority=PROVINCE) for n in "甲乙")
    liu, wang = person(town), person(town, "wang")
    town.clock.advance(INVITATION_LASTS)
    town.wait(seconds=-1)
    town.do(liu, accounts.accept_invitation, code=first)
    town.wait(seconds=1)
    town.refused(NotFound, wang, accounts.accept_invitation, code=second)


def test_a_code_that_nobody_made_opens_nothing(town: Town) -> None:
    for code in ("", "x" * 24, "\ud800"):
        town.refused(NotFound, person(town, f"liu{len(code)}"), accounts.accept_invitation, code=code)


def test_only_the_hash_of_a_code_is_kept(town: Town) -> None:
    code = town.do(town.admin(), accounts.invite, role=Role.EXPERT, name="专家甲", authority=PROVINCE)
    with Session(town.office.engine) as session:
        kept = session.exec(select(Invitation)).all()
    assert code not in str(kept) and code not in str(town.books())


def test_a_refused_acceptance_leaves_the_code_unused(town: Town) -> None:
    code = town.do(town.admin(), accounts.invite, role=Role.EXPERT, name="专家甲", authority=PROVINCE)
    town.refused(BadInput, PUBLIC, accounts.accept_invitation, code=code, login="x", name="甲", email="no", password="short")
    town.do(PUBLIC, accounts.accept_invitation, code=code, login="jia", name="甲", email="jia@example.com", password=PASSWORD)
    assert town.actor("jia").roles == {Role.EXPERT}


def test_a_role_is_taken_up_once(town: Town) -> None:
    expert = town.expert()
    code = town.do(town.admin(), accounts.invite, role=Role.EXPERT, name="专家甲", authority=PROVINCE)
    town.refused(AlreadyDone, expert, accounts.accept_invitation, code=code)


@pytest.mark.parametrize("role", [Role.BUREAU, Role.DEPARTMENT, Role.EXPERT, Role.AUDITOR, Role.ADMINISTRATOR])
def test_officers_and_experts_are_invited_by_an_administrator_and_nobody_else(town: Town, role: Role) -> None:
    who = {"role": role, "name": "甲"} | ({"prefecture": CHANGSHA} if role == Role.BUREAU else {"authority": PROVINCE})
    for actor in (person(town), town.applicant(), town.bureau(), town.department(), town.auditor(), town.expert(), PUBLIC):
        town.refused(NotEntitled, actor, accounts.invite, **who)
    code = town.do(town.admin(), accounts.invite, **who)
    town.do(town.actor("liu"), accounts.accept_invitation, code=code)
    assert town.actor("liu").has(role)


@pytest.mark.parametrize("role", ["clock", "public", "emperor", ""])
def test_nobody_is_appointed_to_what_is_no_office(town: Town, role: str) -> None:
    assert town.refused(BadInput, town.admin(), accounts.invite, role=role, name="甲").findings[0].field == "role"


def test_members_are_invited_by_a_member_its_bureau_or_the_department(town: Town) -> None:
    maker = town.applicant()
    member = {"role": Role.APPLICANT, "name": "乙", "enterprise": CODES[0]}
    for stranger in (person(town), town.applicant(1), town.bureau(ZHUZHOU), town.expert(), town.auditor(), town.admin(), PUBLIC):
        town.refused(NotEntitled, stranger, accounts.invite, **member)
    for host in (maker, town.bureau(CHANGSHA), town.department()):
        assert town.do(host, accounts.invite, **member)
    code = town.do(maker, accounts.invite, **member)
    town.do(town.actor("liu"), accounts.accept_invitation, code=code)
    assert list(town.actor("liu").enterprises.values()) == [CODES[0]]


def test_an_invitation_names_what_it_is_for(town: Town) -> None:
    unknown = town.refused(BadInput, town.admin(), accounts.invite, role=Role.APPLICANT, name="乙", enterprise=CODES[2])
    assert unknown.findings[0].field == "enterprise"
    nowhere = town.refused(BadInput, town.admin(), accounts.invite, role=Role.BUREAU, name="乙", prefecture="110100")
    assert nowhere.findings[0].field == "prefecture"
    wrong = town.refused(BadInput, town.admin(), accounts.invite, role=Role.EXPERT, name="乙", authority=PROVINCE, employer_code=BAD_CODE)
    assert wrong.findings[0].field == "employer_code"


def test_a_long_name_is_invited_as_well_as_a_short_one(town: Town) -> None:
    code = town.do(town.admin(), accounts.invite, role=Role.EXPERT, name="长" * 100, authority=PROVINCE)
    town.do(person(town), accounts.accept_invitation, code=code)
    assert town.actor("liu").has(Role.EXPERT)


def test_the_first_administrator_is_made_once_by_command(town: Town) -> None:
    code = town.do(SYSTEM, accounts.appoint_first_administrator)
    town.do(person(town), accounts.accept_invitation, code=code)
    assert town.actor("liu").has(Role.ADMINISTRATOR)
    town.refused(AlreadyDone, SYSTEM, accounts.appoint_first_administrator)


# --------------------------------------------------------------------------------------------------------- appointments


def test_the_last_administrator_cannot_be_removed(town: Town) -> None:
    admin = town.admin()
    town.refused(NotEntitled, admin, accounts.end_appointment, login="admin", role=Role.ADMINISTRATOR)
    code = town.do(admin, accounts.invite, role=Role.ADMINISTRATOR, name="second")
    town.do(person(town), accounts.accept_invitation, code=code)
    town.do(town.actor("liu"), accounts.end_appointment, login="admin", role=Role.ADMINISTRATOR)
    assert not town.actor("admin").has(Role.ADMINISTRATOR)
    town.refused(NotEntitled, town.actor("liu"), accounts.end_appointment, login="liu", role=Role.ADMINISTRATOR)


def test_an_ended_appointment_ends_at_once_also_for_whoever_is_signed_in(town: Town) -> None:
    number = town.submitted()
    town.bureau()
    secret = town.do(PUBLIC, accounts.sign_in, login=f"bureau-{CHANGSHA}", password=PASSWORD)
    town.do(town.admin(), accounts.end_appointment, login=f"bureau-{CHANGSHA}", role=Role.BUREAU, prefecture=CHANGSHA)
    with town.office.reading(PUBLIC) as r:
        now = accounts.actor_for(r, secret)
    assert now.grants == ()
    town.refused(NotFound, now, applications.endorse, number)


def test_a_member_is_let_go_by_a_fellow_member_and_nobody_of_another_house(town: Town) -> None:
    maker, other = town.applicant(), town.applicant(1)
    code = town.do(maker, accounts.invite, role=Role.APPLICANT, name="乙", enterprise=CODES[0])
    town.do(person(town), accounts.accept_invitation, code=code)
    membership = {"login": "liu", "role": Role.APPLICANT, "enterprise": CODES[0]}
    for stranger in (other, town.bureau(), town.department(), town.expert(), PUBLIC):
        town.refused(NotEntitled, stranger, accounts.end_appointment, **membership)
    town.do(maker, accounts.end_appointment, **membership)
    assert not town.actor("liu").enterprises
    town.refused(NotFound, maker, accounts.end_appointment, **membership)


@pytest.mark.parametrize("login", ["expert-1", "nobody"])
def test_there_is_no_ending_what_nobody_holds(town: Town, login: str) -> None:
    town.expert()
    town.refused(NotFound, town.admin(), accounts.end_appointment, login=login, role=Role.DEPARTMENT)


def test_who_was_let_go_can_be_appointed_again(town: Town) -> None:
    expert, admin = town.expert(), town.admin()
    town.do(admin, accounts.end_appointment, login=expert.login, role=Role.EXPERT)
    code = town.do(admin, accounts.invite, role=Role.EXPERT, name="again", authority=PROVINCE)
    town.do(expert, accounts.accept_invitation, code=code)
    assert town.actor(expert.login).roles == {Role.EXPERT}


# --------------------------------------------------------------------------------------------------------------- visits


@pytest.mark.parametrize(("kind", "lasts"), [("session", {"hours": 12}), ("token", {"days": 90})])
def test_a_visit_ends_with_its_time(town: Town, kind: str, lasts: dict[str, int]) -> None:
    person(town)
    secret = town.do(PUBLIC, accounts.sign_in, login="liu", password=PASSWORD, kind=kind)
    town.wait(**lasts)
    town.wait(seconds=-1)
    with town.office.reading(PUBLIC) as r:
        assert accounts.actor_for(r, secret).login == "liu"
    town.wait(seconds=1)
    town.refused(NotSignedIn, PUBLIC, accounts.actor_for, secret)


def test_a_visit_that_is_ended_is_over_at_once(town: Town) -> None:
    person(town)
    secrets = [town.do(PUBLIC, accounts.sign_in, login="liu", password=PASSWORD) for _ in range(2)]
    town.do(PUBLIC, accounts.end_visit, secret=secrets[0])
    town.refused(NotSignedIn, PUBLIC, accounts.actor_for, secrets[0])
    assert town.do(PUBLIC, accounts.actor_for, secrets[1]).login == "liu"
    with pytest.raises(NotFound):
        town.do(PUBLIC, accounts.end_visit, secret=secrets[0])


def test_a_visit_is_ended_by_id_only_by_whose_it_is(town: Town) -> None:
    liu, wang = person(town), person(town, "wang")
    with pytest.raises(NotFound):
        town.do(wang, accounts.end_visit, visit_id=liu.visit_id)
    town.do(liu, accounts.end_visit, visit_id=liu.visit_id)
    with town.office.reading(liu) as r:
        assert accounts.list_visits(r) == []


def test_ones_own_visits_are_listed_without_their_secrets(town: Town) -> None:
    liu = person(town)
    person(town, "wang")
    secret = town.do(PUBLIC, accounts.sign_in, login="liu", password=PASSWORD, kind="token", label="脚本")
    with town.office.reading(liu) as r:
        listed = accounts.list_visits(r)
    assert [(v["kind"], v["label"], v["current"]) for v in listed] == [("token", "脚本", False), ("session", "", True)]
    assert secret not in str(listed)
    with Session(town.office.engine) as session:
        assert secret not in str(session.exec(select(Visit)).all())


@pytest.mark.parametrize("secret", ["", "s_nobody", "\ud800"])
def test_a_secret_that_was_never_given_is_nobodys(town: Town, secret: str) -> None:
    town.refused(NotSignedIn, PUBLIC, accounts.actor_for, secret)


@pytest.mark.parametrize(("login", "password"), [
    ("liu", "wrong password"), ("nobody", PASSWORD), ("", ""), ("liu", ""), ("liu", "\ud800"), ("liu", "x" * 100_000),
])
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(town: Town, login: str, password: str) -> None:
    person(town)
    refusal = town.refused(SignInFailed, PUBLIC, accounts.sign_in, login=login, password=password)
    assert refusal.detail.zh == "用户名或密码不正确。"


def test_a_new_password_ends_every_other_visit(town: Town) -> None:
    here = person(town)
    elsewhere = town.do(PUBLIC, accounts.sign_in, login="liu", password=PASSWORD, kind="token")
    town.do(here, accounts.change_password, old=PASSWORD, new="another long one")
    town.refused(NotSignedIn, PUBLIC, accounts.actor_for, elsewhere)
    with town.office.reading(here) as r:
        assert [v["current"] for v in accounts.list_visits(r)] == [True]
    town.refused(SignInFailed, PUBLIC, accounts.sign_in, login="liu", password=PASSWORD)
    assert town.do(PUBLIC, accounts.sign_in, login="liu", password="another long one")


def test_a_password_is_changed_only_by_who_knows_the_old_one(town: Town) -> None:
    liu = person(town)
    town.refused(SignInFailed, liu, accounts.change_password, old="guess guess guess", new="another long one")
    town.refused(BadInput, liu, accounts.change_password, old=PASSWORD, new="short")
    town.refused(NotSignedIn, PUBLIC, accounts.change_password, old=PASSWORD, new="another long one")
    town.refused(NotSignedIn, SYSTEM, accounts.change_password, old=PASSWORD, new="another long one")


def test_a_real_office_lists_no_accounts_and_keeps_no_shared_password(town: Town) -> None:
    town.do(SYSTEM, accounts.note_training_password, PASSWORD)
    town.admin()
    with town.office.reading(PUBLIC) as r:
        assert accounts.training_accounts(r) == []
    assert PASSWORD not in str(town.books())


def test_a_member_of_two_houses_speaks_for_both(town: Town) -> None:
    maker = town.applicant()
    town.do(maker, accounts.register_enterprise, **enter(CODES[1]))
    both = town.actor(maker.login)
    assert sorted(both.enterprises.values()) == sorted(CODES[:2])
    for code in CODES[:2]:
        assert town.do(both, applications.open_application, enterprise=code, regulation=HUNAN)
