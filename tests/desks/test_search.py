"""Certificates are found by any word that stands on them, and divided by what they have in common."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import text
from sqlmodel import Session

from registry.actors import PUBLIC
from registry.books import lives, sought
from registry.books.models import Application, CertificateWords, Person
from registry.desks import audits, enquiries, enterprises
from registry.desks.enquiries import search
from registry.errors import BadInput
from tests.factories import CODES, HUNAN, ZHUZHOU, Town

PRODUCTS = ("HX-112B型高压陶瓷电容器", "长寿命继电器", "ＰＷＭ控制芯片 Motor Driver", "功率电感")


def announced(town: Town) -> dict[str, str]:
    """A certificate for each product, by the product: of three makers, the last two of one."""
    found = [town.reviewed(town.applicant(min(at, 2)), product_name=name, test_product_name=name, models=[f"{chr(65 + at)}X-{at}00"])
             for at, name in enumerate(PRODUCTS)]
    town.noticed(*found)
    town.to("2026-03-12")
    return dict(zip(PRODUCTS, town.announced(*found), strict=True))


def numbers(town: Town, **asked: object) -> list[str]:
    with town.office.reading(PUBLIC) as r:
        return [item["number"] for item in enquiries.search_certificates(r, **asked)["items"]]  # type: ignore[arg-type]


def test_by_words_of_any_length_in_any_script(town: Town) -> None:
    by = announced(town)
    capacitor, relay, chip, coil = by.values()
    for q, found in {
        "电容": [capacitor], "容": [capacitor], "电": list(by.values()), "高压陶瓷电容器": [capacitor], "陶瓷 hx112b": [capacitor],
        "hx-112b型高压": [capacitor], "pwm": [chip], "motor driver": [chip], "driver，芯片": [chip], "dri": [chip], "AX000": [capacitor], "ax-000": [capacitor],
        "AX000 电容": [capacitor], "BX000": [], "ax": [capacitor], "CX.200": [chip], "cx200": [chip], "电压": [], "器容": [], "driver 电感": [],
        "csmjdq": [relay], "smj": [relay], "gldg": [coil], "hn": list(by.values()), CODES[1]: [relay], CODES[1][3:11].lower(): [relay],
        relay: [relay], relay.replace("-", ""): [relay], relay.replace("-", "")[1:8]: list(by.values()), relay.replace("-", "")[-7:]: [relay],
        CODES[1][2:8]: [relay], CODES[1][2:16]: [relay], CODES[1][2:8] + CODES[1][2:8]: [],
    }.items():
        assert sorted(numbers(town, q=q)) == sorted(found), q


def test_who_held_it_before_is_found_still_and_the_place_follows_the_holder(town: Town) -> None:
    number = town.certified()
    assert numbers(town, q="湖南第0") == [number] == numbers(town, place=town.place)
    town.do(town.admin(), enterprises.correct_place, CODES[0], prefecture=ZHUZHOU, reason="所在地登记有误")
    assert (numbers(town, place=town.place), numbers(town, place=ZHUZHOU)) == ([], [number])


def test_what_is_found_divides_and_each_part_can_be_asked_for(town: Town) -> None:
    by = announced(town)
    town.sanction(by[PRODUCTS[0]], "suspend", "ip_in_dispute")
    with town.office.reading(PUBLIC) as r:
        page = enquiries.search_certificates(r, q="电", facets=True)
        assert (page["total"], page["more"]) == (4, False)
        parts = {facet["key"]: {value["value"]: value["count"] for value in facet["values"]} for facet in page["facets"]}
        assert parts["standing"] == {"valid": 3, "suspended": 1} and parts["regulation"] == {HUNAN: 4} and parts["year"] == {"2026": 4}
        for facet in page["facets"]:
            for value in facet["values"]:
                wanted = int(value["value"]) if facet["key"] == "year" else value["value"]
                alone = enquiries.search_certificates(r, q="电", **{facet["key"]: wanted})
                assert (alone["total"], len(alone["items"])) == (value["count"],) * 2, (facet["key"], value)


def test_more_than_are_counted_are_said_to_be_more(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    announced(town)
    monkeypatch.setattr(search, "MOST_COUNTED", 3)
    with town.office.reading(PUBLIC) as r:
        for facets in (False, True):
            page = enquiries.search_certificates(r, facets=facets)
            assert (page["total"], page["more"], len(page["items"])) == (3, True, 4)
            page = enquiries.search_certificates(r, q="陶瓷", facets=facets)
            assert (page["total"], page["more"]) == (1, False)


def test_pages_go_on_where_the_last_one_ended_in_each_order_whatever_is_announced_meanwhile(town: Town) -> None:
    whole = list(announced(town).values())
    orders = {"newest": whole[::-1], "oldest": whole, "ends": whole}  # all end on one day
    begun: dict[tuple[str, str | None], tuple[list[str], str | None]] = {}
    for sort, q in product(search.SORTS, (None, "电")):
        seen, cursor = pages(town, sort=sort, q=q)
        assert (seen, cursor) == (orders[sort], None), (sort, q)
        begun[sort, q] = pages(town, most=2, sort=sort, q=q)
    later = town.certified(product_name="电子开关", test_product_name="电子开关", models=["EX-500"])
    orders = {"newest": orders["newest"], "oldest": [*whole, later], "ends": [*whole, later]}
    for (sort, q), (seen, cursor) in begun.items():
        rest, _ = pages(town, cursor=cursor, sort=sort, q=q)
        assert [*seen, *rest] == orders[sort], (sort, q)
    assert pages(town, sort="newest")[0] == [later, *whole[::-1]]


def test_what_is_over_is_found_from_the_day_after_its_last_whether_or_not_the_night_has_been(town: Town) -> None:
    whole = list(announced(town).values())
    with town.office.reading(PUBLIC) as r:
        last = enquiries.show_certificate(r, whole[0])["valid_until"]
    for day, over in ((last, []), (last + timedelta(days=1), whole[::-1]), (last + timedelta(days=400), whole[::-1])):
        town.to(day.isoformat())
        assert numbers(town, standing="expired") == numbers(town, standing="expired", q="电") == over, day
        assert search.glance_at_certificates(
            town.office.glance, town.office.law, town.office.now(), search.Asked(standing="expired"))["total"] == len(over)


def pages(town: Town, most: int = 99, cursor: str | None = None, **asked: object) -> tuple[list[str], str | None]:
    """The numbers on up to `most` pages of one certificate, and where they go on."""
    seen: list[str] = []
    for _ in range(most):
        with town.office.reading(PUBLIC) as r:
            page = enquiries.search_certificates(r, limit=1, cursor=cursor, **asked)
        seen += [item["number"] for item in page["items"]]
        if (cursor := page["next"]) is None:
            break
    return seen, cursor


def test_whoever_asks_without_a_unit_of_work_is_told_the_same(town: Town) -> None:
    by = announced(town)
    town.sanction(by[PRODUCTS[0]], "suspend", "ip_in_dispute")
    first = pages(town, most=1)[1]
    for asked in (
        {}, {"q": "电容"}, {"q": "电", "facets": True}, {"q": "高压陶瓷 hx112b"}, {"q": "csmjdq"}, {"q": "没有", "facets": True}, {"facets": True},
        {"standing": "suspended"}, {"standing": "valid", "facets": True}, {"standing": "revoked"}, {"holder": CODES[1]}, {"holder": "有限公司", "q": "电"},
        {"sort": "ends", "limit": 2}, {"sort": "oldest", "limit": 1, "q": "电"}, {"cursor": first}, {"cursor": first, "sort": "ends", "q": "电"},
        {"regulation": HUNAN, "year": 2026, "place": town.place}, {"regulation": "nope"}, {"q": "a\u19b0b"}, {"q": "％电％"},
    ):
        with town.office.reading(PUBLIC) as r:
            told = enquiries.search_certificates(r, **asked)
        assert told == search.glance_at_certificates(town.office.glance, town.office.law, town.office.now(), search.Asked(**asked)), asked
    with pytest.raises(BadInput):
        search.glance_at_certificates(town.office.glance, town.office.law, town.office.now(), search.Asked(q="%"))
    assert numbers(town, q="电容") == [by[PRODUCTS[0]]], "a refusal leaves no transaction open"
    town.certified(product_name="电子开关", test_product_name="电子开关", models=["EX-500"])
    assert search.glance_at_certificates(town.office.glance, town.office.law, town.office.now(), search.Asked(q="电子开关"))["total"] == 1


def test_a_query_without_a_letter_is_refused_with_what_to_do(town: Town) -> None:
    for q in ("%", "—— ！", '"', "_"):
        with town.office.reading(PUBLIC) as r, pytest.raises(BadInput) as no:
            enquiries.search_certificates(r, q=q)
        assert [(f.field, f.code) for f in no.value.findings] == [("q", "no_words")]


def test_nothing_of_a_query_is_a_command(town: Town) -> None:
    town.certified()
    for q in ('电" OR "容', "电 NOT 容", "NEAR(电 容)", "电*", "tokens:电", "=x", "=y2026", "'; DROP TABLE certificate; --", "a\u19b0b"):
        numbers(town, q=q)
        assert not [token for token in sought.read_query(q).tokens if token.startswith("=")]


def test_a_division_that_there_is_not_has_no_certificates(town: Town) -> None:
    town.certified()
    for value in ("nope", "a b", "a/b", 'a"b', '"', '" OR "a', "á", "电容"):
        for facet in ("regulation", "product_class", "place"):
            assert numbers(town, **{facet: value}) == [], (facet, value)


def test_the_audit_finds_words_that_are_not_what_the_books_say(town: Town) -> None:
    number = town.certified()
    with Session(town.office.engine) as session:
        row = session.exec(lives.select(CertificateWords)).one()
        row.words = row.words.replace("湖南", "湖北")
        session.commit()
    with town.office.reading(PUBLIC) as r:
        assert [f.what for f in audits.check_ready(r) if f is not None] == ["is not found by its words"]
    assert number


def test_nothing_that_a_person_is_or_wrote_of_themselves_can_be_searched(town: Town) -> None:
    """The words are those of the public page of the certificate, and no others: no contact, no login, no address."""
    number = town.certified()
    with town.office.reading(PUBLIC) as r:
        shown = enquiries.show_certificate(r, number)
        row = r.session.exec(lives.select(CertificateWords)).one()
        dossier = r.session.exec(lives.select(Application.dossier)).one()
        people = r.session.exec(lives.select(Person)).all()
    names = [shown["product"], shown["holder"]["name"]]
    public = [number, *names, shown["holder"]["credit_code"], *shown["scope"], *map(sought.initials, names)]
    assert set(row.words.split("\n")) <= set(map(sought.fold, public))
    private = [str(dossier[key]) for key in ("contact_person", "contact_phone")]
    private += [said for person in people for said in (person.name, person.login, person.email)]
    assert len(private) > 10 and not [said for said in private if sought.fold(said) in row.words]
    for said in private:
        assert numbers(town, q=said) == [], said


def test_what_is_too_long_is_refused_with_how_long_it_is(town: Town) -> None:
    for field, most in search.MOST_LETTERS.items():
        assert numbers(town, **{field: "电" * most}) == []
        with town.office.reading(PUBLIC) as r, pytest.raises(BadInput) as no:
            enquiries.search_certificates(r, **{field: "电" * (most + 1)})
        assert [(f.field, f.code) for f in no.value.findings] == [(field, "too-long")] and str(most + 1) in no.value.findings[0].message.zh


COPIES = """
SET session_replication_role = replica;
INSERT INTO certificate SELECT (jsonb_populate_record(c, jsonb_build_object('id', 100 + i, 'number', 'X' || i, 'application_id', 100 + i))).*
    FROM certificate c, generate_series(1, 10000) i;
