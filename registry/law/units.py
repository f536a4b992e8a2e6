"""Quantities with their units, by a units library: what a unit is, which ones compare, one number in another unit.

No float anywhere; no limit is known here. Units are written as the library does (kg, km/h, J, g_0, percent), and dBA for A-weighted
sound levels, which compare with nothing else.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

# What may be handed to the library: names with one-digit powers, times and per. Nothing that it would reckon with for long.
_UNIT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,23}(\^-?[1-9])?([*/][A-Za-z_][A-Za-z0-9_]{0,23}(\^-?[1-9])?){0,3}")
_SOUND = "dBA = [a_weighted_sound_level]"
_SHOWN = {"dimensionless": "", "percent": "%", "dBA": "dB(A)", "g_0": "g", "ft*lbf": "ft·lbf", "delta_degC": "K"}
_SIGNIFICANT = 12
_USUAL = ("mm", "cm", "m", "km", "ft", "g", "kg", "lb", "N", "kN", "lbf", "Pa", "kPa", "MPa", "J", "kJ", "ft*lbf", "Wh", "kWh", "W", "kW", "s", "min",
          "hour", "m/s", "km/h", "knot", "m/s^2", "g_0", "Hz", "kHz", "MHz", "GHz", "V", "mV", "kV", "A", "mA", "ohm", "degC", "K", "percent",
          "dimensionless", "dBA")


@cache
def _registry() -> Any:
    import pint  # takes longer to load than all of the law: only where a form has units

    registry: Any = pint.UnitRegistry(non_int_type=Decimal)
    registry.define(_SOUND)
    return registry


@cache
def is_unit(unit: str) -> bool:
    """Whether `unit` is one that the library knows and can convert."""
    if not _UNIT.fullmatch(unit):
        return False
    try:
        _registry().Quantity(Decimal(1), unit).to_root_units()  # not of a scale that cannot be converted exactly, like dB
    except Exception:  # the library raises many kinds for what is no unit
        return False
    return True


@cache
def same_kind(one: str, other: str) -> bool:
    """Whether quantities in these two units compare: both measure the same."""
    return is_unit(one) and is_unit(other) and bool(_registry().Unit(one).dimensionality == _registry().Unit(other).dimensionality)


def alike(unit: str) -> list[str]:
    """The other usual units that compare with `unit`; all usual ones where it is none."""
    return [other for other in _USUAL if other != unit and (not unit or same_kind(other, unit))]


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """`value` in another unit of the same kind; as it is where the unit is the same."""
    if unit == to:
        return value
    found = _registry().Quantity(value, unit).to(to).magnitude
    return Decimal(found) if not isinstance(found, Decimal) else found


def shown_unit(unit: str) -> str:
    """A unit as people write it."""
    return _SHOWN.get(unit, unit.replace("^2", "²").replace("^3", "³").replace("*", "·"))


def quantity_words(value: Decimal, unit: str) -> str:
    """A number with its unit, without idle zeros and with no more digits than mean anything."""
    number = f"{Decimal(f'{value:.{_SIGNIFICANT}g}'):f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    mark = shown_unit(unit)
    return f"{number}{'' if mark in ('', '%') else ' '}{mark}"
