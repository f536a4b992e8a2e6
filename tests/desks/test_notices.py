"""Public notices, objections to them, and announcements."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from registry.actors import PUBLIC, SYSTEM
from registry.books.models import Announcement, Entry, Letter, Notice
from registry.clock import day_ends_at
from registry.desks import applications, deadlines, enquiries, notices
from registry.errors import (
    AlreadyDone,
    BadInput,
    DutiesConflict,
    NotEntitled,
    NotFound,
    NotOpen,
    NotYet,
    OutOfOrder,
    WrongType,
)
from tests.desks.conftest import BRIEF
from tests.factories import HUNAN, PDF, Town

D = date.fromisoformat
DOCUMENT = "湘工信电子〔2026〕12号"


def kept(town: Town, number: str) -> Notice:
    with Session(town.office.engine) as session:
        return session.exec(select(Notice).where(Notice.number == number)).one()


def acts_of(town: Town, number: str) -> list[tuple[str, str]]:
    with Session(town.office.engine) as session:
        return [(e.act, e.actor) for e in session.exec(select(Entry).where(Entry.subject == number).order_by(Entry.seq))]


def status(town: Town, *numbers: str) -> list[str]:
    return [str(town.show(n)["status"]) for n in numbers]


def shown(town: Town, number: str) -> dict[str, Any]:
    with town.office.reading(PUBLIC) as r:
        return enquiries.show_notice(r, number)


def publish(**changes: Any) -> dict[str, Any]:
    return {"regulation": HUNAN, "applications": []} | changes


# ---------------------------------------------------------------------------------------------------------- publishing


def test_a_notice_runs_seven_working_days_across_the_holiday_and_says_its_last_moment(town: Town) -> None:
    """facts.md 5.6: from 29 September 2026, seven working days end on 14 October, a make-up Saturday among them."""
    number = town.reviewed()
    town.to("2026-09-29")
    notice = shown(town, town.noticed(number))
    assert (notice["first_day"], notice["last_day"], notice["provisional"]) == (D("2026-09-29"), D("2026-10-14"), False)
    assert notice["last_moment"] == day_ends_at(D("2026-10-14"))
    frozen = json.loads(notice["content"])
    assert frozen["last_moment"] == "2026-10-14T24:00:00+08:00" and frozen["last_day"] == "2026-10-14"
    assert town.show(number)["due"] == {
        "act": "close_notice", "label": town.show(number)["due"]["label"], "at": day_ends_at(D("2026-10-14")),
        "last_day": D("2026-10-14"), "provisional": False}


def test_what_was_published_never_changes(town: Town) -> None:
    one, two = town.reviewed(), town.reviewed(town.applicant(1))
    number = town.noticed(one, two)
    before = kept(town, number)
    assert hashlib.sha256(before.content.encode()).hexdigest() == before.digest
    town.do(town.applicant(1), applications.withdraw, two, "市场变化")
    town.object(number, one)
    town.do(town.department(), notices.uphold_objection, _objections(town)[0], "属实")
    town.wait(days=60)
    after = kept(town, number)
    assert (after.content, after.digest, after.ends_at) == (before.content, before.digest, before.ends_at)
    items = shown(town, number)["items"]
    assert [i["application"] for i in items] == [one, two]
    assert [i["state_label"].zh for i in items] == ["未通过", "已撤回"]


def _objections(town: Town, *, open: bool | None = True) -> list[str]:
    with town.office.reading(town.department()) as r:
        return [o["number"] for o in enquiries.search_objections(r, open=open)["items"]]


def test_a_notice_names_holder_product_models_and_class_and_no_person(town: Town) -> None:
    number = town.reviewed()
    content = shown(town, town.noticed(number))["content"]
    [item] = json.loads(content)["items"]
    assert item["models"] == ["HX-112A", "HX-112B"] and item["product"] == "高频高速板对板连接器"
    assert item["dossier"] == town.show(number)["dossier_digest"]
    for private in ("李晓明", "0731-88880000", "expert", "ZL202410000001", "maker-0", "120"):
        assert private not in content


def test_a_list_is_published_whole_or_not_at_all(town: Town) -> None:
    ready, early = town.reviewed(), town.endorsed(town.applicant(1))
    refusal = town.refused(OutOfOrder, town.department(), notices.publish_notice, **publish(applications=[ready, early]))
    assert early in refusal.detail.zh
    assert status(town, ready) == ["awaiting_notice"]


def test_publishing_is_the_departments(town: Town) -> None:
    ready = town.reviewed()
    for other in (town.applicant(), town.bureau()):
        town.refused(NotEntitled, other, notices.publish_notice, **publish(applications=[ready]))
    town.refused(DutiesConflict, town.auditor(), notices.publish_notice, **publish(applications=[ready]))
    for outsider in (town.applicant(1), town.admin(), PUBLIC):
        town.refused(NotFound, outsider, notices.publish_notice, **publish(applications=[ready]))


def test_a_list_has_items_each_once_all_of_one_regulation(wide_town: Town) -> None:
    town = wide_town
    ready, other = town.reviewed(), town.reviewed(town.applicant(1), regulation=BRIEF)
    officer = town.department()
    assert town.refused(BadInput, officer, notices.publish_notice, **publish()).findings[0].field == "applications"
    mixed = town.refused(BadInput, officer, notices.publish_notice, **publish(applications=[ready, other]))
    assert mixed.findings[0].code == "other-regulation" and other in mixed.findings[0].message.zh
    many = town.refused(BadInput, officer, notices.publish_notice, **publish(regulation=BRIEF, applications=[ready]))
    assert many.findings[0].code == "other-regulation"
    number = town.do(officer, notices.publish_notice, **publish(applications=[ready, ready]))
    assert shown(town, number)["count"] == 1


def test_an_application_is_noticed_once(town: Town) -> None:
    number = town.reviewed()
    town.noticed(number)
    town.refused(OutOfOrder, town.department(), notices.publish_notice, **publish(applications=[number]))


# ----------------------------------------------------------------------------------------------------------- objections


def in_notice(town: Town) -> tuple[str, str]:
    """A notice (until Wednesday 11 March 2026) and its one item."""
    number = town.reviewed()
    notice = town.noticed(number)
    assert shown(town, notice)["last_day"] == D("2026-03-11")
    return notice, number


def words(**changes: Any) -> dict[str, Any]:
    given = {"objector": "person", "name": "张三", "contact": "zhang@example.com", "reason": "早已上市。", "evidence": "手册第3页。",
             "ground": "not_first"}
    return given | changes


def test_an_objection_in_the_last_second_of_the_last_day_is_taken(town: Town) -> None:
    notice, number = in_notice(town)
    town.to("2026-03-11", 23, 59, 59)
    assert town.object(notice, number)
    assert status(town, number) == ["objected"]


@pytest.mark.parametrize("swept", [False, True])
def test_an_objection_at_midnight_is_refused_with_the_article(town: Town, swept: bool) -> None:
    notice, number = in_notice(town)
    town.to("2026-03-12", 0)
    if swept:
        assert town.sweep() == [(number, "close_notice")]
    refusal = town.refused(NotOpen, PUBLIC, notices.object_to, notice, application=number, **words())
    assert refusal.article == town.office.law.regulation(HUNAN).periods["public_notice"].article
    assert refusal.basis == "precedent" and "2026年3月11日" in refusal.detail.zh and "11 March 2026" in refusal.detail.en
    assert refusal.action is not None and "可向主管部门反映" in refusal.action.zh  # late, and yet not turned away without a word


def test_an_administrator_of_the_system_does_not_learn_who_objected(town: Town) -> None:
    """The letters show that they left, and why not; where to, the auditor alone reads."""
    notice, number = in_notice(town)
    town.object(notice, number, name="周明察", contact="zhou@example.com")
    with town.office.registrar(SYSTEM) as r:
        letter = r.session.exec(select(Letter).where(Letter.address == "zhou@example.com")).one()
        letter.fault = "550 <zhou@example.com>: unknown"
    for who, seen in ((town.admin(), False), (town.auditor(), True)):
        with town.office.reading(who) as r:
            letters = enquiries.search_letters(r, limit=100)["items"]
        assert ("zhou@example.com" in str(letters)) is seen and len([x for x in letters if "异议已收到" in x["subject"]]) == 1


def test_a_contact_that_looks_like_an_address_must_be_one(town: Town) -> None:
    """A letter to “张三 <zhang@example.com>” would never arrive."""
    item = town.reviewed()
    notice = town.noticed(item)
    with pytest.raises(BadInput) as refused:
        town.object(notice, item, contact="张三 <zhang@example.com>")
    assert [f.field for f in refused.value.findings] == ["contact"]
    assert town.object(notice, item, contact="0731-88880000")


@pytest.mark.parametrize(("field", "value"), [
    ("name", ""), ("name", "   "), ("contact", ""), ("reason", ""), ("evidence", ""), ("evidence", "\n"),
])
def test_an_anonymous_objection_is_refused_by_the_period_s_article_an_unreasoned_one_by_none(town: Town, field: str, value: str) -> None:
    notice, number = in_notice(town)
    refusal = town.refused(BadInput, PUBLIC, notices.object_to, notice, application=number, **words(**{field: value}))
    assert [f.field for f in refusal.findings] == [field]
    article = town.office.law.regulation(HUNAN).periods["public_notice"].article
    assert refusal.findings[0].article == (article if field == "name" else None)
    assert status(town, number) == ["public_notice"]


@pytest.mark.parametrize(("changes", "field"), [
    ({"objector": "ghost"}, "objector"), ({"ground": "sunshine"}, "ground"), ({"name": "张\x00三"}, "name"),
    ({"contact": "长" * 255}, "contact"), ({"reason": "长" * 4001}, "reason"),
])
def test_an_objection_is_refused_by_field(town: Town, changes: dict[str, Any], field: str) -> None:
    notice, number = in_notice(town)
    refusal = town.refused(BadInput, PUBLIC, notices.object_to, notice, application=number, **words(**changes))
    assert [f.field for f in refusal.findings] == [field]


def test_an_objection_names_a_notice_and_one_of_its_items(town: Town) -> None:
    notice, _ = in_notice(town)
    other = town.submitted(town.applicant(1))
    town.refused(NotFound, PUBLIC, notices.object_to, "HN-STJ-GS-2026-999-X", application=other, **words())
    hidden = town.refused(BadInput, PUBLIC, notices.object_to, notice, application=other, **words())
    unknown = town.refused(BadInput, PUBLIC, notices.object_to, notice, application="nothing", **words())
    assert hidden.findings[0].field == unknown.findings[0].field == "application"


def test_evidence_is_kept_whole_and_known_by_its_content(town: Town) -> None:
    notice, number = in_notice(town)
    town.refused(WrongType, PUBLIC, notices.object_to, notice, application=number, **words(), filename="证据.pdf", content=b"MZ")
    town.refused(BadInput, PUBLIC, notices.object_to, notice, application=number, **words(), filename="证据.pdf", content=b"")
    town.refused(BadInput, PUBLIC, notices.object_to, notice, application=number, **words(), filename=None, content=PDF)
    objection = town.object(notice, number, filename="证据.pdf", content=PDF)
    with town.office.reading(town.department()) as r:
        assert enquiries.notices.read_evidence(r, objection)["content"] == PDF
    with town.office.reading(town.applicant()) as r, pytest.raises(NotFound):
        enquiries.notices.read_evidence(r, objection)


def test_an_objection_holds_its_item_and_no_other(town: Town) -> None:
    held, free = town.reviewed(), town.reviewed(town.applicant(1))
    notice = town.noticed(held, free)
    town.object(notice, held)
    assert town.show(held)["due"] is None and town.show(free)["due"] is not None
    town.to("2026-03-12", 0)
    assert town.sweep() == [(free, "close_notice")]
    assert status(town, held, free) == ["objected", "announcement"]
    town.refused(OutOfOrder, town.department(), notices.announce, regulation=HUNAN, document_number=DOCUMENT, applications=[free, held])
    assert town.announced(free)


def test_dismissed_within_the_period_the_item_stays_until_its_end(town: Town) -> None:
    notice, number = in_notice(town)
    before = town.show(number)["due"]
    objection = town.object(notice, number)
    town.to("2026-03-05")
    town.do(town.department(), notices.dismiss_objection, objection, "查无实据")
    assert status(town, number) == ["public_notice"] and town.show(number)["due"] == before
    town.to("2026-03-11", 23, 59, 59)
    assert town.sweep() == []
    town.wait(seconds=1)
    assert town.sweep() == [(number, "close_notice")]


def test_dismissed_after_the_period_the_item_is_cleared_at_once_by_time(town: Town) -> None:
    notice, number = in_notice(town)
    objection = town.object(notice, number)
    town.to("2026-03-20")
    town.do(town.department(), notices.dismiss_objection, objection, "查无实据")
    assert status(town, number) == ["announcement"]
    assert acts_of(town, number)[-2:] == [("dismiss_objection", "department"), ("close_notice", "clock")]
    assert town.sweep() == []


def test_with_two_objections_the_item_is_held_until_both_are_decided(town: Town) -> None:
    notice, number = in_notice(town)
    first, second = town.object(notice, number), town.object(notice, number, name="李四")
    town.to("2026-03-20")
    town.do(town.department(), notices.dismiss_objection, first, "查无实据")
    assert status(town, number) == ["objected"] and town.show(number)["due"] is None
    assert town.sweep() == []
    town.do(town.department(), notices.dismiss_objection, second, "查无实据")
    assert status(town, number) == ["announcement"]


def test_upheld_the_item_is_refused_and_its_other_objections_are_set_aside(town: Town) -> None:
    notice, number = in_notice(town)
    first, second = town.object(notice, number), town.object(notice, number, name="李四")
    town.do(town.department(), notices.uphold_objection, first, "属实")
    assert status(town, number) == ["refused"] and town.show(number)["due"] is None
    assert _objections(town) == []
    town.refused(AlreadyDone, town.department(), notices.dismiss_objection, second, "已无意义")
    town.refused(OutOfOrder, PUBLIC, notices.object_to, notice, application=number, **words())


def test_whose_objection_is_set_aside_with_its_item_is_told_so(town: Town) -> None:
    """By another objection that is upheld, and by an applicant who withdraws; who was decided hears the decision alone."""
    first, second = town.reviewed(), town.reviewed(town.applicant(1))
    notice = town.noticed(first, second)
    upheld = town.object(notice, first, contact="objector-1@example.com")
    town.object(notice, first, name="李四", contact="objector-2@example.com")
    town.object(notice, second, name="王五", contact="objector-3@example.com")
    town.do(town.department(), notices.uphold_objection, upheld, "属实")
    town.do(town.applicant(1), applications.withdraw, second, "不再申报")
    told = {who: [letter.subject.split(" / ")[0] for letter in town.letters_to(who)][1:] for who in ("objector-1", "objector-2", "objector-3")}
    assert told == {"objector-1": [f"异议处理结果：{upheld}"], "objector-2": [f"您提出异议的产品不予认定：{first}"],
                    "objector-3": [f"您提出异议的申请已撤回：{second}"]}


def test_a_withdrawn_item_leaves_no_objection_open(town: Town) -> None:
    notice, number = in_notice(town)
    town.object(notice, number)
    town.do(town.applicant(), applications.withdraw, number, "不争了")
    assert _objections(town) == [] and status(town, number) == ["withdrawn"]
    town.refused(OutOfOrder, PUBLIC, notices.object_to, notice, application=number, **words())


def test_an_objection_is_decided_once_by_the_department_in_words(town: Town) -> None:
    notice, number = in_notice(town)
    objection = town.object(notice, number)
    for other in (town.applicant(), town.bureau(), town.auditor(), PUBLIC):
        town.refused(NotFound, other, notices.dismiss_objection, objection, "查无实据")
        town.refused(NotFound, other, notices.uphold_objection, objection, "属实")
    refusal = town.refused(BadInput, town.department(), notices.uphold_objection, objection, " ")
    assert refusal.findings[0].field == "reason"
    town.do(town.department(), notices.dismiss_objection, objection, "查无实据")
    town.refused(AlreadyDone, town.department(), notices.dismiss_objection, objection, "再查")
    town.refused(AlreadyDone, town.department(), notices.uphold_objection, objection, "改判")


def test_the_officers_own_time_for_an_objection_runs_from_its_filing(town: Town) -> None:
    notice, number = in_notice(town)
    assert town.show(number)["term"] is None
    town.to("2026-03-04")
    town.object(notice, number)
    term = town.show(number)["term"]
    assert (term["length"], term["began_on"], term["last_day"]) == (15, D("2026-03-04"), D("2026-03-25"))


def test_who_objected_is_for_officers_only(town: Town) -> None:
    notice, number = in_notice(town)
    objection = town.object(notice, number, name="匿踪者", contact="secret@example.com")
    for outsider in (town.applicant(), town.bureau(), PUBLIC):
        with town.office.reading(outsider) as r:
            public = str(enquiries.show_notice(r, notice)) + str(enquiries.search_objections(r))
            if outsider is not PUBLIC:
                public += str(enquiries.show_application(r, number))
            with pytest.raises(NotFound):
                enquiries.show_objection(r, objection)
        assert "匿踪者" not in public and "secret@example.com" not in public
    with town.office.reading(town.applicant()) as r:
        assert [o["number"] for o in enquiries.show_application(r, number)["objections"]] == [objection]
        letters = str(enquiries.search_letters(r)["items"])
    assert objection in letters and "匿踪者" not in letters
    with town.office.reading(town.department()) as r:
        assert enquiries.show_objection(r, objection)["contact"] == "secret@example.com"


def test_the_objector_is_told_of_receipt_and_outcome_where_there_is_an_address(town: Town) -> None:
    notice, number = in_notice(town)
    reachable, by_phone = town.object(notice, number, contact="li@example.com"), town.object(notice, number, contact="13900000000")
    for objection in (reachable, by_phone):
        town.do(town.department(), notices.dismiss_objection, objection, "查无实据")
    with town.office.reading(town.auditor()) as r:
        mine = [x["subject"].split(" / ")[0] for x in enquiries.search_letters(r, limit=100)["items"] if x["address"] == "li@example.com"]
    assert sorted(mine) == sorted([f"异议已收到：{reachable}", f"异议处理结果：{reachable}"])


# ---------------------------------------------------------------------------------------------------- provisional dates


def provisional(town: Town) -> tuple[str, str]:
    """A notice of 28 December 2026, whose seventh working day lies in a year without a calendar: 6 January 2027."""
    number = town.reviewed()
    town.to("2026-12-28")
    notice = town.noticed(number)
    assert shown(town, notice)["provisional"] is True and json.loads(shown(town, notice)["content"])["provisional"] is True
    assert shown(town, notice)["last_day"] == D("2027-01-06")
    return notice, number


def test_a_notice_on_a_provisional_date_waits_for_an_officers_word(town: Town) -> None:
    _, number = provisional(town)
    town.to("2027-01-06", 23, 59, 59)
    town.refused(NotYet, town.department(), deadlines.confirm_due, number)
    town.to("2027-01-20")
    assert town.sweep() == [] and status(town, number) == ["public_notice"]
    town.refused(OutOfOrder, town.department(), notices.announce, regulation=HUNAN, document_number=DOCUMENT, applications=[number])
    town.refused(NotEntitled, town.applicant(), deadlines.confirm_due, number)
    assert town.do(town.department(), deadlines.confirm_due, number, "日历已核") == "close_notice"
    assert acts_of(town, number)[-1] == ("close_notice", "department") and status(town, number) == ["announcement"]


def test_an_objection_dismissed_after_a_provisional_end_waits_for_an_officers_word_too(town: Town) -> None:
    notice, number = provisional(town)
    objection = town.object(notice, number)
    town.to("2027-01-20")
    town.do(town.department(), notices.dismiss_objection, objection, "查无实据")
    assert status(town, number) == ["public_notice"]
    assert town.show(number)["due"]["provisional"] is True and town.sweep() == []
    town.do(town.department(), deadlines.confirm_due, number)
    assert status(town, number) == ["announcement"]


# -------------------------------------------------------------------------------------------------------- announcements


@pytest.mark.parametrize("typed", [
    "湘工信电子〔2026〕12号", "湘工信电子[2026]12号", "湘工信电子（2026）第12号", "湘工信电子 【２０２６】 ０１２ 号", " 湘工信电子(2026)012号 ",
])
def test_a_document_number_is_kept_as_typed_and_in_its_normal_form(town: Town, typed: str) -> None:
    town.announced(town.to_announce(), document_number=typed)
    with Session(town.office.engine) as session:
        found = session.exec(select(Announcement)).one()
    assert (found.document_number, found.verbatim) == (DOCUMENT, typed.strip())
    assert found.announced_on == D("2026-03-12")


@pytest.mark.parametrize("typed", ["湘工信电子202612号", "2026-12", "湘工信电子〔20264号", "〔2026〕12号", "湘工信电子〔2026〕0号", "",
                                   pytest.param("文" * 90 + "〔2026〕12号", id="far too long")])
def test_what_is_no_document_number_is_refused(town: Town, typed: str) -> None:
    number = town.to_announce()
    refusal = town.refused(BadInput, town.department(), notices.announce, regulation=HUNAN, document_number=typed, applications=[number])
    assert refusal.findings[0].field == "document_number"


def test_a_document_number_is_used_once_however_it_is_written(town: Town) -> None:
    one, two = town.reviewed(), town.reviewed(town.applicant(1))
    town.noticed(one, two)
    town.to("2026-03-12")
    town.announced(one, document_number="湘工信电子〔2026〕12号")
    again: dict[str, Any] = {"regulation": HUNAN, "applications": [two]}
    for typed in ("湘工信电子〔2026〕12号", "湘工信电子[2026]第012号"):
        town.refused(AlreadyDone, town.department(), notices.announce, document_number=typed, **again)
    town.do(town.department(), notices.announce, document_number="湘工信电子〔2026〕13号", **again)


def test_the_notice_need_not_have_been_swept_before_the_announcement(town: Town) -> None:
    _, number = in_notice(town)
    town.to("2026-03-11", 23, 59, 59)
    announcing: dict[str, Any] = {"regulation": HUNAN, "document_number": DOCUMENT, "applications": [number]}
    town.refused(OutOfOrder, town.department(), notices.announce, **announcing)
    town.wait(seconds=1)
    with town.office.reading(town.department()) as r:
        acts = {a["act"] for a in enquiries.show_application(r, number)["possible"]}
        assert "announce" in acts and not acts & {"close_notice", "object", "publish_notice"}
    town.do(town.department(), notices.announce, **announcing)
    assert [a for a, _ in acts_of(town, number)][-2:] == ["close_notice", "announce"]


def test_an_announcement_issues_all_its_certificates_or_none(town: Town) -> None:
    one, two, gone = (town.reviewed(town.applicant(i)) for i in range(3))
    town.noticed(one, two, gone)
    town.do(town.applicant(2), applications.withdraw, gone, "退出")
    town.to("2026-03-12")
    announcing: dict[str, Any] = {"regulation": HUNAN, "document_number": DOCUMENT}
    refusal = town.refused(OutOfOrder, town.department(), notices.announce, applications=[one, two, gone], **announcing)
    assert gone in refusal.detail.zh
    issued = town.do(town.department(), notices.announce, applications=[one, two], **announcing)
    assert len(issued) == len(set(issued)) == 2 and status(town, one, two) == ["certified", "certified"]
    with town.office.reading(PUBLIC) as r:
        [announcement] = enquiries.search_announcements(r)["items"]
    assert [c["number"] for c in announcement["certificates"]] == issued


def test_announcing_is_the_departments(town: Town) -> None:
    number = town.to_announce()
    announcing: dict[str, Any] = {"regulation": HUNAN, "document_number": DOCUMENT, "applications": [number]}
    town.refused(NotEntitled, town.applicant(), notices.announce, **announcing)
    for other in (town.bureau(), town.auditor()):  # whoever endorsed does not announce; an auditor writes nothing
        town.refused(DutiesConflict, other, notices.announce, **announcing)
    town.refused(BadInput, town.department(), notices.announce, **announcing | {"applications": []})
    town.do(town.department(), notices.announce, **announcing)
    town.refused(OutOfOrder, town.department(), notices.announce, **announcing | {"document_number": "湘工信电子〔2026〕13号"})


def test_an_objection_is_called_by_its_own_list_though_a_refusal_has_a_ground_of_the_same_key(town: Town) -> None:
    notice, number = in_notice(town)
    law = town.office.law.regulation(HUNAN)
    filed = town.do(PUBLIC, notices.object_to, notice, application=number, **words(ground="false_material"))
    objecting, refusing = law.label_in(law.objection_grounds, "false_material"), law.label_in(law.refusal_grounds, "false_material")
    assert objecting != refusing
    seen = town.do(town.department(), enquiries.show_application, number)
    assert [o["ground"] for o in seen["objections"]] == [objecting]
    assert [line["facts"]["ground"] for line in seen["history"] if line["act"] == "object"] == [objecting]
    town.do(town.department(), notices.uphold_objection, filed, "查实")
    assert town.show(number)["status"] == "refused"
