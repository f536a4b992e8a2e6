"""A complete dossier for any regulation, made from what it asks for; used by the tests and by the training office.

Not here: incomplete or wrong dossiers; a test breaks what it needs broken.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from registry.law.library import Law, load_law
from registry.law.regulation import Regulation
from registry.law.rules import FieldRule
from registry.law.taxonomy import Taxonomy

MONTH = timedelta(days=30)
# Plausible words for fields that many regulations have; any other field gets words made from its label.
WORDS = {
    "product_name": "高频高速板对板连接器",
    "test_product_name": "高频高速板对板连接器",
    "product_brief": "用于通信设备与服务器的板间高速信号连接，由插头、插座和屏蔽罩组成，单通道速率112Gbps。",
    "trademark": "湘连",
    "ip_numbers": "一种高速板对板连接器 ZL202410000001.X\n连接器屏蔽结构 ZL202410000002.4",
    "novelty_statement": "1. 差分对交错屏蔽结构，串扰低于-40dB。\n2. 免焊压接端子，可返修三次以上。",
    "parameters": "单通道速率 Gbps 112 112\n插入损耗 dB 0.8 1.0\n插拔寿命 次 500 250",
    "benchmark": "某国际厂商 BTB-112G",
    "novelty_search_by": "湖南示例科技查新站",
    "test_report_number": "JC-2025-03117",
    "test_lab": "湖南示例检验检测中心",
    "test_lab_number": "210018000001",
    "integrators": "长沙某通信设备有限公司 基站主设备 小批量装机\n湘潭某服务器有限公司 服务器主板 试用",
    "prospects": "面向通信设备、服务器和新能源汽车电子，省内三家整机厂商已有采购意向。",
    "contact_person": "李晓明",
    "contact_phone": "0731-88880000",
}


def complete_dossier(regulation: Regulation, today: date, taxonomy: Taxonomy | None = None) -> dict[str, object]:
    """Values as a form sends them (texts; models as a list; declarations true) for every field, also the optional ones.

    No finding is left when it is held against `complete_documents`; days lie one month before `today`.
    `taxonomy` is needed only for a regulation whose product tree is not shipped.
    """
    tree = taxonomy or _shipped().taxonomy_of(regulation)
    dossier = {rule.key: _value(tree, rule, today) for rule in regulation.all_fields()}
    name = dossier[regulation.dossier.product_field]
    for condition in regulation.conditions:  # a name printed elsewhere is the product's name
        rule = regulation.field(condition.field.removeprefix("dossier."))
        if rule is not None and rule.kind == "line" and regulation.dossier.product_field in condition.expression:
            dossier[rule.key] = name
    return dossier


def complete_documents(regulation: Regulation) -> dict[str, int]:
    """How many files of each kind: the least that is asked, and one of each optional kind."""
    return {rule.key: max(rule.minimum, 1) for rule in regulation.dossier.documents}


@lru_cache
def _shipped() -> Law:
    return load_law()


def _value(tree: Taxonomy, rule: FieldRule, today: date) -> object:
    makers: dict[str, Callable[[], object]] = {
        "line": lambda: _words(rule),
        "text": lambda: _words(rule),
        "integer": lambda: str(int(_number(rule))),
        "decimal": lambda: str(_number(rule)),
        "date": lambda: (today - MONTH).isoformat(),
        "choice": lambda: rule.choices[0].key,
        "declaration": lambda: True,
        "taxonomy": lambda: _leaf(tree),
        "models": lambda: ["HX-112A", "HX-112B"],
    }
    return makers[rule.kind]()


def _leaf(tree: Taxonomy) -> str:
    """The leaf that the words above describe, or the first one of another tree."""
    return "connector" if tree.find_leaf("connector") else tree.leaves[0].key


def _words(rule: FieldRule) -> str:
    words = WORDS.get(rule.key, f"{rule.label.zh}示例")
    return words[: rule.max_length] if rule.max_length else words


def _number(rule: FieldRule) -> Decimal:
    wanted = Decimal(120)
    if rule.minimum is not None:
        wanted = max(wanted, rule.minimum)
    return wanted if rule.maximum is None else min(wanted, rule.maximum)
