"""Credit codes, registry numbers, document numbers: vectors of the domain report, properties of the checks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from registry.errors import Finding
from registry.law.codes import (
    CREDIT_CODE_ALPHABET,
    NUMBER_ALPHABET,
    check_fault,
    credit_code_fault,
    credit_code_warning,
    normalise_credit_code,
    normalise_number,
    parse_document_number,
    with_check,
)

pytestmark = pytest.mark.once

WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)  # facts.md §5.1


def texts(alphabet: str, least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=least, max_size=most)


credit_codes = st.builds(
    lambda head, division, tail: (body := head + division + tail) + uscc.calc_check_digit(body),
    texts(CREDIT_CODE_ALPHABET, 2, 2),
    texts("0123456789", 6, 6),
    texts(CREDIT_CODE_ALPHABET, 9, 9),
)
bodies = st.lists(texts(NUMBER_ALPHABET, 1, 6), min_size=1, max_size=5).map("-".join)


def fault_of(code: str) -> Finding:
    found = credit_code_fault(code)
    assert found is not None
    assert found.field == "credit_code"
    return found


@pytest.mark.parametrize(
    "code",
    [
        "11320000MB151840XJ",  # facts.md §5.1
        "91350100M000100Y43",  # the standard's example with the check it should have
        "91110000600037341L",  # stdnum's example
        "N1430100MF0000001" + uscc.calc_check_digit("N1430100MF0000001"),  # a rural collective: a letter first
    ],
)
def test_a_valid_credit_code_has_no_fault(code: str) -> None:
    assert credit_code_fault(code) is None


@pytest.mark.parametrize(
    ("code", "given", "expected"),
    [
        ("91350100M000100Y4Z", "Z", "3"),  # the standard's own worked example: sum 1640
        ("91310115MA1H8R7C6D", "D", "7"),  # the blog's example
        ("11320000MB151840X0", "0", "J"),
    ],
)
def test_a_wrong_check_names_place_18_what_was_given_and_what_was_expected(
    code: str, given: str, expected: str
) -> None:
    found = fault_of(code)
    assert found.code == "credit_code_check"
    assert f"第18位校验码不符：填写的是“{given}”，按前17位计算应为“{expected}”" in found.message.zh
    assert f"place 18, does not fit: given '{given}', expected '{expected}'" in found.message.en


def test_the_sum_of_the_standards_example_is_1640_and_gives_3() -> None:
    values = [CREDIT_CODE_ALPHABET.index(c) for c in "91350100M000100Y4"]
    total = sum(v * w for v, w in zip(values, WEIGHTS, strict=True))
    assert (total, CREDIT_CODE_ALPHABET[(31 - total % 31) % 31]) == (1640, "3")


@given(credit_codes)
def test_the_check_is_31_less_the_weighted_sum_and_31_is_written_0(code: str) -> None:
    total = sum(CREDIT_CODE_ALPHABET.index(c) * w for c, w in zip(code, WEIGHTS, strict=False))
    assert code[17] == CREDIT_CODE_ALPHABET[(31 - total % 31) % 31]
    assert credit_code_fault(code) is None


def test_the_alphabet_has_31_characters_and_neither_i_o_s_v_nor_z() -> None:
    assert len(CREDIT_CODE_ALPHABET) == len(set(CREDIT_CODE_ALPHABET)) == 31
    assert set(NUMBER_ALPHABET) - set(CREDIT_CODE_ALPHABET) == set("IOSVZ")


@pytest.mark.parametrize(
    ("code", "place", "given"),
    [
        ("O1320000MB151840XJ", 1, "O"),
        ("113200I0MB151840XJ", 7, "I"),
        ("1132000AMB151840XJ", 8, "A"),  # the administrative division is in digits
        ("11320000MB15S840XJ", 13, "S"),
        ("11320000MB151840中J", 17, "中"),
        ("11320000mb151840XJ", 9, "m"),
    ],
)
def test_a_character_that_is_not_allowed_is_named_with_its_place(code: str, place: int, given: str) -> None:
    found = fault_of(code)
    assert found.code == "credit_code_character"
    assert f"第{place}位“{given}”" in found.message.zh
    assert f"Character {place} of the credit code, '{given}'," in found.message.en


@pytest.mark.parametrize("code", ["", "1", "11320000MB151840X", "11320000MB151840XJ0"])
def test_a_wrong_length_is_named(code: str) -> None:
    found = fault_of(code)
    assert found.code == "credit_code_length"
    assert f"应为18位，现为{len(code)}位" in found.message.zh


@given(credit_codes, st.integers(0, 17), st.sampled_from(CREDIT_CODE_ALPHABET))
def test_a_single_changed_character_of_a_credit_code_is_always_caught(code: str, at: int, other: str) -> None:
    changed = code[:at] + other + code[at + 1 :]
    assert (credit_code_fault(changed) is None) is (changed == code)


@given(st.text(max_size=20))
def test_any_text_gets_an_answer_and_never_an_error(text: str) -> None:
    for typed in (text, normalise_credit_code(text), normalise_number(text)):
        credit_code_fault(typed)
        credit_code_warning(typed)
        check_fault(typed)
        parse_document_number(typed)


@given(st.text(max_size=30))
def test_what_is_normalised_stays_as_it_is(text: str) -> None:
    assert normalise_credit_code(normalise_credit_code(text)) == normalise_credit_code(text)
    assert normalise_number(normalise_number(text)) == normalise_number(text)


@pytest.mark.parametrize(
    "typed",
    [
        "11320000mb151840xj",
        " 1132 0000 MB15 1840 XJ\n",
        "11320000-MB151840-X-J",
        "１１３２００００ＭＢ１５１８４０ＸＪ",
        "１１３２００００ｍｂ１５１８４０ｘｊ",
        "11320000—MB151840－X‐J",
        "\ufeff11320000\u3000MB151840\u00a0XJ\u200b",
    ],
)
def test_a_credit_code_is_read_however_it_was_typed(typed: str) -> None:
    assert normalise_credit_code(typed) == "11320000MB151840XJ"


@pytest.mark.parametrize("code", ["11320000MB151840XJ", "91350100M000100Y43", "91110000600037341L"])
def test_a_code_whose_inner_check_fits_has_no_warning(code: str) -> None:
    assert credit_code_warning(code) is None


def test_a_wrong_inner_check_is_a_warning_and_not_a_fault() -> None:
    body = "11320000MB1518401"
    code = body + uscc.calc_check_digit(body)
    assert credit_code_fault(code) is None
    found = credit_code_warning(code)
    assert found is not None
    assert (found.field, found.code) == ("credit_code", "credit_code_inner_check")
    assert "第17位（组织机构代码校验码）为“1”，按第9至16位计算应为“X”" in found.message.zh
    assert found.action is not None


def test_a_code_with_a_fault_has_no_warning_beside_it() -> None:
    assert credit_code_warning("11320000MB1518401X") is None
    assert credit_code_warning("short") is None


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("HN-STJ-2025-0001", "HN-STJ-2025-0001-K"),
        ("A12425GABC1234002", "A12425GABC1234002-M"),  # the example of stdnum's ISO 7064 module
        ("A-12425-GABC-1234002", "A-12425-GABC-1234002-M"),  # hyphens do not count
    ],
)
def test_a_number_ends_in_its_iso_7064_character(body: str, number: str) -> None:
    assert with_check(body) == number
    assert check_fault(number) is None


@given(bodies)
def test_a_number_with_its_check_has_no_fault(body: str) -> None:
    assert check_fault(with_check(body)) is None


@given(bodies, st.data())
def test_a_single_changed_character_of_a_number_is_always_caught(body: str, data: st.DataObject) -> None:
    number = with_check(body)
    at = data.draw(st.sampled_from([n for n, c in enumerate(number) if c != "-"]))
    changed = number[:at] + data.draw(st.sampled_from(NUMBER_ALPHABET)) + number[at + 1 :]
    assert (check_fault(changed) is None) is (changed == number)


def test_a_wrong_check_character_names_the_one_that_was_expected() -> None:
    found = check_fault("HN-STJ-2025-0001-A")
    assert found is not None
    assert (found.field, found.code) == ("number", "number_check")
    assert found.message.zh == "编号末位校验码不符：填写的是“A”，应为“K”。"
    assert "given 'A', expected 'K'" in found.message.en


@pytest.mark.parametrize("number", ["HN-STJ-2025-0001", "HN-STJ-2025-0001-"])
def test_a_number_without_its_check_character_is_told_which_one_is_missing(number: str) -> None:
    found = check_fault(number)
    assert found is not None
    assert found.code == "number_check_missing"
    assert "“HN-STJ-2025-0001”之后应为“-K”" in found.message.zh


@pytest.mark.parametrize("number", ["", "-", "7", "-7-"])
def test_a_number_too_short_to_check_is_a_fault(number: str) -> None:
    found = check_fault(number)
    assert found is not None
    assert found.code == "number_length"


@pytest.mark.parametrize(("number", "place", "given"), [("HN-证-1-K", 4, "证"), ("hn-1-K", 1, "h"), ("HN 1-K", 3, " ")])
def test_a_character_that_no_number_has_is_named_with_its_place(number: str, place: int, given: str) -> None:
    found = check_fault(number)
    assert found is not None
    assert found.code == "number_character"
    assert f"编号第{place}位“{given}”" in found.message.zh


@pytest.mark.parametrize("body", ["", "-", "hn-1", "湘-1", "HN 1"])
def test_a_body_that_cannot_be_checked_is_a_programming_error(body: str) -> None:
    with pytest.raises(ValueError, match="can be checked"):
        with_check(body)


@pytest.mark.parametrize(
    "typed",
    [
        "hn-stj-2025-0001-k",
        " HN - STJ - 2025 - 0001 - K ",
        "ＨＮ－ＳＴＪ－２０２５－０００１－Ｋ",
        "HN—STJ—2025–0001‐K",
    ],
)
def test_a_number_is_read_however_it_was_typed(typed: str) -> None:
    assert normalise_number(typed) == "HN-STJ-2025-0001-K"


@pytest.mark.parametrize(
    "typed",
    [
        "湘工信产业〔2024〕119号",
        "湘工信产业[2024]119号",
        "湘工信产业［2024］119号",
        "湘工信产业(2024)119号",
        "湘工信产业（2024）119号",
        "湘工信产业【2024】119号",
        "湘工信产业〖2024〗119号",
        "湘工信产业﹝2024﹞119号",
        " 湘工信产业 〔 2024 〕 第 0119 号 ",
        "湘工信产业〔２０２４〕１１９号",
    ],
)
def test_a_document_number_is_read_in_all_the_ways_it_is_written(typed: str) -> None:
    assert parse_document_number(typed) == "湘工信产业〔2024〕119号"


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("国办发明电〔2025〕7号", "国办发明电〔2025〕7号"),
        ("湘财(企)[2024]第05号", "湘财（企）〔2024〕5号"),
        ("湘财（企）〔2024〕100号", "湘财（企）〔2024〕100号"),
    ],
)
def test_brackets_in_the_offices_name_become_round_chinese_ones(typed: str, normal: str) -> None:
    assert parse_document_number(typed) == normal
    assert parse_document_number(normal) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "津政规〔20234号",  # tj.gov.cn: the bracket is lost
        "〔2024〕119号",
        "湘工信产业〔2024〕号",
        "湘工信产业〔2024〕0号",
        "湘工信产业〔24〕119号",
        "湘工信产业〔2024〕119",
        "湘工信产业2024年119号",
        "HNPR-2025-05009",
        "湘工信产业〔2024〕119号等",
    ],
)
def test_what_is_not_a_document_number_is_none(typed: str) -> None:
    assert parse_document_number(typed) is None
