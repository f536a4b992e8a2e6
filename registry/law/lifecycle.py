"""The life of an application and the life of a certificate, as two tables, and what can be read from them.

The door, the sweep, the buttons, the acts a 409 names, the diagram in the docs and the replay audit all read these rows.
Not here: who a caller is, what a regulation says, any database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from registry.words import Text


class Role(StrEnum):
    """In what capacity somebody acts. Each is appointed, except PUBLIC (anyone) and CLOCK (time alone)."""

    APPLICANT = "applicant"
    BUREAU = "bureau_officer"
    DEPARTMENT = "department_officer"
    EXPERT = "expert"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    PUBLIC = "public"
    CLOCK = "clock"


# Targets that depend on the case. `outcomes` says which states each may lead to.
NEXT = "NEXT"  # the stage that follows in this application's regulation
ASKER = "ASKER"  # the state that asked for the supplement
HELD = "HELD"  # objected while any objection is open, else back in public notice
STAY = "STAY"  # the state does not change


@dataclass(frozen=True)
class Row:
    """One act: in which states it exists, where it leads, whose it is.

    `due` belongs to CLOCK rows that a date brings about: the key of the period (or "validity") whose end it is.
    `when` narrows a CLOCK row to certificates that have ("renewed") or have not ("unrenewed") a successor.
    """

    act: str
    sources: tuple[str, ...]
    target: str
    roles: tuple[Role, ...]
    label: Text
    due: str = ""
    when: str = ""


# The stages that a regulation may list, each with the state in which an application enters it.
STAGE_ENTRY = {
    "preliminary_review": "preliminary_review",
    "formal_examination": "formal_examination",
    "expert_review": "expert_review",
    "public_notice": "awaiting_notice",
    "announcement": "announcement",
}
STAGE_LABELS = {
    "preliminary_review": Text("市州初审", "Preliminary review"),
    "formal_examination": Text("形式审查", "Formal examination"),
    "expert_review": Text("专家评审", "Expert review"),
    "public_notice": Text("公示", "Public notice"),
    "announcement": Text("公布", "Announcement"),
}
STAGE_OF_STATE = {entry: kind for kind, entry in STAGE_ENTRY.items()} | {
    "public_notice": "public_notice",
    "objected": "public_notice",
}

_A, _B, _D, _E = Role.APPLICANT, Role.BUREAU, Role.DEPARTMENT, Role.EXPERT
_OFFICE = ("preliminary_review", "formal_examination", "expert_review")
_OPEN = ("draft", "supplement", *_OFFICE, "awaiting_notice", "public_notice", "objected", "announcement")

APPLICATION: tuple[Row, ...] = (
    Row("submit", ("draft",), NEXT, (_A,), Text("提交", "Submit")),
    Row("endorse", ("preliminary_review",), NEXT, (_B,), Text("初审推荐", "Endorse")),
    Row("accept", ("formal_examination",), NEXT, (_D,), Text("受理", "Accept")),
    Row("request_supplement", ("preliminary_review",), "supplement", (_B,), Text("要求补正", "Request supplement")),
    Row("request_supplement", ("formal_examination", "expert_review"), "supplement", (_D,),
        Text("要求补正", "Request supplement")),
    Row("resubmit", ("supplement",), ASKER, (_A,), Text("提交补正", "Resubmit")),
    Row("lapse", ("supplement",), "lapsed", (Role.CLOCK,), Text("逾期未补正", "Lapse"), due="supplement"),
    Row("refuse", ("preliminary_review",), "refused", (_B,), Text("不予推荐", "Refuse")),
    Row("refuse", ("formal_examination", "expert_review"), "refused", (_D,), Text("不予认定", "Refuse")),
    Row("seat_expert", ("expert_review",), STAY, (_D,), Text("选派专家", "Seat an expert")),
    Row("recuse_expert", ("expert_review",), STAY, (_D, _E), Text("专家回避", "Recuse an expert")),
    Row("give_opinion", ("expert_review",), STAY, (_E,), Text("提交评审意见", "Give an opinion")),
    Row("recommend", ("expert_review",), NEXT, (_D,), Text("评审通过", "Recommend")),
    Row("publish_notice", ("awaiting_notice",), "public_notice", (_D,), Text("发布公示", "Publish in a notice")),
    Row("object", ("public_notice", "objected"), "objected", (Role.PUBLIC,), Text("提出异议", "Object")),
    Row("dismiss_objection", ("objected",), HELD, (_D,), Text("驳回异议", "Dismiss an objection")),
    Row("uphold_objection", ("objected",), "refused", (_D,), Text("异议成立", "Uphold an objection")),
    Row("close_notice", ("public_notice",), NEXT, (Role.CLOCK,), Text("公示期满", "Close the notice"), due="public_notice"),
    Row("announce", ("announcement",), "certified", (_D,), Text("公布", "Announce")),
    Row("withdraw", _OPEN, "withdrawn", (_A,), Text("撤回申请", "Withdraw")),
)

CERTIFICATE: tuple[Row, ...] = (
    Row("suspend", ("valid",), "suspended", (_D,), Text("暂停", "Suspend")),
    Row("reinstate", ("suspended",), "valid", (_D,), Text("恢复", "Reinstate")),
    Row("revoke", ("valid", "suspended", "expired", "superseded"), "revoked", (_D,), Text("撤销", "Revoke")),
    Row("surrender", ("valid", "suspended"), "surrendered", (_A,), Text("注销", "Surrender")),
    Row("renew", ("valid", "expired"), STAY, (_D,), Text("续期", "Renew")),
    Row("remind", ("valid", "suspended"), STAY, (Role.CLOCK,), Text("到期提醒", "Remind")),
    Row("expire", ("valid", "suspended"), "expired", (Role.CLOCK,), Text("到期", "Expire"), due="validity", when="unrenewed"),
    Row("supersede", ("valid", "suspended"), "superseded", (Role.CLOCK,), Text("由续期证书接替", "Supersede"),
        due="validity", when="renewed"),
)

# The ways in which an application ends without a certificate.
ENDED_WITHOUT = ("refused", "withdrawn", "lapsed")

# How a life begins: the act that makes the subject, and the state it is then in.
BIRTH = {"application": ("open", "draft"), "certificate": ("issue", "valid")}
BIRTH_LABELS = {"open": Text("新建申请", "Open"), "issue": Text("颁发", "Issue")}
TABLES = {"application": APPLICATION, "certificate": CERTIFICATE}

STATE_LABELS = {
    "draft": Text("草稿", "Draft"),
    "preliminary_review": Text("市州初审中", "In preliminary review"),
    "formal_examination": Text("形式审查中", "In formal examination"),
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


def acts_in(kind: str, state: str, roles: Iterable[Role] | None = None) -> list[Row]:
    """The rows that exist in `state`, in the table's order; with `roles`, only those that one of them may do."""
    wanted = None if roles is None else set(roles)
    return [r for r in TABLES[kind] if state in r.sources and (wanted is None or wanted & set(r.roles))]


