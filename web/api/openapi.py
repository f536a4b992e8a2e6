"""The desks of the API, and the OpenAPI document made from what they declare. No rule stands here."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any

from flask import Flask
from flask_smorest import Api

from registry.words import LANGUAGES, Text
from schemas.problems import Problem
from web.api import (
    accounts,
    amendments,
    applications,
    assessments,
    calendars,
    calls,
    certificates,
    changes,
    credentials,
    deadlines,
    enquiries,
    experts,
    log,
    measures,
    notices,
    past,
    queues,
    receipts,
    rehearsals,
    reminders,
    reviews,
    tasks,
    verifications,
    watches,
)
from web.problems import PLAIN, PROBLEM_JSON, STATUS
from web.wire import dumps

VERSION = "1.0.0"
DESKS = (verifications.desk, receipts.desk, log.desk, changes.desk, credentials.desk,
         watches.desk, accounts.desk, calls.desk, applications.desk, queues.desk, experts.desk,
         reviews.desk, assessments.desk, notices.desk, certificates.desk, amendments.desk, measures.desk,
         tasks.desk, past.desk, deadlines.desk, rehearsals.desk,
         reminders.desk, calendars.desk, enquiries.desk)
TITLE = Text("认定登记 API", "Certification registry: API")
ABOUT = Text(
    "网页能办的，这里都能办，用同样的词。令牌：POST /tokens，之后在 Authorization: Bearer 中出示。列表答复 {items, next}，"
    "以 next 作 cursor 取下一页。办理（POST、DELETE）可带 Idempotency-Key；查看时得到的 ETag 可作 If-Match，防止按旧内容办理。"
    "拒绝按 RFC 9457 答复，说明原因、条款和下一步。语言由 Accept-Language 或 ?lang=zh|en 决定。",
    "Whatever the pages can do can be done here, in the same words. Token: POST /tokens, then show it in Authorization: "
    "Bearer. Lists answer {items, next}; `next` is the `cursor` of the following page. Acts (POST, DELETE) take an "
    "Idempotency-Key; the ETag of what you read is the If-Match of what you do, so that nobody acts on what is out of "
    "date. Refusals are RFC 9457 problems with reason, article and what to do next, in the language of Accept-Language "
    "or ?lang=zh|en. Texts for people are objects {zh, en}. Instants are in UTC; days are days in Asia/Shanghai.",
)  # fmt: skip
# The road, act by act, for whoever reads only the document.
ROAD = (
    Text("企业：`POST /sign-ups`、`POST /tokens`、`POST /enterprises`（工作人员、专家凭邀请码 `POST /invitations/acceptance` 任职）",
         "Enterprise: `POST /sign-ups`, `POST /tokens`, `POST /enterprises` (officers and experts take up their role with a "
         "code: `POST /invitations/acceptance`)"),
    Text("企业：`POST /applications`，按 `GET /regulations/{id}` 的 `dossier` 填写 `PUT …/draft`、上传 `POST …/documents`，以 "
         "`GET …/check` 检查，`POST …/submission` 提交",
         "Enterprise: `POST /applications`; fill `PUT …/draft` and `POST …/documents` by the `dossier` of `GET "
         "/regulations/{id}`; `GET …/check`; `POST …/submission`"),
    Text("地方主管部门：`POST …/endorsement`、`…/supplement-request`（企业 `…/resubmission`）或 `…/refusal`",
         "Bureau: `POST …/endorsement`, `…/supplement-request` (the enterprise then `…/resubmission`) or `…/refusal`"),
    Text("主管部门：`POST …/seats` 选派专家；专家：`POST …/opinion`；主管部门：`POST …/recommendation`",
         "Department: `POST …/seats`; experts: `POST …/opinion`; department: `POST …/recommendation`"),
    Text("主管部门：`POST /notices` 公示；任何人：`POST /notices/{number}/objections`；公示期满由时间自动办理",
         "Department: `POST /notices`; anyone: `POST /notices/{number}/objections`; time itself closes the notice"),
    Text("主管部门：`POST /announcements` 公布并颁发证书；任何人：`GET /certificates/{number}`",
         "Department: `POST /announcements`, which issues the certificates; anyone: `GET /certificates/{number}`"),
    Text("每一步 `possible` 列出此刻可以办理的行为；培训环境的时钟以 `POST /clock` 前移",
         "At every step `possible` lists what can be done now; a training office's clock is moved by `POST /clock`"),
)  # fmt: skip


class Reference(Api):
    """flask-smorest's Api whose errors are the registry's problems, and which serves no pages of its own."""

    def _register_error_handlers(self) -> None:
        """None: `web/problems.py` answers for pages and API alike."""

    def _register_etag_headers(self) -> None:
        """None: each operation documents its own."""

    def _register_pagination_header(self) -> None:
        """None: pages are in the body."""

    def _register_responses(self) -> None:
        """One named problem a status, with what may be behind it."""
        for status in sorted({*STATUS.values(), *PLAIN}):
            self.spec.components.response(f"Problem{status}", _problem(status), lazy=True)


@cache
def openapi() -> bytes:
    """The document of all desks, the same for every office: made when it is first asked for, by an application of its own."""
    app = Flask(__name__)
    app.config |= {"API_TITLE": f"{TITLE.zh} / {TITLE.en}", "API_VERSION": VERSION, "OPENAPI_VERSION": "3.1.0"}
    spec: dict[str, Any] = {
        "info": {"description": _description()},
        "servers": [{"url": "/", "description": "本机构 / this office"}],
    }
    api = Reference(app, spec_kwargs=spec)
    api.spec.components.security_scheme("bearer", {
        "type": "http", "scheme": "bearer",
        "description": "POST /api/v1/tokens 取得的令牌 / the token that POST /api/v1/tokens gave",
    })  # fmt: skip
    for desk in DESKS:
        api.register_blueprint(desk)
    return dumps(api.spec.to_dict() | {"tags": [desk.tag for desk in DESKS]})


def _description() -> str:
    roads = ["\n".join(f"{n}. {step.in_(lang)}" for n, step in enumerate(ROAD, 1)) for lang in LANGUAGES]
    return f"{ABOUT.zh}\n\n{roads[0]}\n\n{ABOUT.en}\n\n{roads[1]}"


def _problem(status: int) -> dict[str, Any]:
    titles = [f"{kind.title.zh} / {kind.title.en}" for kind, s in STATUS.items() if s == status]
    if status in PLAIN and not titles:
        titles = [f"{PLAIN[status][1].zh} / {PLAIN[status][1].en}"]
    description = "; ".join(titles) or HTTPStatus(status).phrase
    return {"description": description, "content": {PROBLEM_JSON: {"schema": Problem}}}
