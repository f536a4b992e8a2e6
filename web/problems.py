"""Refusals and HTTP errors, said to the caller: RFC 9457 for the API, the same words as a page for people.

The one map from Refusal to status. Anything that is neither a Refusal nor an HTTPException is a programming error:
a 500 with the request's id and nothing else; `web/logs.py` keeps the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast
from urllib.parse import quote

import orjson
from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from markupsafe import escape
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from registry import errors
from registry.errors import Finding, Refusal
from registry.settings import MEBIBYTE
from registry.words import Text
from schemas.messages import flatten, say
from web.counter import API, language

PROBLEM_JSON = "application/problem+json"
FOR_PROGRAMS = (API, "/log/")  # the addresses at which only programs call
PAGE = "problem_page"  # the key of app.extensions under which the pages put their own rendering

STATUS: dict[type[Refusal], int] = {
    errors.NotSignedIn: 401,
    errors.SignInFailed: 401,
    errors.NotFound: 404,
    errors.NotEntitled: 403,
    errors.OutOfOrder: 409,
    errors.Outdated: 409,  # 412 to a caller who sent If-Match
    errors.AlreadyDone: 409,
    errors.KeyReused: 422,
    errors.BadInput: 422,
    errors.Incomplete: 422,
    errors.NotOpen: 409,
    errors.LawIsSilent: 409,
    errors.NotYet: 409,
    errors.MustStandAside: 409,
    errors.DutiesConflict: 409,
    errors.Debarred: 409,
    errors.WrongType: 415,
    errors.TooLarge: 413,
    errors.CannotPrint: 503,
    errors.CannotSign: 503,
    errors.ReadOnly: 503,
    errors.NotSignedYet: 404,
    errors.OnlyInTraining: 403,
}

# What HTTP itself refuses before any desk is reached: status -> slug, title, what happened.
PLAIN: dict[int, tuple[str, Text, Text]] = {
    400: ("malformed", Text("请求格式有误", "Malformed request"),
          Text("请求无法读取，请检查其格式。", "The request cannot be read; check its form.")),
    403: ("not-entitled", Text("无此权限", "Not entitled"), Text("不允许这样访问。", "This is not allowed.")),
    404: ("not-found", Text("未找到", "Not found"), Text("没有这个地址。", "There is nothing at this address.")),
    405: ("method-not-allowed", Text("不支持该方法", "Method not allowed"),
          Text("此地址不接受该 HTTP 方法，可用的方法见 Allow。", "This address does not take that method; see Allow.")),
    406: ("not-acceptable", Text("无法按要求的格式答复", "Not acceptable"),
          Text("无法按要求的格式答复。", "The answer is not to be had in that form.")),
    408: ("timed-out", Text("请求超时", "Request timed out"), Text("请求未能及时到达。", "The request took too long.")),
    411: ("length-required", Text("缺少长度", "Length required"), Text("请求须注明长度。", "The request must state its length.")),
    412: ("outdated", Text("内容已被更新", "Outdated"), Text("版本不符。", "The version does not match.")),
    413: ("too-large", Text("内容过大", "Too large"), Text("请求内容过大。", "The request is too large.")),
    414: ("address-too-long", Text("地址过长", "Address too long"), Text("地址过长。", "The address is too long.")),
    415: ("wrong-type", Text("内容类型不符", "Wrong type of content"),
          Text("此处不接受该类型的内容。", "This type of content is not taken here.")),
    416: ("range", Text("范围不符", "Range not satisfiable"), Text("所求范围不存在。", "There is no such range.")),
    417: ("expectation", Text("无法满足 Expect", "Expectation failed"), Text("无法满足 Expect。", "Expect cannot be met.")),
    422: ("bad-input", Text("填写内容有误", "Bad input"), Text("填写内容有误。", "Something cannot be read.")),
    428: ("version-required", Text("须注明版本", "Version required"),
          Text("请在请求头 If-Match 中写明您所看到的版本（取自 ETag）。",
               "Say in If-Match which version you have seen (it is in the ETag).")),
    429: ("too-often", Text("操作过于频繁", "Too often"),
          Text("操作过于频繁，请稍后再试（见 Retry-After）。", "Too many requests; wait (see Retry-After) and try again.")),
    431: ("headers-too-large", Text("请求头过大", "Headers too large"), Text("请求头过大。", "The headers are too large.")),
    500: ("internal", Text("系统内部错误", "Internal error"),
          Text("系统出错，未作任何更改。请将请求编号告知管理员。",
               "Something went wrong and nothing was changed. Tell the administrator the request's id.")),
    503: ("unavailable", Text("暂时无法服务", "Unavailable"), Text("系统暂时无法服务。", "The registry cannot answer now.")),
}  # fmt: skip

_FORGED = Text("页面已过期或请求来源不明，请刷新页面后重试。", "The page is out of date or the request is not from it; reload, then try again.")


class BadShape(errors.BadInput):
    """What a wire shape refuses, before any desk is reached. Tells the places as JSON pointers too."""

    def __init__(self, findings: Sequence[Finding], pointers: Sequence[str] = ()) -> None:
        named = ", ".join(dict.fromkeys(f.field for f in findings if f.field)) or "/"
        super().__init__(
            Text(f"有 {len(findings)} 处需要修改：{named}。", f"{len(findings)} to be corrected: {named}."),
            findings=findings,
        )
        self.pointers = tuple(pointers)


def bad_shape(fault: ValidationError, *, body: bool) -> BadShape:
    """marshmallow's refusal in the registry's words; `body` says that the places are within a JSON body."""
    findings, pointers = [], []
    for path, sentence in flatten(fault.messages):
        code, message = say(sentence)
        findings.append(Finding(".".join(path), code, message))
        pointers.append("#" + "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in path))
    return BadShape(findings, pointers if body else ())


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal; 412 instead of 409 if a stale If-Match brought it about."""
    if isinstance(refusal, errors.Outdated) and request.headers.get("If-Match"):
        return 412
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def problem_of(refusal: Refusal) -> dict[str, Any]:
    """A refusal as RFC 9457 members, in the caller's language. Members that would be empty are left out."""
    lang = language()
    problem = _frame(refusal.slug, refusal.title, status_of(refusal), refusal.detail)
    if refusal.action:
        problem["action"] = refusal.action.in_(lang)
    problem |= {name: value for name in ("article", "basis") if (value := getattr(refusal, name))}
    if refusal.findings:
        problem["errors"] = list(_errors(refusal, lang))
    if isinstance(refusal, errors.Incomplete):
        problem["missing"] = [f.field for f in refusal.findings]
    if refusal.possible is not None:
        problem["possible"] = list(refusal.possible)
    return problem


