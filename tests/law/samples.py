"""A complete dossier for any regulation, made from what it asks for; used by the tests and by the training office.

Not here: incomplete or wrong dossiers; a test breaks what it needs broken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from registry.law.forms import Form, Item
from registry.law.library import Law, load_law
from registry.law.regulation import Regulation
from registry.law.rules import Column
from registry.law.taxonomy import Taxonomy

MONTH = timedelta(days=30)
BUYER_CODE = "91310000MA1K000019"  # no enterprise of the tests
# That two things are the same, as conditions say it: of two fields, of a column and a field, of a column and the applicant.
_SAME_FIELDS = re.compile(r"plain\(dossier\.(\w+)\) == plain\(dossier\.(\w+)\)")
_OLD_ENOUGH = re.compile(r"years_after\(dossier\.(\w+), (\d+)\) <= today")
_SAME_CELL = re.compile(r"plain\(\w\.(\w+)\)(?: == |\.contains\()plain\((dossier|applicant)\.(\w+)\)")
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
    "version": "V1.0",
    "parachute": "无",
    "contact_person": "李晓明",
    "contact_phone": "0731-88880000",
}


def complete_dossier(
    regulation: Regulation, today: date, taxonomy: Taxonomy | None = None, applicant: str = "",
) -> dict[str, object]:
    """Values as a form sends them (texts; models as a list; declarations true) for every field, also the optional ones.

    No finding is left when it is held against `complete_documents`; days lie one month before `today`. What a condition
    says must be the same is the same; `applicant` is the enterprise's name where one asks for that. `taxonomy` is needed
    only for a regulation whose product tree is not shipped.
    """
    tree = taxonomy or _shipped().taxonomy_of(regulation)
    dossier = {rule.key: _value(tree, rule, today) for rule in regulation.all_fields()}
    own = (regulation.dossier.product_field, *regulation.dossier.identity_fields)
    for condition in regulation.conditions:
        for one, other in _SAME_FIELDS.findall(condition.expression):
            copy, of = (other, one) if one in own else (one, other)
            dossier[copy] = dossier[of]
        for key, years in _OLD_ENOUGH.findall(condition.expression):
            dossier[key] = (today - (int(years) + 1) * 12 * MONTH - MONTH).isoformat()
        rows = dossier.get(condition.field.removeprefix("dossier."))
        for column, root, key in _SAME_CELL.findall(condition.expression) if isinstance(rows, list) else ():
            rows[0][column] = dossier[key] if root == "dossier" else applicant or "某企业"
    return dossier


def complete_documents(regulation: Regulation) -> dict[str, int]:
    """How many files of each kind: the least that is asked, and one of each optional kind."""
    return {rule.key: max(rule.minimum, 1) for rule in regulation.dossier.documents}


def complete_sheet(form: Form) -> dict[str, dict[str, dict[str, str]]]:
    """A result for every item that can be passed, such that it is; no hazards."""
    return {"results": {item.key: _result(item) for item in form.items if item.known}}


def harmless(form: Form) -> list[dict[str, str]]:
    """One hazard at the least level of the form's matrix, where it has one."""
    if form.risk is None:
        return []
    likely = [p for p in form.risk.probabilities if not p.eliminated][-1]
    return [{"text": "螺旋桨触碰人员", "severity": form.risk.severities[-1].key, "probability": likely.key, "per": "per_flight_hour"}]


def _result(item: Item) -> dict[str, str]:
    found = {"laboratory": "某国家级检测中心", "report": f"BG-{item.key}", "found_on": "2026-02-01"}
    if not item.measured:
        return found | {"conforms": "yes"}
    assert item.limit is not None
    up = {"at_least": Decimal("1.1"), "more_than": Decimal("1.1"), "between": Decimal("1.001")}.get(item.comparison, Decimal("0.9"))
    return found | {"value": f"{(item.limit * up).normalize():f}", "unit": item.unit, "uncertainty": f"{(item.limit * Decimal('0.0001')).normalize():f}"}


@lru_cache
def _shipped() -> Law:
    return load_law()


def _value(tree: Taxonomy, rule: Column, today: date) -> object:
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
        "credit_code": lambda: BUYER_CODE,
        "rows": lambda: [{column.key: _value(tree, column, today) for column in getattr(rule, "columns", ())}],
    }
    return makers[rule.kind]()


def _leaf(tree: Taxonomy) -> str:
    """The leaf that the words above describe, or the first one of another tree."""
    return "connector" if tree.find_leaf("connector") else tree.leaves[0].key


def _words(rule: Column) -> str:
    words = WORDS.get(rule.key, f"{rule.label.zh}示例")
    return words[: rule.max_length] if rule.max_length else words


def _number(rule: Column) -> Decimal:
    wanted = Decimal(120)
    if rule.minimum is not None:
        wanted = max(wanted, rule.minimum)
    return wanted if rule.maximum is None else min(wanted, rule.maximum)
