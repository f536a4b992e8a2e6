"""A bill of materials as they really are: titles, two headers, blanks, any encoding, formulas; every line is accounted for."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import xlsxwriter
from python_calamine import load_workbook

from jobs import bills
from registry.desks.bills import keep
from registry.desks.bills.columns import guess
from registry.desks.bills.files import read_rows, read_table
from registry.desks.bills.keep import Counter, Wanted
from registry.desks.bills.register import Cells, Covering
from registry.desks.bills.sheets import write_answer
from registry.errors import BadInput, NotFound, NotYet, TooLarge
from registry.law.conditions import plain
from registry.law.verdicts import Version
from tests.desks.test_rehearsals import short_town
from tests.factories import CODES, Town

__all__ = ["short_town"]  # a fixture of another counter's tests

MESSY = """某某公司采购物料清单,,,,,,
,,,,,,
序号,物料型号,生产厂家,统一社会信用代码,证书编号,数量,交付日期
No.,MPN,Manufacturer,USCC,Certificate,Qty,Delivery date
1,ＨＸ－112a,,,{number},10 只,2026年3月20日
,,,,,,
2,HX-112B,湖南第0电子有限公司,,,5,2026/3/20
3,HX-113A,,,{number},1,
4,HX-112A,,91430100MA4L00001J,{number},1,
5,HX-112A,,,HN-STJ-2099-0001-X,1,
6,NO-SUCH,,,,1,
7,HX-112A,,,,1,明天
8,,,,,1,
9,=cmd|' /C calc'!A1,,,,1,
"""


@pytest.fixture
def counter(town: Town) -> Counter:
    return town.office.bills


def confirmed(counter: Counter, content: bytes, **further: Any) -> str:
    """A bill whose columns are as they were guessed."""
    name = keep.take_bill(counter, content, "bom.csv")
    about = keep.find_bill(counter, name).about
    keep.confirm_bill(counter, name, Wanted(about["columns"], about["begins"], **further))
    return name


def done(counter: Counter, content: bytes, **further: Any) -> Path:
    """The folder of an answered bill."""
    name = confirmed(counter, content, **further)
    keep.work_on(counter, name)
    return keep.check_done(keep.find_bill(counter, name)).folder


def answered(counter: Counter, content: bytes, **further: Any) -> dict[str, Any]:
    """The answer to a file."""
    found: dict[str, Any] = orjson.loads(write_answer(done(counter, content, **further), "json", "zh").read_bytes())
    return found


def told(found: dict[str, Any]) -> dict[int, tuple[str, str]]:
    return {line["row"]: (line["outcome"], line["code"]) for line in found["lines"]}


def workbook(rows: list[list[Any]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    for n, row in enumerate(rows):
        sheet.write_row(n, 0, row)
    book.close()
    return target.getvalue()


# --------------------------------------------------------------------------------------------------------------- lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_line_of_a_messy_bill_is_answered_with_its_row(town: Town, counter: Counter, encoding: str) -> None:
    number = town.certified()
    town.to("2026-03-20")
    found = answered(counter, MESSY.format(number=number).encode(encoding))
    assert told(found) == {
        5: ("in_force", "in_term"), 7: ("in_force", "in_term"), 8: ("out_of_scope", "uncovered"), 9: ("out_of_scope", "other_holder"),
        10: ("not_found", "number_check"), 11: ("not_found", "not_covered"), 12: ("could_not_check", "day"),
        13: ("could_not_check", "nothing"), 14: ("could_not_check", "formula"),
    }
    assert sum(found["counts"].values()) == 9 and found["lines"][1]["certificate"] == number
    assert found["lines"][2]["nearest"][0] == "HX-112A"


def test_a_maker_that_may_be_meant_is_not_guessed_and_one_that_is_not_is_said(town: Town, counter: Counter) -> None:
    """Without a number, a part of a name decides nothing; nor is it said that no certificate covers a part that others certified."""
    number = town.certified()
    lines = ["HX-112A,第0电子,,", "HX-112A,某某公司,,", f"HX-112A,,{CODES[1]},", "HX-112A,,91430100MA4L00001K,", f"HX-112Z,,{CODES[0]},", "HX-112A,,,-",
             "HX-112A,/,无,N/A", f"HX-112A,第0电子,,{number}", f"HX-112A,某某公司,,{number}", f"HX-112A,,91430100MA4L00001K,{number}", "#REF!,,,"]
    found = answered(counter, ("型号,生产企业,信用代码,证书编号\n" + "\n".join(lines)).encode())
    assert list(told(found).values()) == [
        ("could_not_check", "maker_unclear"), ("not_found", "other_maker"), ("not_found", "other_maker"), ("could_not_check", "credit_code_check"),
        ("out_of_scope", "uncovered"), ("in_force", "in_term"), ("in_force", "in_term"), ("in_force", "in_term"), ("out_of_scope", "other_holder"),
        ("could_not_check", "credit_code_check"), ("could_not_check", "formula"),
    ]
    assert number in found["lines"][0]["reason"]["zh"] and number in found["lines"][1]["reason"]["en"]
    assert found["lines"][4]["nearest"] and found["lines"][4]["holder"]["credit_code"] == CODES[0]


@pytest.mark.parametrize("nothing", ["-", "无", "N/A", "／", "——"])
def test_a_cell_that_says_that_there_is_nothing_is_empty(town: Town, counter: Counter, nothing: str) -> None:
    town.certified()
    assert told(answered(counter, f"型号,证书编号\nHX-112A,{nothing}\n".encode())) == {2: ("in_force", "in_term")}


def test_of_many_holders_the_one_named_is_found() -> None:
    """However many certify a part: a credit code or a whole name decides among them all."""
    covering = Covering()
    for n in range(300):
        said = Version(1, date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), f"第{n}（湖南）公司", f"C{n:03}", "电容", ("HX",))
        covering.by_code[said.credit_code] = [(f"N{n}", said)]
        covering.codes_by_name[plain(said.holder_name)] = {said.credit_code}
    assert [pairs[0][0] for pairs in covering.meant_by(Cells(1, "HX", credit_code="c299")).values()] == ["N299"]
    assert [pairs[0][0] for pairs in covering.meant_by(Cells(1, "HX", manufacturer=" 第299(湖南)公司")).values()] == ["N299"]
    assert len(covering.meant_by(Cells(1, "HX"))) == 300


def test_the_day_of_delivery_is_the_day_asked_about(town: Town, counter: Counter) -> None:
    number = town.certified()
    first, last = (town.certificate(number)[name] for name in ("valid_from", "valid_until"))
    days = (first - timedelta(days=1), first, last, last + timedelta(days=1))
    text = "型号,证书编号,交付日期\n" + "".join(f"HX-112A,{number},{day}\n" for day in days)
    assert [outcome for outcome, _ in told(answered(counter, text.encode())).values()] == ["not_in_force", "in_force", "in_force", "not_in_force"]


def test_a_part_that_two_makers_certified_is_not_guessed(town: Town, counter: Counter) -> None:
    town.certified(), town.certified(town.applicant(1))
    found = answered(counter, f"MPN,maker,uscc\nHX-112A,,\nHX-112A,湖南第1电子有限公司,\nHX-112A,,{CODES[0]}\n".encode())
    assert [code for _, code in told(found).values()] == ["ambiguous", "in_term", "in_term"]
    assert [line["holder"] and line["holder"]["credit_code"] for line in found["lines"]] == [None, CODES[1], CODES[0]]


def test_of_a_chain_of_certificates_the_one_in_force_on_the_day_answers(short_town: Town) -> None:
    town, counter = short_town, short_town.office.bills
    old = town.certified(regulation="short-2025")
    town.to(town.certificate(old)["valid_until"])
    new = town.certified(renews=old)
    day = town.certificate(new)["valid_from"]
    found = answered(counter, f"型号,交付日期\nHX-112A,{town.certificate(old)['valid_until']}\nHX-112A,{day}\n".encode())
    assert [line["certificate"] for line in found["lines"]] == [old, new]


def test_a_line_that_fails_is_shown_what_else_is_certified_in_its_class(town: Town, counter: Counter) -> None:
    first, other = town.certified(), town.certified(town.applicant(1))
    town.sanction(first, "suspend", "ip_in_dispute")
    [line] = answered(counter, f"证书编号,型号\n{first},HX-112A\n".encode())["lines"]
    assert (line["outcome"], line["code"], [x["number"] for x in line["alternatives"]]) == ("not_in_force", "suspended", [other])


def test_the_same_file_twice_gives_the_same_answer(town: Town, counter: Counter) -> None:
    content = MESSY.format(number=town.certified()).encode()
    assert answered(counter, content) == answered(counter, content)


def test_a_withdrawn_model_is_found_no_more_and_an_added_one_is(town: Town, counter: Counter) -> None:
    number = town.certified()
    town.granted(number)
    added = town.certificate(number)["scope"][-1]
    assert told(answered(counter, f"型号\n{added}\nHX-112A\n".encode())) == {2: ("in_force", "in_term"), 3: ("in_force", "in_term")}


# --------------------------------------------------------------------------------------------------------------- files


def test_workbooks_pasted_cells_and_json_read_alike(town: Town, counter: Counter) -> None:
    number = town.certified()
    rows = [["型号", "证书编号", "数量"], ["HX-112A", number, 3], ["HX-7", number, 2.5]]
    pasted = "\n".join("\t".join(map(str, row)) for row in rows).encode()
    lines = [{"型号": "HX-112A", "证书编号": number, "数量": 3}, {"型号": "HX-7", "证书编号": number, "数量": 2.5}]
    answers = [answered(counter, content)["lines"] for content in (workbook(rows), pasted, orjson.dumps(lines), orjson.dumps({"lines": lines}))]
    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert answers[0][0]["asked"]["quantity"] == "3" and answers[0][1]["asked"]["quantity"] == "2.5"


def far_out(change: tuple[bytes, bytes]) -> bytes:
    """A small workbook one of whose sheet's tags was written over."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([["型号"], ["HX-112A"], ["HX-112B"]]))) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, content.replace(*change) if "sheet1.xml" in part.filename else content)
    return target.getvalue()


