"""Law files: the Hunan regulation as shipped, what a loader refuses, what a dossier is held against, what the docs say."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.errors import Finding, LawFileFault, LawIsSilent, NotFound
from registry.law import conditions, deadlines
from registry.law.expressions import DAY, TEXT, Kind
from registry.law.library import HERE, Law, load_law
from registry.law.outline import Line, outline
from registry.law.reader import LawFile, find_lines
from registry.law.regulation import Regulation
from registry.law.report import show, unknown_leaves
from registry.law.rules import Source
from registry.law.shapes import BASES, PERIOD, SOURCE, TAXONOMY, known_keys
from registry.law.taxonomy import Taxonomy
from registry.words import Text
from tests.factories import another_law
from tests.law.checking import check_file
from tests.law.samples import complete_documents, complete_dossier

pytestmark = pytest.mark.once

TODAY = date(2025, 9, 1)
HUNAN = "hunan-components-2025"
FILE = HERE / "regulations" / f"{HUNAN}.toml"
TREE = HERE / "taxonomies" / "electronic-components-2021.toml"
DOCS = Path(__file__).parents[2] / "docs" / "regulations.md"

# Module-level: read once, as the registry does; frozen, so that no test can spoil it for another.
LAW: Law = load_law()
REGULATION: Regulation = LAW.regulation(HUNAN)
PRODUCTS: Taxonomy = LAW.taxonomy_of(REGULATION)


def check(dossier: dict[str, object], documents: dict[str, int] | None = None, *, submitted: bool = False) -> list[Finding]:
    files = complete_documents(REGULATION) if documents is None else documents
    return REGULATION.check_dossier(dossier, files, TODAY, PRODUCTS, submitted=submitted)


def complete(**changes: object) -> dict[str, object]:
    """A complete dossier with `changes`; a change to None leaves the field out."""
    values = complete_dossier(REGULATION, TODAY) | changes
    return {key: value for key, value in values.items() if value is not None}


def places(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.field, finding.code) for finding in findings]


# ------------------------------------------------------------------------------------------------- the shipped regulation


def test_hunan_is_in_force_for_five_years_from_its_assumed_first_day() -> None:
    assert (REGULATION.effective_from, REGULATION.effective_until) == (date(2025, 8, 1), date(2030, 7, 31))
    assert [REGULATION.is_open_on(day) for day in (
        date(2025, 7, 31), date(2025, 8, 1), date(2030, 7, 31), date(2030, 8, 1))] == [False, True, True, False]
    assert REGULATION.effective.start.basis == "assumption"


def test_hunans_road_is_the_one_reported() -> None:
    assert REGULATION.stage_kinds == ("preliminary_review", "expert_review", "public_notice", "announcement")


def test_what_the_house_asks_for_is_there_and_what_is_not_is_refused_by_name() -> None:
    asked = {"preliminary_review": 10, "expert_review": 30, "announcement": 10, "supplement": 15, "public_notice": 7,
             "objection_decision": 15}
    assert {key: REGULATION.period(key).length for key in asked} == asked
    assert {REGULATION.period(key).unit for key in asked} == {deadlines.Unit.WORKING_DAY}
    with pytest.raises(LawIsSilent) as refusal:
        REGULATION.period("formal_examination")
    assert refusal.value.article is None and "形式审查" in refusal.value.detail.zh and "formal_examination" not in refusal.value.detail.zh
    assert refusal.value.action and "periods.formal_examination" in refusal.value.action.zh


def test_a_certificate_is_valid_for_five_years_to_the_corresponding_day() -> None:
    validity = REGULATION.validity
    assert (validity.basis, validity.base) == ("instruction", "announcement_day")
    end = deadlines.last_day(LAW.calendar, date(2025, 10, 1), validity.period)
    assert (end.last_day, end.provisional) == (date(2030, 10, 1), False)


def test_renewal_opens_180_days_before_and_closes_90_days_after_the_last_day() -> None:
    last = date(2030, 10, 1)
    assert REGULATION.renewal_window(LAW.calendar, last) == (last - timedelta(180), last + timedelta(90))


def test_reminders_run_from_far_to_near() -> None:
    assert [rule.key for rule in REGULATION.reminders] == ["180d", "90d", "30d", "7d"]


def test_overdue_work_rises_from_officer_to_head_to_department() -> None:
    assert [(rule.role, rule.after.length) for rule in REGULATION.escalations] == [("officer", 1), ("head", 3), ("department", 5)]
    assert {rule.basis for rule in REGULATION.escalations} == {"assumption"}


def test_hunan_has_its_fourteen_prefectures() -> None:
    codes = list(REGULATION.authority.prefectures)
    assert len(codes) == 14
    assert codes[0] == "430100"
    assert codes[-1] == "433100"
    assert LAW.prefectures()["433100"].name.zh == "湘西土家族苗族自治州"


def test_the_panel_gives_a_hundred_marks() -> None:
    assert sum(criterion.maximum for criterion in REGULATION.panel.criteria) == 100
    assert (REGULATION.panel.minimum, REGULATION.panel.odd, REGULATION.panel.pass_mark) == (5, True, 80)


def test_nothing_personal_is_public() -> None:
    public = {rule.key for rule in REGULATION.all_fields() if rule.public}
    assert public == {"product_name", "models", "product_class", "level"}


def test_a_label_is_that_of_its_own_list_and_an_unknown_key_reads_as_itself() -> None:
    lists = {"missing_document": REGULATION.supplement_reasons, "below_pass_mark": REGULATION.refusal_grounds,
             "ip_dispute": REGULATION.objection_grounds, "kinship": REGULATION.panel.recusal}
    for key, rules in lists.items():
        assert REGULATION.label_in(rules, key).zh != key
        assert REGULATION.label_in(rules, "no_such") == Text("no_such", "no_such")


# ---------------------------------------------------------------------------------------------------- where figures stand

REPORTED = {
    "authority", "definition", "effective.life",
    *(f"predicates.{key}" for key in ("own_ip", "advanced", "prospects", "early_stage", "integrable")),
    *(f"stages.{kind}" for kind in ("preliminary_review", "expert_review", "public_notice", "announcement")),
    "support.support", "support.consequences",
}


def test_every_leaf_says_where_it_stands() -> None:
    leaves = list(REGULATION.leaves())
    assert all(leaf.article.strip() and leaf.basis in BASES for leaf in leaves)
    assert all(leaf.source for leaf in leaves if leaf.basis == "precedent")
    assert len({leaf.path for leaf in leaves}) == len(leaves)


def test_article_is_claimed_for_exactly_what_the_report_says() -> None:
    assert {leaf.path for leaf in REGULATION.leaves() if leaf.basis == "article"} == REPORTED


def test_what_the_registry_set_never_reads_as_the_regulations_text() -> None:
    for leaf in REGULATION.leaves():
        assert ("设定" in leaf.article) == (leaf.basis != "article" and not leaf.empty), leaf


def test_the_reports_definition_stands_word_for_word() -> None:
    assert REGULATION.definition.text.zh == (
        "“首套件基础电子元器件”指具有自主知识产权、技术水平国内先进或首创、应用前景良好并处于市场推广初期，"
        "可提供给系统整机厂商进行集成应用的电子元器件产品。")
    assert all(predicate.label.zh.lstrip("处于") in REGULATION.definition.text.zh for predicate in REGULATION.predicates)


def test_law_check_counts_by_basis_and_lists_what_nobody_knows() -> None:
    report = check_file(FILE)
    counted = Counter(leaf.basis for leaf in REGULATION.leaves() if not leaf.empty)
    assert report.is_sound
    assert report.counts == {basis: counted[basis] for basis in BASES}
    assert report.counts["article"] == len(REPORTED)
    assert report.unknown == [
        "publication.document_number", "publication.registration_number", "publication.issued_on"]


def test_law_show_says_everything_in_both_languages() -> None:
    shown = show(REGULATION)
    for rule in REGULATION.all_fields():
        assert rule.label.zh in shown and rule.label.en in shown and f"({rule.key})" in shown
    for labels in (REGULATION.dossier.documents, REGULATION.sanctions, REGULATION.objection_grounds, REGULATION.debarments):
        assert all(item.label.zh in shown and item.label.en in shown for item in labels)
    assert shown.count("〔") >= len([leaf for leaf in REGULATION.leaves() if not leaf.empty])


@pytest.mark.parametrize("law", load_law(Path(__file__).parent / "unseen").regulations.values(), ids=lambda law: law.id)
def test_the_outline_leaves_nothing_of_a_file_out(law: Regulation) -> None:
    """Page, API and command show the outline: every figure with a place stands in it, but for those of the paper itself."""
    def told(lines: Sequence[Line]) -> Iterator[Source]:
        for line in lines:
            yield from ([line.source] if line.source else [])
            yield from told(line.lines)

    shown = {id(source) for part in outline(law) for source in told(part.lines)}
    paper = [*law.publication.values(), law.effective.start, law.effective.life, law.effective.counting]
    assert [source for source in sources(law) if id(source) not in shown and source not in paper] == []


def sources(value: object) -> Iterator[Source]:
    """Everything below `value` that says where it stands."""
    if isinstance(value, Source) and value.basis:
        yield value
    if isinstance(value, Mapping):
        yield from (found for item in value.values() for found in sources(item))
    elif isinstance(value, tuple) and not isinstance(value, Text):
        yield from (found for item in value for found in sources(item))
    elif is_dataclass(value):
        yield from (found for part in fields(value) for found in sources(getattr(value, part.name)))


# ------------------------------------------------------------------------------------------------------ the whole library


def test_law_is_found_by_id_by_day_and_by_family() -> None:
    assert REGULATION in LAW.open_on(TODAY)
    assert REGULATION not in LAW.open_on(date(2025, 7, 31))
    assert LAW.successor("hunan-components", TODAY) is REGULATION
    assert LAW.successor("other", TODAY) is None
    with pytest.raises(NotFound):
        LAW.regulation("no-such-2025")


def test_the_product_tree_has_six_classes_and_names_codes() -> None:
    assert len(PRODUCTS.classes) == 6
    assert len(PRODUCTS.leaves) == 27
    assert PRODUCTS.leaf("sensor").class_label.zh == "传感类元器件"
    assert all(re.fullmatch(r"\d{4}", code) for leaf in PRODUCTS.leaves for code in leaf.gbt4754)
    assert {leaf.basis for leaf in PRODUCTS.leaves} == {"assumption"}
    with pytest.raises(NotFound):
        PRODUCTS.leaf("cabbage")


def test_a_further_folder_adds_a_version_that_may_not_overlap(tmp_path: Path) -> None:
    later = FILE.read_text().replace('id = "hunan-components-2025"', 'id = "hunan-components-2030"').replace(
        'version = "2025"', 'version = "2030"')
    target = tmp_path / "regulations" / "hunan-components-2030.toml"
    target.parent.mkdir()
    target.write_text(later)
    with pytest.raises(LawFileFault, match="2030 is in force together with hunan-components-2025"):
        load_law(tmp_path)
    target.write_text(later.replace("day = 2025-08-01", "day = 2030-08-01"))
    law = load_law(tmp_path)
    assert law.successor("hunan-components", date(2030, 7, 31)) is not law.regulation("hunan-components-2030")
    assert law.successor("hunan-components", date(2030, 8, 1)) is law.regulation("hunan-components-2030")


def test_an_id_is_loaded_once_and_its_product_tree_must_be_there(tmp_path: Path) -> None:
    folder = tmp_path / "regulations"
    folder.mkdir()
    (folder / FILE.name).write_bytes(FILE.read_bytes())
    with pytest.raises(LawFileFault, match="is loaded already"):
        load_law(tmp_path)
    (folder / FILE.name).rename(folder / "other-2025.toml")
    text = FILE.read_text().replace("hunan-components", "other").replace("electronic-components-2021", "no-tree")
    (folder / "other-2025.toml").write_text(text)
    with pytest.raises(LawFileFault, match="taxonomy: no product tree 'no-tree'"):
        load_law(tmp_path)


def test_an_application_can_pin_the_files_bytes(tmp_path: Path) -> None:
    changed = tmp_path / FILE.name
    changed.write_text(FILE.read_text() + "\n# a comment\n")
    assert LawFile(changed).digest != REGULATION.digest == LawFile(FILE).digest


# ---------------------------------------------------------------------------------------------------- files with faults

# What is replaced, by what, and where the fault is to be named.
FAULTS = [
    ('family = "hunan-components"\n', "", "family: is missing"),
    ('version = "2025"', 'version = "2026"', "id: must be family and version"),
    ('taxonomy = "electronic-components-2021"', "taxonomy = 2021", "taxonomy: must be a line"),
    ('taxonomy = "electronic', 'colour = "red"\ntaxonomy = "electronic', "colour: unknown key"),
    ('en = "Hunan first-set measures"', 'fr = "x"', "short_title: must be { zh"),
    ('en = "Hunan first-set measures"', 'en = " "', "short_title: must be { zh"),
    ("[publication.issued_on]", "[publication.issued_at]", "publication.issued_at: unknown name"),
    ('[publication.document_number]\nvalue = ""', '[publication.document_number]\nvalue = "119号"',
     "publication.document_number.value: is not written like"),
    ('code = "430100"', 'code = "440100"', "authority.prefectures[1].code: 440100 does not lie in 430000"),
    ('code = "430200"', 'code = "430100"', "authority.prefectures[2].code: 430100 stands here twice"),
    ('code = "430300"', 'code = "4303"', "authority.prefectures[3].code: must be six digits"),
    ("day = 2025-08-01", 'day = "2025-08-01"', "effective.start.day: must be a day"),
    ('length = 5\nunit = "year"\narticle', 'length = 9999\nunit = "year"\narticle', "effective.life.length: leads past"),
    ('kind = "preliminary_review"\n', 'kind = "inspection"\n', "stages[1].kind: 'inspection' is not one of"),
    ('kind = "expert_review"\n', 'kind = "preliminary_review"\n', "stages[2].kind: 'preliminary_review' stands here twice"),
    ('kind = "announcement"\n', 'kind = "formal_examination"\n', "stages[4].kind: the last stage must be"),
    ('term = "expert_review"', 'term = "expert_revew"', "stages[2].term: there is no period 'expert_revew'"),
    ('scope = "prefecture"', 'scope = "province"', "stages[1].scope: 'preliminary_review' is not done"),
    ('[periods.public_notice]\nlength = 7', "[periods.public_notice]\nlength = 0", "periods.public_notice.length: must be at"),
    ('[periods.supplement]\nlength = 15', "[periods.supplement]\nlength = -15", "periods.supplement.length: must be at least 1"),
    ('[[predicates]]\nkey = "own_ip"\nlabel = { zh = "具有自主知识产权", en = "Own intellectual property" }\narticle = "第一章（总则）"\n',
     '[[predicates]]\nkey = "own_ip"\nlabel = { zh = "具有自主知识产权", en = "Own intellectual property" }\n', "predicates[1].article: is missing"),
    ('[[stages]]\nkind = "public_notice"\n', '[[stages]]\nkind = "expert_review"\n', "stages[3].kind: 'expert_review' stands here twice"),
    ('[periods.supplement]\nlength = 15', "[periods.supplement]\nlength = true", "periods.supplement.length: must be a whole"),
    ('[periods.supplement]\nlength = 15', "[periods.supplement]\nlength = 99999", "periods.supplement.length: must be at most"),
    ('[periods.supplement]\nlength = 15\nunit = "working_day"', '[periods.supplement]\nlength = 15\nunit = "workday"',
     "periods.supplement.unit: 'workday' is not one of"),
    ("count_start_day = false\nends", 'count_start_day = "no"\nends', "validity.count_start_day: must be true or false"),
    ('ends = "as_is"\nbase', 'ends = "whenever"\nbase', "validity.ends: 'whenever' is not one of"),
    ("opens_before = { length = 180, ", "opens_before = { ", "renewal.opens_before.length: is missing"),
    ('key = "90d"', 'key = "180d"', "reminders[2].key: '180d' stands here twice"),
    ('after = { length = 3, unit = "working_day" }', 'after = { length = 1, unit = "working_day" }',
     "escalations[2].after.length: must be more than in the step before"),
    ('after = { length = 3, unit = "working_day" }', 'after = { length = 3, unit = "month" }',
     "escalations[2].after.unit: overdue work is counted in working days"),
    ('role = "head"', 'role = "minister"', "escalations[2].role"),
    ('product_field = "product_name"', 'product_field = "name"', "dossier.product_field: there is no field 'name'"),
    ('models_field = "models"', 'models_field = "trademark"', "dossier.models_field: 'trademark' must be a required"),
    ('key = "trademark"', 'key = "models"', "dossier.sections[1].fields[5].key: 'models' stands here twice"),
    ('key = "trademark"', 'key = "Trade Mark"', "dossier.sections[1].fields[5].key: 'Trade Mark' must be made of"),
    ('key = "trademark"\nkind = "line"', 'key = "trademark"\nkind = "date"',
     "dossier.sections[1].fields[5].max_length: has no meaning"),
    ('key = "trademark"\nkind = "line"', 'key = "trademark"\nkind = "choice"',
     "dossier.sections[1].fields[5].choices: is missing"),
    ("places = 2\n", "", "dossier.sections[5].fields[4].places: is missing"),
    ("minimum = 0\nunit", "minimum = 5\nmaximum = 3\nunit", "dossier.sections[5].fields[3].minimum: is more than"),
    ("minimum = 1\nmaximum = 20", "minimum = 21\nmaximum = 20", "dossier.documents[4].minimum: is more than"),
    ("minimum = 1\nmaximum = 20", "minimum = 0\nmaximum = 20", "dossier.documents[4].minimum: is 0, but"),
    ('types = ["png", "jpg"]', 'types = ["png", "gif"]', "dossier.documents[13].types: 'gif' is not one of"),
    ('field = "dossier.test_report_on"', 'field = "test_report_on"', "conditions[1].field: there is no 'test_report_on'"),
    ("dossier.test_report_on <= today", "dossier.test_report_at <= today", "conditions[1].expression: names dossier.test_rep"),
    ("dossier.test_report_on <= today", "dossier.test_report_on <= tomorrow", "conditions[1].expression: knows no 'tomorrow'"),
    ("dossier.test_report_on <= today", "dossier.test_report_on <=", "conditions[1].expression: is not CEL"),
    ("dossier.test_report_on <= today", "dossier.test_lab <= today", "conditions[1].expression: compares dossier.test_lab, a text, with today, a day"),
    ("dossier.test_report_on <= today", "size(dossier.test_lab) > 1", "conditions[1].expression: uses size()"),
    ("minimum = 5\nodd = true", "minimum = 4\nodd = true", "panel.minimum: is 4, but the number of experts must be odd"),
    ('rule = "mean"', 'rule = "mean"\nspecialists = 6', "panel.specialists: is 6, but a panel may have only 5 experts"),
    ('key = "kinship"\n', 'key = "kinship"\nyears = 3\n', "panel.recusal[3].years: has no meaning for 'kinship'"),
    ('[[panel.recusal]]\nkey = "employment"', '[[panel.recusal]]\nkey = "friendship"', "panel.recusal: has no rule 'employment'"),
    ("pass_mark = 80", "pass_mark = 101", "panel.pass_mark: is 101, but all criteria together give 100"),
    ('key = "advancement"\nlabel = { zh = "先进性"', 'key = "novelty"\nlabel = { zh = "先进性"',
     "panel.criteria[2].key: 'novelty' stands here twice"),
    ('acts = ["reinstate"]', 'acts = ["revoke"]', "sanctions: no ground allows 'reinstate'"),
    ('certificate = "HN-STJ-{year}-{serial:04d}"', 'certificate = "HN-STJ-{serial:04d}"', "numbers.certificate: must be A-Z"),
    ('certificate = "HN-STJ-{year}-{serial:04d}"', 'certificate = "HN-STJ-SQ-{year}-{serial:04d}"',
     "numbers.certificate: has the same form"),
    ('[definition]\ntext', '[definition]\nbasis = "hearsay"\ntext', "not TOML: Cannot overwrite"),
    ('basis = "instruction"', 'basis = "hearsay"', "validity.basis: 'hearsay' is not one of"),
    ('basis = "instruction"', 'basis = "precedent"\nsauce = "x"', "validity.sauce: unknown key"),
    ('source = "本登记处所有者的要求"', 'source = ""', "validity.source: must be a line"),
    ('basis = "instruction"\nsource = "本登记处所有者的要求"', 'basis = "precedent"', "validity.source: is missing: a precedent"),
    ('[numbers]\n', "[numbers\n", "not TOML"),
]


@pytest.mark.parametrize(("old", "new", "fault"), FAULTS, ids=[f"{n}-{fault[:40]}" for n, (_, _, fault) in enumerate(FAULTS)])
def test_a_fault_in_a_file_is_named_with_its_key_and_line(old: str, new: str, fault: str, tmp_path: Path) -> None:
    text = FILE.read_text()
    assert old in text, "the test's own text is no longer in the file"
    folder = tmp_path / "regulations"
    folder.mkdir()
    (folder / FILE.name).write_text(text.replace(old, new))
    report = check_file(folder / FILE.name)
    assert [line for line in report.faults if fault in line], report.faults
    assert all(line.startswith("line ") or "is missing" in line or "not TOML" in line for line in report.faults)
    with pytest.raises(LawFileFault) as refusal:
        load_law(tmp_path)
    assert refusal.value.path.endswith(FILE.name)
    assert fault in str(refusal.value)


def test_all_faults_are_said_at_once_each_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / FILE.name
    text = FILE.read_text().replace('scope = "prefecture"', 'scope = "province"').replace("pass_mark = 80", "pass_mark = 800")
    path.write_text(text.replace('product_field = "product_name"', 'product_field = "name"'))
    lines = path.read_text().splitlines()
    faults = check_file(path).faults
    assert len(faults) == 3
    for fault, what in zip(faults, ("scope", "product_field", "pass_mark"), strict=True):
        number = re.match(r"line (\d+): ", fault)
        assert number is not None
        assert lines[int(number[1]) - 1].startswith(what)


def test_a_panel_stands_exactly_where_experts_review(tmp_path: Path) -> None:
    path = tmp_path / FILE.name
    text = FILE.read_text()
    start, end = text.index("[panel]"), text.index("[[supplement_reasons]]")
    path.write_text(text[:start] + text[end:])
    assert check_file(path).faults == ["panel: is missing: there is a stage 'expert_review'"]
    path.write_text(text.replace('kind = "expert_review"', 'kind = "formal_examination"'))
    assert "has no use" in check_file(path).faults[0]
    path.write_text((text[:start] + text[end:]).replace('kind = "expert_review"', 'kind = "formal_examination"'))
    assert check_file(path).faults == []


@pytest.mark.parametrize(("old", "new", "fault"), [
    ('id = "electronic', 'id = "electric', "id: is 'electric-components-2021', but the file is named"),
    ('key = "sensor"', 'key = "relay"', "classes[4].leaves[2].key: 'relay' stands here twice"),
    ('gbt4754 = ["3981"]', 'gbt4754 = ["C3981"]', "classes[1].leaves[1].gbt4754: 'C3981' is not two to four digits"),
    ('gbt4754 = ["3981"]\n', "", "classes[1].leaves[1].gbt4754: is missing"),
    ('key = "sensing"', 'key = "circuit"', "classes[4].key: 'circuit' stands here twice"),
    ('key = "sensing"', 'key = "sensing"\ncolour = 1', "classes[4].colour: unknown key"),
])
def test_a_fault_in_a_product_tree_is_named(old: str, new: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / TREE.name
    path.write_text(TREE.read_text().replace(old, new, 1))
    assert any(fault in line for line in check_file(path).faults), check_file(path).faults


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x = [", b"classes = 1", b"off = 1", b"stages = []", b"[[classes]]"])
def test_checking_a_file_of_any_content_answers_with_faults(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(content)
    assert check_file(path).faults
    assert check_file(tmp_path / "none.toml").faults == ["cannot be opened: No such file or directory"]


def test_every_shipped_law_file_is_sound() -> None:
    for path in HERE.glob("*/*.toml"):
        assert check_file(path).is_sound, path


def test_a_place_is_found_on_its_line() -> None:
    text = 'a = 1\n[[b]]\nc = [\n  "]",\n]\n[[b.d]]\ne = """\nf = 1\n"""\n[[b]]\n[[b.d]]\n\n[b.g]\nh.i = 2\n'
    lines = find_lines(text)
    assert lines[("a",)] == 1
    assert lines[("b", 0, "c")] == 3
    assert lines[("b", 0, "d", 0, "e")] == 7
    assert lines[("b", 1, "d", 0)] == 11
    assert lines[("b", 1, "g", "h", "i")] == 14
    assert ("f",) not in {place[-1:] for place in lines}


# ------------------------------------------------------------------------------------------------------------- dossiers


def test_a_complete_dossier_has_no_finding() -> None:
    assert check(complete()) == []
    assert REGULATION.read_dossier(complete())["sales_amount"] == Decimal("120.00")


def test_an_empty_dossier_names_everything_that_is_required_with_its_article() -> None:
    findings = check({}, {})
    wanted = [(f"dossier.{rule.key}", "missing") for rule in REGULATION.all_fields() if rule.required]
    wanted += [(f"documents.{rule.key}", "missing") for rule in REGULATION.dossier.documents if rule.required]
    assert places(findings) == wanted
    assert all(finding.article and finding.basis in BASES and finding.action for finding in findings)
    assert all(finding.message.zh and finding.message.en for finding in findings)


@pytest.mark.parametrize(("key", "value", "code"), [
    ("product_name", "名" * 101, "too_long"), ("product_name", ["名"], "unreadable"), ("product_name", "a\x00b", "unreadable"),
    ("product_class", "cabbage", "unknown_leaf"), ("level", "world_class", "not_a_choice"),
    ("test_report_on", "2025-02-30", "unreadable"), ("test_report_on", "yesterday", "unreadable"),
    ("test_report_on", 20250801, "unreadable"), ("units_sold", "12.5", "unreadable"), ("units_sold", "-1", "too_small"),
    ("units_sold", True, "unreadable"), ("units_sold", "9" * 400, "unreadable"), ("rd_spending", "NaN", "unreadable"),
    ("rd_spending", "1e5", "unreadable"), ("rd_spending", "1.234", "too_precise"), ("rd_spending", 1.5, "unreadable"),
    ("models", {"a": 1}, "unreadable"), ("models", [1], "unreadable"), ("models", " \n ", "missing"),
    ("models", ["型" * 81], "too_long"), ("truth", False, "missing"), ("truth", "no", "missing"), ("truth", 1, "missing"),
    ("contact_person", "  ", "missing"),
])
def test_a_value_that_is_none_of_its_kind_is_named_at_its_field(key: str, value: object, code: str) -> None:
    findings = check(complete(**{key: value}, **({"test_product_name": value} if key == "product_name" else {})))
    assert (f"dossier.{key}", code) in places(findings)
    assert {finding.field for finding in findings} <= {f"dossier.{key}", "dossier.test_product_name"}


@pytest.mark.parametrize(("key", "typed", "read"), [
    ("test_report_on", "2025/8/1", date(2025, 8, 1)), ("test_report_on", "2025年8月1日", date(2025, 8, 1)),
    ("test_report_on", "２０２５－０８－０１", date(2025, 8, 1)), ("test_report_on", date(2025, 8, 1), date(2025, 8, 1)),
    ("test_report_on", datetime(2025, 8, 1, 23), date(2025, 8, 1)),  # noqa: DTZ001
    ("units_sold", "1,200", 1200), ("units_sold", "１２", 12), ("units_sold", 7, 7),
    ("rd_spending", "1,200.5", Decimal("1200.50")), ("rd_spending", 3, Decimal("3.00")),
    ("models", "A-1\r\n\r\n A-2 \nA-1", ["A-1", "A-2"]), ("truth", "on", True),
    ("product_name", "  高频   连接器 ", "高频 连接器"), ("product_brief", "一\r\n二 ", "一\n二"),
])
def test_a_value_is_read_however_it_was_typed(key: str, typed: object, read: object) -> None:
    assert REGULATION.read_dossier({key: typed}) == {key: read}


def test_too_few_too_many_and_unknown_documents_and_fields_are_named() -> None:
    files = complete_documents(REGULATION) | {"test_report": 6, "photos": 6, "ip_patent": 0, "recipe": 1}
    assert places(check(complete(recipe="x"), files)) == [
        ("documents.ip_patent", "missing"), ("documents.test_report", "too_many"), ("documents.photos", "too_many"),
        ("dossier.recipe", "unknown"), ("documents.recipe", "unknown")]


def ago(**span: int) -> str:
    return (TODAY - timedelta(**span)).isoformat()


AHEAD = (TODAY + timedelta(days=1)).isoformat()
NO_SEARCH = complete_documents(REGULATION) | {"novelty_search": 0}
NO_LICENCE = complete_documents(REGULATION) | {"ip_license": 0}
BROKEN = [
    ({"test_report_on": AHEAD}, None, "dossier.test_report_on", "test_report_not_future"),
    ({"test_report_on": "2023-08-31"}, None, "dossier.test_report_on", "test_report_fresh"),
    ({"test_product_name": "另一种连接器"}, None, "dossier.test_product_name", "product_name_as_tested"),
    ({"novelty_search_on": AHEAD}, None, "dossier.novelty_search_on", "novelty_search_not_future"),
    ({"novelty_search_on": "2024-08-31"}, None, "dossier.novelty_search_on", "novelty_search_fresh"),
    ({"level": "first"}, NO_SEARCH, "documents.novelty_search", "novelty_search_for_first"),
    ({"novelty_search_on": None}, None, "dossier.novelty_search_on", "novelty_search_dated"),
    ({"ip_ownership": "licensed"}, NO_LICENCE, "documents.ip_license", "licence_shown"),
    ({"first_sale_on": AHEAD}, None, "dossier.first_sale_on", "first_sale_not_future"),
    ({"market_stage": "small_batch", "first_sale_on": None}, None, "dossier.first_sale_on", "first_sale_stated"),
    ({"first_sale_on": "2022-08-31"}, None, "dossier.first_sale_on", "market_early_stage"),
]


def test_a_renewal_is_not_asked_whether_its_product_is_still_early_on_the_market() -> None:
    late = complete(first_sale_on="2022-08-31")
    documents, tree = complete_documents(REGULATION), load_law().taxonomy_of(REGULATION)
    assert REGULATION.check_dossier(late, documents, TODAY, tree, renewal=True) == []
    assert [f.code for f in REGULATION.check_dossier(late, documents, TODAY, tree)] == ["market_early_stage"]


@pytest.mark.parametrize(("changes", "files", "field", "key"), BROKEN, ids=[key for *_, key in BROKEN])
def test_each_condition_fails_alone_at_its_field_with_its_article(
    changes: dict[str, object], files: dict[str, int] | None, field: str, key: str,
) -> None:
    [finding] = check(complete(**changes), files)
    condition = next(rule for rule in REGULATION.conditions if rule.key == key)
    assert (finding.field, finding.code) == (field, key)
    assert (finding.message, finding.action) == (condition.message, condition.action)
    assert (finding.article, finding.basis) == (condition.article, condition.basis)


def test_every_condition_has_a_dossier_that_breaks_it() -> None:
    assert {rule.key for rule in REGULATION.conditions} == {key for *_, key in BROKEN}


@pytest.mark.parametrize(("key", "last_good", "files"), [
    ("test_report_on", "2023-09-01", None), ("novelty_search_on", "2024-09-01", None),
    ("first_sale_on", "2022-09-01", None), ("test_report_on", TODAY.isoformat(), None),
])
def test_the_last_day_of_an_age_limit_still_counts(key: str, last_good: str, files: None) -> None:
    assert check(complete(**{key: last_good}), files) == []


def test_a_report_that_aged_in_the_office_does_not_fail_a_supplement_but_one_from_the_future_does() -> None:
    assert check(complete(test_report_on="2023-08-31"), submitted=True) == []
    assert places(check(complete(test_report_on=AHEAD), submitted=True)) == [
        ("dossier.test_report_on", "test_report_not_future")]


def test_the_same_name_in_other_clothes_is_the_same_name() -> None:
    assert check(complete(product_name="BTB-112G 连接器", test_product_name="ＢＴＢ－112g连接器")) == []


def test_an_unreadable_value_is_named_once_and_asked_no_condition() -> None:
    assert places(check(complete(test_report_on="soon"))) == [("dossier.test_report_on", "unreadable")]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates() | st.decimals()
NESTED = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(), SCALARS, max_size=3)
JUNK = NESTED | st.lists(NESTED, max_size=3) | st.dictionaries(st.text(), NESTED, max_size=3)
KEYS = st.sampled_from([rule.key for rule in REGULATION.all_fields()]) | st.text()
SLOTS = st.sampled_from([rule.key for rule in REGULATION.dossier.documents]) | st.text()


@given(st.dictionaries(KEYS, JUNK), st.dictionaries(SLOTS, JUNK), st.booleans())
@settings(max_examples=150)
def test_no_value_makes_the_check_raise(dossier: dict[str, object], documents: dict[str, int], submitted: bool) -> None:
    for finding in check(complete() | dossier, documents, submitted=submitted):
        assert finding.message.zh and finding.message.en
    REGULATION.read_dossier(dossier)


@given(st.dates())
def test_no_day_makes_the_check_raise(day: date) -> None:
    dossier = complete_dossier(REGULATION, TODAY) | {"test_report_on": "9999-12-31", "first_sale_on": "0001-01-01"}
    REGULATION.check_dossier(dossier, {}, day, PRODUCTS)


def test_the_samples_suit_every_day_on_which_the_regulation_is_open() -> None:
    for day in (date(2025, 8, 1), date(2028, 2, 29), date(2030, 7, 31)):
        dossier = complete_dossier(REGULATION, day)
        assert REGULATION.check_dossier(dossier, complete_documents(REGULATION), day, PRODUCTS) == []


# ----------------------------------------------------------------------------------------------------------- conditions

NAMES = conditions.seen({"name": TEXT, "on": DAY, "price": Kind("number", places=2), "models": Kind("list", of=TEXT)}, ["x"])


@pytest.mark.parametrize(("expression", "fault"), [
    ("true && " * 60 + "true", "longer than"), ("((((((((true))))))))", "nests deeper"), ("((" * 500, "longer than"),
    ("dossier.models.exists(a, dossier.models.exists(b, dossier.models.exists(c, a == b && b == c)))", "more than 2 of"),
    ("dossier.price > 2.5", "with a point"),
    ("dossier['name'] == 'x'", "uses dossier otherwise"), ("dossier == documents", "uses dossier otherwise"),
    ("dossier.models[0] == 'x'", "uses [ ]"), ("nonsense(dossier.name)", "uses the function nonsense()"),
    ("timestamp('2020-01-01T00:00:00Z') < today", "uses the function timestamp()"), ("documents.y > 0", "names documents.y"),
    ("dossier.name", "answers a text"), ("dossier.name > 1", "compares dossier.name, a text, with 1, a number"), ("1 / 0 == 1", "cannot be evaluated"),
    ("dossier.name == 'a' ? true", "is not CEL"), ("", "is not CEL"),
])
def test_an_expression_that_may_not_stand_is_said_why(expression: str, fault: str) -> None:
    found = conditions.expression_faults(expression, NAMES)
    assert any(fault in line for line in found), found


@pytest.mark.parametrize(("expression", "holds"), [
    ("chars(dossier.name) == 2", True), ("plain(dossier.name) == '中文'", True), ("dossier.price == 1234", True),
    ("count(dossier.models) == 1 && dossier.models.all(m, m.startsWith('H'))", True), ("dossier.on < today", True),
    ("days_after(dossier.on, 1) == today", True), ("months_after(dossier.on, 12) > today", True),
    ("years_after(dossier.on, 100000) > today", True), ("days_after(dossier.on, -9000000) < today", True),
    ("months_after(dossier.on, -100000) < today", True), ("dossier.name == 'dossier.nothing'", False),
    ("has(dossier.absent)", False), ("dossier.absent == 1", True), ("!has(dossier.absent) || dossier.absent == 1", True),
    ("dossier.name.matches('^中')", True),
])
def test_an_expression_answers(expression: str, holds: bool) -> None:
    facts: dict[str, object] = {"name": "中文", "price": Decimal("12.34"), "on": date(2024, 2, 29), "models": ["HX"]}
    assert conditions.holds(expression, facts, {"x": 2}, date(2024, 3, 1)) is holds


def test_five_years_from_29_february_end_on_28_february() -> None:
    facts: dict[str, object] = {"on": date(2024, 2, 29)}
    assert conditions.holds("years_after(dossier.on, 5) == today", facts, {}, date(2029, 2, 28))


# ---------------------------------------------------------------------------------------------------------- the document

ROWS = re.compile(r"^\| (`[^|]+?)\s*\|", re.MULTILINE)


def documented_keys() -> set[str]:
    text = DOCS.read_text()
    text = text[: text.index("An expression sees these names")] + text[text.index("## Grades and other certifications"):]
    return {key for row in ROWS.findall(text) for key in re.findall(r"`([^`]+)`", row)}


def test_the_format_document_names_every_key_and_no_other() -> None:
    calendar = {*deadlines.REQUIRED, "published_on"}
    assert documented_keys() == {*known_keys(), *known_keys(TAXONOMY), *calendar, *SOURCE, *PERIOD}


def test_the_format_document_names_every_function_and_limit() -> None:
    text = DOCS.read_text()
    for name in conditions.FUNCTIONS:
        assert f"`{name}(" in text
    assert f"At most {conditions.MAX_LENGTH} characters, six levels of brackets" in text
    assert conditions.MAX_DEPTH == 6


def test_the_regulation_in_the_document_loads_as_it_stands(tmp_path: Path) -> None:
    names = {"taxonomy": "taxonomies/parts-2026", "regulation": "regulations/parts-rules-2026", "calendar": "calendars/2027"}
    for kind, body in re.findall(r"```toml (\w+)\n(.*?)```", DOCS.read_text(), re.DOTALL):
        path = tmp_path / f"{names.pop(kind)}.toml"
        path.parent.mkdir()
        path.write_text(body)
    assert not names
    law = load_law(tmp_path)
    found = law.regulation("parts-rules-2026")
    assert found.effective_until == date(2027, 12, 31)
    assert unknown_leaves(found)[-2:] == ["stages.expert_review.term", "stages.announcement.term"]
    assert "periods.objection_decision" in unknown_leaves(found)
    day = date(2026, 6, 1)
    tree = law.taxonomy_of(found)
    assert found.check_dossier(complete_dossier(found, day, tree), complete_documents(found), day, tree) == []
    assert show(found)


def test_the_condition_in_the_document_is_the_one_that_is_shipped() -> None:
    [body] = re.findall(r"```toml\n(\[\[conditions\]\].*?)```", DOCS.read_text(), re.DOTALL)
    for line in body.splitlines():
        assert line in FILE.read_text()


# ------------------------------------------------------------------------------------------------------------- purity


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.name)
def test_the_law_reads_no_clock(path: Path) -> None:
    names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert not names & {"now", "utcnow", "today", "time", "time_ns", "localtime", "monotonic"}


def test_no_function_of_the_law_is_longer_than_40_lines_and_no_module_than_400() -> None:
    for path in HERE.glob("*.py"):
        text = path.read_text()
        assert len(text.splitlines()) <= 400, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 40, (path, node.name)


@pytest.mark.parametrize(("family", "version", "forms", "loads"), [
    ("another", "2025", {}, True),
    ("another", "2025", {"certificate": "HN-STJ-{year}-{serial:04d}"}, False),
    ("another", "2025", {"certificate": "HN-STJ-{year}-{serial:06d}"}, False),
    ("another", "2025", {"notice": "HN-STJ-{year}-{serial:03d}"}, False),
    ("another", "2025", {"certificate": "HN-STJ-{year}1{serial:04d}"}, True),
    ("hunan-components", "2030", {}, True),
    ("hunan-components", "2030", {"certificate": "HN-STJ-{year}-{serial:05d}"}, False),
], ids=["its own", "another family's", "only wider", "of another kind", "told apart by a letter or hyphen", "the next version goes on",
        "the next version, wider"])  # fmt: skip
def test_no_two_regulations_could_write_one_number(tmp_path: Path, family: str, version: str, forms: dict[str, str], loads: bool) -> None:
    folder = another_law(tmp_path, family, version, *((("day = 2025-08-01", "day = 2030-08-01"),) if version == "2030" else ()))
    path = folder / "regulations" / f"{family}-{version}.toml"
    text = path.read_text(encoding="utf-8")
    for kind, form in forms.items():
        text = re.sub(rf'^{kind} = ".*serial.*"$', f'{kind} = "{form}"', text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    if loads:
        return load_law(folder) and None
    with pytest.raises(LawFileFault, match="could write the same number as"):
        load_law(folder)
