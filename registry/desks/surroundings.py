"""What a regulation's conditions may ask besides the dossier: who applies, and that enterprise's other applications.

What was seen at submission is kept in its entry by number and digest, so that the check can be repeated. Not here: the
conditions themselves (registry.law.conditions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlmodel import col, select

from registry.books.models import Application, Certificate, Enterprise
from registry.clock import office_day
from registry.errors import Finding
from registry.law import lifecycle
from registry.law.conditions import Surroundings, plain
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import Text

OVER = ("revoked", "surrendered", "expired", "superseded")  # standings of a certificate that no longer count against its holder


def surroundings_of(r: Registrar, application: Application) -> tuple[Surroundings, dict[str, Any]]:
    """What conditions see around `application` now, and the same by number and digest, for its entry.

    Both are empty where no condition asks. A renewal does not stand beside what it renews.
    """
    law = r.regulation_of(application)
    if not law.asks_around:
        return Surroundings(), {}
    house = r.session.get_one(Enterprise, application.enterprise_id)
    applicant = {"credit_code": house.credit_code, "name": house.name, "prefecture": house.prefecture}
    beside = [a for a in _handed_in(r, law.family, application) if a.number not in _renewed_by(r, application)]
    live = [a for a in beside if _is_live(r, a)]
    in_round = [a for a in beside if a.status != "withdrawn" and _same_round(r, application, a)]
    kept = {"applicant": applicant, "others": _by_digest(live), "in_round": _by_digest(in_round)}
    return Surroundings(applicant, [_typed(r, a) for a in live], [_typed(r, a) for a in in_round]), {"around": kept}


def findings_around(r: Registrar, application: Application) -> list[Finding]:
    """What speaks against `application` in the enterprise's other ones: the same product twice, a certificate that excludes it."""
    law = r.regulation_of(application)
    return [*_same_product(r, law, application), *_excluded(r, law, application)]


def _same_product(r: Registrar, law: Regulation, application: Application) -> Iterator[Finding]:
    mine = law.identity_of(law.read_dossier(application.dossier))
    if mine is None:
        return
    old = _renewed_by(r, application)
    for other in _handed_in(r, law.family, application):
        its = r.regulation_of(other).identity_of(_typed(r, other))
        field = f"dossier.{law.dossier.identity_fields[-1]}"
        if other.number in old or not _is_live(r, other):
            if other.number in old and its != mine:
                yield Finding(field, "another_product", Text(
                    f"与原证书的申请 {other.number} 不是同一产品：名称、版本等有一项不同即为另一产品，应另行申报，不能续期。",
                    f"This is not the product of {other.number}: another name or version is another product. Apply for it anew; it is no renewal."))
            continue
        if its == mine:
            yield Finding(field, "same_product", Text(
                f"同一产品（名称、版本等均相同）已有申请 {other.number} 在办或已获认定。",
                f"The same product (name, version and all that makes it one) is in hand or certified already: {other.number}."),
                Text("新版本请填写新的版本号。", "For a new version, give its own version number."))


def _excluded(r: Registrar, law: Regulation, application: Application) -> Iterator[Finding]:
    for rule in law.relations:
        if rule.kind != "excludes":
            continue
        for other in _handed_in(r, rule.family, application):
            if _is_live(r, other) and plain(other.product) == plain(str(application.dossier.get(law.dossier.product_field) or "")):
                yield Finding(f"dossier.{law.dossier.product_field}", "excluded", Text(
                    f"{rule.label.zh}：同名产品已有 {other.number}。", f"{rule.label.en}: {other.number} is the same product."),
                    None, rule.article, rule.basis)


def surroundings_then(r: Registrar, law: Regulation, facts: Mapping[str, Any]) -> Surroundings:
    """What conditions saw by the facts of an entry of submission, read by the text `law`."""
    kept = facts.get("around")
    if not kept:
        return Surroundings()
    others, in_round = ([law.as_other(orjson.loads(content)["dossier"]) for _, digest in kept[name]
                         if (content := r.vault.find(digest)) is not None] for name in ("others", "in_round"))
    return Surroundings(kept["applicant"], others, in_round)


def _handed_in(r: Registrar, family: str, application: Application) -> list[Application]:
    versions = [key for key, known in r.law.regulations.items() if known.family == family]
    return list(r.session.exec(select(Application).where(
        Application.enterprise_id == application.enterprise_id, Application.id != application.id,
        col(Application.regulation_id).in_(versions), col(Application.submitted_at).is_not(None),
    ).order_by(col(Application.id))))


def _renewed_by(r: Registrar, application: Application) -> set[str]:
    """The applications that led to the certificate which `application` renews, and to those before it."""
    found: set[str] = set()
    old = r.find(Certificate, application.renews) if application.renews else None
    while old is not None:
        found.add(r.session.get_one(Application, old.application_id).number)
        old = r.session.get(Certificate, old.renews_id) if old.renews_id else None
    return found


def _is_live(r: Registrar, application: Application) -> bool:
    if application.status != "certified":
        return application.status not in lifecycle.ENDED_WITHOUT
    issued = r.session.exec(select(Certificate).where(Certificate.application_id == application.id)).one()
    return r.state_now(issued) not in OVER


def _same_round(r: Registrar, mine: Application, other: Application) -> bool:
    if mine.call or other.call:
        return mine.call == other.call
    handed_in = mine.submitted_at or r.now
    assert other.submitted_at is not None
    return office_day(handed_in).year == office_day(other.submitted_at).year


def _typed(r: Registrar, application: Application) -> dict[str, object]:
    return r.regulation_of(application).as_other(application.dossier)


def _by_digest(applications: list[Application]) -> list[list[str]]:
    return [[a.number, a.dossier_digest or ""] for a in applications]
