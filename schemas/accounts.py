"""Wire shapes of the counter for people and enterprises."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from registry.desks.visits import ALL, SCOPES
from registry.law.lifecycle import Role
from schemas.base import Input, Line, PageQuery, Prose, Secret, instant, page_of, some, words

APPOINTABLE = [str(role) for role in Role if role not in (Role.PUBLIC, Role.CLOCK)]


def _role(**kwargs: object) -> fields.String:
    return fields.String(validate=validate.OneOf(APPOINTABLE), **kwargs)  # type: ignore[arg-type]


class SignUp(Input):
    """A new account; it has no role yet."""

    login = Line(64, 1, required=True, metadata={"example": "li.lei"})
    name = Line(100, 1, required=True, metadata={"example": "李雷"})
    email = Line(254, 1, required=True, metadata={"example": "li.lei@example.com"})
    password = Secret(required=True)


class TokenRequest(Input):
    """Name and password, for a bearer token."""

    login = Line(64, 1, required=True)
    password = Secret(required=True)
    label = Line(100, load_default="", metadata={"description": "令牌的用途，供日后辨认 / what the token is for"})
    scope = fields.String(load_default=ALL, validate=validate.OneOf(list(SCOPES)), metadata={
        "description": "read：只供查阅公开信息、核验和关注；all：办理本人能办的一切 / `read`: what is public, verifying and watching; "
                       "`all`: whatever its owner may do"})  # fmt: skip


class PasswordChange(Input):
    """The old password and the new one."""

    old = Secret(required=True)
    new = Secret(required=True)


class InvitationRequest(Input):
    """Whom to invite, to which role, and for which region, enterprise or authority."""

    role = _role(required=True)
    name = Line(100, 1, required=True)
    prefecture = Line(6, load_default=None, allow_none=True, metadata={
        "description": "地区代码，仅地方主管部门人员需要 / the region's code, for bureau officers only", "example": "430100"})
    enterprise = Line(40, load_default=None, allow_none=True, metadata={
        "description": "统一社会信用代码，仅企业成员需要 / the enterprise's credit code, for its members only"})
    authority = Line(23, load_default=None, allow_none=True, metadata={
        "description": "主管部门，仅主管部门人员和专家需要，只有一个时可不填 / the authority, for its officers and experts; not "
                       "needed where there is one", "example": "430000"})  # fmt: skip
    employer_code = Line(40, load_default=None, allow_none=True, metadata={
        "description": "专家任职单位的信用代码，用于回避 / an expert's employer, for recusal"})  # fmt: skip


class Acceptance(Input):
    """The one-time code; and, for somebody who is not signed in, the account to be opened."""

    code = Secret(200, required=True)
    login = Line(64, load_default=None, allow_none=True)
    name = Line(100, load_default=None, allow_none=True)
    email = Line(254, load_default=None, allow_none=True)
    password = Secret(load_default=None, allow_none=True)


class EnterpriseRequest(Input):
    """An enterprise to be registered."""

    credit_code = Line(40, 1, required=True, metadata={"example": "91430111MA4L16JQ9B"})
    name = Line(200, 1, required=True)
    prefecture = Line(6, 1, required=True, metadata={
        "description": "所在地代码，见 /places / the place's code, one of /places", "example": "430100"})
    override_reason = Prose(1000, load_default=None, allow_none=True, metadata={
        "description": "仅工作人员：为何接受校验不符的代码 / officers only: why a code that fails its check is taken"})  # fmt: skip


class PlaceCorrection(Input):
    """Where an enterprise really lies."""

    prefecture = Line(6, 1, required=True, metadata={"description": "所在地代码，见 /places / the place's code, one of /places"})
    reason = Prose(1000, required=True)


class PlaceView(Schema):
    """A place by its code in GB/T 2260."""

    code = fields.String(required=True)
    name = words(required=True)


class EnterpriseQuery(PageQuery):
    """Which enterprises to list."""

    q = Line(100, load_default=None, metadata={"description": "名称或代码的一部分 / part of the name or the code"})


class PeopleQuery(PageQuery):
    """Which people to list."""

    role = _role(load_default=None)
    q = Line(100, load_default=None, metadata={"description": "用户名或姓名的一部分 / part of the login or the name"})


class AppointmentQuery(Input):
    """For which region, enterprise or authority the appointment is."""

    prefecture = Line(6, load_default=None)
    enterprise = Line(40, load_default=None)
    authority = Line(23, load_default=None)


class AccountView(Schema):
    """An account."""

    login = fields.String(required=True)


class TokenView(Schema):
    """A bearer token; it is told this once."""

    token = fields.String(required=True, allow_none=True)
    label = fields.String(required=True)
    scope = fields.String(required=True, validate=validate.OneOf(list(SCOPES)))
    expires_at = instant(required=True)


class VisitView(Schema):
    """A browser session or a token that is open."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["session", "token", "feed"]))
    label = fields.String(required=True)
    scope = fields.String(required=True, validate=validate.OneOf(list(SCOPES)))
    created_at = instant(required=True)
    expires_at = instant(required=True)
    current = fields.Boolean(required=True)


class InvitationView(Schema):
    """A one-time code; it is told this once."""

    code = fields.String(required=True, allow_none=True)
    role = _role(required=True)
    name = fields.String(required=True)


class GrantView(Schema):
    """One appointment in force."""

    role = fields.String(required=True)
    role_label = words(required=True)
    prefecture = fields.String(required=True, allow_none=True)
    enterprise = fields.String(required=True, allow_none=True)
    authority = fields.String(required=True, allow_none=True)


class MeView(Schema):
    """Who calls."""

    login = fields.String(required=True)
    name = fields.String(required=True)
    grants = fields.List(fields.Nested(GrantView), required=True)


class MemberView(Schema):
    """A member of an enterprise."""

    login = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    began_at = instant(required=True)


class EnterpriseRegistered(Schema):
    """An enterprise just registered, its code as normalised."""

    credit_code = fields.String(required=True)
    name = fields.String(required=True)


class EnterpriseRow(Schema):
    """An enterprise in a list."""

    credit_code = fields.String(required=True)
    name = fields.String(required=True)
    prefecture = fields.String(required=True)
    prefecture_name = words(required=True)
    registered_at = instant(required=True)
    code_override_reason = fields.String(required=True, allow_none=True)


class NameView(Schema):
    """What an enterprise was called from a day on."""

    name = fields.String(required=True)
    since = fields.Date(required=True)
    amendment = fields.String(required=True, allow_none=True)


class PlaceOfView(Schema):
    """Where an enterprise was entered from a day on, and why that was put right."""

    name = words(required=True)
    since = fields.Date(required=True)
    reason = fields.String(required=True, allow_none=True)


class EnterpriseView(EnterpriseRow):
    """An enterprise with its members and the numbers of its certificates."""

    names = some(NameView, required=True)
    places = some(PlaceOfView, required=True)
    members = some(MemberView, required=True)
    certificates = fields.List(fields.String(), required=True)
    mine = fields.Boolean(required=True)


class PersonView(Schema):
    """A person and what they are appointed to."""

    login = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    created_at = instant(required=True)
    employer_code = fields.String(required=True, allow_none=True)
    appointments = some(GrantView, required=True)


PlacePage = page_of(PlaceView, "PlacePage")
EnterprisePage = page_of(EnterpriseRow, "EnterprisePage")
PersonPage = page_of(PersonView, "PersonPage")
VisitPage = page_of(VisitView, "VisitPage")
