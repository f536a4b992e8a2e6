"""A text that a person reads, in both languages. Not a translation catalogue: each text stands whole where it is used."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

LANGUAGES = ("zh", "en")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


class Text(NamedTuple):
    """One text in Chinese and in English; both are always there."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The text in `language` ("zh" or "en"); anything else reads as Chinese."""
        return self.en if language == "en" else self.zh

    def with_(self, **facts: object) -> Text:
        """Both languages with `{name}` places filled. A fact that is itself a Text is filled in its own language, a civil day as
        people write it there."""
        facts = {k: day_words(v) if isinstance(v, date) and not isinstance(v, datetime) else v for k, v in facts.items()}
        if not any(isinstance(value, Text) for value in facts.values()):
            return Text(self.zh.format(**facts), self.en.format(**facts))
        return Text(*(
            template.format(**{k: v.in_(lang) if isinstance(v, Text) else v for k, v in facts.items()})
            for lang, template in zip(LANGUAGES, self, strict=True)
        ))


def day_words(day: date) -> Text:
    """A civil day as people write it: 2026年11月23日, 23 November 2026."""
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]} {day.year}")


def join(texts: list[Text]) -> Text:
    """An enumeration: 、 in Chinese, commas in English."""
    return Text("、".join(t.zh for t in texts), ", ".join(t.en for t in texts))