@pytest.mark.parametrize("change", [
    (b'<c r="A3"', b'<c r="XFD3"'), (b'<c r="A3"', b"<c s='1'  r = 'xfd3'"), (b'<c r="A3"', b'<c r="BM3"'),
    (b'<c r="A3"', b'<c r="A1048576"'),
    (b'<row r="3"', b'<row r="1048576"'), (b'</sheetData>', b'<row r="1048576"><!-- row> --><c><v>1</v></c></row></sheetData>'),
])
def test_a_cell_far_out_does_not_make_a_small_file_large(change: tuple[bytes, bytes]) -> None:
    """A sheet is laid out as one rectangle: two cells could take all memory, and the process with it."""
    with pytest.raises(TooLarge) as caught:
        read_rows(far_out(change))
    assert caught.value.action is not None


@pytest.mark.parametrize("coloured", [b'<row r="1048576" s="1" customFormat="1"/>', b'<row r="1048576"><c r="A1048576" s="1"/></row>',
                                      b'<row r="4"><c r="XFD4" s="1"/></row>'])
def test_what_is_only_coloured_far_out_counts_for_nothing(coloured: bytes) -> None:
    assert read_rows(far_out((b"</sheetData>", coloured + b"</sheetData>"))) == [["型号"], ["HX-112A"], ["HX-112B"]]


