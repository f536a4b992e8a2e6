"""Versions of the law: what is in hand goes on under the text it was handed in under, and a past decision can be replayed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

import web
from registry.actors import CLOCK, READER, Actor
from registry.clock import FrozenClock
from registry.desks import applications, audits, certificates, enquiries, notices, reviews
from registry.desks.enquiries.replay import lines_of
from registry.errors import NotFound, NotOpen
from registry.law.library import load_law
from registry.office import Office
from registry.settings import Settings
from tests.desks.conftest import WITH_EXAMINATION
from tests.factories import HUNAN, Town, another_law
from tests.web.visitors import Visitor

OWN = "own-2025"
PASS = "pass_mark = 80"
FROM_2030 = ("day = 2025-08-01", "day = 2030-08-01")


class Place:
    """An office whose own law file can be written anew while it is closed."""

    def __init__(self, folder: Path, url: str, clock: FrozenClock) -> None:
        self.folder, self.url, self.clock = folder, url, clock
        another_law(folder / "law", "own", "2025")
        self.file = folder / "law" / "regulations" / f"{OWN}.toml"
        self.town = Town(self._office(), clock)

    def _office(self) -> Office:
        office = Office(Settings(data=self.folder / "data", database_url=self.url, secret_key="for tests only",
                                 law_dir=str(self.folder / "law")), self.clock)
        office.prepare()
        return office

    def change(self, old: str, new: str) -> None:
        """Close, change the file, open again."""
        self.town.office.close()
        text = self.file.read_text(encoding="utf-8")
        assert text.count(old) == 1, (old, text.count(old))
        self.file.write_text(text.replace(old, new), encoding="utf-8")
        self.town.office = self._office()


@pytest.fixture
def place(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Place]:
    place = Place(tmp_path, database_url, clock)
    yield place
    place.town.office.close()


def replay(town: Town, number: str, actor: Actor = READER) -> dict[str, Any]:
    with town.office.reading(actor) as r:
        return enquiries.replay_application(r, number)


def lines(found: dict[str, Any], act: str) -> dict[str, dict[str, Any]]:
    """The figures of the first entry of one act, by what they are."""
    entry = next(e for e in found["entries"] if e["act"] == act)
    return {line["what"].zh: line for line in entry["lines"]}


def looked(town: Town) -> tuple[list[str], list[str]]:
    """What the audit of the texts warns of, and what it finds wrong."""
    with town.office.reading(CLOCK) as r:
        found = [f for f in (*audits.check_texts(r), *audits.check_lives(r, "application")) if f is not None]
    return ([f.what for f in found if isinstance(f, audits.Warned)], [f.what for f in found if not isinstance(f, audits.Warned)])


# ------------------------------------------------------------------------------------------------------------- pinned


def test_an_application_in_hand_goes_on_under_the_text_it_was_handed_in_under(place: Place) -> None:
    town = place.town
    number = town.endorsed(regulation=OWN)
    assert town.show(number)["law"]["changed"] is False and looked(town) == ([], [])
    place.change(PASS, "pass_mark = 100")
    shown = town.show(number)["law"]
    assert shown["changed"] and shown["readable"] and shown["loaded"] == town.office.law.regulation(OWN).digest != shown["digest"]
    town.review(number, off=2)
    town.do(town.department(), reviews.recommend, number)  # the mean is below 100, above 80
    later = town.endorsed(town.applicant(1), regulation=OWN)
    town.review(later, off=2)
    with pytest.raises(Exception, match="below the pass mark of 100"):
        town.do(town.department(), reviews.recommend, later)


def test_the_audit_warns_of_a_changed_file_and_does_not_fail_by_it(place: Place) -> None:
    number = place.town.submitted(regulation=OWN)
    digest = place.town.show(number)["law"]["digest"]
    place.change(PASS, "pass_mark = 90")
    warned, faults = looked(place.town)
    assert len(warned) == 1 and digest in warned[0] and faults == []
    assert replay(place.town, number)["warning"] is not None


@pytest.mark.parametrize(("login", "language", "words"), [
    ("maker-0", "zh", "提交之后法规文件有改动"), ("bureau-430100", "en", "goes on under its own text")])
def test_the_page_of_the_case_warns_of_a_changed_file(place: Place, login: str, language: str, words: str) -> None:
    place.town.bureau()
    number = place.town.submitted(regulation=OWN)
    for changed in (False, True):
        if changed:
            place.change(PASS, "pass_mark = 90")
        visitor = Visitor(web.build(place.town.office, limits=False), login)
        for address in (f"/applications/{number}", f"/applications/{number}/replay"):
            assert (words in visitor.get(f"{address}?lang={language}").text) is changed


def test_the_kept_text_is_the_file_itself_and_its_loss_is_a_fault(place: Place) -> None:
    town = place.town
    number = town.submitted(regulation=OWN)
    digest = town.show(number)["law"]["digest"]
    assert town.office.vault.get(digest) == place.file.read_bytes()
    next((place.folder / "data" / "documents").rglob(digest)).unlink()
    _, faults = looked(town)
    assert len(faults) == 1 and digest in faults[0]


def test_a_stage_that_came_into_the_file_meanwhile_is_not_on_the_road_of_who_was_in_hand(place: Place) -> None:
    town = place.town
    number = town.submitted(regulation=OWN)
    place.change(*WITH_EXAMINATION)
    later = town.submitted(town.applicant(1), regulation=OWN)
    for each in (number, later):
        town.do(town.bureau(), applications.endorse, each)
    assert [town.show(each)["status"] for each in (number, later)] == ["expert_review", "formal_examination"]
    assert looked(town)[1] == []


def test_two_versions_of_one_regulation_have_their_own_days(tmp_path: Path) -> None:
    folder = another_law(tmp_path, "hunan-components", "2030", FROM_2030)
    law = load_law(folder)
    days = {d: law.successor("hunan-components", d) for d in (law.regulation(HUNAN).effective_until, law.regulation("hunan-components-2030").effective_from)}
    assert [v.id for v in days.values() if v] == [HUNAN, "hunan-components-2030"]


# ---------------------------------------------------------------------------------------------- after the last day


def test_after_its_last_day_none_opens_those_in_hand_go_on_and_certificates_stand(town: Town) -> None:
    standing = town.certified()
    last = town.office.law.regulation(HUNAN).effective_until
    town.to(last)
    draft, number = town.draft(town.applicant(1)), town.submitted()
    town.to("2030-08-01", 0)
    assert town.office.law.successor("hunan-components", town.today) is None
    town.refused(NotOpen, town.applicant(), applications.open_application, enterprise=next(iter(town.applicant().enterprises.values())),
                 regulation=HUNAN)
    no = town.refused(NotOpen, town.applicant(1), applications.submit, draft)
    assert no.article and "2030年7月31日" in no.detail.zh
    with town.office.reading(CLOCK) as r:
        assert [law["open"] for law in enquiries.list_regulations(r) if law["id"] == HUNAN] == [False]
    town.do(town.bureau(), applications.endorse, number)
    town.supplement(number)
    town.do(town.applicant(), applications.resubmit, number, "已补")
    town.review(number)
    town.do(town.department(), reviews.recommend, number)
    town.noticed(number)
    town.let_time_act(number)
    (issued,) = town.announced(number)
    assert town.certificate(issued)["standing"] == "valid" == town.certificate(standing)["standing"]
    assert town.certificate(issued)["valid_until"].year == 2035
    town.granted(standing)
    town.do(town.applicant(), certificates.surrender_certificate, issued, "停产")
    found = replay(town, number)
    assert found["agrees"], "\n".join(lines_of(found))


# ------------------------------------------------------------------------------------------------------------- replay


def test_a_whole_road_replayed_agrees_with_what_was_recorded(town: Town) -> None:
    number = town.submitted()
    town.supplement(number)
    town.wait(days=1)
    town.do(town.applicant(), applications.resubmit, number, "已补")
    town.do(town.bureau(), applications.endorse, number)
    town.review(number)
    town.do(town.department(), reviews.recommend, number)
    notice = town.noticed(number)
    objection = town.object(notice, number)
    town.do(town.department(), notices.dismiss_objection, objection, "查无实据")
    town.let_time_act(number)
    (certificate,) = town.announced(number)
    found = replay(town, certificate)  # found by the certificate's number, too
    assert found["number"] == number and found["agrees"] and not found["differs_now"] and found["warning"] is None
    told = {entry["act"] for entry in found["entries"] if entry["lines"]}
    assert {"open", "submit", "request_supplement", "resubmit", "endorse", "recommend", "publish_notice", "object",
            "dismiss_objection", "close_notice", "announce"} <= told
    assert lines(found, "announce")["证书有效期的最后一日"]["agrees"] is True
    assert lines(found, "close_notice")["期间的最后一日"]["agrees"] is True
    assert "按时" in next(v for k, v in lines(found, "endorse").items() if k.startswith("办理时限"))["then"].zh
    assert lines(found, "recommend")["人数与平均分"]["agrees"] is True


def test_why_it_was_refused_says_rule_article_facts_then_and_now(place: Place) -> None:
    town = place.town
    number = town.endorsed(regulation=OWN)
    town.review(number, off=6)
    ground = town.office.law.regulation(OWN).refusal_grounds[0]
    town.do(town.department(), applications.refuse, number, ground.key, "平均分未达到通过线。")
    place.change(PASS, "pass_mark = 60")
    found = replay(town, number)
    assert found["agrees"] and found["differs_now"] and found["warning"] is not None
    refused = lines(found, "refuse")
    assert refused["依据"]["recorded"] == refused["依据"]["then"] == ground.label
    assert (refused["依据"]["article"], refused["依据"]["basis"]) == (ground.article, ground.basis)
    passes = refused["是否通过"]
    assert ("未达到" in passes["then"].zh, "未达到" in passes["now"].zh) == (True, False)
    told = "\n".join(lines_of(found))
    assert "平均分未达到通过线。" in told and "未达到通过线" in told and "⚠" in told and ground.article in told


def test_what_was_handed_in_first_is_checked_as_it_was_sealed_then(town: Town) -> None:
    """A supplement changes the dossier; the first submission is still replayed with its own."""
    number = town.submitted()
    first = town.show(number)["dossier_digest"]
    town.supplement(number)
    town.do(town.applicant(), applications.save_draft, number, {"product_brief": "改写后的简介。"})
    town.do(town.applicant(), applications.resubmit, number, "已补")
    assert town.show(number)["dossier_digest"] != first and town.office.vault.find(first) is not None
    found = replay(town, number)
    assert lines(found, "submit")["申报材料检查"]["agrees"] is True
    assert lines(found, "resubmit")["申报材料检查"]["agrees"] is True


def test_a_rule_that_came_later_shows_beside_the_one_of_then(place: Place) -> None:
    town = place.town
    number = town.submitted(regulation=OWN)
    text = place.file.read_text(encoding="utf-8")
    start = text.index("[periods.preliminary_review]\nlength = 10")
    place.change(text[start:start + len("[periods.preliminary_review]\nlength = 10")], "[periods.preliminary_review]\nlength = 1")
    town.wait(days=4)
    town.do(town.bureau(), applications.endorse, number)
    kept = next(v for k, v in lines(replay(town, number), "endorse").items() if k.startswith("办理时限"))
    assert "按时" in kept["then"].zh and "逾期" in kept["now"].zh


def test_a_record_that_its_own_rules_do_not_give_is_named(place: Place) -> None:
    """A certificate with another last day than its version gives: the replay says so."""
    town = place.town
    certificate = town.certified(regulation=OWN)
    with town.office.engine.begin() as connection:
        connection.execute(sql("UPDATE certificate SET valid_until = '2039-01-01' WHERE number = :n"), {"n": certificate})
    found = replay(town, certificate)
    assert not found["agrees"] and lines(found, "announce")["证书有效期的最后一日"]["agrees"] is False


def test_an_applicant_sees_the_replay_without_the_experts_marks_and_strangers_none(town: Town) -> None:
    number = town.reviewed()
    mine = replay(town, number, town.applicant())
    assert "专家组的规则" in lines(mine, "recommend") and "人数与平均分" not in lines(mine, "recommend")
    assert not {"seat_expert", "give_opinion"} & {e["act"] for e in mine["entries"]}
    assert "人数与平均分" in lines(replay(town, number, town.department()), "recommend")
    with pytest.raises(NotFound):
        replay(town, number, town.applicant(1))
