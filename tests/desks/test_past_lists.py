"""Lists of earlier years, as they really are: read, mapped, kept by one act, found, matched, taken back."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from sqlmodel import select, update

from registry.actors import PUBLIC
from registry.books.models import Entry, PastRecord
from registry.desks import audits
from registry.desks.past import lists, looking
from registry.desks.past.reading import guess_columns, top_of
from registry.errors import AlreadyDone, BadInput, NotEntitled, NotFound
from tests.factories import CODES, Town

SOURCE = lists.Source("2023年首套件基础电子元器件认定名单", "湘工信电子〔2023〕88号", date(2023, 6, 1), "https://gxt.hunan.gov.cn/list.html")


def messy() -> bytes:
    """A list as departments publish them: a title across, a note, merged classes and places, full-width digits, a row without a maker."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    book.set_properties({"created": datetime(2023, 6, 1)})  # else its bytes differ from one second to the next  # noqa: DTZ001
    sheet = book.add_worksheet("附件1")
    sheet.merge_range(0, 0, 0, 5, "２０２３年首套件基础电子元器件认定名单")
    for at, row in enumerate((
        ["（排名不分先后）"],
        ["序号", "产品名称", "申报单位", "产品类别", "认定档次", "所属市州"],
        ["１", "ＨＸ－１００型 薄膜电容器", "湖南第0电子有限公司", "", "国内", ""],
        ["２", "厚膜电阻器", "株洲某某电子有限公司", "", "国内", ""],
        [3, "厚膜电阻器", "株洲某某电子有限公司", "电阻器", "省内", "株洲市"],
        [],
        [4, "连接器", "", "连接器", "省内", "株洲市"],
    ), 1):
        for column, cell in enumerate(row):
            if cell:
                sheet.write(at, column, cell)
    sheet.merge_range(3, 3, 4, 3, "电容器")
    sheet.merge_range(3, 5, 4, 5, "长沙市")
    book.close()
    return target.getvalue()


def taken(town: Town, content: bytes | None = None, source: lists.Source = SOURCE) -> str:
    return str(town.do(town.department(), lists.take_list, source, "名单.xlsx", content or messy()))


def confirmed(town: Town, content: bytes | None = None) -> str:
    number = taken(town, content)
    rows, *_ = top_of(content or messy())
    found = guess_columns(rows)
    town.do(town.department(), lists.confirm_columns, number, found.columns, found.begins)
    return number


def kept(town: Town, content: bytes | None = None) -> str:
    number = confirmed(town, content)
    officer = town.department()
    return lists.keep_list(lambda: town.office.registrar(officer), number)


def records(town: Town, actor: Any = PUBLIC, **how: Any) -> list[dict[str, Any]]:
    with town.office.reading(actor) as r:
        return list(looking.search_records(r, **how)["items"])


def test_a_messy_list_is_mapped_previewed_and_kept_by_one_act(town: Town) -> None:
    town.applicant()  # whose name is on the list
    number = confirmed(town)
    with town.office.reading(town.department()) as r:
        seen = lists.preview(r, number)
    assert (seen["rows"], seen["unread"], seen["doubled"], seen["enterprises"], seen["proposed"]) == (4, 1, 1, 2, 1)
    assert seen["unread_first"][0]["row"] == 8 and records(town) == []
    officer = town.department()
    lists.keep_list(lambda: town.office.registrar(officer), number)
    found = records(town)
    assert [(x["row"], x["product"], x["enterprise"], x["kind"], x["grade"], x["place"]) for x in found] == [
        (4, "HX-100型 薄膜电容器", "湖南第0电子有限公司", "电容器", "国内", "长沙市"),
        (5, "厚膜电阻器", "株洲某某电子有限公司", "电容器", "国内", "长沙市"),
        (6, "厚膜电阻器", "株洲某某电子有限公司", "电阻器", "省内", "株洲市"),
        (8, "连接器", None, "连接器", "省内", "株洲市"),
    ]
    assert all(x["credit_code"] is None and x["source"]["document_number"] == SOURCE.document_number for x in found)
    with town.office.reading(PUBLIC) as r:
        acts = [entry.act for entry in r.session.exec(select(Entry).where(Entry.subject == number))]
        assert acts == ["take_list", "keep_list"]
        assert looking.show_record(r, number, 4)["id"] == f"{number}/4"
    assert [x["row"] for x in records(town, q="ｈｘ-100")] == [4] and [x["row"] for x in records(town, q="薄膜")] == [4]
    assert [x["row"] for x in records(town, holder="株洲某某电子 有限公司")] == [5, 6]