INSERT INTO certificatelife SELECT 'X' || i, body FROM certificatelife, generate_series(1, 10000) i;
INSERT INTO certificatewords SELECT 100 + i, words, ARRAY['号', 't' || i, CASE WHEN i % 8 = 0 THEN '电容' ELSE '电感' END,
    CASE WHEN i % 3700 = 1 THEN '忆阻' ELSE '二极' END] FROM certificatewords, generate_series(1, 10000) i;
SELECT gin_clean_pending_list('ix_certificatewords_tokens');
ANALYZE certificate, certificatelife, certificatewords
"""


@pytest.mark.postgres
def test_postgresql_reads_few_by_the_index_of_words_and_many_newest_first(town: Town) -> None:
    """As its planner sees ten thousand; a scan of all would answer as well, in a second at a million."""
    town.certified()
    engine = town.office.engine
    with engine.execution_options(writing=True).begin() as connection:
        for statement in COPIES.split(";"):
            connection.execute(text(statement))
    shape = search._Shape("postgresql", True, 0, None, None, "newest", False)
    for q, found, indexed in (("忆阻", 3, True), ("忆阻 电感", 3, True), ("t77", 1, True), ("二极管", 0, True), ("电容", 1000, False), ("号", 1000, False)):
        asked = search.Asked(q=q, facets=True)
        told = search.glance_at_certificates(town.office.glance, town.office.law, town.office.now(), asked)
        assert (told["total"], told["more"]) == (found, found == 1000), q
        assert [v["count"] for v in told["facets"][0]["values"]] == [n for n in (min(found + told["more"], 1001),) if n], q
        values = {"tokens": list(sought.read_query(q).tokens), "size": 21, "most": 1001}
        for statement in search._statements(shape)[:2]:
            compiled = statement.compile(dialect=engine.dialect)
            with engine.connect() as connection:
                plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {compiled}", compiled.construct_params(values)))
            assert "Seq Scan" not in plan and ("ix_certificatewords_tokens" in plan) >= indexed, (q, plan)


@pytest.mark.once
def test_the_index_of_sqlite_is_read_by_its_words_and_newest_first(town: Town) -> None:
    """A scan of a million rows would answer as well, in a second: the plan is what tells them apart."""
    with town.office.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.execute(text(
            "EXPLAIN QUERY PLAN SELECT rowid FROM certificatewords_index WHERE certificatewords_index MATCH '\"电容\"' ORDER BY rowid DESC LIMIT 20")))
    assert "VIRTUAL TABLE INDEX" in plan and "TEMP B-TREE" not in plan
