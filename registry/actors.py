"""Who acts: a person with what they are appointed to, or time, the public, the machine. What an actor may do is the registrar's."""

from __future__ import annotations

from dataclasses import dataclass

from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.words import Text


@dataclass(frozen=True)
class Grant:
    """One appointment in force: a role, and the prefecture, the enterprise or the authority it is for."""

    role: Role
    prefecture: str | None = None
    enterprise: str | None = None
    enterprise_id: int | None = None
    authority: str | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts, with all that they are appointed to at this moment."""

    login: str
    name: str
    person_id: int | None = None
    grants: tuple[Grant, ...] = ()
    visit_id: int | None = None
    narrow: bool = False  # by a token that reads what is public and watches, and does nothing else

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(g.role for g in self.grants)

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def prefectures(self) -> frozenset[str]:
        return self.regions(Role.BUREAU)

    def regions(self, *roles: Role) -> frozenset[str]:
        """The regions for which it holds one of `roles`."""
        return frozenset(g.prefecture for g in self.grants if g.role in roles and g.prefecture)

    @property
    def enterprises(self) -> dict[int, str]:
        """The enterprises it speaks for: id to credit code."""
        return {g.enterprise_id: g.enterprise for g in self.grants if g.enterprise_id is not None and g.enterprise}

    def has(self, *roles: Role) -> bool:
        """Whether it holds one of `roles` at all: for menus and doors. Over which cases, `Registrar.presides` says."""
        return bool(self.roles & set(roles))

    def authorities(self, *roles: Role) -> frozenset[str]:
        """The authorities for which it holds one of `roles`."""
        return frozenset(g.authority for g in self.grants if g.role in roles and g.authority)


CLOCK = Actor("clock", "CLOCK", grants=(Grant(Role.CLOCK),))
PUBLIC = Actor("public", "PUBLIC")
READER = Actor("system", "SYSTEM", grants=(Grant(Role.AUDITOR),))  # whoever reads at the machine
SYSTEM = Actor("system", "SYSTEM", grants=(Grant(Role.ADMINISTRATOR),))  # whoever sits at the machine

# What a role is called where no case says whose.
ROLE_LABELS = {
    Role.APPLICANT: Text("申报企业", "applicant enterprise"),
    Role.BUREAU: Text("地方主管部门", "local bureau"),
    Role.DEPARTMENT: Text("主管部门", "department"),
    Role.EXPERT: Text("评审专家", "expert"),
    Role.ASSESSOR: Text("评估机构人员", "assessor"),
    Role.INSPECTOR: Text("核查人员", "inspector"),
    Role.HEAD: Text("负责人", "head"),
    Role.ADMINISTRATOR: Text("系统管理员", "administrator"),
    Role.SECURITY: Text("安全保密管理员", "security officer"),
    Role.AUDITOR: Text("安全审计员", "auditor"),
    Role.PUBLIC: Text("社会公众", "the public"),
    Role.CLOCK: Text("时间（系统自动）", "time (CLOCK)"),
}


def role_name(role: Role, law: Regulation, region: str | None = None) -> Text:
    """What whoever acts in `role` is called under a regulation: authority and bureau by their own names."""
    if role is Role.DEPARTMENT:
        return law.authority.name
    bureau = law.authority.prefectures.get(region or "") if role is Role.BUREAU else None
    return bureau.bureau if bureau else ROLE_LABELS[role]