@pytest.mark.parametrize(("content", "said"), [
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), ".xls"), (b"%PDF-1.7 ", "PDF"), (b"\x89PNG\r\n", "picture"), (b"Rar!\x1a\x07", "archive"),
])
def test_what_is_no_table_is_called_by_its_name(content: bytes, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_rows(content)
    assert said in caught.value.detail.en and caught.value.action is not None


def test_the_sheet_that_looks_like_a_bill_is_read_and_another_can_be_chosen() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    for name, rows in (("封面", [["说明"]] * 9), ("清单", [["型号", "证书编号"], ["HX-112A", ""]]), ("旧", [["型号"], ["OLD-1"]])):
        sheet = book.add_worksheet(name)
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    hidden = book.add_worksheet("隐藏")
    hidden.write_row(0, 0, ["型号", "证书编号", "数量"])
    hidden.hide()
    book.close()
    table = read_table(target.getvalue())
    assert (table.sheet, table.sheets, len(table.rows)) == ("清单", ("封面", "清单", "旧"), 2)
    assert read_table(target.getvalue(), "旧").rows == [["型号"], ["OLD-1"]]
    assert read_table(target.getvalue(), "没有这个").sheet == "清单"


def test_what_is_merged_downwards_holds_for_each_row() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 2, "物料清单")
    for n, row in enumerate([["生产企业", "型号", "数量"], ["", "HX-112A", 1], ["", "HX-112B", 2], ["乙", "HX-7", 3]], 1):
        sheet.write_row(n, 0, row)
    sheet.merge_range(2, 0, 3, 0, "湖南第0电子有限公司")
    book.close()
    assert read_rows(target.getvalue())[0] == ["物料清单", "", ""]
    assert [row[0] for row in read_rows(target.getvalue())[2:]] == ["湖南第0电子有限公司"] * 2 + ["乙"]


