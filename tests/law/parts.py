"""A small regulation with all the words a regulation may use: that of docs/regulations.md, and what real ones ask besides.

Each condition here stands in that page's table of rules across documents, lines and applications.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from registry.law.library import Law, load_law

DOCS = Path(__file__).parents[2] / "docs" / "regulations.md"
PARTS = "parts-rules-2026"
SOURCE = 'article = "第六条"\nbasis = "article"\n'
CODES = ("11320000MB151840XJ", "91430100MA4L00001J")

FIELDS = """
[[dossier.sections]]
key = "evidence"
label = { zh = "证明", en = "Evidence" }

[[dossier.sections.fields]]
key = "release"
label = { zh = "版本号", en = "Version" }
kind = "line"
required = true
public = true
SOURCE
[[dossier.sections.fields]]
key = "first_use_on"
label = { zh = "首次应用日期", en = "First used on" }
kind = "date"
required = false
public = false
SOURCE
[[dossier.sections.fields]]
key = "contracts"
label = { zh = "销售合同", en = "Contracts of sale" }
kind = "rows"
maximum = 10
required = true
public = false
columns = [
    { key = "buyer", label = { zh = "买方", en = "Buyer" }, kind = "line", required = true },
    { key = "buyer_code", label = { zh = "买方代码", en = "Buyer's code" }, kind = "credit_code", required = true },
    { key = "amount", label = { zh = "金额", en = "Amount" }, kind = "decimal", places = 2, minimum = 0, required = true, unit = WAN },
    { key = "signed_on", label = { zh = "签订日期", en = "Signed on" }, kind = "date", required = false },
]
SOURCE
[[dossier.sections.fields]]
key = "patents"
label = { zh = "专利", en = "Patents" }
kind = "rows"
maximum = 20
required = false
public = false
columns = [{ key = "number", label = { zh = "专利号", en = "Number" }, kind = "line", required = true }]
SOURCE
[[dossier.sections.fields]]
key = "papers"
label = { zh = "各文件所载名称和版本", en = "Name and version as printed" }
kind = "rows"
maximum = 5
required = false
public = false
columns = [
    { key = "name", label = { zh = "名称", en = "Name" }, kind = "line", required = true },
    { key = "version", label = { zh = "版本", en = "Version" }, kind = "line", required = true },
]
SOURCE
[[dossier.sections.fields]]
key = "sales"
label = { zh = "首年销售额", en = "First-year sales" }
kind = "decimal"
places = 2
minimum = 0
required = false
public = false
unit = WAN
SOURCE
""".replace("SOURCE\n", SOURCE).replace("WAN", '{ zh = "万元", en = "CNY 10,000" }')

# Key, expression, field: the rules of docs/regulations.md that look across lines, documents and applications.
RULES = {
    "sales": ("count(dossier.contracts) <= 3 && total(dossier.contracts, 'amount') >= 5000", "dossier.contracts"),
    "first_use": ("dossier.first_use_on >= day('2023-01-01')", "dossier.first_use_on"),
    "one_product": ("count(in_round) == 0", "dossier.name"),
    "patents": ("others.all(o, disjoint(column(o.patents, 'number'), column(dossier.patents, 'number')))", "dossier.patents"),
    "as_printed": ("dossier.papers.all(p, plain(p.name) == plain(dossier.name) && plain(p.version) == plain(dossier.release))", "dossier.papers"),
    "user": ("dossier.contracts.all(c, c.buyer_code != applicant.credit_code)", "dossier.contracts"),
    "own_names": ("distinct(column(dossier.patents, 'number'))", "dossier.patents"),
}

GRADES = """
[[grades]]
key = "national"
label = { zh = "国内首套", en = "First in the country" }
pass_mark = 80
article = "第八十条"
basis = "instruction"

[[grades]]
key = "provincial"
label = { zh = "省内首套", en = "First in the province" }
SOURCE
[[relations]]
key = "city"
label = { zh = "已获市级认定的视同本认定", en = "The city's certification counts as this one" }
family = "city-parts"
kind = "implies"
SOURCE
[[relations]]
key = "ministry"
label = { zh = "已获部级认定的不得申报", en = "Not together with the Ministry's" }
family = "ministry-parts"
kind = "excludes"
SOURCE
[[support]]
key = "sales"
label = { zh = "首年销售奖励", en = "Reward on first sales" }
rate = 30
of = { zh = "首年销售额", en = "first-year sales" }
of_field = "sales"
cap = 1000
floor = 100
unit = { zh = "万元", en = "CNY 10,000" }
shares = [
    { key = "maker", label = { zh = "研制单位", en = "the maker" }, percent = 30 },
    { key = "user", label = { zh = "用户", en = "the user" }, percent = 70 },
]
SOURCE
[[summary]]
key = "notice"
text = { zh = "公示5个工作日。", en = "Five working days of notice." }
figures = { "periods.public_notice.length" = 5 }
SOURCE
""".replace("SOURCE\n", SOURCE)


def rules(*keys: str) -> str:
    """These of RULES as they stand in a file."""
    return "".join(
        f'[[conditions]]\nkey = "{key}"\nexpression = "{RULES[key][0]}"\nfield = "{RULES[key][1]}"\n'
        f'message = {{ zh = "不符合{key}。", en = "Breaks {key}." }}\n{SOURCE}\n' for key in keys
    )


def parts_text(*keys: str, changes: tuple[tuple[str, str], ...] = ()) -> str:
    """The regulation's file with these conditions, each (old, new) of `changes` replaced once."""
    blocks = dict(re.findall(r"```toml (\w+)\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL))
    text = blocks["regulation"].replace("[[dossier.documents]]", FIELDS + "[[dossier.documents]]", 1)
    text = text.replace("[panel]", rules(*(keys or RULES)) + GRADES + "[panel]", 1)
    text = text.replace('class_field = "product_class"', 'class_field = "product_class"\ngrade_field = "grade"\nidentity_fields = ["name", "release"]')
    for old, new in changes:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text


def write_parts(folder: Path, text: str | None = None) -> Path:
    """A law folder with this regulation and its product tree."""
    tree = re.search(r"```toml taxonomy\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert tree
    for name, content in ((f"regulations/{PARTS}", text or parts_text()), ("taxonomies/parts-2026", tree[1])):
        path = folder / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def parts_law(folder: Path, text: str | None = None) -> Law:
    return load_law(write_parts(folder, text))


def contract(**cells: Any) -> dict[str, Any]:
    """A contract as it is typed."""
    return {"buyer": "某整机厂", "buyer_code": CODES[0], "amount": "500", "signed_on": "2026-01-05"} | cells


def dossier(**fields: Any) -> dict[str, Any]:
    """A dossier to which nothing is to be said, as it is typed."""
    return {"name": "主轴轴承", "models": ["A-1"], "product_class": "bearing", "price": "12.50", "grade": "national", "release": "V1.0",
            "first_use_on": "2023-01-01", "contracts": [contract()], "patents": [{"number": "ZL1"}],
            "papers": [{"name": "主轴轴承", "version": "V1.0"}]} | fields
