"""The counter where what is entered of an enterprise is put right. Registering one stands in accounts, a new name in amendments."""

from __future__ import annotations

from sqlmodel import col, select

from registry.books import letters, lives
from registry.books.models import Application, Certificate
from registry.desks.accounts import find_enterprise
from registry.desks.inputs import Form
from registry.desks.reach import region_of
from registry.errors import AlreadyDone, NotEntitled, NotFound
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text


def correct_place(r: Registrar, code: str, *, prefecture: str, reason: str) -> None:
    """Enter where an enterprise really lies, with a reason for the ledger. By an administrator: it decides no case.

    From now on its certificates, what it newly opens, and its drafts are the business of that place's bureau; what is in hand stays
    with the bureau that has it. The enterprise is told. NotEntitled, NotFound, BadInput; AlreadyDone where it lies there already.
    """
    if not r.actor.has(Role.ADMINISTRATOR):
        raise NotEntitled(Text("企业所在地由系统管理员更正。", "The place of an enterprise is corrected by an administrator."))
    house = find_enterprise(r, code)
    if house is None:
        raise NotFound(Text(f"没有统一社会信用代码为 {code} 的企业。", f"There is no enterprise with the credit code {code}."))
    form = Form()
    if prefecture not in r.law.places():
        form.fault("prefecture", "unknown", "请选择企业所在地。", "Choose the place where the enterprise is.")
    words = form.text("reason", reason, most=1000)
    form.done()
    former, name = house.prefecture, r.law.place_name(prefecture)
    if former == prefecture:
        raise AlreadyDone(Text(f"该企业登记的所在地已经是{name.zh}。", f"The enterprise is entered in {name.en} already."))
    house.prefecture = prefecture
    for certificate in r.session.exec(select(Certificate).where(Certificate.enterprise_id == house.id)):
        lives.touch(r.session, certificate)  # they are found by their holder's place
    drafts = r.session.exec(select(Application).where(
        Application.enterprise_id == house.id, Application.status == "draft").order_by(col(Application.id))).all()
    for draft in drafts:  # where the regulation is not for the new place, handing it in is refused (`reach.get_region`)
        draft.prefecture = region_of(r.regulation_of(draft), house)
    entry = r.note("enterprise", house.credit_code, "correct_place", Role.ADMINISTRATOR, former=former, prefecture=prefecture, reason=words,
                   **({"drafts": [draft.number for draft in drafts]} if drafts else {}))
    letters.queue_place_corrected(r.session, entry, house, r.law, r.settings.public_base_url)
