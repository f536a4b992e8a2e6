"""Who there is: people, enterprises, what people are appointed to, invitations and visits. No passwords in the clear."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel


class Enterprise(SQLModel, table=True):
    """A legal person with its unified social credit code (GB 32100). Its place (`prefecture`, a code of GB/T 2260) decides,
    under each regulation, which bureau is its."""

    id: int = Field(default=None, primary_key=True)
    credit_code: str = Field(max_length=18, unique=True)
    name: str = Field(max_length=200)
    prefecture: str = Field(max_length=6)
    registered_at: datetime
    # Why an officer took a code whose check digit fails; None where it holds.
    code_override_reason: str | None = Field(default=None, max_length=1000)


class Person(SQLModel, table=True):
    """Someone who can sign in. What they may do stands in their appointments."""

    id: int = Field(default=None, primary_key=True)
    login: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=100)
    email: str = Field(max_length=254)
    password_hash: str = Field(max_length=255)
    # An expert's employer, for recusal; None for others.
    employer_code: str | None = Field(default=None, max_length=18)
    created_at: datetime
    closed_at: datetime | None = None


class Appointment(SQLModel, table=True):
    """One person in one role, perhaps for one prefecture, one enterprise or one authority, from a day to a day."""

    __table_args__ = (
        CheckConstraint("role <> 'bureau_officer' OR prefecture IS NOT NULL", name="bureau_has_prefecture"),
        CheckConstraint("role <> 'applicant' OR enterprise_id IS NOT NULL", name="applicant_has_enterprise"),
        CheckConstraint("role NOT IN ('department_officer', 'expert') OR authority IS NOT NULL", name="officer_has_authority"),
        # The reader: the counter, which asks at every request what the caller is appointed to.
        Index("ix_appointment_person_open", "person_id", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    role: str = Field(max_length=32)
    prefecture: str | None = Field(default=None, max_length=6)
    enterprise_id: int | None = Field(default=None, foreign_key="enterprise.id", index=True)
    authority: str | None = Field(default=None, max_length=23)  # the key of a regulation's authority
    began_at: datetime
    ended_at: datetime | None = None


class Invitation(SQLModel, table=True):
    """A one-time code with which a person takes up an appointment. Only the code's SHA-256 is kept."""

    id: int = Field(default=None, primary_key=True)
    code_sha256: str = Field(max_length=64, unique=True)
    role: str = Field(max_length=32)
    prefecture: str | None = Field(default=None, max_length=6)
    enterprise_id: int | None = Field(default=None, foreign_key="enterprise.id")
    authority: str | None = Field(default=None, max_length=23)
    name: str = Field(max_length=100)
    employer_code: str | None = Field(default=None, max_length=18)
    invited_by: str = Field(max_length=64)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class Visit(SQLModel, table=True):
    """A signed-in browser or an API token. Only the token's SHA-256 is kept; ending a visit ends it at once."""

    id: int = Field(default=None, primary_key=True)
    token_sha256: str = Field(max_length=64, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str = Field(max_length=8)  # session | token
    label: str = Field(default="", max_length=100)
    scope: str = Field(default="all", max_length=8, sa_column_kwargs={"server_default": "all"})  # all | read
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