@pytest.mark.parametrize(("content", "kind"), [
    (b"", BadInput), (b"PK\x03\x04broken", BadInput), (b'{"lines": 3}', BadInput), (b"[1, 2]", BadInput), (b"{broken", BadInput),
    (b"x" * (keep.MOST_OCTETS + 1), TooLarge), (b"a\n" * 100_000, TooLarge),
])
def test_what_is_no_bill_is_refused_with_what_to_do(counter: Counter, content: bytes, kind: type[BadInput]) -> None:
    with pytest.raises(kind) as caught:
        keep.take_bill(counter, content, "x")
    assert caught.value.action is not None or kind is TooLarge


@pytest.mark.parametrize(("header", "found"), [
    ("规格型号,品牌,数量(只)", {"part": 0, "manufacturer": 1, "quantity": 2}),
    ("Manufacturer Part Number;Mfr.;Qty", {"part": 0, "manufacturer": 1, "quantity": 2}),
    ("证书号\t物料型号\t交期", {"certificate": 0, "part": 1, "day": 2}),
    ("序号,名称,备注", {}),
    ("供应商统一社会信用代码,供应商,产品证书编号,证书有效期,Part Description,Manufacturer Part Number", {
        "credit_code": 0, "manufacturer": 1, "certificate": 2, "part": 5}),
    ("项目,,认定信息,\n,型号,证书编号,备注\nX,HX-1,Y,", {"part": 1, "certificate": 2}),
    ("型号,数量,,\n,,证书编号,交付日期\nHX-1,2,,", {"part": 0, "quantity": 1, "certificate": 2, "day": 3}),
    ("型号,数量,认定证书\n,,证书编号\nHX-1,2,", {"part": 0, "quantity": 1, "certificate": 2}),
])
def test_columns_are_guessed_by_their_names(header: str, found: dict[str, int]) -> None:
    assert guess(read_rows(f"{header}\n".encode())).columns == found


@pytest.mark.parametrize(("below", "begins"), [(",,只,", 2), (",,只,日", 2), (",,5,", 1), ("X,,只,", 1), (",,,", 1), ("", 1)])
def test_a_row_of_units_belongs_to_the_header(below: str, begins: int) -> None:
    assert guess(read_rows(f"型号,证书编号,数量,交付日期\n{below}\nHX-1,,2,\n".encode())).begins == begins


def test_columns_are_a_persons_to_confirm(counter: Counter) -> None:
    name = keep.take_bill(counter, "甲,乙\nHX-112A,3\n".encode(), "x.csv")
    for columns, begins in (({"quantity": 1}, 1), ({"part": 7}, 1), ({"part": 0, "quantity": 0}, 1), ({"part": 0}, 9), ({"part": 0}, 2)):
        with pytest.raises(BadInput):
            keep.confirm_bill(counter, name, Wanted(columns, begins))
    with pytest.raises(BadInput):
        keep.confirm_bill(counter, name, Wanted({"part": 0}, 1, as_of=counter.now() + timedelta(seconds=1)))
    keep.confirm_bill(counter, name, Wanted({"part": 0, "quantity": 1}, 1))
    with pytest.raises(NotYet):
        keep.confirm_bill(counter, name, Wanted({"part": 0}, 1))
    with pytest.raises(NotYet):
        keep.choose_sheet(counter, name, "x")


# -------------------------------------------------------------------------------------------------------- taken away


def test_no_formula_can_be_smuggled_into_what_is_taken_away(town: Town, counter: Counter) -> None:
    text = "型号,生产企业\n=1+1,+2\n-3,@SUM(A1)\n＝4,\t=5\n"
    found = done(counter, text.encode())
    rows = list(csv.reader(io.StringIO(write_answer(found, "csv", "zh").read_bytes().decode("utf-8-sig"))))
    assert not [cell for row in rows[1:] for cell in row if cell[:1] in "=+-@＝" and cell]
    book = load_workbook(write_answer(found, "xlsx", "en"))
    sheet = book.get_sheet_by_index(0).to_python()
    assert sheet[1][1] == "=1+1" and sheet[2][1] == "-3"  # texts, as they were typed
    with zipfile.ZipFile(write_answer(found, "xlsx", "zh")) as packed:
        assert not [part for part in packed.namelist() if b"<f>" in packed.read(part)]


