"""The lives of an application, a certificate and a measure, as three tables, and what can be read from them.

The door, the sweep, the buttons, the acts a 409 names, the diagram in the docs and the replay audit all read these rows.
Not here: who a caller is, what a regulation says, any database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from registry.words import Text


class Role(StrEnum):
    """In what capacity somebody acts. Each is appointed, except PUBLIC (anyone) and CLOCK (time alone)."""

    APPLICANT = "applicant"
    BUREAU = "bureau_officer"
    DEPARTMENT = "department_officer"
    EXPERT = "expert"
    ASSESSOR = "assessor"  # works for an assessment body: acts where that body is commissioned
    INSPECTOR = "inspector"  # acts where commissioned by name
    HEAD = "head"  # of a bureau (with its prefecture) or of the department: hears of overdue work, acts on nothing
    ADMINISTRATOR = "administrator"
    SECURITY = "security_officer"
    AUDITOR = "auditor"
    PUBLIC = "public"
    CLOCK = "clock"


# Targets that depend on the case. `outcomes` says which states each may lead to.
NEXT = "NEXT"  # the stage that follows in this application's regulation
ASKER = "ASKER"  # the state that asked for the supplement
HELD = "HELD"  # objected while any objection is open, else back in public notice
STAY = "STAY"  # the state does not change
FORMER = "FORMER"  # what a certificate was before it was revoked: suspended if the suspension still stands, else valid

# The `due` of a row that a decided measure orders for a day; nobody does such an act of their own.
ORDERED = "measure"
# The `due` of the row that a certificate's first day in force brings about, where that day is later than its issue.
FIRST_DAY = "first_day"


@dataclass(frozen=True)
class Row:
    """One act: in which states it exists, where it leads, whose it is.

    `due` belongs to CLOCK rows that a date brings about: the key of the period (or "validity") whose end it is, FIRST_DAY or ORDERED.
    `when` narrows a CLOCK row to certificates that have ("renewed") or have not ("unrenewed") a successor; `lifts`: it ends
    a certificate's suspension, whatever else has become of it. `tells`: though it stays in its state, others decide by what it
    says: a page opened before it is out of date. `alone`: it rests on nothing that others do, so no page is too old for it.
    """

    act: str
    sources: tuple[str, ...]
    target: str
    roles: tuple[Role, ...]
    label: Text
    due: str = ""
    when: str = ""
    lifts: bool = False
    tells: bool = False
    alone: bool = False


# The stages that a regulation may list, each with the state in which an application enters it.
STAGE_ENTRY = {
    "preliminary_review": "preliminary_review",
    "formal_examination": "formal_examination",
    "assessment": "assessment",
    "site_inspection": "site_inspection",
    "expert_review": "expert_review",
    "public_notice": "awaiting_notice",
    "announcement": "announcement",
}
STAGE_LABELS = {
    "preliminary_review": Text("初审", "Preliminary review"),
    "formal_examination": Text("形式审查", "Formal examination"),
    "assessment": Text("检测评估", "Assessment"),
    "site_inspection": Text("现场核查", "Site inspection"),
    "expert_review": Text("专家评审", "Expert review"),
    "public_notice": Text("公示", "Public notice"),
    "announcement": Text("公布", "Announcement"),
}
STAGE_OF_STATE = {entry: kind for kind, entry in STAGE_ENTRY.items()} | {
    "public_notice": "public_notice",
    "objected": "public_notice",
    "assessed": "assessment",
    "inspected": "site_inspection",
}
# The stages that are worked through item by item, on a form of the regulation's, each with the state in which its report is in.
FORM_STAGES = {"assessment": "assessed", "site_inspection": "inspected"}

_A, _B, _D, _E = Role.APPLICANT, Role.BUREAU, Role.DEPARTMENT, Role.EXPERT
_WORKERS = (Role.ASSESSOR, Role.INSPECTOR)
_FORMS, _REPORTED = tuple(FORM_STAGES), tuple(FORM_STAGES.values())
_OFFICE = ("preliminary_review", "formal_examination", *_FORMS, *_REPORTED, "expert_review")
_OPEN = ("draft", "supplement", *_OFFICE, "awaiting_notice", "public_notice", "objected", "announcement")
_IN_HAND = tuple(state for state in _OPEN if state != "draft")
_BUREAUS = ("preliminary_review",)
_DEPARTMENTS = (*_OFFICE[1:], "awaiting_notice", "objected", "announcement")

APPLICATION: tuple[Row, ...] = (
    Row("submit", ("draft",), NEXT, (_A,), Text("提交", "Submit")),
    Row("endorse", ("preliminary_review",), NEXT, (_B,), Text("初审推荐", "Endorse")),
    Row("accept", ("formal_examination",), NEXT, (_D,), Text("受理", "Accept")),
    Row("request_supplement", ("preliminary_review",), "supplement", (_B,), Text("要求补正", "Request supplement")),
    Row("request_supplement", ("formal_examination", *_FORMS, "expert_review"), "supplement", (_D,),
        Text("要求补正", "Request supplement")),
    Row("resubmit", ("supplement",), ASKER, (_A,), Text("提交补正", "Resubmit")),
    Row("lapse", ("supplement",), "lapsed", (Role.CLOCK,), Text("逾期未补正", "Lapse"), due="supplement"),
    Row("refuse", ("preliminary_review",), "refused", (_B,), Text("不予推荐", "Refuse")),
    Row("refuse", (*_OFFICE[1:], "awaiting_notice", "announcement"), "refused", (_D,), Text("不予认定", "Refuse")),
    Row("commission", ("assessment",), STAY, (_D,), Text("委托评估机构", "Commission an assessment body"), tells=True),
    Row("commission", ("site_inspection",), STAY, (_D,), Text("选派核查人员", "Commission an inspector"), tells=True),
    Row("relieve", _FORMS, STAY, (_D, *_WORKERS), Text("解除委托", "Relieve"), tells=True, alone=True),
    Row("report", ("assessment",), "assessed", (Role.ASSESSOR,), Text("提交评估报告", "Report")),
    Row("report", ("site_inspection",), "inspected", (Role.INSPECTOR,), Text("提交核查报告", "Report")),
    Row("return_report", ("assessed",), "assessment", (_D,), Text("退回报告", "Return the report")),
    Row("return_report", ("inspected",), "site_inspection", (_D,), Text("退回报告", "Return the report")),
    Row("accept_risk", _REPORTED, STAY, (_D,), Text("接受剩余风险", "Accept a risk"), tells=True),
    Row("accept_report", _REPORTED, NEXT, (_D,), Text("采纳报告", "Accept the report")),
    Row("commit_seed", ("expert_review",), STAY, (_D,), Text("登记抽签种子", "Commit the seed"), tells=True),
    Row("draw_panel", ("expert_review",), STAY, (_D,), Text("抽取专家组", "Draw the panel"), tells=True),
    Row("seat_expert", ("expert_review",), STAY, (_D,), Text("选派专家", "Seat an expert"), tells=True),
    Row("recuse_expert", ("expert_review",), STAY, (_D, _E), Text("专家回避", "Recuse an expert"), tells=True, alone=True),
    Row("give_opinion", ("expert_review",), STAY, (_E,), Text("提交评审意见", "Give an opinion"), tells=True, alone=True),
    Row("revise_opinion", ("expert_review",), STAY, (_E,), Text("修改评审意见", "Revise an opinion"), tells=True, alone=True),
    Row("recommend", ("expert_review",), NEXT, (_D,), Text("评审通过", "Recommend")),
    Row("publish_notice", ("awaiting_notice",), "public_notice", (_D,), Text("发布公示", "Publish in a notice")),
    Row("object", ("public_notice", "objected"), "objected", (Role.PUBLIC,), Text("提出异议", "Object")),
    Row("dismiss_objection", ("objected",), HELD, (_D,), Text("驳回异议", "Dismiss an objection")),
    Row("uphold_objection", ("objected",), "refused", (_D,), Text("异议成立", "Uphold an objection")),
    Row("close_notice", ("public_notice",), NEXT, (Role.CLOCK,), Text("公示期满", "Close the notice"), due="public_notice"),
    Row("withdraw_notice", ("public_notice", "objected", "announcement"), "awaiting_notice", (_D,),
        Text("撤回公示", "Withdraw the notice")),
    Row("announce", ("announcement",), "certified", (_D,), Text("公布", "Announce")),
    Row("claim", _BUREAUS, STAY, (_B,), Text("认领", "Claim")),
    Row("claim", _DEPARTMENTS, STAY, (_D,), Text("认领", "Claim")),
    Row("assign", _BUREAUS, STAY, (_B,), Text("指派承办人", "Assign")),
    Row("assign", _DEPARTMENTS, STAY, (_D,), Text("指派承办人", "Assign")),
    Row("unclaim", _BUREAUS, STAY, (_B,), Text("放回待认领", "Put back")),
    Row("unclaim", _DEPARTMENTS, STAY, (_D,), Text("放回待认领", "Put back")),
    Row("escalate", _IN_HAND, STAY, (Role.CLOCK,), Text("逾期上报", "Overdue: told higher up")),
    Row("hold", _IN_HAND, STAY, (_D,), Text("搁置到期办理", "Hold")),
    Row("release", _IN_HAND, STAY, (_D,), Text("解除搁置", "Release")),
    Row("recompute_dates", _IN_HAND, STAY, (_D,), Text("按新日历重算期限", "Recompute dates")),
    Row("withdraw", _OPEN, "withdrawn", (_A,), Text("撤回申请", "Withdraw")),
)

CERTIFICATE: tuple[Row, ...] = (
    Row("begin", ("valid", "suspended"), STAY, (Role.CLOCK,), Text("开始生效", "Begin"), due=FIRST_DAY),
    Row("suspend", ("valid",), "suspended", (Role.CLOCK,), Text("暂停", "Suspend"), due=ORDERED),
    Row("reinstate", ("suspended",), "valid", (Role.CLOCK,), Text("恢复", "Reinstate"), due=ORDERED, lifts=True),
    Row("reinstate", ("revoked", "expired", "superseded", "surrendered"), STAY, (Role.CLOCK,),
        Text("解除暂停", "Lift the suspension"), due=ORDERED, lifts=True),
    Row("revoke", ("valid", "suspended", "expired", "superseded"), "revoked", (Role.CLOCK,), Text("撤销", "Revoke"),
        due=ORDERED),
    Row("restore", ("revoked",), FORMER, (Role.CLOCK,), Text("恢复效力", "Restore"), due=ORDERED),
    Row("surrender", ("valid", "suspended"), "surrendered", (_A,), Text("注销", "Surrender")),
    Row("renew", ("valid", "expired"), STAY, (_D,), Text("续期", "Renew")),
    Row("amend", ("valid", "suspended"), STAY, (_D,), Text("变更", "Amend")),
    Row("remind", ("valid", "suspended"), STAY, (Role.CLOCK,), Text("到期提醒", "Remind")),
    Row("acknowledge", ("valid", "suspended", "expired"), STAY, (_A,), Text("确认已知到期提醒", "Acknowledge a reminder")),
    Row("hold", ("valid", "suspended"), STAY, (_D,), Text("搁置到期办理", "Hold")),
    Row("release", ("valid", "suspended"), STAY, (_D,), Text("解除搁置", "Release")),
    Row("expire", ("valid", "suspended"), "expired", (Role.CLOCK,), Text("到期", "Expire"), due="validity", when="unrenewed"),
    Row("supersede", ("valid", "suspended"), "superseded", (Role.CLOCK,), Text("由续期证书接替", "Supersede"),
        due="validity", when="renewed"),
)

# A measure: from a suspicion to a decision by two, and to its lifting. What it orders is done to a certificate by CLOCK.
MEASURE: tuple[Row, ...] = (
    Row("give_notice", ("suspected",), "notified", (_D,), Text("告知拟作处理", "Give notice of the intended decision")),
    Row("make_statement", ("notified",), "heard", (_A,), Text("陈述申辩", "Make a statement")),
    Row("close_statement", ("notified",), "heard", (Role.CLOCK,), Text("陈述申辩期满", "Close the time for a statement"),
        due="statement"),
    Row("approve", ("heard",), "approved", (_D,), Text("同意拟作处理", "Approve")),
    Row("send_back", ("approved",), "heard", (_D,), Text("退回重议", "Send back")),
    Row("confirm", ("approved",), "decided", (_D,), Text("复核确认", "Confirm")),
    Row("drop", ("suspected", "notified", "heard", "approved"), "dropped", (_D,), Text("终结，不予处理", "Drop")),
    Row("propose_lifting", ("decided",), "lifting", (_D,), Text("提出解除", "Propose to lift")),
    Row("decline_lifting", ("lifting",), "decided", (_D,), Text("不予解除", "Decline to lift")),
    Row("lift", ("lifting",), "lifted", (_D,), Text("确认解除", "Lift")),
    Row("hold", ("notified", "decided", "lifting"), STAY, (_D,), Text("搁置到期办理", "Hold")),
    Row("release", ("notified", "decided", "lifting"), STAY, (_D,), Text("解除搁置", "Release")),
    Row("recompute_dates", ("notified",), STAY, (_D,), Text("按新日历重算期限", "Recompute dates")),
)
# What a measure may be, as the decision names it.
MEASURE_KINDS = {
    "suspend": Text("暂停证书", "Suspend the certificate"),
    "revoke": Text("撤销证书", "Revoke the certificate"),
    "debar": Text("一定期限内不得再申报", "Debar from applying for a time"),
    "recover_support": Text("追回已给予的支持", "Recover support that was given"),
}
# What a measure orders of its certificate, and what lifting it orders; those not named here touch no certificate.
EFFECTS = {"suspend": "suspend", "revoke": "revoke"}
UNDOING = {"suspend": "reinstate", "revoke": "restore"}

# What a holder asks to be changed on a certificate. Granted, it is done to the certificate by its row "amend".
AMENDMENT: tuple[Row, ...] = (
    Row("add_evidence", ("requested",), STAY, (_A,), Text("补充证明材料", "Add evidence"), tells=True),
    Row("endorse", ("requested",), "endorsed", (_B,), Text("初核同意变更", "Endorse the change")),
    Row("refuse", ("requested",), "refused", (_B,), Text("不同意变更", "Refuse the change")),
    Row("refuse", ("endorsed",), "refused", (_D,), Text("不予变更", "Refuse the change")),
    Row("grant", ("endorsed",), "granted", (_D,), Text("准予变更", "Grant the change")),
    Row("withdraw", ("requested", "endorsed"), "withdrawn", (_A,), Text("撤回变更申请", "Withdraw the request")),
)

# The ways in which an application ends without a certificate.
ENDED_WITHOUT = ("refused", "withdrawn", "lapsed")

# How a life begins: the act that makes the subject, and the state it is then in.
BIRTH = {"application": ("open", "draft"), "certificate": ("issue", "valid"), "measure": ("suspect", "suspected"),
         "amendment": ("request", "requested")}
BIRTH_LABELS = {"open": Text("新建申请", "Open"), "issue": Text("颁发", "Issue"), "suspect": Text("登记疑点", "State a suspicion"),
                "request": Text("申请变更", "Request a change")}
TABLES = {"application": APPLICATION, "certificate": CERTIFICATE, "measure": MEASURE, "amendment": AMENDMENT}

STATE_LABELS = {
    "draft": Text("草稿", "Draft"),
    "preliminary_review": Text("初审中", "In preliminary review"),
    "formal_examination": Text("形式审查中", "In formal examination"),
    "assessment": Text("检测评估中", "In assessment"),
    "assessed": Text("评估报告待审", "Assessment reported"),
    "site_inspection": Text("现场核查中", "In site inspection"),
    "inspected": Text("核查报告待审", "Inspection reported"),
    "supplement": Text("待补正", "Supplement requested"),
    "expert_review": Text("专家评审中", "In expert review"),
    "awaiting_notice": Text("待公示", "Awaiting notice"),
    "public_notice": Text("公示中", "In public notice"),
    "objected": Text("异议处理中", "Objected"),
    "announcement": Text("待公布", "Awaiting announcement"),
    "certified": Text("已认定", "Certified"),
    "refused": Text("未通过", "Refused"),
    "withdrawn": Text("已撤回", "Withdrawn"),
    "lapsed": Text("逾期失效", "Lapsed"),
    "valid": Text("有效", "Valid"),
    "suspended": Text("已暂停", "Suspended"),
    "revoked": Text("已撤销", "Revoked"),
    "expired": Text("已到期", "Expired"),
    "surrendered": Text("已注销", "Surrendered"),
    "superseded": Text("已由续期证书接替", "Superseded"),
    "not_yet_valid": Text("尚未生效", "Not yet valid"),
    "requested": Text("待初核", "Requested"),
    "endorsed": Text("待决定", "Endorsed"),
    "granted": Text("已准予", "Granted"),
    "suspected": Text("疑点核查中", "Suspected"),
    "notified": Text("已告知，听取陈述申辩", "Notice given, statement awaited"),
    "heard": Text("待作出决定", "To be decided"),
    "approved": Text("待第二人复核确认", "Approved, to be confirmed"),
    "decided": Text("已决定", "Decided"),
    "dropped": Text("已终结，不予处理", "Dropped"),
    "lifting": Text("待确认解除", "Lifting proposed"),
    "lifted": Text("已解除", "Lifted"),
}


def find_row(kind: str, state: str, act: str) -> Row | None:
    """The row by which `act` may be done in `state`, or None: then it is out of order."""
    return next((r for r in TABLES[kind] if r.act == act and state in r.sources), None)


def label_of(kind: str, act: str, state: str | None = None) -> Text:
    """What people call an act (done in `state`, where that matters); its own name where the table does not have it."""
    row = find_row(kind, state, act) if state else None
    row = row or next((r for r in TABLES[kind] if r.act == act), None)
    return row.label if row else BIRTH_LABELS.get(act, Text(act, act))


def held_state(*, objections_open: bool) -> str:
    """Where HELD leads: an item with an open objection cannot be cleared."""
    return "objected" if objections_open else "public_notice"


def former_state(*, suspended: bool) -> str:
    """Where FORMER leads: giving back what was revoked does not lift a suspension."""
    return "suspended" if suspended else "valid"


def restricted_after(row: Row, state: str, *, suspended: bool) -> bool:
    """Whether a certificate that has come to `state` by `row` is restricted: by a suspension, until a row lifts it."""
    return state == "suspended" or (suspended and not row.lifts)


def rests_alone(kind: str, act: str) -> bool:
    """Whether `act` rests on nothing that others do meanwhile: two such acts at once do not collide."""
    return any(row.act == act and row.alone for row in TABLES[kind])


def acts_in(kind: str, state: str, roles: Iterable[Role] | None = None) -> list[Row]:
    """The rows that exist in `state`, in the table's order; with `roles`, only those that one of them may do."""
    wanted = None if roles is None else set(roles)
    return [r for r in TABLES[kind] if state in r.sources and (wanted is None or wanted & set(r.roles))]


