"""Makes `registry/books/initials.txt` from pypinyin's dictionaries: run as `python -m tests.books.initials`.

The office itself does without pypinyin: it takes a second and 60 MB to load, and a millisecond a name.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

import registry.books.sought

FILE = Path(registry.books.sought.__file__).with_name("initials.txt")
FIRST, LAST = "一", "鿿"


def made() -> str:
    """One line of the first letters of all characters from FIRST to LAST, then the pairs that are read otherwise, a line each."""
    alone = "".join(_letter(PINYIN_DICT.get(code, "-")) for code in range(ord(FIRST), ord(LAST) + 1))
    heard: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for phrase, readings in PHRASES_DICT.items():
        letters = [_letter(reading[0]) for reading in readings]
        for at in range(len(phrase) - 1):
            if len(letters) == len(phrase) and all(FIRST <= c <= LAST for c in phrase[at : at + 2]):
                heard[phrase[at : at + 2]][letters[at] + letters[at + 1]] += 3 if len(phrase) == 2 else 1
    pairs = {pair: max(sorted(counts), key=counts.__getitem__) for pair, counts in heard.items()}
    other = sorted(pair + said for pair, said in pairs.items() if said != "".join(alone[ord(c) - ord(FIRST)] for c in pair))
    return "\n".join([alone, *other, ""])


def _letter(reading: str) -> str:
    return unicodedata.normalize("NFD", reading)[0].lower()


if __name__ == "__main__":
    FILE.write_text(made(), encoding="utf-8")
