"""The API's counter for the public log: what it is called, and the proof that a certificate is in it."""

from __future__ import annotations

from flask import Response

from registry.desks.enquiries import log
from registry.registrar import Registrar
from registry.words import Text
from schemas import log as shapes
from web.api.operation import ANYONE, Desk, Found, json_answer, open_to
from web.counter import this_office

desk = Desk("log", Text("公开日志", "The public log"))


@desk.reads("/log", Text("公开日志", "The public log"),
            Text("日志的名称、地址和公钥。仅供参考：核验者应以印刷件或公报所载的公钥为准。",
                 "The log's name, address and keys. For information: whoever verifies pins the keys from a printed copy or the gazette."),
            gives=shapes.LogView)  # fmt: skip
@open_to(ANYONE)
def show_log(r: Registrar, given: Found) -> Response:
    return _kept(json_answer(log.show_log(r, this_office().keys), 200), "public, max-age=300")


@desk.reads("/certificates/<number>/log-proof", Text("证书在日志中的证明", "The proof that a certificate is in the log"),
            Text("c2sp.org/tlog-proof@v1：条目、位置、哈希和首个覆盖该条目的已联署检查点；变更过的证书为其现行内容的条目。",
                 "c2sp.org/tlog-proof@v1: the entry, its index, the hashes and the first cosigned checkpoint that covers it; of an amended "
                 "certificate, the entry of what it says now."))  # fmt: skip
@open_to(ANYONE)
def prove_certificate(r: Registrar, given: Found, number: str) -> Response:
    return _kept(Response(log.prove(r, number), content_type="text/plain; charset=utf-8"), "public, max-age=5")


def _kept(response: Response, caching: str) -> Response:
    response.headers["Cache-Control"] = caching
    return response


@desk.after_request
def _for_all(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
