"""Following the register: changes in order with none lost, a feed, a badge, and the open data with no person in it."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Callable
from xml.etree import ElementTree

import orjson
import pytest
from flask import Flask
from python_calamine import load_workbook

from tests.factories import CODES, HUNAN, Town
from tests.web.callers import Caller
from tests.web.visitors import Visitor

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def visitor(app: Flask) -> Callable[..., Visitor]:
    return lambda login=None: Visitor(app, login)


def follow(public: Caller, after: int = 0, **of: str) -> tuple[list[tuple[str, str]], int]:
    """Everything after a cursor, two at a time, as a program that lives through many answers would gather it."""
    gathered: list[tuple[str, str]] = []
    query = "".join(f"&{name}={value}" for name, value in of.items())
    while True:
        page = public.get(f"/changes?after={after}&limit=2{query}")
        gathered += [(x["certificate"], x["act"]) for x in page["items"]]
        assert [x["cursor"] for x in page["items"]] == sorted(x["cursor"] for x in page["items"])
        after = page["next"]
        if not page["more"]:
            return gathered, after


def test_every_change_is_seen_once_and_in_order_however_it_is_asked_for(people: Town, public: Caller) -> None:
    assert follow(public) == ([], len(people.books()["entry"]))
    first, second = people.certified(), people.certified(people.applicant(1))
    people.sanction(first, "suspend", "ip_in_dispute")
    seen, cursor = follow(public)
    assert seen == [(first, "issue"), (second, "issue"), (first, "suspend")]
    assert follow(public, cursor) == ([], cursor)
    people.granted(second, people.applicant(1))
    assert follow(public, cursor)[0] == [(second, "amend")]


def test_changes_can_be_narrowed_and_the_cursor_still_goes_on(people: Town, public: Caller) -> None:
    first, second = people.certified(), people.certified(people.applicant(1))
    for of, expected in (({"certificate": first}, [first]), ({"holder": CODES[1]}, [second]), ({"regulation": HUNAN}, [first, second]),
                         ({"product_class": "nothing"}, [])):
        seen, cursor = follow(public, **of)
        assert [number for number, _ in seen] == expected and cursor == len(people.books()["entry"])


def test_a_change_says_what_and_from_when_and_never_who(people: Town, public: Caller) -> None:
    number = people.certified()
    people.sanction(number, "suspend", "ip_in_dispute")
    change = public.get("/changes")["items"][-1]
    assert (change["act"], change["after"], change["effective_on"]) == ("suspend", "suspended", "2026-03-12")
    assert change["ground"]["zh"] and change["holder"]["credit_code"] == CODES[0]
    assert "department" not in orjson.dumps(public.get("/changes")).decode()


def test_the_atom_feed_tells_the_newest_first(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.certified()
    people.sanction(number, "suspend", "ip_in_dispute")
    answer = visitor().client.get(f"/changes.atom?certificate={number}")
    assert answer.content_type.startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.data)
    titles = [e.findtext(f"{ATOM}title") or "" for e in feed.iter(f"{ATOM}entry")]
    assert ["暂停" in titles[0], "颁发" in titles[1], len(titles)] == [True, True, 2]
    ids = [e.findtext(f"{ATOM}id") for e in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == 2 and feed.findtext(f"{ATOM}updated")
    assert visitor().client.get("/changes.atom?certificate=none").status_code == 200


def test_a_badge_shows_the_standing_of_this_moment(people: Town, visitor: Callable[..., Visitor]) -> None:
    number, who = people.certified(), visitor()
    shown = who.client.get(f"/c/{number}/badge.svg")
    assert shown.content_type.startswith("image/svg+xml") and "有效" in shown.text and shown.headers["Cache-Control"] == "no-store"
    people.sanction(number, "suspend", "ip_in_dispute")
    assert "已暂停" in who.client.get(f"/c/{number}/badge.svg").text
    assert "Suspended" in who.client.get(f"/c/{number}/badge.svg?lang=en").text
    assert "没有这份证书" in who.client.get("/c/HN-STJ-2099-0001-X/badge.svg").text
    ElementTree.fromstring(who.client.get("/c/%3Cscript%3E/badge.svg").data)


def test_the_whole_register_can_be_taken_away_with_nobody_in_it(people: Town, public: Caller, visitor: Callable[..., Visitor]) -> None:
    number = people.certified()
    people.to(people.certificate(number)["valid_until"])
    people.wait(days=1)
    names = [c["name"] for c in public.get("/register")["columns"]]
    client = visitor().client
    table = list(csv.DictReader(io.StringIO(client.get("/api/v1/register/csv").data.decode("utf-8-sig"))))
    lines = [orjson.loads(line) for line in client.get("/api/v1/register/jsonl").data.splitlines()]
    sheet = load_workbook(io.BytesIO(client.get("/api/v1/register/xlsx").data)).get_sheet_by_index(0).to_python()
    assert [list(row) for row in (table[0], lines[0])] == [names, names] and sheet[0] == names and sheet[1][0] == number
    assert table == lines and (lines[0]["number"], lines[0]["credit_code"], lines[0]["standing"]) == (number, CODES[0], "expired")
    assert lines[0]["id"].endswith(f"/c/{number}") and "申报人0" not in orjson.dumps(lines).decode()
    answer = client.get("/api/v1/register/csv")
    assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256(answer.data).digest()).decode()}:"
    text = visitor().get("/open-data").text
    assert all(name in text for name in names)
