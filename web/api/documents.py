"""What the OpenAPI document says of an operation, made from the same declaration that runs it. No operation stands here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask_smorest.fields import Upload
from marshmallow import Schema

from registry.actors import ROLE_LABELS
from registry.law.lifecycle import Role
from registry.words import Text
from schemas.base import Input
from web.counter import ANYONE, SIGNED_IN

if TYPE_CHECKING:
    from web.api.operation import Shape

PATH_WORDS = {
    "name": Text("状态列表的名称", "The name of the list"),
    "number": Text("公开编号，末位为校验字符", "the public number, with its check character"),
    "code": Text("统一社会信用代码", "the unified social credit code"),
    "edition": Text("第几版，从 1 起", "the version, counted from one"),
    "ordinal": Text("材料序号", "the ordinal of the document"),
    "row": Text("名单中的行", "the row of the list"),
    "id": Text("标识", "the identifier"),
    "secret": Text("任务名，只有提交者知道", "the name of a task, known to whoever asked for it"),
    "login": Text("用户名", "the login"),
    "role": Text("角色", "the role"),
}
AUDIENCE_WORDS = {
    ANYONE: Text("任何人（无需登录）", "anyone, without signing in"),
    SIGNED_IN: Text("已登录者", "whoever is signed in"),
}
IDEMPOTENCY_KEY = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "description": "同一键的同一请求只办理一次，重复时返回原答复（Idempotency-Replayed: true） / The same request under the same "
                   "key is done once; a repetition gets the first answer (Idempotency-Replayed: true).",
}  # fmt: skip
IF_MATCH = {
    "in": "header", "name": "If-Match", "required": False, "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]+$"},
    "description": "您所看到的版本（取自 ETag 或 version，如 \"3\"）；不是最新则拒绝（412） / The version you have seen (from ETag or "
                   "`version`, as in \"3\"); if it is no longer the present one, nothing is done (412).",
}  # fmt: skip
IF_NONE_MATCH = {
    "in": "header", "name": "If-None-Match", "required": False, "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]+$"},
    "description": "已有的 ETag；内容未变则答复 304 / An ETag you have; unchanged content is answered with 304.",
}  # fmt: skip
_TEXT_HEADER = {"schema": {"type": "string"}}


def of_path(rule: str) -> list[dict[str, Any]]:
    """The parameters of the path, each with its words."""
    names = re.findall(r"<(?:[^:<>]+:)?([^<>]+)>", rule)
    return [{"in": "path", "name": name, "description": _both(PATH_WORDS[name])} for name in names]


def of_read(
    function: Callable[..., Any],
    title: Text,
    about: Text | None,
    *,
    rule: str,
    takes: type[Schema] | None,
    gives: type[Schema] | None,
    limited: bool,
    kept: bool = True,
    signed: bool = False,
) -> dict[str, Any]:
    """The notes on a GET; `kept`: whether its answer has an ETag and may be asked for again by it; `signed`: it needs a key."""
    by_role = any(isinstance(a, Role) for a in function.open_to)  # type: ignore[attr-defined]
    statuses = [401, *[403] * by_role, *[404] * ("<" in rule), *[422] * bool(takes), *[429] * limited, *[503] * (gives is None or signed)]
    notes = _common(function, title, about, statuses)
    headers = {"ETag": _TEXT_HEADER | {"description": "版本与内容摘要 / version and digest of the content"}}
    content = {"application/json": {"schema": gives}} if gives else {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    notes["responses"][200] = {"description": _both(title), "content": content} | ({"headers": headers} if kept else {})
    if gives and kept:
        notes["responses"][304] = {"description": "未变 / unchanged"}
    notes["parameters"] = [*([IF_NONE_MATCH] if kept else []), *([{"in": "query", "schema": takes}] if takes else [])]
    return notes


def of_act(
    function: Callable[..., Any],
    title: Text,
    about: Text | None,
    *,
    form: Shape,
    rule: str,
    method: str,
    limited: bool,
) -> dict[str, Any]:
    """The notes on an act."""
    on_subject = "<" in rule
    statuses = [400, 401, 403, 404, 409, 422]
    statuses += [412] * on_subject + [413, 415] * bool(form.takes or form.file)
    statuses += [428] * form.needs_version + [429] * limited
    notes = _common(function, title, about, statuses)
    notes["responses"] |= _success(title, form)
    if not form.alone:
        match = IF_MATCH | {"required": form.needs_version}
        notes["parameters"] = [IDEMPOTENCY_KEY, *([match] if on_subject else [])]
        notes["parameters"] += [{"in": "query", "schema": form.query}] if form.query else []
    if form.takes or form.file:
        notes["requestBody"] = _body(function.__name__, form)
    return notes


def _success(title: Text, form: Shape) -> dict[int, Any]:
    headers: dict[str, Any] = {
        "Idempotency-Replayed": _TEXT_HEADER | {"description": "true：此为原答复 / true: this is the first answer, again"},
    }
    if form.alone:
        headers = {}
    if form.gives is None:
        return {204: {"description": _both(title), "headers": headers}}
    if form.shows:
        headers["ETag"] = _TEXT_HEADER | {"description": "新版本 / the new version"}
    if form.made_at:
        headers["Location"] = _TEXT_HEADER | {"description": "可在此查看 / where it can be read"}
    content = {"application/json": {"schema": form.gives}}
    further: dict[int, Any] = {}
    if form.accepted:
        location = {"Location": _TEXT_HEADER | {"description": "在此查看进度 / where its progress can be read"}}
        further = {202: {"description": _both(Text("已接收，随后作答", "Taken, to be answered later")), "headers": location,
                         "content": {"application/json": {"schema": form.accepted}}}}
    return further | {201 if form.made_at else form.status: {"description": _both(title), "content": content, "headers": headers}}


def _body(name: str, form: Shape) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if form.takes and not form.file_needed:
        content["application/json"] = {"schema": form.takes}
    if form.file:
        upload = {form.file: Upload(required=form.file_needed)}
        title = "".join(part.title() for part in name.split("_")) + "Form"
        content["multipart/form-data"] = {"schema": type(title, (form.takes or Input,), upload)}
    return {"content": content, "required": form.file_needed or _something_required(form.takes)}


def _something_required(shape: type[Schema] | None) -> bool:
    return shape is not None and any(field.required for field in shape().fields.values())


def _common(function: Callable[..., Any], title: Text, about: Text | None, statuses: Sequence[int]) -> dict[str, Any]:
    audience: Sequence[Role | str] = function.open_to  # type: ignore[attr-defined]
    who = Text("、".join(_audience(a).zh for a in audience), ", ".join(_audience(a).en for a in audience))
    said = [about.zh, about.en] if about else []
    token: dict[str, list[str]] = {"bearer": []}
    return {
        "operationId": function.__name__,
        "summary": _both(title),
        "description": "\n\n".join([*said, f"由谁办理：{who.zh}。 / Open to: {who.en}."]),
        "security": [{}, token] if ANYONE in audience else [token],
        "x-open-to": [str(a) for a in audience],
        "responses": {status: f"Problem{status}" for status in statuses},
    }


def _audience(audience: Role | str) -> Text:
    return ROLE_LABELS[audience] if isinstance(audience, Role) else AUDIENCE_WORDS[audience]


def _both(text: Text) -> str:
    return f"{text.zh} / {text.en}"


def operations(spec: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Every (path, METHOD, operation) of an OpenAPI document."""
    methods = ("get", "put", "post", "delete", "patch")
    return [(p, m.upper(), op) for p, item in spec["paths"].items() for m, op in item.items() if m in methods]