def stands_still(state: str) -> bool:
    """Whether the office's clock stands still in `state`: the applicant has it, and it will go back to who asked."""
    return any(r.target == ASKER and state in r.sources for r in APPLICATION)


def can_be_held(kind: str, state: str) -> bool:
    """Whether an officer's hold has anything to keep from happening in `state`."""
    return find_row(kind, state, "release") is not None


# Acts that can be done beside what a state waits for; none of them makes an application somebody's to do.
ASIDE = frozenset({"withdraw", "withdraw_notice", "escalate", "hold", "release", "recompute_dates", "claim", "assign", "unclaim"})


# Where a state that is no stage's entry has an office term of its own: the key of its period.
STATE_TERM = {"objected": "objection_decision"}


def same_term(before: str, after: str) -> bool:
    """Whether an office's term runs on from one state to another: both are of one stage, and neither has a term of its own."""
    return STAGE_OF_STATE.get(before) == STAGE_OF_STATE.get(after) is not None and not {before, after} & STATE_TERM.keys()


# The periods that CLOCK brings to an end.
CLOCK_PERIODS = frozenset(row.due for row in APPLICATION if row.due)


def clock_row(kind: str, state: str, *, renewed: bool = False) -> Row | None:
    """The row that a term's end will bring about in `state`: at most one for each state and answer to "renewed?"."""
    answer = "renewed" if renewed else "unrenewed"
    dated = (r for r in TABLES[kind] if r.due and r.due not in (ORDERED, FIRST_DAY))
    return next((r for r in dated if state in r.sources and r.when in ("", answer)), None)


