"""The counter for the public copy of an objection: what anyone may read of it, with who took out the rest. It decides no objection."""

from __future__ import annotations

import re

from sqlmodel import select

from registry.books.models import Notice, Objection
from registry.desks.inputs import Form
from registry.errors import NotFound
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text

LEAST = 2  # characters: a shorter name or contact stands in too many texts to be looked for


def publish_redacted_objection(r: Registrar, objection: str, text: str) -> str:
    """Let the public read an objection in these words. A further copy takes its place; the ledger keeps both.

    By the department. BadInput if the text gives away the objector's name, contact, or part of it.
    """
    filed = r.session.exec(select(Objection).where(Objection.number == objection)).one_or_none()
    if filed is None or not r.presides(Role.DEPARTMENT, over=r.session.get_one(Notice, filed.notice_id)):
        raise NotFound(Text(f"没有编号为 {objection} 的异议。", f"There is no objection {objection}."))
    form = Form()
    said = form.text("text", text)
    if any(secret in _plain(said) for secret in _secrets(filed)):
        form.fault("text", "identity", "公开文本中出现了异议人的姓名、单位或联系方式，请删去。",
                   "This names the objector, their organisation or how to reach them: take it out.")
    form.done()
    filed.redacted, filed.redacted_at, filed.redacted_by = said, r.now, r.actor.login
    r.note("objection", filed.number, "publish_redacted", Role.DEPARTMENT, text=said)
    return filed.number


def _secrets(filed: Objection) -> list[str]:
    """What would tell who objected: the name, the contact, the part of an address before the @, a telephone number's digits."""
    parts = [filed.name, filed.contact, filed.contact.partition("@")[0], re.sub(r"\D", "", filed.contact)]
    return [plain for part in parts if len(plain := _plain(part)) >= LEAST]


def _plain(text: str) -> str:
    return re.sub(r"[\s\-（）()]", "", text).casefold()
