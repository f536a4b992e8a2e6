"""The counter where a notice that was found wrong is withdrawn. What was published stays; its items are to be published anew."""

from __future__ import annotations

from sqlmodel import col, select

from registry.books.models import Application, Notice, NoticeItem
from registry.clock import office_day
from registry.desks.inputs import Form
from registry.desks.notices import open_objections, set_objections_aside
from registry.errors import AlreadyDone, NotEntitled, NotFound
from registry.law import lifecycle
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text


def withdraw_notice(r: Registrar, number: str, reason: str) -> str:
    """Withdraw a notice that was found wrong: it stays as it was published, marked so; its items are to be published anew.

    Every item that has not ended goes back to awaiting a notice, its open objections become moot. AlreadyDone once an item
    was announced, or when the notice is withdrawn.
    """
    notice = require_withdrawal(r, number)
    query = select(Application).join(NoticeItem, col(NoticeItem.application_id) == Application.id)
    items = r.session.exec(query.where(NoticeItem.notice_id == notice.id).order_by(col(NoticeItem.ordinal))).all()
    if (done := next((a for a in items if a.status == "certified"), None)) is not None:
        raise AlreadyDone(Text(f"公示中的 {done.number} 已公布认定，不能撤回该公示。",
                               f"{done.number} of this notice was announced already: it cannot be withdrawn."))
    form = Form()
    said = form.text("reason", reason)
    form.done()
    notice.withdrawn_at, notice.withdrawal_reason = r.now, said
    r.note("notice", number, "withdraw_notice", Role.DEPARTMENT, reason=said, digest=notice.digest)
    for item in items:
        if item.status not in lifecycle.ENDED_WITHOUT:
            _take_back(r, item, number, said)
    return number


def _take_back(r: Registrar, application: Application, notice: str, reason: str) -> None:
    r.record(application, "withdraw_notice", notice=notice, reason=reason, objections=open_objections(r, application))
    set_objections_aside(r, application, reason)


def require_withdrawal(r: Registrar, number: str) -> Notice:
    """The notice, if this caller could withdraw it now. NotFound; NotEntitled for another department's; AlreadyDone."""
    notice = r.session.exec(select(Notice).where(Notice.number == number)).one_or_none()
    if notice is None:
        raise NotFound(Text(f"没有编号为 {number} 的公示。", f"There is no notice {number}."))
    if not r.presides(Role.DEPARTMENT, over=notice):
        raise NotEntitled(Text("公示由发布它的主管部门撤回。", "A notice is withdrawn by the department that published it."))
    if notice.withdrawn_at is not None:
        raise AlreadyDone(Text("公示 {number} 已于 {on} 撤回。", "Notice {number} was withdrawn on {on}.").with_(
            number=number, on=office_day(notice.withdrawn_at)))
    return notice
