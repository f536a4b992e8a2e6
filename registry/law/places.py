"""The places of GB/T 2260 as codes: which provinces there are, in which a place lies. Which bureau is where, a regulation says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from registry.words import Text

# The nation as a whole. GB/T 2260 itself begins with the provinces; GB 32100 writes 100000 as the division of whoever is
# registered with a national office, and no province's code begins with 10.
NATION = "100000"


def province_of(place: str) -> str:
    """The code of the province in which a place lies."""
    return f"{place[:2]}0000"


def stem(code: str) -> str:
    """With what the codes of all places within this one begin: "43" for a province, "4301" for a prefecture."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _provinces() -> Mapping[str, Text]:
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        return MappingProxyType({code: Text(**name) for code, name in tomllib.load(file)["provinces"].items()})


PROVINCES = _provinces()  # by code, in the standard's order
