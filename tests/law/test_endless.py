"""How a file says that certificates are valid without end, and what contradicts that."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.errors import LawFileFault
from registry.law.library import load_law
from registry.law.report import show, unknown_leaves
from tests.desks.test_endless import ENDLESS, lasting_law


def test_the_file_says_so_and_nothing_of_an_end_is_called_unknown(tmp_path: Path) -> None:
    law = load_law(lasting_law(tmp_path)).regulation(ENDLESS)
    assert law.is_endless and law.validity is not None and law.validity.basis == "instruction"
    assert "有效期：长期有效（至撤销或注销），自公布之日起 / Validity: without end, until it is revoked or surrendered, from the announcement" in show(law)
    assert not {"validity", "renewal", "reminders"} & set(unknown_leaves(law))


SAYS = 'endless = true\nbase = "announcement_day"\n'
REMINDED = '[[reminders]]\nkey = "7d"\nbefore = { length = 7, unit = "natural_day" }\narticle = "测试"\nbasis = "assumption"\n\n[validity]\n'
RENEWED = ('[renewal]\nopens_before = { length = 180, unit = "natural_day" }\ncloses_after = { length = 90, unit = "natural_day" }\n'
           'article = "测试"\nbasis = "assumption"\n\n[validity]\n')


@pytest.mark.parametrize(("old", "new", "said"), [
    (SAYS, 'base = "announcement_day"\n', "validity.length: is missing"),
    (SAYS, 'length = 5\nbase = "announcement_day"\n', "validity.unit: is missing; what is valid without end says endless = true"),
    (SAYS, SAYS.replace("true", "false"), "validity.endless: is either true or left out"),
    (SAYS, 'length = 5\nunit = "year"\n' + SAYS, "validity.length: contradicts 'endless'"),
    (SAYS, 'ends = "as_is"\n' + SAYS, "validity.ends: contradicts 'endless'"),
    (SAYS, SAYS.replace("true", '"yes"'), "validity.endless: must be true or false"),
    ("[validity]\n", RENEWED, "renewal: has no meaning where a certificate is valid without end"),
    ("[validity]\n", REMINDED, "reminders: has no meaning where a certificate is valid without end"),
], ids=["neither", "half a period", "not endless", "both", "an end to be moved", "no flag", "renewed", "reminded of"])  # fmt: skip
def test_a_length_and_no_end_contradict_each_other(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(LawFileFault) as caught:
        load_law(lasting_law(tmp_path, (old, new)))
    assert any(said in fault and fault.startswith("line ") for fault in caught.value.faults), caught.value.faults
