"""Who has an application in hand in each state, as the table of its life says. Not here: for how long, or who is late."""

from __future__ import annotations

from collections.abc import Iterable

from registry.law.lifecycle import ASIDE, STAY, Role, acts_in, stands_still
from registry.words import Text

# Who can have an application in hand; "public" is time that runs for everybody.
TIERS = {
    "enterprise": Text("企业", "Enterprise"),
    "bureau": Text("地方主管部门", "Bureau"),
    "department": Text("主管部门", "Department"),
    "public": Text("公示期", "Public notice"),
}

# Whom overdue work is told to, step by step (`rules.EscalationRule.role`).
RISES_TO = {
    "officer": Text("承办人员", "whoever has it in hand"), "head": Text("负责人", "the head there"),
    "department": Text("主管部门", "the department"),
}  # fmt: skip


OFFICE_ROLES = {"bureau": Role.BUREAU, "department": Role.DEPARTMENT}


def tier_of(state: str) -> str | None:
    """Who has an application in hand in `state`: whoever may lead it on. None once it has ended."""
    rows = [r for r in acts_in("application", state) if r.target != STAY and r.act not in ASIDE]
    if not rows:
        return None
    movers = {role for row in rows for role in row.roles}
    if Role.APPLICANT in movers:
        return "enterprise"
    if Role.BUREAU in movers:
        return "bureau"
    return "department" if movers & {Role.DEPARTMENT, Role.EXPERT, Role.ASSESSOR, Role.INSPECTOR} else "public"


def office_of(state: str, asked_by: str | None) -> str | None:
    """In which office's hands an application is, a supplement in those of who asked: "bureau", "department" or None."""
    tier = tier_of(asked_by) if stands_still(state) and asked_by else tier_of(state)
    return {"bureau": "bureau", "department": "department", "public": "department"}.get(tier or "")


def waits_for(state: str, roles: Iterable[Role]) -> bool:
    """Whether an application in `state` waits for one of `roles`."""
    return any(r.act not in ASIDE and Role.PUBLIC not in r.roles for r in acts_in("application", state, roles))
