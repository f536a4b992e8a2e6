"""The API's counter for credentials: served to anybody as they were signed, in either envelope; the status lists; all of it for use offline."""

from __future__ import annotations

from typing import cast

from flask import Response, request

from registry.desks import credentials
from registry.registrar import Registrar
from registry.words import Text
from web.api.operation import ANYONE, Desk, Found, json_answer, open_to
from web.counter import this_office
from web.wire import tag_of

VC, JWT = "application/vc", "application/vc+jwt"
desk = Desk("credentials", Text("证书凭证", "Credentials"))


@desk.reads("/certificates/<number>/credential", Text("证书凭证", "The credential of a certificate"),
            Text("W3C 可验证凭证（UNTP 符合性凭证）：application/vc（默认）或 application/vc+jwt。任何状态的证书均有；状态见其所指的状态列表。",
                 "A W3C Verifiable Credential (UNTP conformity credential): application/vc (default) or application/vc+jwt. In every state; "
                 "the state is in the lists that it names."))  # fmt: skip
@open_to(ANYONE)
def show_credential(r: Registrar, given: Found, number: str) -> Response:
    found = credentials.find_credential(r, number)
    return _envelope(found.vc, found.jwt, "no-cache")


@desk.reads("/status-lists/<name>", Text("状态列表", "A status list"),
            Text("revocation-n 或 suspension-n：BitstringStatusListCredential，媒体类型同上；过了 validUntil 即为“不明”，不是“有效”。",
                 "revocation-n or suspension-n: a BitstringStatusListCredential, media types as above. Past its validUntil it says nothing."))  # fmt: skip
@open_to(ANYONE)
def show_status_list(r: Registrar, given: Found, name: str) -> Response:
    found = credentials.find_list(r, name)
    return _envelope(found.vc, found.jwt, "public, max-age=300")


@desk.reads("/certificates/<number>/bundle", Text("离线核验包", "Everything for verifying offline"),
            Text("凭证的两种形式、DID 文件、两个状态列表。", "The credential in both forms, the DID document, both status lists."))  # fmt: skip
@open_to(ANYONE)
def show_bundle(r: Registrar, given: Found, number: str) -> Response:
    response = json_answer(credentials.bundle(r, this_office().keys, number), 200)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["ETag"] = tag_of(response.get_data())
    return cast(Response, response.make_conditional(request))


def _envelope(vc: str | None, jwt: str | None, caching: str) -> Response:
    form = request.accept_mimetypes.best_match([VC, JWT], VC)
    body = ((jwt if form == JWT else vc) or "").encode()
    response = Response(body, content_type=form, headers={"Cache-Control": caching, "Vary": "Accept", "ETag": tag_of(body)})
    return cast(Response, response.make_conditional(request))


@desk.after_request
def _for_all(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