def test_a_name_is_no_proof_of_an_enterprise(town: Town) -> None:
    """That a registered enterprise has the name is proposed to an officer; nobody else is told, and the officer says how it is known."""
    town.applicant()
    number, officer = kept(town), town.department()
    waiting = records(town, officer, waiting=True)
    assert [(x["row"], x["state"], x["proposed"]) for x in waiting] == [(4, "proposed", CODES[0]), (5, "unmatched", None), (6, "unmatched", None)]
    assert all("proposed" not in x and x["credit_code"] is None for x in records(town))
    wrong = town.refused(BadInput, officer, lists.match_record, number, 5, "91430100MA4L00001X", "")
    assert {finding.field for finding in wrong.findings} == {"credit_code", "why"}
    town.do(officer, lists.match_record, number, 4, CODES[0].lower(), "企业提交的2023年认定证书原件。")
    town.do(officer, lists.dismiss_record, number, 5, "企业已注销。")
    shown = records(town)
    assert [(x["state"], x["credit_code"]) for x in shown[:3]] == [("matched", CODES[0]), ("dismissed", None), ("unmatched", None)]
    town.refused(AlreadyDone, officer, lists.match_record, number, 4, CODES[0], "再次")
    assert [x["row"] for x in records(town, officer, waiting=True)] == [6]


def test_taken_back_nothing_of_it_is_shown_and_it_can_be_taken_anew(town: Town) -> None:
    number, officer = kept(town), town.department()
    again = town.refused(AlreadyDone, officer, lists.take_list, SOURCE, "名单.xlsx", messy())
    assert number in again.detail.zh
    town.refused(BadInput, officer, lists.undo_list, number, " ")
    town.do(officer, lists.undo_list, number, "档次列对应有误。")
    assert records(town) == []
    with town.office.reading(PUBLIC) as r:
        shown = looking.show_list(r, number)
        assert shown["state"] == "undone" and shown["why"] == "档次列对应有误。"
        with pytest.raises(NotFound):
            looking.show_record(r, number, 4)
    assert kept(town) != number and len(records(town)) == 4


def test_the_same_file_twice_and_what_cannot_be_looked_for_are_refused(town: Town) -> None:
    number = taken(town)
    assert number in town.refused(AlreadyDone, town.department(), lists.take_list, SOURCE, "副本.xlsx", messy()).detail.zh
    for q, code in (("容" * 101, "too-long"), ("电\x00容", "control-character")):
        with town.office.reading(PUBLIC) as r, pytest.raises(BadInput) as no:
            looking.search_records(r, q=q)
        assert [(finding.field, finding.code) for finding in no.value.findings] == [("q", code)]


def test_it_is_the_departments_and_a_document_stands_behind_it(town: Town) -> None:
    town.refused(NotEntitled, town.bureau(), lists.take_list, SOURCE, "名单.xlsx", messy())
    number = confirmed(town)
    with pytest.raises(NotFound):  # of which nobody else knows yet
        lists.keep_list(lambda: town.office.registrar(town.bureau()), number)
    with town.office.reading(PUBLIC) as r, pytest.raises(NotFound):
        looking.show_list(r, number)
    empty = lists.Source("", "", None, "ftp://x")
    assert {f.field for f in town.refused(BadInput, town.department(), lists.take_list, empty, "x", messy()).findings} == {
        "title", "document_number", "issued_on", "address"}
    assert town.refused(BadInput, town.department(), lists.take_list, SOURCE, "x.pdf", b"%PDF-1.4").findings[0].field == "file"
    unsaid = town.refused(BadInput, town.department(), lists.confirm_columns, number, {"product": 1}, 3)
    assert unsaid.findings[0].field == "columns.enterprise"


def test_a_list_of_text_is_kept_after_a_run_that_died(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows written by a run that never came to its act are seen by nobody; the next run goes on behind them, under the same columns."""
    monkeypatch.setattr(lists, "AT_ONCE", 2)
    text = "产品,企业\n" + "".join(f"产品{n},企业{n}\n" for n in range(5))
    number, officer = confirmed(town, text.encode("gb18030")), town.department()

    def die(done: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lists.keep_list(lambda: town.office.registrar(officer), number, die)
    assert records(town) == []
    town.refused(AlreadyDone, officer, lists.reopen_columns, number)
    lists.keep_list(lambda: town.office.registrar(officer), number)
    assert [x["product"] for x in records(town)] == [f"产品{n}" for n in range(5)]


def test_the_audit_names_a_list_whose_rows_were_edited(town: Town) -> None:
    number = kept(town)
    with town.office.reading(PUBLIC) as r:
        assert [fault for fault in audits.check_past_lists(r) if fault] == []
    with town.office.engine.begin() as connection:
        connection.execute(update(PastRecord).where(PastRecord.row == 5).values(grade="国际"))
    with town.office.reading(PUBLIC) as r:
        assert [number in fault.where for fault in audits.check_past_lists(r) if fault] == [True]
