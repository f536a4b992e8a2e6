"""The API's counter for people and enterprises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from registry.actors import ROLE_LABELS
from registry.desks import accounts, enquiries, enterprises
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import accounts as shapes
from web import limits
from web.api.inputs import read_query
from web.api.operation import ANYONE, SIGNED_IN, Desk, Found, open_to

desk = Desk("accounts", Text("账号与企业", "Accounts and enterprises"))
_APPOINTMENT = shapes.AppointmentQuery()


def _against_guessing(view: Callable[..., Any]) -> Callable[..., Any]:
    return limits.guessing(limits.signing_in(view))


@desk.acts(
    "/sign-ups", Text("注册账号", "Open an account"),
    Text("新账号没有任何角色：登记企业，或接受邀请。", "A new account has no role: register an enterprise, or accept an invitation."),
    takes=shapes.SignUp, gives=shapes.AccountView, status=201, limit=limits.signing_up,
)  # fmt: skip
@open_to(ANYONE)
def sign_up(r: Registrar, given: Found) -> Found:
    return {"login": accounts.sign_up(r, **given)}


@desk.acts(
    "/tokens", Text("取得令牌", "Get a token"),
    Text("以用户名和密码换取令牌，之后置于 Authorization: Bearer。令牌只显示这一次。",
         "Name and password for a bearer token, to be sent as Authorization: Bearer. It is told this once."),
    takes=shapes.TokenRequest, gives=shapes.TokenView, status=201, secret=("token",), limit=_against_guessing,
)  # fmt: skip
@open_to(ANYONE)
def sign_in(r: Registrar, given: Found) -> Found:
    secret = accounts.sign_in(r, kind="token", **given)
    return {"token": secret, "label": given["label"], "scope": given["scope"], "expires_at": r.now + timedelta(days=r.settings.token_days)}


@desk.reads("/tokens", Text("我的登录与令牌", "My sessions and tokens"), gives=shapes.VisitPage)
@open_to(SIGNED_IN)
def list_visits(r: Registrar, given: Found) -> Found:
    return {"items": accounts.list_visits(r), "next": None}


@desk.acts("/tokens/<int(max=2147483647):id>", Text("注销令牌", "End a token"), method="DELETE")
@open_to(SIGNED_IN)
def end_visit(r: Registrar, given: Found, id: int) -> None:
    accounts.end_visit(r, visit_id=id)


@desk.reads("/me", Text("我是谁", "Who I am"), gives=shapes.MeView)
@open_to(SIGNED_IN)
def show_me(r: Registrar, given: Found) -> Found:
    grants = [
        {"role": str(g.role), "role_label": ROLE_LABELS[g.role], "prefecture": g.prefecture, "enterprise": g.enterprise,
         "authority": g.authority}
        for g in r.actor.grants
    ]
    return {"login": r.actor.login, "name": r.actor.name, "grants": grants}


@desk.acts(
    "/me/password", Text("修改密码", "Change one's password"),
    Text("其他登录与令牌随即失效。", "Every other session and token ends."),
    takes=shapes.PasswordChange, limit=_against_guessing,
)  # fmt: skip
@open_to(SIGNED_IN)
def change_password(r: Registrar, given: Found) -> None:
    accounts.change_password(r, **given)


@desk.acts(
    "/invitations", Text("邀请任职", "Invite somebody to a role"),
    Text("得到一次性邀请码，只显示这一次。人员均由邀请任职，不能自行取得角色。",
         "Gives a one-time code, told this once. Roles are given by invitation, never taken."),
    takes=shapes.InvitationRequest, gives=shapes.InvitationView, status=201, secret=("code",),
)  # fmt: skip
@open_to(Role.ADMINISTRATOR, Role.APPLICANT, Role.BUREAU, Role.DEPARTMENT)
def invite(r: Registrar, given: Found) -> Found:
    code = accounts.invite(r, **given)
    return {"code": code, "role": given["role"], "name": given["name"]}


@desk.acts(
    "/invitations/acceptance", Text("接受邀请", "Accept an invitation"),
    Text("已登录者直接任职；未登录者同时开立账号（填写 login、email、password）。",
         "Whoever is signed in takes the role; anybody else opens an account with it (login, email, password)."),
    takes=shapes.Acceptance, gives=shapes.AccountView, limit=limits.signing_up,
)  # fmt: skip
@open_to(ANYONE)
def accept_invitation(r: Registrar, given: Found) -> Found:
    return {"login": accounts.accept_invitation(r, **given)}


@desk.acts(
    "/people/<login>/appointments/<role>", Text("解除任职", "End an appointment"),
    Text("以查询参数注明地区、企业或主管部门。", "The query says for which region, enterprise or authority."), method="DELETE",
    query=shapes.AppointmentQuery,
)  # fmt: skip
@open_to(Role.ADMINISTRATOR, Role.SECURITY, Role.APPLICANT)
def end_appointment(r: Registrar, given: Found, login: str, role: str) -> None:
    accounts.end_appointment(r, login=login, role=role, **read_query(_APPOINTMENT))


@desk.reads(
    "/people", Text("人员", "People"),
    Text("系统管理员看到全部人员，主管部门看到本部门的专家。", "An administrator sees everybody, a department sees its own experts."),
    takes=shapes.PeopleQuery, gives=shapes.PersonPage,
)  # fmt: skip
@open_to(Role.ADMINISTRATOR, Role.SECURITY, Role.DEPARTMENT)
def search_people(r: Registrar, given: Found) -> Found:
    return enquiries.search_people(r, **given)


@desk.acts(
    "/enterprises", Text("登记企业", "Register an enterprise"),
    Text("按统一社会信用代码登记，校验位不符时说明位置和应有的字符；登记人成为首位成员。",
         "By its unified social credit code; one that fails its check is refused with the place and the character "
         "expected. Whoever registers it becomes its first member."),
    takes=shapes.EnterpriseRequest, gives=shapes.EnterpriseRegistered, made_at="/enterprises/{credit_code}",
)  # fmt: skip
@open_to(SIGNED_IN)
def register_enterprise(r: Registrar, given: Found) -> Found:
    return {"credit_code": accounts.register_enterprise(r, **given), "name": given["name"]}


@desk.acts(
    "/enterprises/<code>/place-correction", Text("更正企业所在地", "Correct the place of an enterprise"),
    Text("由系统管理员办理，须写明理由。在办申请和草稿仍由原地方主管部门办理。",
         "By an administrator, with a reason. Applications in hand, and drafts, stay with the bureau that has them."),
    takes=shapes.PlaceCorrection, gives=shapes.EnterpriseView,
)  # fmt: skip
@open_to(Role.ADMINISTRATOR)
def correct_place(r: Registrar, given: Found, code: str) -> Found:
    enterprises.correct_place(r, code, **given)
    return enquiries.show_enterprise(r, code)


@desk.reads("/places", Text("企业所在地", "Where an enterprise may be registered"), gives=shapes.PlacePage)
@open_to(ANYONE)
def list_places(r: Registrar, given: Found) -> Found:
    return {"items": enquiries.list_places(r), "next": None}


@desk.reads("/enterprises", Text("企业", "Enterprises"), takes=shapes.EnterpriseQuery, gives=shapes.EnterprisePage,
            limit=limits.searching)  # fmt: skip
@open_to(SIGNED_IN)
def search_enterprises(r: Registrar, given: Found) -> Found:
    return enquiries.search_enterprises(r, **given)


@desk.reads("/enterprises/<code>", Text("企业详情", "One enterprise"), gives=shapes.EnterpriseView)
@open_to(SIGNED_IN)
def show_enterprise(r: Registrar, given: Found, code: str) -> Found:
    return enquiries.show_enterprise(r, code)
