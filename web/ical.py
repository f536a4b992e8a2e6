"""Days of a calendar as an iCalendar document (RFC 5545), for calendar programs. It knows no rule and asks no question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from registry.words import Text

PRODUCT = "-//registry//dates//ZH"
PROVISIONAL = Text("（暂定）", " (provisional)")


def write(title: Text, items: Iterable[Mapping[str, Any]], *, now: datetime, base_url: str, language: str) -> bytes:
    """Each item as an event of one whole day. Its UID stays the same while the date moves, so that it moves there too."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title.in_(language))
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    for item in items:
        calendar.add_component(_event(item, now, base_url, language))
    return calendar.to_ical()


def _event(item: Mapping[str, Any], now: datetime, base_url: str, language: str) -> Event:
    mark = PROVISIONAL.in_(language) if item["provisional"] else ""
    event = Event()
    event.add("uid", f"{item['kind']}-{item['number']}@{base_url.partition('://')[2].partition('/')[0]}")
    event.add("dtstamp", now)
    event.add("dtstart", item["day"])
    event.add("dtend", item["day"] + timedelta(days=1))
    event.add("summary", f"{item['label'].in_(language)}{mark}：{item['product']}" if language == "zh"
              else f"{item['label'].in_(language)}{mark}: {item['product']}")
    event.add("description", f"{item['number']} · {item['enterprise']}")
    event.add("url", f"{base_url}/{item['subject_kind']}s/{item['number']}")
    event.add("transp", "TRANSPARENT")
    event.add("status", "TENTATIVE" if item["provisional"] else "CONFIRMED")
    return event