def states(kind: str) -> list[str]:
    """Every state of a life, in the order in which the table first names it."""
    found = [BIRTH[kind][1]]
    for row in TABLES[kind]:
        for state in (*row.sources, *outcomes(row)):
            if state not in found:
                found.append(state)
    return found


def outcomes(row: Row, state: str | None = None, stages: Sequence[str] | None = None) -> list[str]:
    """The states that `row` may lead to: all that the table allows, or those for one `state` and one list of `stages`."""
    if row.target == STAY:
        return [state] if state else list(row.sources)
    if row.target == HELD:
        return ["objected", "public_notice"]
    if row.target == FORMER:
        return ["valid", "suspended"]
    if row.target == ASKER:
        return [s for s in _sources("request_supplement") if stages is None or s in _entries(stages)]
    if row.target == NEXT:
        if state and stages is not None:
            return [next_state(state, stages)]
        return [s for s in STAGE_ENTRY.values() if s not in row.sources]
    return [row.target]


def next_state(state: str, stages: Sequence[str]) -> str:
    """The state in which an application enters the stage after `state` in `stages` (the first one from a draft)."""
    if state == "draft":
        return STAGE_ENTRY[stages[0]]
    return STAGE_ENTRY[stages[list(stages).index(STAGE_OF_STATE[state]) + 1]]


def _entries(stages: Sequence[str]) -> list[str]:
    return [STAGE_ENTRY[s] for s in stages]


def _sources(act: str) -> list[str]:
    return [s for row in APPLICATION if row.act == act for s in row.sources]