def test_a_bill_is_kept_a_while_under_an_address_that_nobody_can_guess(town: Town, counter: Counter) -> None:
    name = keep.take_bill(counter, "型号\nHX-112A\n".encode(), "x.csv")
    for guessed in ("../bills", name[:-1] + "A" * (name[-1] != "A") + "B" * (name[-1] == "A"), "a" * 32, ""):
        with pytest.raises(NotFound):
            keep.find_bill(counter, guessed)
    town.wait(days=keep.KEPT.days)
    assert keep.remove_old(counter) == 1
    with pytest.raises(NotFound):
        keep.find_bill(counter, name)


def test_a_run_that_died_is_taken_up_by_whoever_looks_next_and_in_the_end_has_failed(
    town: Town, counter: Counter, monkeypatch: pytest.MonkeyPatch,
) -> None:
    town.certified()
    name, lost = (confirmed(counter, "型号\nHX-112A\n".encode()) for _ in range(2))

    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    def state(which: str) -> str:
        return str(keep.find_bill(counter, which).about["state"])

    with monkeypatch.context() as patch:
        patch.setattr(keep, "answer_rows", dies)
        for which in (name, lost, lost, lost):
            with pytest.raises(KeyboardInterrupt):
                keep.work_on(counter, which)
            assert not keep.is_idle(counter, keep.find_bill(counter, which))  # it may still be at work
            keep.work_on(counter, which)
            assert state(which) == "running"
            town.wait(seconds=61)
    assert sorted(keep.search_idle(counter)) == sorted([name, lost])
    report = bills.run(town.office)
    assert report.ok and state(name) == "done" and state(lost) == "failed"
    assert keep.find_bill(counter, name).about["counts"] == {"in_force": 1} and keep.search_idle(counter) == []
    with pytest.raises(NotFound):
        keep.check_done(keep.find_bill(counter, lost))


def test_a_bill_is_answered_as_of_one_moment_whenever_that_is_done(town: Town, counter: Counter) -> None:
    """What is recorded between the confirmation and the run, or later, changes nothing; the moment and the ledger's size are said."""
    number = town.certified()
    content = f"证书编号,型号\n{number},HX-112A\n".encode()
    then = town.clock.now()
    first = answered(counter, content)
    waiting = confirmed(counter, content)
    town.wait(hours=1)
    town.sanction(number, "suspend", "ip_in_dispute")
    again = answered(counter, content, as_of=then)
    assert again == first and first["as_of"] == then.isoformat().replace("+00:00", "Z")
    keep.work_on(counter, waiting)
    assert orjson.loads(write_answer(keep.find_bill(counter, waiting).folder, "json", "zh").read_bytes()) == first
    now = answered(counter, content)
    assert now["counts"] == {"not_in_force": 1} and now["ledger_size"] > first["ledger_size"] > 0
    before = answered(counter, content, on=town.certificate(number)["valid_from"] - timedelta(days=1))["lines"][0]
    assert (before["outcome"], before["code"]) == ("not_in_force", "not_yet_valid")


def test_who_holds_the_address_removes_it_and_the_job_what_is_past_its_time(town: Town, counter: Counter) -> None:
    name, other = (keep.take_bill(counter, "型号\nHX-112A\n".encode(), "x.csv") for _ in range(2))
    keep.remove_bill(counter, name)
    assert bills.run(town.office).lines == []
    town.wait(days=keep.KEPT.days)
    assert bills.run(town.office, dry_run=True).lines == [] and keep.find_bill(counter, other)
    assert len(bills.run(town.office).lines) == 1
    for gone in (name, other):
        with pytest.raises(NotFound):
            keep.find_bill(counter, gone)


def test_no_more_is_kept_than_there_is_room_for(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("MOST_KEPT", "MOST_KEPT_OCTETS"):
        keep.take_bill(counter, "型号\nHX-112A\n".encode(), "x.csv")
        with monkeypatch.context() as patch:
            patch.setattr(keep, limit, 1)
            with pytest.raises(NotYet) as caught:
                keep.take_bill(counter, "型号\nHX-112A\n".encode(), "x.csv")
        assert caught.value.action is not None


def test_blank_rows_count_for_nothing_but_a_line_too_many_does(counter: Counter) -> None:
    name = confirmed(counter, b"part\n" + b"HX\n\n" * 49_000 + b"HX\n" * 1000)
    assert keep.find_bill(counter, name).about["lines"] == 50_000 and keep.find_bill(counter, name).about["blank"] == 49_000
    with pytest.raises(TooLarge) as caught:
        confirmed(counter, b"part\n" + b"HX\n" * 50_001)
    assert "50,001" in caught.value.detail.en
