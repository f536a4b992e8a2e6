"""What an invented enterprise hands in: a dossier that is complete under its regulation, and its documents. It submits nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from jobs.training.cast import Cast, House, Product
from jobs.training.papers import write_pdf
from registry.law.regulation import Regulation

REPORT_AGE, SEARCH_AGE, FIRST_SALE_AGE = timedelta(weeks=9), timedelta(weeks=7), timedelta(weeks=40)


def write_dossier(
    cast: Cast, regulation: Regulation, product: Product, class_key: str, today: date, *, renewal: bool = False
) -> dict[str, object]:
    """A whole dossier for `product` as of `today`, with those fields that `regulation` knows."""
    house = cast.enterprises[product.enterprise]
    serial = sum(map(ord, product.key))
    first = serial % 3 == 0
    sold = renewal or serial % 2 == 0
    filled: dict[str, object] = {
        "product_name": product.name, "models": product.models, "product_class": product.leaf, "product_brief": product.brief,
        "ip_ownership": "own", "ip_undisputed": True, "level": "first" if first else "advanced",
        "ip_numbers": f"发明专利：{product.name}及其制备方法（ZL{today.year - 2}1{serial:07d}.X，培训虚构）\n"
                      f"实用新型：一种用于{product.name}的结构（ZL{today.year - 1}2{serial + 7:07d}.3，培训虚构）",
        "novelty_statement": f"1. {product.brief}\n2. 关键工艺自主完成，主要参数优于对标产品：{product.parameters[0]}。",
        "parameters": "参数 | 单位 | 本产品 | 对标产品\n" + "\n".join(product.parameters),
        "benchmark": f"境外同类产品（培训虚构）H-{serial % 900 + 100}",
        "novelty_search_on": str(today - SEARCH_AGE), "novelty_search_by": "湖南虚构科技查新中心",
        "test_report_on": str(today - REPORT_AGE), "test_report_number": f"PX-{today.year}-{serial % 10000:04d}",
        "test_product_name": product.name, "test_lab": "湖南虚构电子元器件检测中心", "test_lab_accreditation": "both",
        "test_lab_number": "CNAS L00000（培训虚构）", "market_stage": "small_batch" if sold else "trial",
        "units_sold": str(serial * 3), "sales_amount": f"{serial / 4:.2f}", "integrators": cast.classes[class_key]["integrator"],
        "prospects": cast.classes[class_key]["prospects"], "rd_spending": f"{serial / 2:.2f}", "no_accidents": True,
        "contact_person": house.member, "contact_phone": house.phone, "truth": True, "trademark": "",
    }
    if sold:
        filled["first_sale_on"] = str(today - FIRST_SALE_AGE)
    if not first:
        del filled["novelty_search_on"], filled["novelty_search_by"]
    known = {field.key for field in regulation.all_fields()}
    return {key: value for key, value in filled.items() if key in known}


def write_documents(
    regulation: Regulation, product: Product, house: House, dossier: dict[str, object]
) -> Iterator[tuple[str, str, bytes]]:
    """(slot, file name, content) of every document that `regulation` requires of this dossier, each a real PDF."""
    wanted = {rule.key for rule in regulation.dossier.documents if rule.required}
    if dossier.get("level") == "first":
        wanted.add("novelty_search")
    for rule in regulation.dossier.documents:
        if rule.key in wanted:
            lines = [f"单位：{house.name}", f"统一社会信用代码：{house.credit_code}", f"产品：{product.name}",
                     f"型号：{'、'.join(product.models)}", *product.parameters, "培训用虚构材料，不是真实文件。",
                     f"{rule.label.en}: invented for training, not a real document ({product.key})"]
            yield rule.key, f"{rule.label.zh.split('（')[0].split('、')[0]}.pdf", write_pdf(f"{rule.label.zh}", lines)
