"""What every form of a page shares: one way to do an act and say so, or to show the same form again with all that was typed.

No act's rule is here; the registrar has them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, flash, g, get_flashed_messages, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from registry.errors import BadInput, Finding, NotEntitled, NotSignedIn, Refusal
from registry.law.lifecycle import Role, rests_alone
from registry.registrar import Registrar
from registry.words import Text
from web.counter import caller, counter, language, open_to, this_office
from web.problems import status_of

Result = TypeVar("Result")
SECRET_FIELDS = ("password", "old", "new", "again", "code")
HOUSEKEEPING = ("csrf_token",)
KEPT = {
    "reason": Text("理由", "Reason"), "comment": Text("意见", "Comment"), "note": Text("说明", "Note"), "name": Text("名称", "Name"),
    "contact": Text("联系方式", "Contact"), "evidence": Text("证据说明", "Evidence"), "ground": Text("依据", "Ground"),
    "reasons": Text("原因", "Reasons"), "email": Text("电子邮箱", "E-mail"), "login": Text("用户名", "Login"),
    "credit_code": Text("统一社会信用代码", "Credit code"), "prefecture": Text("所在地", "Place"), "authority": Text("主管部门", "Authority"),
    "models": Text("要增加的认定范围", "To be added to the scope"), "new_name": Text("新名称", "New name"), "new_holder": Text("新持证企业", "Other holder"),
    "conditions": Text("所附条件", "Conditions"), "document_number": Text("文号", "Document number"),
    "applications": Text("申请", "Application"), "expert": Text("专家", "Expert"),
}  # fmt: skip
HIDDEN = ("form", "version", "must_confirm", "confirm", "next")


@dataclass(frozen=True)
class Refused:
    """A refusal and the form that it answers."""

    refusal: Refusal
    form: str


def page_for(*roles: Role) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare that a page is for these roles, and turn others away before anything is read for them."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            if not caller().has(*roles):
                raise NotEntitled(Text("此页面供其他角色使用，您没有该角色。", "This page belongs to a role that you do not hold."))
            return view(*args, **kwargs)

        return open_to(*roles)(checked)

    return decorate


def act(
    do: Callable[[Registrar], Result],
    *,
    done: Text | Callable[[Result], Text],
    page: str,
    again: Callable[[], ResponseReturnValue],
    to: str | Callable[[Result], str] | None = None,
) -> ResponseReturnValue:
    """Do one act in one writing unit; then a message and a redirect (PRG) to `to`, or to the form's own `page`.

    Refused, the page of the form (`again`) is shown with the refusal's status: the form finds the words and
    everything typed through `refusal_of`, `findings_at` and `typed`.
    """
    try:
        check_confirmed()
        with counter() as r:
            result = do(r)
    except NotSignedIn:
        raise
    except Refusal as refusal:
        return refuse(refusal, page, again)
    return go_on(done(result) if callable(done) else done, to(result) if callable(to) else to or page)


def go_on(message: Text, to: str) -> ResponseReturnValue:
    """Lead on to another page, which says what was done."""
    flash([message.zh, message.en], "said")  # type: ignore[arg-type]  # kept as two texts: the language may change on the way
    return redirect(to, 303)


def show_once(
    do: Callable[[Registrar], str],
    *,
    page: str,
    show: Callable[[str], ResponseReturnValue],
    again: Callable[[], ResponseReturnValue],
) -> ResponseReturnValue:
    """Do one act whose result is a secret: it stands on the page that answers, never in an address, a message or a log."""
    try:
        with counter() as r:
            secret = do(r)
    except NotSignedIn:
        raise
    except Refusal as refusal:
        return refuse(refusal, page, again)
    g.page_address = page
    response = make_response(show(secret))
    response.headers["Cache-Control"] = "no-store"
    return response


def refuse(refusal: Refusal, page: str, again: Callable[[], ResponseReturnValue]) -> Response:
    """The page of the form again, saying what was refused. `page` is where it stands: its language can be switched there."""
    g.page_address = page
    g.refused = Refused(refusal, request.form.get("form", ""))
    response = make_response(again())
    response.status_code = status_of(refusal)
    return response


def check_confirmed() -> None:
    """A form whose act cannot be undone asks for a tick; without it nothing is done."""
    if request.form.get("must_confirm") and request.form.get("confirm") != "yes":
        message = Text("此操作不能撤回，请先勾选确认。", "This cannot be undone: tick the box to confirm first.")
        raise BadInput(message, findings=[Finding("confirm", "missing", message)])


def given(name: str) -> str:
    """One field of the form that was sent, as typed ("" if it was not sent)."""
    return request.form.get(name, "")


def given_number(name: str) -> int | None:
    """A whole number of at most six digits that was typed into a field; None for anything else."""
    typed = given(name).strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else None


def upload(name: str) -> tuple[str | None, bytes | None]:
    """A file that was sent: its name and bytes, or two Nones."""
    file = request.files.get(name)
    return (file.filename, file.read()) if file is not None and file.filename else (None, None)


# ------------------------------------------------------------------------------------------- what the templates ask for


def refusal_of(form: str) -> Refusal | None:
    refused: Refused | None = g.get("refused")
    return refused.refusal if refused is not None and refused.form == form else None


def findings_at(form: str, field: str) -> list[Finding]:
    """What was found wrong at one field of one form."""
    no = refusal_of(form)
    return [] if no is None else [f for f in no.findings if f.field == field]


def typed(form: str, field: str, default: object = "") -> str:
    """What a field shows: what was typed if this form was refused, else `default`. A password is never shown again."""
    if refusal_of(form) is not None:
        return "" if field in SECRET_FIELDS and field != "code" else request.form.get(field, "")
    return "" if default is None else str(default)


def typed_lines(form: str, field: str) -> int:
    """The last line of a field of rows in which something was typed, if this form was refused; else 0."""
    if refusal_of(form) is None:
        return 0
    steps = (name.removeprefix(f"{field}.").split(".") for name, value in request.form.items()
             if name.startswith(f"{field}.") and value.strip())
    return max((int(step[0]) for step in steps if step[0].isdecimal()), default=0)


def typed_list(form: str, field: str, default: Any = ()) -> list[str]:
    return request.form.getlist(field) if refusal_of(form) is not None else list(default)


def said() -> list[Text]:
    """The messages that wait for this visitor."""
    return [Text(*message) for message in get_flashed_messages(category_filter=["said"])]


@dataclass(frozen=True)
class Kept:
    """One field of a form that could not be taken, shown so that nothing is lost."""

    name: str
    label: Text
    value: str
    hidden: bool
    rows: int


def carried_fields() -> list[Kept]:
    """The fields of the POST that this problem page answers, but for secrets: they can be sent again from here.

    Nothing is kept of a form that another site sent: nobody here typed it.
    """
    own = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    try:
        pairs = [(k, v) for k, vs in request.form.lists() for v in vs] if request.method == "POST" and own else []
    except HTTPException:  # a body too large was never read
        return []
    return [
        Kept(name, _label(name), value, name in HIDDEN or not value, min(12, value.count("\n") + 1 + len(value) // 80))
        for name, value in pairs if name not in (*HOUSEKEEPING, *SECRET_FIELDS)
    ]  # fmt: skip


def _label(name: str) -> Text:
    """What a field of a form that is gone was called: in the dossier by the regulation, elsewhere as in KEPT."""
    group, _, key = name.rpartition(".")
    found = [rule.label for law in this_office().law.regulations.values() if group == "dossier" and (rule := law.field(key))]
    return found[0] if found else KEPT.get(name, Text(key, key))


def _get_address() -> str:
    """The address of the page now shown, as one to GET: a form that was refused belongs to the page it stood on."""
    return str(g.get("page_address") or (request.path if request.method == "GET" else _safe(request.referrer)))


def here() -> str:
    """This page with its query, to come back to after signing in."""
    query = request.args.to_dict(flat=False) if request.method == "GET" else {}
    query.pop("lang", None)
    return _get_address() + ("?" + urlencode(query, doseq=True) if query else "")


def safe_next() -> str:
    return here() if request.method == "GET" else _safe(request.referrer)


def _safe(address: str | None) -> str:
    """The path of an address on this very host; the first page for any other."""
    if address and address.startswith(request.host_url):
        return "/" + address[len(request.host_url):].partition("?")[0]
    return "/"


def with_args(**changes: str | None) -> str:
    """This page's address with some arguments of its query changed."""
    query = {k: v for k, v in {**request.args.to_dict(), **changes}.items() if v}
    return _get_address() + ("?" + urlencode(query) if query else "")


def other_language_url() -> str:
    if request.method != "GET":
        return _get_address() + "?" + urlencode({"lang": "zh" if language() == "en" else "en"})
    return with_args(lang="zh" if language() == "en" else "en")


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        refusal_of=refusal_of, findings_at=findings_at, typed=typed, typed_lines=typed_lines, typed_list=typed_list, said=said, here=here,
        safe_next=safe_next, with_args=with_args, other_language_url=other_language_url, carried_fields=carried_fields,
        rests_alone=rests_alone,
    )  # fmt: skip