def _errors(refusal: Refusal, lang: str) -> Iterator[dict[str, str]]:
    pointers = getattr(refusal, "pointers", ())
    for place, finding in enumerate(refusal.findings):
        said = {"field": finding.field, "code": finding.code, "detail": finding.message.in_(lang)}
        if finding.action:
            said["action"] = finding.action.in_(lang)
        said |= {name: value for name in ("article", "basis") if (value := getattr(finding, name))}
        if place < len(pointers):
            said["pointer"] = pointers[place]
        yield said


def problem_of_http(error: HTTPException) -> dict[str, Any]:
    """An error of HTTP itself as RFC 9457 members."""
    status = error.code or 500
    slug, title, detail = PLAIN.get(status, PLAIN[400 if status < 500 else 500])
    if isinstance(error, CSRFError):
        slug, title, detail = "forged", Text("页面已过期", "The page is out of date"), _FORGED
    elif isinstance(error, RequestEntityTooLarge) and (most := request.max_content_length):
        size = f"{most / MEBIBYTE:g} MiB"
        detail = Text(f"请求内容超过上限 {size}。", f"The request is larger than the limit of {size}.")
    elif isinstance(getattr(error, "said", None), Text):
        detail = cast(Text, error.said)  # type: ignore[attr-defined]
    return _frame(slug, title, status, detail)


def _frame(slug: str, title: Text, status: int, detail: Text) -> dict[str, Any]:
    lang = language()
    return {
        "type": f"/docs/problems#{slug}",  # relative: true under whatever name this office is reached
        "title": title.in_(lang),
        "status": status,
        "detail": detail.in_(lang),
        "instance": quote(request.path),
        "request_id": g.get("request_id", ""),
    }


# ----------------------------------------------------------------------------------------------------------- answering


def register(app: Flask) -> None:
    """Answer Refusal and HTTPException, and nothing else. Call after flask-smorest's Api was made, which has a handler."""
    app.register_error_handler(Refusal, _answer_refusal)
    app.register_error_handler(HTTPException, _answer_http)


def _answer_refusal(refusal: Refusal) -> ResponseReturnValue:
    response = _answer(problem_of(refusal), refusal)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="registry"'
    return response


def _answer_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:  # a redirection that the router asks for
        return error.get_response()
    response = _answer(problem_of_http(error), error)
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    if isinstance(error, RateLimitExceeded):
        response.headers.setdefault("Retry-After", "60")
    return response


def _answer(problem: dict[str, Any], fault: Exception) -> Response:
    if request.path.startswith(FOR_PROGRAMS):
        response = Response(orjson.dumps(problem), status=problem["status"], content_type=PROBLEM_JSON)
        response.headers["Cache-Control"] = "no-store"
    else:
        page: Callable[[dict[str, Any], Exception], ResponseReturnValue]
        page = current_app.extensions.get(PAGE, _plain_page)
        response = current_app.make_response(page(problem, fault))
        if response.status_code == 200:
            response.status_code = problem["status"]
    response.headers["Content-Language"] = language()
    return response


def _plain_page(problem: dict[str, Any], fault: Exception) -> str:
    """`problem.html` with `problem` and `status`; bare words where it cannot be had."""
    try:
        if isinstance(fault, InternalServerError):  # whatever broke may break the template too
            raise TemplateNotFound("problem.html")
        return render_template("problem.html", problem=problem, status=problem["status"])
    except TemplateNotFound:
        return (
            f"<!doctype html><html lang={language()}><meta charset=utf-8><title>{escape(problem['title'])}</title>"
            f"<h1>{escape(problem['title'])}</h1><p>{escape(problem['detail'])}</p><p>{escape(problem['request_id'])}</p>"
        )
