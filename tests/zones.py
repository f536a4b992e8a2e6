"""Three zones in which the machine may stand: eleven hours behind UTC, the office's own, fourteen ahead. No rule of law."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

ZONES = ("Pacific/Pago_Pago", "Asia/Shanghai", "Pacific/Kiritimati")


@contextmanager
def machine_in(zone: str) -> Iterator[str]:
    """The machine stands in `zone` meanwhile: what Python and its libraries take for local time is that zone's."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield zone
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