def stands_still(state: str) -> bool:
    """Whether the office's clock stands still in `state`: the applicant has it, and it will go back to who asked."""
    return any(r.target == ASKER and state in r.sources for r in APPLICATION)


# Where a state that is no stage's entry has an office term of its own: the key of its period.
STATE_TERM = {"objected": "objection_decision"}


# The periods that CLOCK brings to an end.
CLOCK_PERIODS = frozenset(row.due for row in APPLICATION if row.due)


def clock_row(kind: str, state: str, *, renewed: bool = False) -> Row | None:
    """The row that a date will bring about in `state`: at most one for each state and answer to "renewed?"."""
    answer = "renewed" if renewed else "unrenewed"
    return next((r for r in TABLES[kind] if r.due and state in r.sources and r.when in ("", answer)), None)


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


@dataclass(frozen=True)
class Standing:
    """What a certificate is worth on one day: one word for people, and the three facts that it was made from.

    validity: not_yet_valid | in_term | expired; restriction: suspended or None; outcome: revoked | surrendered |
    superseded or None. `in_force` is true only within the term, unrestricted, with no outcome.
    """

    word: str
    validity: str
    restriction: str | None
    outcome: str | None

    @property
    def in_force(self) -> bool:
        return self.word == "valid"


def standing_on(
    day: date,
    *,
    valid_from: date,
    valid_until: date,
    suspended: bool = False,
    outcome: str | None = None,
    renewed: bool = False,
) -> Standing:
    """Standing on `day` from dates and recorded facts alone; it does not matter whether a sweep has run.

    Both `valid_from` and `valid_until` are days in force. Precedence of the word: an outcome by decision (revoked,
    surrendered), then the term (not yet valid; superseded or expired), then the restriction (suspended), then valid.
    """
    validity = "not_yet_valid" if day < valid_from else "expired" if day > valid_until else "in_term"
    if outcome is None and renewed and validity == "expired":
        outcome = "superseded"
    restriction = "suspended" if suspended else None
    word = outcome or {"not_yet_valid": "not_yet_valid", "expired": "expired"}.get(validity) or restriction or "valid"
    return Standing(word, validity, restriction, outcome)


@dataclass(frozen=True)
class Step:
    """One recorded act of one life, as replay needs it."""

    act: str
    before: str | None
    after: str


def replay(kind: str, steps: Sequence[Step], stages: Sequence[str] | None = None) -> tuple[str | None, list[str]]:
    """Walk a recorded life through its table. Returns the state it ends in and every fault found (none is well)."""
    faults: list[str] = []
    state: str | None = None
    asker: str | None = None
    for number, step in enumerate(steps, 1):
        where = f"entry {number} ({step.act})"
        if step.before != state:
            faults.append(f"{where}: says it began in {step.before}, but the life stood in {state}")
        if step.before is None:
            if (step.act, step.after) != BIRTH[kind]:
                faults.append(f"{where}: no life begins so")
        else:
            row = find_row(kind, step.before, step.act)
            allowed = [] if row is None else outcomes(row, step.before, stages)
            if row is not None and row.target == ASKER and asker:
                allowed = [asker]
            if step.after not in allowed:
                faults.append(f"{where}: {step.before} does not lead to {step.after}")
            if step.act == "request_supplement":
                asker = step.before
        state = step.after
    return state, faults
