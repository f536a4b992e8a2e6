"""Who certifies under a regulation, and which bureaus are asked there. Who is appointed for whom is not known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.law import places
from registry.law.rules import Source
from registry.words import Text


@dataclass(frozen=True, kw_only=True)
class Prefecture(Source):
    """A region of an authority by its GB/T 2260 code, and the bureau that reviews there: a prefecture of a province, or a
    province of the nation."""

    code: str
    name: Text
    bureau: Text


@dataclass(frozen=True, kw_only=True)
class Authority(Source):
    """The department or centre that certifies; `prefectures` by code, in the file's order: none where no bureau is asked.

    `unit` tells two authorities of one place apart; officers and experts are appointed for the `key`.
    """

    code: str
    name: Text
    prefectures: Mapping[str, Prefecture]
    unit: str = ""

    @property
    def key(self) -> str:
        """What it is called in an appointment: "430000", or "420000-centre"."""
        return f"{self.code}-{self.unit}" if self.unit else self.code

    def region_of(self, place: str) -> Prefecture | None:
        """The region to which a place belongs: the very one, else its province where that is listed."""
        return self.prefectures.get(place) or self.prefectures.get(places.province_of(place))
