"""Watching: what happens to it arrives in order, once, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from flask import Flask
from icalendar import Calendar

from registry.actors import PUBLIC
from registry.desks import accounts, watches
from tests.factories import CODES, PASSWORD, Town
from tests.web.callers import Caller
from tests.web.visitors import Visitor, fields_of

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def buyer(people: Town, as_: Callable[[str], Caller]) -> Caller:
    """Somebody with an account and no appointment at all."""
    people.do(PUBLIC, accounts.sign_up, login="buyer", name="采购", email="buyer@example.com", password=PASSWORD)
    return as_("buyer")


def seen(who: Caller, after: int = 0) -> tuple[list[tuple[str, str]], int]:
    page = who.get(f"/watches/changes?after={after}")
    return [(x["certificate"], x["act"]) for x in page["items"]], page["next"]


def test_a_watch_tells_of_what_comes_after_it_and_of_nothing_else(people: Town, buyer: Caller) -> None:
    first, second = people.certified(), people.certified(people.applicant(1))
    assert buyer.post("/watches", {"kind": "certificate", "value": first.lower()})["value"] == first
    assert seen(buyer)[0] == []
    people.sanction(second, "suspend", "ip_in_dispute")
    people.sanction(first, "suspend", "ip_in_dispute")
    changes, cursor = seen(buyer)
    assert changes == [(first, "suspend")] and seen(buyer, cursor) == ([], cursor)


def test_what_two_watches_match_is_told_once(people: Town, buyer: Caller) -> None:
    number = people.certified()
    leaf = people.certificate(number)["product_class"]["key"]
    for kind, value in (("certificate", number), ("holder", CODES[0]), ("product_class", leaf)):
        buyer.post("/watches", {"kind": kind, "value": value})
    people.sanction(number, "suspend", "ip_in_dispute")
    assert seen(buyer)[0] == [(number, "suspend")]


def test_what_time_alone_brings_about_arrives(people: Town, buyer: Caller) -> None:
    number = people.certified()
    buyer.post("/watches", {"kind": "certificate", "value": number})
    people.to(people.certificate(number)["valid_until"])
    people.wait(days=1)
    people.sweep()
    with people.office.reading(people.actor("buyer")) as r:
        assert [x["act"] for x in watches.follow(r)["items"]] == ["expire"]


def test_a_watch_of_what_is_not_there_or_watched_already_is_refused(people: Town, buyer: Caller) -> None:
    number = people.certified()
    assert buyer.call("POST", "/watches", {"kind": "certificate", "value": "HN-STJ-2099-0001-X"}).status_code == 422
    buyer.post("/watches", {"kind": "certificate", "value": number})
    assert buyer.call("POST", "/watches", {"kind": "certificate", "value": number}).status_code == 409


def test_a_watch_is_ones_own_and_can_be_ended(people: Town, buyer: Caller, as_: Callable[[str], Caller]) -> None:
    number = people.certified()
    mine = buyer.post("/watches", {"kind": "certificate", "value": number})["id"]
    assert as_("department").get("/watches")["items"] == []
    assert as_("department").call("DELETE", f"/watches/{mine}").status_code == 404
    assert buyer.call("DELETE", f"/watches/{mine}").status_code == 204
    people.sanction(number, "suspend", "ip_in_dispute")
    assert seen(buyer)[0] == [] and buyer.get("/watches")["items"] == []


def test_a_list_is_one_watch_told_of_by_certificate_and_holder_and_ended_as_one(people: Town, buyer: Caller) -> None:
    first, second, other = people.certified(), people.certified(people.applicant(1)), people.certified(people.applicant(2))
    buyer.post("/watches", {"kind": "certificate", "value": first})
    given = {"kind": "list", "value": "电源板", "certificates": [first.lower(), first], "holders": [CODES[1]]}
    made = buyer.post("/watches", given)
    assert (made["label"]["zh"], made["count"], made["kind_label"]["zh"]) == ("电源板", 2, "清单")
    for number in (first, second, other):
        people.sanction(number, "suspend", "ip_in_dispute")
    assert seen(buyer)[0] == [(first, "suspend"), (second, "suspend")], "what two watches match is told once"
    assert buyer.post("/watches", given | {"value": "again"}, 409)
    wrong = buyer.post("/watches", given | {"certificates": ["HN-STJ-2099-0001-X"], "holders": ["x"]}, 422)
    assert [e["field"] for e in wrong["errors"]] == ["certificates", "holders"]
    assert buyer.post("/watches", given | {"certificates": [], "holders": []}, 422)["errors"][0]["code"] == "range"
    buyer.call("DELETE", f"/watches/{made['id']}")
    assert seen(buyer)[0] == [(first, "suspend")] and [w["kind"] for w in buyer.get("/watches")["items"]] == ["certificate"]


def test_what_answered_a_bill_is_watched_from_its_page_and_by_its_address(people: Town, app: Flask, buyer: Caller) -> None:
    first, second, who = people.certified(), people.certified(people.applicant(1)), Visitor(app, "buyer")
    cells = f"型号\t证书编号\t信用代码\nHX-112A\t{first}\t\nHX-112A\t{first}\t\nNO-1\t\t{CODES[1]}\nNO-2\tHN-STJ-2099-0001-X\t\n"
    address = who.do("/bills", "bill", cells=cells)
    secret = address.split("/")[-1]
    assert buyer.post("/watches", {"kind": "bill", "value": secret}, 404), "it is not answered yet"
    who.do(address, "columns")
    assert "登录后关注" in Visitor(app).get(address).text
    who.do(address, "watch")
    page = who.get("/watches").text
    assert "物料清单" in page and "（2 项）" in page
    assert who.send(address, "watch").status_code == 409
    people.sanction(first, "suspend", "ip_in_dispute")
    people.sanction(second, "suspend", "ip_in_dispute")
    assert seen(buyer)[0] == [(first, "suspend"), (second, "suspend")]
    [mine] = buyer.get("/watches")["items"]
    buyer.call("DELETE", f"/watches/{mine['id']}")
    assert buyer.post("/watches", {"kind": "bill", "value": secret})["count"] == 2


def test_a_change_of_holder_is_told_to_who_watches_either_and_what_follows_to_who_watches_the_new_one(
    people: Town, buyer: Caller, as_: Callable[[str], Caller],
) -> None:
    number, other = people.certified(), as_("department")
    people.applicant(1)
    buyer.post("/watches", {"kind": "holder", "value": CODES[0]})
    people.certified(people.applicant(1))
    other.post("/watches", {"kind": "list", "value": "heir", "holders": [CODES[1]]})
    people.granted(number, change="transfer", new_holder=CODES[1])
    people.sanction(number, "suspend", "ip_in_dispute")
    moved = buyer.get("/watches/changes")["items"]
    assert [(x["act"], x["holder"]["credit_code"], x["former_holder"]["credit_code"]) for x in moved] == [("amend", CODES[1], CODES[0])]
    assert seen(other)[0] == [(number, "amend"), (number, "suspend")]
    assert [x["act"] for x in buyer.get(f"/changes?holder={CODES[0]}")["items"]] == ["issue", "amend"]
    with people.office.reading(people.actor("buyer")) as r:
        assert [x["act"] for x in watches.newest(r)] == ["amend"]


def test_feeds_tell_by_a_secret_address_and_end_with_it(people: Town, buyer: Caller, app: Flask) -> None:
    number = people.certified()
    buyer.post("/watches", {"kind": "holder", "value": CODES[0]})
    addresses = buyer.post("/watches/feeds")
    address = addresses["atom"]
    assert addresses["ics"] == address.replace(".atom", ".ics")
    path = address[address.index("/watches/feeds"):]
    people.sanction(number, "suspend", "ip_in_dispute")
    client = app.test_client()
    answer = client.get(path)
    feed = ElementTree.fromstring(answer.data)
    assert len(list(feed.iter(f"{ATOM}entry"))) == 1 and path.split("/")[-1][:20] not in (feed.findtext(f"{ATOM}id") or "")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    events = Calendar.from_ical(client.get(path.replace(".atom", ".ics")).data).walk("VEVENT")
    assert [(e.decoded("dtstart"), number in e["uid"]) for e in events] == [(people.certificate(number)["valid_until"], True)]
    visit = next(v["id"] for v in buyer.get("/tokens")["items"] if v["kind"] == "feed")
    buyer.call("DELETE", f"/tokens/{visit}")
    assert client.get(path).status_code == 404


def test_the_page_watches_stops_and_keeps_what_was_typed(people: Town, app: Flask, buyer: Caller) -> None:
    number, who = people.certified(), Visitor(app, "buyer")
    who.do(f"/certificates/{number}", "watch")
    assert "您正在关注" in who.get(f"/certificates/{number}").text
    assert number in who.get("/watches").text
    assert buyer.get("/watches/digest")["every"] == "day"
    who.do("/watches", "digest", every="week")
    assert buyer.get("/watches/digest")["every"] == "week" and buyer.put("/watches/digest", {"every": "none"})["every"] == "none"
    refused = who.send("/watches", "watch", kind="holder", value="no such code")
    assert refused.status_code == 422 and "no such code" in refused.text
    [mine] = [w["id"] for w in buyer.get("/watches")["items"]]
    page = who.get("/watches")
    [end] = [f for f in page.all("form") if f.attrs["action"].endswith(f"/{mine}/end")]
    who.client.post(end.attrs["action"], data=fields_of(end))
    assert buyer.get("/watches")["items"] == []


def test_a_token_made_to_read_and_watch_does_nothing_else(people: Town, app: Flask, buyer: Caller) -> None:
    """Not even what its owner is appointed to can be seen with it, and it ends no other."""
    number, public = people.certified(), Caller(app, buyer.document)
    made = public.post("/tokens", {"login": "maker-0", "password": PASSWORD, "scope": "read"})
    narrow = Caller(app, buyer.document, made["token"])
    narrow.post("/watches", {"kind": "certificate", "value": number})
    people.sanction(number, "suspend", "ip_in_dispute")
    assert seen(narrow)[0] == [(number, "suspend")] and made["scope"] == "read"
    assert narrow.get("/me")["grants"] == [] and narrow.get("/applications")["items"] == []
    assert narrow.get(f"/verify/{number}")["outcome"] == "not_in_force"
    mine = people.draft(people.applicant())
    narrow.get(f"/applications/{mine}", 404)
    for path, body in (("/enterprises", {"credit_code": CODES[2], "name": "x", "prefecture": "430100"}),
                       ("/me/password", {"old": PASSWORD, "new": PASSWORD + "!"}), (f"/certificates/{number}/surrender", {"reason": "x"})):
        assert narrow.post(path, body, 403)["detail"], path
    others = [v["id"] for v in narrow.get("/tokens")["items"] if not v["current"]]
    assert others and narrow.call("DELETE", f"/tokens/{others[0]}").status_code == 403
    assert public.post("/tokens", {"login": "maker-0", "password": PASSWORD, "scope": "x"}, 422)
    assert narrow.call("DELETE", f"/tokens/{next(v['id'] for v in narrow.get('/tokens')['items'] if v['current'])}").status_code == 204
