"""Printing: a template of this folder and plain data, to PDF. Pure: the same data with the same fonts gives the same bytes.

The data reaches the template as JSON and is never markup. What it says is the desks' business.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from registry.errors import CannotPrint
from registry.seal.glyphs import characters_of
from registry.words import Text

HERE = Path(__file__).parent
FAMILY = "Noto Sans CJK SC"
_SPACES = frozenset(" \n\r\t")


def print_pdf(template: str, data: Mapping[str, Any], font_dir: str = "") -> bytes:
    """`data` printed by `template`. `font_dir` is looked into beside the system's fonts; CannotPrint without the typeface.

    A character that the typeface does not have is printed as 〔U+XXXX〕: nothing is left out unseen.
    """
    fonts = _fonts(font_dir)
    shown = json.dumps(_spelled(data, _glyphs(font_dir)), ensure_ascii=False, sort_keys=True)
    source = str(HERE / f"{template}.typ")
    return bytes(typst.compile(source, root=str(HERE), font_paths=fonts, sys_inputs={"data": shown, "family": FAMILY}))


def missing_characters(text: str, font_dir: str = "") -> list[str]:
    """The characters of `text` that the typeface cannot show, in their order, each once."""
    glyphs = _glyphs(font_dir)
    return list(dict.fromkeys(c for c in text if c not in _SPACES and ord(c) not in glyphs))


@cache
def _fonts(font_dir: str) -> typst.Fonts:
    return typst.Fonts(font_paths=[font_dir] if font_dir else [])


@cache
def _glyphs(font_dir: str) -> frozenset[int]:
    """What every cut of the typeface that a template uses can show."""
    cuts = [font for font in _fonts(font_dir).fonts() if font.family == FAMILY and font.path]
    if not cuts:
        raise CannotPrint(
            Text(f"未安装字体 {FAMILY}，无法生成 PDF。", f"The typeface {FAMILY} is not installed: no PDF can be made."),
            action=Text("请安装 Noto CJK 字体，或以 FONT_DIR 指明字体所在的文件夹。",
                        "Install the Noto CJK fonts, or name a folder that holds them with FONT_DIR."),
        )
    return frozenset.intersection(*(characters_of(Path(str(font.path)), font.index) for font in cuts))


def _spelled(value: Any, glyphs: frozenset[int]) -> Any:
    """`value` with every character that cannot be shown written out by its number."""
    if isinstance(value, str):
        return "".join(_characters(value, glyphs))
    if isinstance(value, Mapping):
        return {key: _spelled(item, glyphs) for key, item in value.items()}
    return [_spelled(item, glyphs) for item in value] if isinstance(value, list | tuple) else value


def _characters(text: str, glyphs: frozenset[int]) -> Iterator[str]:
    for character in text:
        known = character in _SPACES or ord(character) in glyphs
        yield character if known else f"〔U+{ord(character):04X}〕"
