"""Two writers, a stale form, a replayed request: one act, one entry, a clear answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from registry.clock import FrozenClock, day_ends_at
from registry.desks import enquiries
from registry.office import Office
from tests.factories import CODES, HUNAN, PASSWORD, PDF, Town
from tests.web.callers import Caller, multipart

As = Callable[[str], Caller]


@pytest.fixture
def submitted(town: Town) -> str:
    town.bureau()
    return "/applications/" + town.submitted()


def entries(office: Office, town: Town) -> int:
    with office.reading(town.auditor()) as r:
        return int(enquiries.office_state(r)["ledger_size"])


# ------------------------------------------------------------------------------------------------------------ versions


def test_a_stale_writer_is_told_and_nothing_is_done(submitted: str, as_: As) -> None:
    bureau = as_("bureau-430100")
    seen = bureau.call("GET", submitted).headers["ETag"]
    bureau.post(f"{submitted}/supplement-request", _reasons(bureau), headers={"If-Match": seen})
    stale = bureau.call("POST", f"{submitted}/endorsement", {}, headers={"If-Match": seen})
    assert stale.status_code == 412 and stale.json["type"].endswith("#outdated")
    assert bureau.get(submitted)["status"] == "supplement"


def _reasons(caller: Caller) -> dict[str, Any]:
    return {"reasons": [caller.get(f"/regulations/{HUNAN}")["supplement_reasons"][0]["key"]], "comment": "请补充"}


@pytest.mark.parametrize("form", ['"{version}"', 'W/"{version}"', "{etag}", "*"])
def test_the_version_may_be_said_in_each_form(submitted: str, as_: As, form: str) -> None:
    bureau = as_("bureau-430100")
    seen = bureau.call("GET", submitted)
    said = form.format(version=seen.json["version"], etag=seen.headers["ETag"])
    assert bureau.call("POST", f"{submitted}/endorsement", {}, headers={"If-Match": said}).status_code == 200


@pytest.mark.parametrize("said", ['"0"', '"99"', "7", '"x"', '"1", "2"', '"99999999999999999999"'])
def test_a_version_that_is_not_the_present_one_matches_nothing(submitted: str, as_: As, said: str) -> None:
    assert as_("bureau-430100").call("POST", f"{submitted}/endorsement", {}, headers={"If-Match": said}).status_code == 412


def test_a_draft_is_saved_only_by_who_saw_the_present_one(town: Town, as_: As) -> None:
    path = "/applications/" + town.draft()
    maker = as_("maker-0")
    body = {"dossier": {maker.get(f"/regulations/{HUNAN}")["dossier"]["product_field"]: "新名称"}}
    missing = maker.call("PUT", f"{path}/draft", body)
    assert missing.status_code == 428 and "If-Match" in missing.json["detail"]
    seen = maker.call("GET", path).headers["ETag"]
    saved = maker.call("PUT", f"{path}/draft", body, headers={"If-Match": seen})
    assert saved.status_code == 200 and saved.headers["ETag"] != seen
    assert maker.call("PUT", f"{path}/draft", body, headers={"If-Match": seen}).status_code == 412
    assert maker.call("PUT", f"{path}/draft", body, headers={"If-Match": saved.headers["ETag"]}).status_code == 200


def test_what_has_not_changed_is_not_sent_again(town: Town, public: Caller, clock: FrozenClock) -> None:
    path = "/certificates/" + town.certified()
    first = public.call("GET", path)
    assert "no-cache" in first.headers["Cache-Control"]
    clock.advance(timedelta(hours=1))  # `as_of` moves on, the certificate does not
    again = public.call("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.headers["ETag"] == first.headers["ETag"]


def test_a_certificate_that_expired_without_an_act_is_sent_again(town: Town, public: Caller, clock: FrozenClock) -> None:
    number = town.certified()
    first = public.call("GET", f"/certificates/{number}")
    clock.set(day_ends_at(town.certificate(number)["valid_until"]))
    again = public.call("GET", f"/certificates/{number}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200 and again.json["standing"] == "expired" and again.json["version"] == first.json["version"]


def test_two_writers_one_act(submitted: str, as_: As, office: Office, town: Town) -> None:
    callers = [as_("bureau-430100") for _ in range(4)]
    seen = callers[0].call("GET", submitted).headers["ETag"]
    before = entries(office, town)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(
            lambda c: c.call("POST", f"{submitted}/endorsement", {}, headers={"If-Match": seen}).status_code, callers))
    assert sorted(answers) == [200, 412, 412, 412]
    assert entries(office, town) == before + 1


# ------------------------------------------------------------------------------------------------------------- replays


@pytest.mark.pitfall("C1")
def test_a_replayed_request_gets_the_same_answer_and_does_nothing(submitted: str, as_: As, office: Office, town: Town) -> None:
    bureau, key = as_("bureau-430100"), {"Idempotency-Key": "endorse-1"}
    seen = bureau.call("GET", submitted).headers["ETag"]
    first = bureau.call("POST", f"{submitted}/endorsement", {"comment": "同意"}, headers=key | {"If-Match": seen})
    after = entries(office, town)
    again = bureau.call("POST", f"{submitted}/endorsement", {"comment": "同意"}, headers=key | {"If-Match": seen})
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.data == first.data and again.headers["ETag"] == first.headers["ETag"]
    assert "Idempotency-Replayed" not in first.headers and again.headers["Idempotency-Replayed"] == "true"
    assert entries(office, town) == after


def test_a_key_belongs_to_one_request(submitted: str, as_: As) -> None:
    bureau, key = as_("bureau-430100"), {"Idempotency-Key": "endorse-1"}
    bureau.post(f"{submitted}/endorsement", {"comment": "同意"}, headers=key)
    said = bureau.post(f"{submitted}/endorsement", {"comment": "不同意"}, 422, headers=key)
    assert said["type"].endswith("#key-reused")


def test_a_key_belongs_to_one_caller(town: Town, as_: As) -> None:
    town.applicant(0), town.applicant(1)
    made = []
    for which in (0, 1):
        body = {"enterprise": CODES[which], "regulation": HUNAN}
        made.append(as_(f"maker-{which}").post("/applications", body, 201, headers={"Idempotency-Key": "one"})["number"])
    assert made[0] != made[1]


def test_a_refused_request_may_be_tried_again_under_its_key(town: Town, as_: As) -> None:
    path = "/applications/" + town.draft()
    maker, key = as_("maker-0"), {"Idempotency-Key": "k"}
    maker.post(f"{path}/resubmission", {}, 409, headers=key)
    maker.post(f"{path}/submission", None, 200, headers=key)


def test_something_made_is_made_once(town: Town, as_: As) -> None:
    town.applicant()
    maker, body, key = as_("maker-0"), {"enterprise": CODES[0], "regulation": HUNAN}, {"Idempotency-Key": "open"}
    first, again = (maker.call("POST", "/applications", body, headers=key) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.headers["Location"] == again.headers["Location"]
    assert len(maker.get("/applications")["items"]) == 1


def test_an_upload_is_known_again_by_its_content(town: Town, as_: As) -> None:
    """A client that sends a form again chooses another boundary: still the same request."""
    path = "/applications/" + town.draft()
    maker = as_("maker-0")
    slot = maker.get(f"/regulations/{HUNAN}")["dossier"]["documents"][0]["key"]
    for document in maker.get(path)["documents"]:
        maker.call("DELETE", f"{path}/documents/{document['ordinal']}")

    def send(content: bytes) -> Any:
        form = multipart("file", "报告.pdf", content, {"slot": slot})
        return maker.call("POST", f"{path}/documents", headers={"Idempotency-Key": "up"}, **form)

    first, again = send(PDF), send(PDF)
    assert first.status_code == again.status_code == 201 and again.headers["Idempotency-Replayed"] == "true"
    assert len(again.json["documents"]) == len(maker.get(path)["documents"])
    assert send(PDF + b"\n").status_code == 422


def test_a_secret_is_told_once(town: Town, as_: As, public: Caller) -> None:
    town.admin()
    body, key = {"login": "admin", "password": PASSWORD}, {"Idempotency-Key": "token"}
    assert public.post("/tokens", body, 201, headers=key)["token"]
    assert public.post("/tokens", body, 201, headers=key)["token"] is None
    invitation, key = {"role": "auditor", "name": "审计员"}, {"Idempotency-Key": "invite"}
    assert as_("admin").post("/invitations", invitation, 201, headers=key)["code"]
    assert as_("admin").post("/invitations", invitation, 201, headers=key)["code"] is None


@pytest.mark.parametrize("key", ["", "x" * 256, "钥匙".encode().decode("latin-1"), "a b"])
def test_a_key_must_be_readable(public: Caller, key: str) -> None:
    said = public.post("/tokens", {"login": "x", "password": "y"}, 422, headers={"Idempotency-Key": key})
    assert said["errors"][0]["field"] == "Idempotency-Key"


def test_the_same_key_at_once_is_done_once(town: Town, as_: As) -> None:
    town.applicant()
    callers, body = [as_("maker-0") for _ in range(4)], {"enterprise": CODES[0], "regulation": HUNAN}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda c: c.call("POST", "/applications", body, headers={"Idempotency-Key": "k"}), callers))
    assert {a.status_code for a in answers} == {201} and len({a.json["number"] for a in answers}) == 1
    assert sum("Idempotency-Replayed" in a.headers for a in answers) == 3
