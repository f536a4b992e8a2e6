"""The initials that ship are those that pypinyin gives."""

from registry.books.sought import initials
from tests.books.initials import FILE, made


def test_the_file_is_what_the_dictionaries_say() -> None:
    assert FILE.read_text(encoding="utf-8") == made()


def test_characters_of_several_readings_are_read_in_their_words() -> None:
    for text, said in {"长沙": "cs", "长寿": "cs", "重庆": "cq", "重量": "zl", "银行": "yh", "行业": "hy", "弹簧": "th", "调节器": "tjq",
                       "HX-112B型电容": "hx112bxdr", "plain": "", "": ""}.items():
        assert initials(text) == said, text
