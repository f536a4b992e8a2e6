"""Which duties may not meet in one person: every rule of separation by its key, in words. Who is asked is not known here."""

from __future__ import annotations

from registry.errors import DutiesConflict
from registry.law.lifecycle import Role
from registry.words import Text

# Administrators of system, security and audit (三员): three people, and none of them decides.
THREE = (Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR)
# Appointed for the whole registry, for a region or for an enterprise. Any other role is held for one authority.
OF_NO_AUTHORITY = (*THREE, Role.BUREAU, Role.APPLICANT, Role.PUBLIC, Role.CLOCK)
DECIDING = (Role.BUREAU, Role.DEPARTMENT, Role.EXPERT, Role.ASSESSOR, Role.INSPECTOR)

RULES = {
    "three_administrators": Text(
        "系统管理员、安全保密管理员、安全审计员由三人分别担任，一人不得兼任其中两项。",
        "The administrators of system, security and audit are three people: nobody holds two of these."),
    "administrators_decide_nothing": Text(
        "系统管理员、安全保密管理员、安全审计员不得担任审查、评审或决定的职务。",
        "Whoever administers system, security or audit holds no office that reviews or decides."),
    "auditor_writes_nothing": Text(
        "安全审计员可查看全部记录，但不得办理任何事项。",
        "An auditor reads everything and writes nothing."),
    "endorser_announces_not": Text(
        "初审推荐某项申请的人，不得公布该项申请，也不得在评审通过后对其不予认定。",
        "Whoever endorsed an application neither announces it nor refuses it once the review is passed."),
    "endorser_grants_not": Text(
        "初核同意某项证书变更的人，不得准予该项变更。",
        "Whoever endorsed a change of a certificate does not grant it."),
    "proposer_decides_not": Text(
        "告知拟作处理的人，不得参与作出该项决定。",
        "Whoever gave notice of an intended decision is neither of the two who take it."),
    "two_decide": Text(
        "处理决定须由两人先后作出：一人同意后，由另一人复核确认。",
        "A measure is decided by two people: what one has approved, another confirms."),
    "two_lift": Text(
        "解除处理须由两人先后办理：一人提出后，由另一人确认。",
        "A measure is lifted by two people: what one has proposed, another confirms."),
    "own_employer": Text(
        "专家不得参与其任职单位的案件。",
        "An expert never touches a case of the employer's own."),
}


def is_of_an_authority(role: Role, prefecture: str | None) -> bool:
    """Whether an appointment to `role` is for one authority. The head of a bureau is its region's."""
    return role not in OF_NO_AUTHORITY and prefecture is None


def appointment_conflict(role: Role, held: frozenset[Role]) -> str | None:
    """The key of the rule that forbids `role` to who holds `held`, or None."""
    if role in THREE and held & set(THREE) - {role}:
        return "three_administrators"
    if (role in THREE and held & set(DECIDING)) or (role in DECIDING and held & set(THREE)):
        return "administrators_decide_nothing"
    alone = {role, *held}
    return "auditor_writes_nothing" if Role.AUDITOR in alone and Role.APPLICANT in alone else None


def conflict(rule: str) -> DutiesConflict:
    """The refusal by the rule of this key."""
    return DutiesConflict(RULES[rule], article=f"duties.{rule}", basis="instruction",
                          action=Text("请由另一位有权人员办理。", "Let another person who may do it, do it."))
