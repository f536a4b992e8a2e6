"""The whole public register as rows to be taken away: what each certificate is and is worth today. No person stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from registry.books.models import Announcement, Certificate, Enterprise, LedgerHead
from registry.desks.enquiries.certificates import standing
from registry.law.lifecycle import STATE_LABELS
from registry.registrar import Registrar
from registry.words import Text


@dataclass(frozen=True)
class Column:
    """What a column means, its datatype of XML Schema, whether it is never empty, and whether it holds several parted by |."""

    meaning: Text
    kind: str = "string"
    required: bool = False
    several: bool = False


# The columns, in their order, with what each means: the data dictionary.
COLUMNS = {
    "number": Column(Text("证书编号，末位为校验字符", "number of the certificate, with its check character"), required=True),
    "id": Column(Text("永久网址", "permanent address"), "anyURI", required=True),
    "standing": Column(Text("取数之日的效力状态", "standing on the day of the data"), required=True),
    "standing_label": Column(Text("效力状态（中文）", "standing, in Chinese"), required=True),
    "product": Column(Text("产品名称", "name of the product"), required=True),
    "product_class": Column(Text("产品类别的键", "key of the product's class"), required=True),
    "product_class_label": Column(Text("产品类别（中文）", "class of the product, in Chinese")),
    "scope": Column(Text("认定范围，以“|”分隔", "scope, its entries parted by |"), several=True, required=True),
    "conditions": Column(Text("所附条件，以“|”分隔", "conditions, parted by |"), several=True),
    "grade": Column(Text("认定等级的键，没有等级则空", "key of the grade; empty where there are none")),
    "holder": Column(Text("持有企业", "holder"), required=True),
    "credit_code": Column(Text("持有企业的统一社会信用代码", "the holder's unified social credit code"), required=True),
    "place": Column(Text("企业所在地代码（GB/T 2260）", "code of the holder's place (GB/T 2260)")),
    "valid_from": Column(Text("首个有效日（含）", "first day in force"), "date", required=True),
    "valid_until": Column(Text("最后有效日（含），长期有效则空", "last day in force; empty where there is no end"), "date"),
    "document_number": Column(Text("公布文号", "document number of the announcement"), required=True),
    "announced_on": Column(Text("公布日", "day of the announcement"), "date", required=True),
    "regulation": Column(Text("管理办法及版本", "regulation and version"), required=True),
    "edition": Column(Text("证书版次", "version of the certificate"), "integer", required=True),
    "renews": Column(Text("所续证书", "the certificate that it renews")),
    "replaced_by": Column(Text("续期证书", "the certificate that renews it")),
}
LICENCE = Text("数据依公布内容整理。主管部门尚未为其指定使用许可；使用时请注明来源和取数时刻。以登记簿当时的核验结果为准。",
               "Made from what was announced. The department has named no licence for it yet; name the source and the moment of the data "
               "when you use it. What counts is the verdict of the register at the time.")
LICENSED = Text("按 {licence} 许可使用，请注明来源和取数时刻。以登记簿当时的核验结果为准。",
                "Licensed under {licence}; name the source and the moment of the data. What counts is the verdict of the register at the time.")


def list_register(r: Registrar) -> Iterator[dict[str, str]]:
    """Every certificate, the oldest first, as texts by COLUMNS."""
    former = aliased(Certificate)
    query = select(Certificate, Enterprise, Announcement, former.number).join(Enterprise, col(Enterprise.id) == Certificate.enterprise_id).join(
        Announcement, col(Announcement.id) == Certificate.announcement_id).outerjoin(
        former, col(former.id) == Certificate.renews_id).order_by(col(Certificate.id)).execution_options(yield_per=500)
    for c, house, announcement, renews in r.session.exec(query):
        law = r.law.regulations.get(c.regulation_id)
        leaf = r.law.taxonomy_of(law).find_leaf(c.product_class) if law else None
        word = standing(r, c).word
        yield {
            "number": c.number, "id": f"{r.settings.public_base_url.rstrip('/')}/c/{c.number}", "standing": word,
            "standing_label": STATE_LABELS[word].zh, "product": c.product, "product_class": c.product_class,
            "product_class_label": leaf.label.zh if leaf else "", "scope": "|".join(c.scope), "conditions": "|".join(c.conditions),
            "grade": c.grade or "", "holder": c.holder_name, "credit_code": house.credit_code, "place": house.prefecture,
            "valid_from": str(c.valid_from), "valid_until": str(c.valid_until or ""), "document_number": announcement.document_number,
            "announced_on": str(announcement.announced_on), "regulation": c.regulation_id, "edition": str(c.edition),
            "renews": renews or "", "replaced_by": c.renewed_by or "",
        }


def describe_register(r: Registrar) -> dict[str, Any]:
    """The data dictionary, the licence, and of which state of the ledger the data would be now."""
    head, licence = r.session.get(LedgerHead, 1), r.settings.open_data_licence
    return {"as_of": r.now, "today": r.today, "ledger_size": head.size if head else 0, "ledger_hash": head.hash if head else None,
            "licence": LICENSED.with_(licence=licence) if licence else LICENCE, "licence_url": licence or None,
            "columns": [{"name": name, "meaning": x.meaning, "datatype": x.kind, "required": x.required, "several": x.several}
                        for name, x in COLUMNS.items()]}
