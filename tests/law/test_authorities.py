"""Who certifies, where its bureaus are, and in which region an enterprise lies: read from the files, refused by key and line."""

from __future__ import annotations

from pathlib import Path

import pytest

import registry.law
from registry.errors import LawFileFault
from registry.law import places
from registry.law.library import load_law
from registry.law.loader import load_regulation
from registry.law.regulation import Regulation
from tests.factories import CENTRE, CENTRE_KEY, HUNAN, PROVINCE, another_law, centre_law

SHIPPED = (Path(registry.law.__file__).parent / "regulations" / f"{HUNAN}.toml").read_text(encoding="utf-8")
HEAD = SHIPPED[SHIPPED.index("[authority]"):SHIPPED.index("[[authority.prefectures]]")]
REGIONS = SHIPPED[SHIPPED.index("[[authority.prefectures]]"):SHIPPED.index("[", SHIPPED.rindex("[[authority.prefectures]]") + 4)]
NATIONAL = '[authority]\ncode = "100000"\nname = { zh = "某部", en = "Ministry" }\narticle = "测试"\nbasis = "assumption"\n\n'
PROVINCES = "".join(
    f'[[authority.prefectures]]\ncode = "{code}"\nname = {{ zh = "{code}", en = "{code}" }}\nbureau = {{ zh = "{code}厅", en = "{code}" }}\n'
    'article = "测试"\nbasis = "assumption"\n\n' for code in ("430000", "440000"))


def changed(folder: Path, *changes: tuple[str, str]) -> Regulation:
    another_law(folder, "sample", "2026", *changes)
    return load_regulation(folder / "regulations" / "sample-2026.toml")


def fault(folder: Path, *changes: tuple[str, str]) -> str:
    with pytest.raises(LawFileFault) as caught:
        changed(folder, *changes)
    return "\n".join(caught.value.faults)


def test_a_place_belongs_to_its_own_region_else_to_its_provinces(tmp_path: Path) -> None:
    national = changed(tmp_path, (HEAD, NATIONAL), (REGIONS, PROVINCES)).authority
    assert {place: region.code if (region := national.region_of(place)) else None for place in ("430000", "430100", "440300", "420000")} == {
        "430000": "430000", "430100": "430000", "440300": "440000", "420000": None}
    provincial = load_law().regulation(HUNAN).authority
    assert provincial.region_of("430100") is provincial.prefectures["430100"]
    assert provincial.region_of("430000") is None and provincial.region_of("440100") is None


@pytest.mark.parametrize(("old", "new", "expected"), [
    ('code = "430000"', 'code = "000000"', "authority.code: 000000 is no place; a national authority has the code 100000"),
    ('code = "430000"', 'code = "43"', "authority.code: must be six digits"),
    ('code = "430000"', 'code = "430000"\nunit = "A b"', "authority.unit: must be made of"),
    ('code = "430100"', 'code = "430000"', "authority.prefectures[1].code: 430000 does not lie in 430000"),
    ('code = "430000"', 'code = "100000"', "authority.prefectures[1].code: 430100 is no province"),
    ('code = "430000"', 'code = "430100"', "authority.prefectures[1].code: 430100 does not lie in 430100"),
    (REGIONS, "", "authority.prefectures: is missing: the stage 'preliminary_review' is done by the bureau of a region"),
], ids=str)
def test_what_is_wrong_with_an_authority_is_named_by_key_and_line(tmp_path: Path, old: str, new: str, expected: str) -> None:
    found = fault(tmp_path, (HEAD, HEAD.replace(old, new)) if old in HEAD else (old, new))
    assert expected in found
    assert found.startswith("line ") or "line" in found


def test_two_departments_of_one_place_are_told_apart_by_unit(tmp_path: Path) -> None:
    law = load_law(centre_law(tmp_path))
    assert set(law.authorities()) == {PROVINCE, CENTRE_KEY} | {r.authority.key for r in load_law().regulations.values()}
    assert law.under({CENTRE_KEY}) == [CENTRE] and HUNAN in law.under({PROVINCE})


def test_one_key_is_one_authority(tmp_path: Path) -> None:
    other = HEAD.replace("湖南省工业和信息化厅", "湖南省科学技术厅")
    another_law(tmp_path, "sample", "2026", (HEAD, other))
    with pytest.raises(LawFileFault) as caught:
        load_law(tmp_path)
    assert "authority.name" in str(caught.value.faults) and "authority.unit" in str(caught.value.faults)


def test_several_regulations_of_one_authority_are_one_authority(tmp_path: Path) -> None:
    law = load_law(another_law(tmp_path, "sample", "2026"))
    assert {HUNAN, "sample-2026"} <= set(law.under({PROVINCE}))
    assert list(law.authorities()) == sorted(law.authorities())


def test_the_provinces_are_those_of_the_standard() -> None:
    """GB/T 2260 has 34 codes of the first level; each is its own province, and none of them is the nation's."""
    assert len(places.PROVINCES) == 34 and places.NATION not in places.PROVINCES
    assert all(places.province_of(code) == code and code[2:] == "0000" for code in places.PROVINCES)
    assert not any(code.startswith(places.NATION[:2]) for code in places.PROVINCES)
    assert list(places.PROVINCES) == sorted(places.PROVINCES)


def test_a_province_that_is_divided_is_chosen_by_its_prefectures() -> None:
    law = load_law()
    assert "430100" in law.places() and "430000" not in law.places()
    assert law.place_name("430100").en == "Changsha" and law.place_name("440000").en == "Guangdong"
    assert law.place_name("990000").zh == "990000"
