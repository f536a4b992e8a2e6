"""The counter for minutes: what a review came to, gathered from the books and printed. It decides nothing and keeps nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from registry.books.models import Application, Enterprise, Entry, Expert, Person, Seat
from registry.clock import moment_words
from registry.desks import panels
from registry.desks.enquiries.reviews import INSIDERS, list_opinions, show_draw
from registry.desks.reviews import tally
from registry.errors import NotEntitled, NotFound
from registry.law.rules import Panel
from registry.registrar import Registrar
from registry.seal.pdf import print_pdf
from registry.words import Text

TITLE = Text("专家评审纪要", "Minutes of the expert review")
OUTCOMES = {
    "recommend": Text("专家组建议认定", "The panel recommends certification"),
    "refuse": Text("不予认定", "Refused"),
}
BY_HAND = Text("直接选派", "seated by hand")
BY_DRAW = Text("抽签第 {place} 位", "place {place} of the draw")
EQUAL = Text("由台账重算，与记录一致", "repeated from the ledger: equal to the record")
DIFFERS = Text("由台账重算，与记录不一致", "repeated from the ledger: it differs from the record")
Plain = dict[str, Any]


def print_minutes(r: Registrar, number: str) -> Plain:
    """The minutes as a file: content, filename, media_type. For department and auditors; NotFound until the review is closed."""
    application = r.fetch(Application, number)
    if not r.presides(*INSIDERS, over=application):
        raise NotEntitled(Text("评审纪要由主管部门和审计员查看。", "The minutes are for the department and auditors."))
    closing = find_closing(r, application)
    if closing is None:
        raise NotFound(Text("评审尚未结束，没有纪要。", "The review is not closed yet: there are no minutes."))
    content = print_pdf("minutes", write_minutes(r, application, closing), r.settings.font_dir)
    return {"content": content, "filename": f"{TITLE.zh}-{number}.pdf", "media_type": "application/pdf"}


def is_closed(r: Registrar, number: str) -> bool:
    """Whether there are minutes: the review of this application is closed."""
    return find_closing(r, r.fetch(Application, number)) is not None


def find_closing(r: Registrar, application: Application) -> Entry | None:
    """The entry that closed the review: a recommendation, or a refusal out of it."""
    return r.session.exec(select(Entry).where(
        Entry.subject_kind == application.kind, Entry.subject == application.number, Entry.before == "expert_review",
        col(Entry.act).in_(tuple(OUTCOMES))).order_by(col(Entry.seq).desc())).first()


def write_minutes(r: Registrar, application: Application, closing: Entry) -> Plain:
    """All that the minutes say, as plain JSON for the template."""
    law = r.regulation_of(application)
    house = r.session.get_one(Enterprise, application.enterprise_id)
    opinions = [_opinion(o, law.panel) for o in list_opinions(r, application)]
    seats, recusals = _seats(r, application)
    facts = [
        (Text("申请编号", "Application"), application.number), (Text("产品", "Product"), application.product),
        (Text("申报企业", "Applicant"), f"{house.name}\n{house.credit_code}"),
        (Text("依据", "Under"), law.title.zh), (Text("评审结束", "Closed"), f"{_moment(closing.at)}\n{_named(r, closing.actor)}"),
    ]
    listed: list[Plain] = [{"label": _pair(label), "value": value} for label, value in facts]
    if application.dossier_digest:
        listed.append({"label": _pair(Text("材料摘要", "Dossier")), "value": application.dossier_digest, "digest": True})
    return {
        "title": _pair(TITLE), "number": application.number, "authority": _pair(law.authority.name), "facts": listed,
        "result": _result(r, application, closing, sum(o["dissents"] for o in opinions)), "seats": seats, "recusals": recusals,
        "draw": _draw(r, application), "criteria": [{"label": _pair(c.label), "maximum": str(c.maximum)} for c in law.panel.criteria],
        "opinions": opinions, "signatures": [s["name"] for s in seats if s["sits"]],
        "entry": {"seq": str(closing.seq), "hash": closing.hash},
    }


def _result(r: Registrar, application: Application, closing: Entry, dissents: int) -> Plain:
    totals, _ = tally(r, application)
    law, facts = r.regulation_of(application), closing.facts
    said = [law.label_in(law.refusal_grounds, facts["ground"]).zh] if facts.get("ground") else []
    said += [facts[key] for key in ("reason", "comment") if facts.get(key)]
    said += [f"{n}. {words}" for n, words in enumerate(facts.get("conditions") or (), 1)]
    mean = f"{sum(totals) / len(totals):.2f}" if totals else "—"
    return {"outcome": _pair(OUTCOMES[closing.act]), "mean": mean, "pass_mark": str(law.pass_rule(application.grade)[1]),
            "given": str(len(totals)), "dissents": str(dissents), "comment": "\n".join(said)}


def _seats(r: Registrar, application: Application) -> tuple[list[Plain], list[Plain]]:
    """The seats in the order in which they were taken, and who stood aside."""
    rows = r.session.exec(select(Seat, Person, Expert).join(Person, col(Person.id) == Seat.person_id).outerjoin(
        Expert, col(Expert.person_id) == Seat.person_id).where(Seat.application_id == application.id).order_by(col(Seat.id)))
    law, seats, recusals = r.regulation_of(application), [], []
    for ordinal, (seat, person, kept) in enumerate(rows, 1):
        how = BY_DRAW.with_(place=seat.place) if seat.place else BY_HAND
        seats.append({
            "ordinal": str(ordinal), "name": person.name, "login": person.login, "title": kept.title if kept else "",
            "employer": (kept.employer_name if kept else "") or person.employer_code or "—", "how": _pair(how),
            "reason": seat.seating_reason or "", "sits": seat.recused_at is None,
        })
        if seat.recused_at is not None:
            rule = law.label_in(law.panel.recusal, seat.recusal_rule) if seat.recusal_rule else Text("本人或工作人员声明", "declared in this case")
            recusals.append({"name": person.name, "login": person.login, "at": _moment(seat.recused_at), "rule": _pair(rule),
                             "reason": seat.recusal_reason or ""})
    return seats, recusals


def _opinion(given: Plain, panel: Panel) -> Plain:
    earlier = list(reversed(given["earlier"]))
    followed = [*earlier[1:], given]  # the reason of a revision stands with the opinion that it made
    return {
        "name": given["name"], "scores": [str(given["scores"].get(c.key, "—")) for c in panel.criteria], "total": str(given["total"]),
        "comment": given["comment"], "counts": given["counts"], "dissents": given["dissents"], "given": _moment(given["given_at"]),
        "earlier": [{"revision": str(e["revision"]), "total": str(e["total"]), "comment": e["comment"], "given": _moment(e["given_at"]),
                     "reason": after["revision_reason"]} for e, after in zip(earlier, followed, strict=False)],
    }


def _draw(r: Registrar, application: Application) -> Plain | None:
    found = panels.find_draw(r, application)
    if found is None or found.drawn is None:
        return None
    told = show_draw(r, application.number)
    return {
        "seed": told["seed"], "committed": _moment(told["committed_at"]), "committed_entry": str(told["committed_entry"]),
        "drawn": _moment(told["drawn_at"]), "drawn_entry": str(told["drawn_entry"]), "order": [_known(told["names"], x) for x in told["order"]],
        "excluded": [{"expert": _known(told["names"], item["expert"]), "rule": _pair(item["rule_label"])} for item in told["excluded"]],
        "verdict": _pair(EQUAL if told["equal"] else DIFFERS),
    }


def _known(names: Mapping[str, str], login: str) -> str:
    """A person by name and by the login that the draw is reckoned with."""
    return f"{names[login]} {login}" if login in names else login


def _named(r: Registrar, login: str) -> str:
    name = r.session.exec(select(Person.name).where(Person.login == login)).first()
    return _known({login: name} if name else {}, login)


def _pair(text: Text) -> Plain:
    return {"zh": text.zh, "en": text.en}


def _moment(at: datetime) -> str:
    return " / ".join(moment_words(at))
