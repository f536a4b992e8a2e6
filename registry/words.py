"""A text that a person reads, in both languages. Not a translation catalogue: each text stands whole where it is used."""

from __future__ import annotations

from typing import NamedTuple

LANGUAGES = ("zh", "en")


class Text(NamedTuple):
    """One text in Chinese and in English; both are always there."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The text in `language` ("zh" or "en"); anything else reads as Chinese."""
        return self.en if language == "en" else self.zh

    def with_(self, **facts: object) -> Text:
        """Both languages with `{name}` places filled. A fact that is itself a Text is filled in its own language."""
        return Text(*(
            template.format(**{k: v.in_(lang) if isinstance(v, Text) else v for k, v in facts.items()})
            for lang, template in zip(LANGUAGES, self, strict=True)
        ))


def join(texts: list[Text]) -> Text:
    """An enumeration: 、 in Chinese, commas in English."""
    return Text("、".join(t.zh for t in texts), ", ".join(t.en for t in texts))
