"""Who acts: a person with what they are appointed to, or time, the public, the machine. What an actor may do is the registrar's."""

from __future__ import annotations

from dataclasses import dataclass

from registry.law.lifecycle import Role
from registry.words import Text


@dataclass(frozen=True)
class Grant:
    """One appointment in force: a role, and the prefecture or the enterprise it is for."""

    role: Role
    prefecture: str | None = None
    enterprise: str | None = None
    enterprise_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts, with all that they are appointed to at this moment."""

    login: str
    name: str
    person_id: int | None = None
    grants: tuple[Grant, ...] = ()
    visit_id: int | None = None

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(g.role for g in self.grants)

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def prefectures(self) -> frozenset[str]:
        return frozenset(g.prefecture for g in self.grants if g.role is Role.BUREAU and g.prefecture)

    @property
    def enterprises(self) -> dict[int, str]:
        """The enterprises it speaks for: id to credit code."""
        return {g.enterprise_id: g.enterprise for g in self.grants if g.enterprise_id is not None and g.enterprise}

    def has(self, *roles: Role) -> bool:
        return bool(self.roles & set(roles))

    def heads(self, prefecture: str) -> bool:
        """Whether overdue work of this prefecture's applications rises to it: the head of its bureau or of the department."""
        return any(g.role is Role.HEAD and g.prefecture in (None, prefecture) for g in self.grants)


CLOCK = Actor("clock", "CLOCK", grants=(Grant(Role.CLOCK),))
PUBLIC = Actor("public", "PUBLIC")
READER = Actor("system", "SYSTEM", grants=(Grant(Role.AUDITOR),))  # whoever reads at the machine
SYSTEM = Actor("system", "SYSTEM", grants=(Grant(Role.ADMINISTRATOR),))  # whoever sits at the machine

ROLE_LABELS = {
    Role.APPLICANT: Text("申报企业", "applicant enterprise"),
    Role.BUREAU: Text("市州工信局", "municipal bureau"),
    Role.DEPARTMENT: Text("省工信厅", "provincial department"),
    Role.EXPERT: Text("评审专家", "expert"),
    Role.HEAD: Text("负责人", "head"),
    Role.ADMINISTRATOR: Text("系统管理员", "administrator"),
    Role.SECURITY: Text("安全保密管理员", "security officer"),
    Role.AUDITOR: Text("安全审计员", "auditor"),
    Role.PUBLIC: Text("社会公众", "the public"),
    Role.CLOCK: Text("时间（系统自动）", "time (CLOCK)"),
}
