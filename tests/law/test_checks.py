"""What whoever writes a law file is told: every fault of every file at once, each with its place and the name that was meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import app
from registry.errors import LawFileFault, NotOpen
from registry.law.conditions import CannotJudge, expression_faults, holds, seen
from registry.law.dossier import CANNOT_JUDGE
from registry.law.expressions import DAY, TEXT, Kind
from registry.law.library import HERE, load_law
from registry.law.loader import regulation_of_text, regulation_text_faults
from registry.law.report import check_files, show, unknown_leaves
from tests.law.parts import PARTS, dossier, parts_law, parts_text, write_parts

pytestmark = pytest.mark.once

TREE = "parts-2026"
DECIMAL = Kind("number", places=2)
CONTRACT = Kind("row", columns={"amount": DECIMAL, "buyer": TEXT, "signed_on": Kind("day", optional=True)})
NAMES = seen({
    "name": TEXT, "level": Kind("text", values=("first", "advanced")), "on": DAY, "price": DECIMAL, "sold": Kind("number", places=0),
    "models": Kind("list", of=TEXT), "contracts": Kind("list", of=CONTRACT), "lab": Kind("text", optional=True),
}, ["report"])  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- expressions


@pytest.mark.parametrize(("expression", "said"), [
    ("total(dossier.contracts, 'amuont') > 1", "total() names 'amuont', but dossier.contracts has no such column; did you mean 'amount'?"),
    ("distinct(column(dossier.contracts, 'byuer'))", "has no such column; did you mean 'buyer'?"),
    ("dossier.contracts.all(c, c.buyr != applicant.name)", "names c.buyr, but there is no column 'buyr'; did you mean 'buyer'?"),
    ("dossier.contracts.exists(c, has(c.signd_on))", "there is no column 'signd_on'; did you mean 'signed_on'?"),
    ("others.all(o, o.contracts.all(c, c.amuont > 0))", "there is no column 'amuont'; did you mean 'amount'?"),
    ("others.all(o, o.naem != dossier.name)", "there is no field 'naem'; did you mean 'name'?"),
    ("total(dossier.contracts, 'buyer') > 1", "total() adds numbers, but the column 'buyer' of dossier.contracts is a text"),
    ("count(column(dossier.models, 'x')) > 1", "column() takes lines with columns, but dossier.models is a list of single values"),
    ("dossier.nmae == 'x'", "names dossier.nmae, which this regulation does not have; did you mean 'name'?"),
    ("documents.reprot > 0", "names documents.reprot, which this regulation does not have; did you mean 'report'?"),
    ("count(in_rond) == 0", "knows no 'in_rond'; did you mean 'in_round'?"),
    ("conut(dossier.models) == 1", "uses the function conut(); did you mean 'count'?"),
    ("dossier.name.startswith('x')", "uses the function startswith(); did you mean 'startsWith'?"),
    ("dossier.level == 'frist'", "compares dossier.level with 'frist', which it can never be; did you mean 'first'?"),
    ("'advnced' != dossier.level", "which it can never be; did you mean 'advanced'?"),
    ("dossier.level in ['first', 'advnced']", "which it can never be; did you mean 'advanced'?"),
    ("dossier.name == 5", "compares dossier.name, a text, with 5, a number"),
    ("dossier.name in [1, 2]", "compares dossier.name, a text, with [1,2], a number"),
    ("dossier.on >= '2023-01-01'", "compares dossier.on, a day, with '2023-01-01', a text; a day is written day('2025-08-01')"),
    ("dossier.on > 5", "compares dossier.on, a day, with 5, a number"),
    ("today - dossier.on > 5", "a day is moved by days_after()"),
    ("dossier.price >= dossier.sold", "multiply the one with fewer places by 10 for each"),
    ("dossier.contracts.all(c, c.signed_on <= today)", "uses c.signed_on, which may be left empty (guard it with has(c.signed_on))"),
    ("dossier.contracts.all(c, has(c.signed_on) ? true : c.signed_on <= today)", "where something that may be left empty is; guard it with has()"),
    ("others.all(o, o.lab == 'x')", "uses o.lab, which may be left empty"),
    ("distinct(dossier.contracts)", "distinct() compares single values"),
    ("chars(dossier.models) > 1", "chars() takes a text, but dossier.models is a list"),
    ("chars(dossier.name, 1) > 1", "gives chars() 2 value(s); it takes 1"),
    ("dossier.name && true", "&& or || takes true or false, but dossier.name is a text"),
    ("dossier.level == 'first' ? 1 : 'x'", "gives a number or a text by ? :"),
    ("dossier.name.matches('(')", "its regular expression cannot be read"),
    ("dossier.name = 'x'", "is not CEL: '=' at character 14 is not expected there"),
    ("dossier.name == ", "is not CEL: it ends too early"), ("!" * 396 + "true", "nests deeper"), ("99999999999999999999 > 1", "is not CEL"),
    ("dossier.name == 'a\\q'", "is not CEL"), ("{'a': 1}.a == 1", "is not CEL: '{' at character 1"),
])  # fmt: skip
def test_a_slip_in_an_expression_is_named_with_what_was_meant(expression: str, said: str) -> None:
    found = expression_faults(expression, NAMES)
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize("expression", [
    "total(dossier.contracts, 'amount') >= 5000 && count(dossier.contracts) <= 3", "dossier.price >= dossier.sold * 100",
    "dossier.contracts.all(c, !has(c.signed_on) || c.signed_on <= today)", "dossier.level in ['first', 'advanced']",
    "dossier.contracts.filter(c, c.amount > 1).all(c, c.buyer != dossier.name)", "others.all(o, !has(o.lab) || o.lab != dossier.name)",
    "dossier.price >= (dossier.level == 'first' ? 5000 : 10000)", "(dossier.level == 'first') != (documents.report > 0)",
    "count(dossier.models.map(m, plain(m))) > 0", "in_round.all(o, o.level != dossier.level)", "-1 < dossier.sold && dossier.on > days_after(today, -30)",
])  # fmt: skip
def test_what_is_right_is_let_be(expression: str) -> None:
    assert expression_faults(expression, NAMES) == []


def test_no_expression_of_a_shipped_regulation_is_doubted() -> None:
    assert all(report.is_sound for report in check_files().values())
    assert {path.parent.name for path in check_files()} == {"regulations", "taxonomies"}


def test_a_class_that_the_product_tree_does_not_have_is_named(tmp_path: Path) -> None:
    text = parts_text(changes=(("dossier.first_use_on >= day('2023-01-01')", "dossier.product_class != 'baering'"),))
    with pytest.raises(LawFileFault) as caught:
        parts_law(tmp_path, text)
    assert "compares dossier.product_class with 'baering', which it can never be; did you mean 'bearing'?" in str(caught.value)


def test_an_expression_that_fails_is_no_answer_and_says_nothing_against_the_dossier() -> None:
    with pytest.raises(CannotJudge, match="a number becomes too large"):
        holds("documents.report * 9223372036854775807 > 1", {}, {"report": 2}, date(2026, 6, 1))


def test_a_rule_that_cannot_be_judged_is_a_finding_against_the_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = parts_text(changes=(("count(in_round) == 0", "documents.test_report * 9223372036854775807 > 1"),))
    law = parts_law(tmp_path, text)
    found = law.regulation(PARTS)
    [finding] = found.check_dossier(dossier(), {"test_report": 2}, date(2026, 6, 1), law.taxonomy_of(found))
    rule = next(c for c in found.conditions if c.key == "one_product")
    assert (finding.code, finding.field, finding.article, finding.basis) == (CANNOT_JUDGE, rule.field, rule.article, rule.basis)
    assert "one_product" in finding.message.zh and "并非您的材料有误" in finding.message.zh
    assert finding.action and "conditions.one_product" in finding.action.en and "a number becomes too large" in finding.action.en
    assert capfd.readouterr().err == ""


# ------------------------------------------------------------------------------------------------------ a file as a whole

SLIPS = {
    "a period that nothing asks for": ("[periods.supplement]", "[periods.suplement]",
                                       "periods.suplement: has no use: no stage names it as its term, and the registry asks for none of this name; "
                                       "did you mean 'supplement'?"),
    "a term that is no period": ('term = "formal_examination"', 'term = "formal_examinatoin"', "did you mean 'formal_examination'?"),
    "a key": ("[validity]\nlength = 3", "[validity]\nlenght = 3", "validity.lenght: unknown key; did you mean 'length'?"),
    "a choice": ('mode = "all_year"', 'mode = "allyear"', "did you mean 'all_year'?"),
    "a field that is named": ('models_field = "models"', 'models_field = "modles"', "there is no field 'modles'; did you mean 'models'?"),
    "a notice before the review": ('kind = "expert_review"\nlabel = { zh = "专家评审", en = "Expert review" }\nterm = ""',
                                   'kind = "public_notice"\nlabel = { zh = "公示", en = "Notice" }\nterm = ""',
                                   "stages[3].kind: 'public_notice' stands here twice"),
    "a window that closes before it opens": ('closes_after = { length = 1, unit = "month", ends = "as_is" }',
                                             'closes_before = { length = 200, unit = "natural_day" }',
                                             "renewal.closes_before: must be shorter than 'opens_before'"),
    "two ends of a window": ("[renewal]\n", "[renewal]\ncloses_on_last_day = true\n", "exactly one of closes_after, closes_before, closes_on_last_day"),
    "a window that nobody has": ("[renewal]\n", "[renewal]\nnone = true\n", "renewal.opens_before: contradicts 'none': there is no renewal"),
    "a renewal without a window": ('opens_before = { length = 6, unit = "month" }\n', "", "renewal.opens_before: is missing; where no certificate is renewed"),
    "numbers told apart by a figure": ('notice = "P-GS-{year}-{serial:03d}"', 'notice = "P-SQ2-{year}-{serial:03d}"',
                                       "numbers.notice: has the same form as another kind of number"),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_named_by_its_place(tmp_path: Path, name: str) -> None:
    old, new, said = SLIPS[name]
    folder = write_parts(tmp_path, parts_text(changes=((old, new),)))
    found = check_files([folder / "regulations" / f"{PARTS}.toml"])[folder / "regulations" / f"{PARTS}.toml"].faults
    assert any(said in fault for fault in found), found


def test_what_is_shown_to_the_public_comes_after_all_that_leads_to_it(tmp_path: Path) -> None:
    text = parts_text()
    review, notice = (text.index(f'[[stages]]\nkind = "{kind}"') for kind in ("expert_review", "public_notice"))
    end = text.index('[[stages]]\nkind = "announcement"')
    folder = write_parts(tmp_path, text[:review] + text[notice:end] + text[review:notice] + text[end:])
    path = folder / "regulations" / f"{PARTS}.toml"
    assert [f.partition(": ")[2] for f in check_files([path])[path].faults] == [
        "stages[2].kind: 'public_notice' stands before 'expert_review': what is shown to the public is what they lead to"]


def test_reminders_stand_from_far_to_near_whatever_they_are_counted_in(tmp_path: Path) -> None:
    nearer = '[[reminders]]\nkey = "x"\nbefore = { length = LENGTH, unit = "month" }\narticle = "第十二条"\nbasis = "article"\n\n[dossier]\n'
    path = tmp_path / "regulations" / f"{PARTS}.toml"
    for length, faults in ((2, 0), (4, 1)):
        write_parts(tmp_path, parts_text(changes=(("[dossier]\n", nearer.replace("LENGTH", str(length))),)))
        assert len(found := check_files([path])[path].faults) == faults, found
    assert "reminders[2].before: must be nearer to the last day than the reminder before it" in found[0]


def test_every_fault_of_a_file_is_told_at_once_whatever_its_kind(tmp_path: Path) -> None:
    changes = (
        ('short_title = { zh = "零部件办法", en = "Parts measures" }', 'short_title = { zh = "零部件办法" }'),
        ("count(in_round) == 0", "count(in_rond) == 0"), ("[periods.supplement]", "[periods.suplement]"),
        ('taxonomy = "parts-2026"', 'taxonomy = "parts-2062"'),
        ('application = "P-SQ-', 'application = "HN-STJ-SQ-'), ("minimum = 3\nodd", "minimum = 4\nodd"),
    )  # fmt: skip
    folder = write_parts(tmp_path, parts_text(changes=changes))
    path = folder / "regulations" / f"{PARTS}.toml"
    found = "\n".join(check_files([path])[path].faults)
    for said in ("short_title", "knows no 'in_rond'", "periods.suplement", "'parts-2062' is loaded; did you mean 'parts-2026'?", "panel.minimum"):
        assert said in found, found
    path.write_text(parts_text(changes=changes[1:]), encoding="utf-8")  # where only its shape was right, it is held against the others too
    assert "could write the same number as 'HN-STJ-SQ-" in "\n".join(check_files([path])[path].faults)


def test_a_text_that_was_kept_stays_readable_though_its_slip_would_be_refused_today() -> None:
    kept = parts_text(changes=(("'amount') >=", "'amuont') >="),)).encode()
    assert regulation_text_faults(PARTS, kept, None)
    found = regulation_of_text(PARTS, kept)
    assert found is not None and found.content == kept


# ------------------------------------------------------------------------------------------------------ beside the others


def test_a_fault_in_one_file_hides_none_of_another(tmp_path: Path) -> None:
    folder = write_parts(tmp_path, parts_text(changes=(("count(in_round)", "count(in_rond)"),)))
    tree = folder / "taxonomies" / f"{TREE}.toml"
    tree.write_text(tree.read_text(encoding="utf-8").replace('["3451"]', '["C3451"]'), encoding="utf-8")
    (folder / "calendars").mkdir()
    (folder / "calendars" / "2031.toml").write_text("year = 2031\n")
    with pytest.raises(LawFileFault) as caught:
        load_law(folder)
    assert {Path(name).name for name in caught.value.files} == {f"{PARTS}.toml", f"{TREE}.toml", "2031.toml"}
    assert "in_rond" in str(caught.value) and "C3451" in str(caught.value) and "notice: missing" in str(caught.value)
    assert "no product tree" not in str(caught.value), "the tree is there, with a fault of its own"


def test_a_file_is_judged_beside_all_that_the_office_would_load(tmp_path: Path) -> None:
    office = write_parts(tmp_path / "office")
    for name in ("drafts", "elsewhere"):
        (tmp_path / name).mkdir()
    draft = tmp_path / "drafts" / "valves-rules-2026.toml"
    text = parts_text(changes=(('id = "parts-rules-2026"', 'id = "valves-rules-2026"'), ('family = "parts-rules"', 'family = "valves-rules"'),
                               ("Department of Industry", "Department of Trade")))  # fmt: skip
    draft.write_text(text, encoding="utf-8")
    said = "\n".join(check_files([draft], office)[draft].faults)
    assert "authority.name: 990000 is called" in said and "numbers.certificate: 'P-{year}-{serial:04d}' could write the same number" in said
    assert "taxonomy: no product tree 'parts-2026' is loaded" in "\n".join(check_files([draft])[draft].faults)
    copy = tmp_path / "elsewhere" / f"{PARTS}.toml"
    copy.write_text(parts_text(), encoding="utf-8")
    assert check_files([copy], office)[copy].is_sound, "it stands in the place of the one with its name"
    assert check_files([office / "regulations" / copy.name], office)[office / "regulations" / copy.name].is_sound


def test_a_family_that_nothing_loaded_has_is_told_and_may_be_a_slip(tmp_path: Path) -> None:
    folder = write_parts(tmp_path, parts_text(changes=(('family = "ministry-parts"', 'family = "hunan-componets"'),)))
    path = folder / "regulations" / f"{PARTS}.toml"
    found = check_files([path])[path]
    assert found.is_sound and found.unknown[-2:] == [
        "relations.city.family: no regulation of 'city-parts' is loaded",
        "relations.ministry.family: no regulation of 'hunan-componets' is loaded; did you mean 'hunan-components'?"]


def test_the_command_checks_everything_and_each_file_with_what_law_dir_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_parts(tmp_path)
    monkeypatch.setenv("LAW_DIR", str(folder))
    run = CliRunner().invoke
    every = run(app.main, ["law", "check"])
    assert every.exit_code == 0 and f"{PARTS}.toml: ✓" in every.output and "hunan-components-2025.toml: ✓" in every.output
    path = folder / "regulations" / f"{PARTS}.toml"
    path.write_text(parts_text(changes=(("'amount') >=", "'amuont') >="),)), encoding="utf-8")
    wrong = run(app.main, ["law", "check", str(path)])
    assert wrong.exit_code == 1 and "did you mean 'amount'?" in wrong.output
    other = run(app.main, ["law", "check", str(HERE / "regulations" / "hunan-components-2025.toml")])
    assert other.exit_code == 0 and f"another file has faults: {path}" in other.output


# ----------------------------------------------------------------------------------------------------------- renewal

WINDOW = 'opens_before = { length = 6, unit = "month" }\ncloses_after = { length = 1, unit = "month", ends = "as_is" }\n'
OPENS = 'opens_before = { length = 6, unit = "month" }\n'


def test_a_file_may_say_that_no_certificate_is_renewed(tmp_path: Path) -> None:
    law = parts_law(tmp_path, parts_text(changes=((WINDOW, "none = true\n"),)))
    found = law.regulation(PARTS)
    with pytest.raises(NotOpen, match="are not renewed") as caught:
        found.renewal_rule()
    assert (caught.value.article, caught.value.basis) == ("第十二条", "article")
    assert found.renewal_window(law.calendar, date(2029, 6, 30)) is None
    assert "renewal" not in unknown_leaves(found) and "续期窗口：不续期 / Renewal window: no certificate is renewed" in show(found)


@pytest.mark.parametrize(("closes", "last", "words"), [
    ("closes_on_last_day = true\n", date(2029, 6, 30), "to the last day itself"),
    ('closes_before = { length = 30, unit = "natural_day" }\n', date(2029, 5, 31), "to 30 calendar days before it"),
    ('closes_after = { length = 30, unit = "natural_day", ends = "as_is" }\n', date(2029, 7, 30), "to 30 calendar days after it"),
])  # fmt: skip
def test_a_window_closes_before_the_last_day_with_it_or_after_it(tmp_path: Path, closes: str, last: date, words: str) -> None:
    law = parts_law(tmp_path, parts_text(changes=((WINDOW, OPENS + closes),)))
    found = law.regulation(PARTS)
    assert found.renewal_window(law.calendar, date(2029, 6, 30)) == (date(2028, 12, 30), last)
    assert found.renewal_rule().words().en == f"from 6 months before the last day {words}"
