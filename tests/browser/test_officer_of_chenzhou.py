"""何苏岭, officer of 郴州's bureau, lives a working day by pages alone: queue, supplement, objection, rehearsal. Nothing is scripted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from registry.actors import SYSTEM
from registry.books.models import Letter
from registry.clock import FrozenClock
from registry.desks import applications, queues, reviews, supplements
from registry.law.lifecycle import Role
from registry.office import Office
from registry.settings import Settings
from tests.browser.people import Person, move_clock
from tests.factories import Town, another_law

pytestmark = pytest.mark.browser
CHENZHOU, SHORT = "431000", "short-2025"
OFFICER, COLLEAGUE = f"bureau-{CHENZHOU}", "bureau-second"
FOUR_MONTHS = ('[validity]\nlength = 5\nunit = "year"\n', '[validity]\nlength = 4\nunit = "month"\n')
REASONS = {  # three grounds: at a field, at a document, nowhere in particular
    "name_mismatch": ("产品名称或型号不一致", "dossier.product_name", "产品名称"),
    "out_of_date": ("报告或证明已过时效", "documents.test_report", "检测报告"),
    "seal_missing": ("缺少签字或盖章", "", ""),
}
ASKED = "1. 产品名称与检测报告不同。\n2. 检测报告已满一年，请换新。\n3. 承诺书第2页缺章。"
Arrive = Callable[..., Person]


@dataclass
class Morning:
    """What lies on the desk of 郴州 on the morning of 24 June: numbers."""

    certificate: str
    late: str
    returned: str
    fresh: str


@pytest.fixture
def training(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Office]:
    """A training office that also has a regulation with certificates of four months: one ends within the year that is known."""
    folder = another_law(tmp_path / "law", "short", "2025", FOUR_MONTHS)
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", training=True,
                             law_dir=str(folder)), clock)  # fmt: skip
    office.prepare()
    yield office
    office.close()


@pytest.fixture
def morning(training_town: Town) -> Morning:
    town = training_town
    makers = [town.applicant(which, prefecture=CHENZHOU) for which in range(3)]
    officer = town.bureau(CHENZHOU)
    town._appointed(COLLEAGUE, Role.BUREAU, prefecture=CHENZHOU)
    certificate = town.certified(makers[0], regulation=SHORT)
    town.to("2026-06-03")
    late = town.submitted(makers[0])
    town.to("2026-06-12")
    returned = town.submitted(makers[1])
    town.do(officer, queues.claim, returned)
    town.do(officer, supplements.request_supplement, returned, ["seal_missing"], "请补盖公章。")
    town.to("2026-06-23")
    town.do(makers[1], applications.resubmit, returned, "已补盖。")
    fresh = town.submitted(makers[2])
    town.to("2026-06-24", 8, 30)
    return Morning(certificate, late, returned, fresh)


def test_an_officer_of_chenzhou_lives_a_working_day(training_town: Town, morning: Morning, person: Arrive) -> None:
    town, number = training_town, morning.fresh
    officer = person(OFFICER)
    _reads_the_queue(officer, morning)
    _asks_with_three_reasons(officer, number)
    _answers_each_where_it_was_asked(person("maker-2"), number)
    _endorses_what_came_back(officer, number)
    notice = _to_the_notice(town, number)
    objection = _objects(person(), notice, number)
    _decides_it(person("department"), notice, objection)
    _hears_of_it_without_the_name(person("maker-2"), officer, number, objection)
    both = {address: body for address, body in _letters(town) if "抽样比对" in body}
    assert set(both) == {"maker-2@example.com", "zhou@example.com"} and not any("周明察" in body for body in both.values())
    lapsing = town.supplement(morning.late)
    waiting = person()
    _opens_the_form(waiting, notice, number)
    _rehearses_and_holds(officer, person("department"), morning, number, lapsing)
    move_clock(person(), date(2026, 7, 14))
    _is_too_late(waiting, notice)
    _finds_what_was_planned_done(person("department"), person(OFFICER), morning, number, lapsing)


def _reads_the_queue(officer: Person, morning: Morning) -> None:
    """What came back stands first with what was asked; clocks in words; each view has its own."""
    page = officer.page
    expect(page.get_by_text("郴州市工业和信息化局", exact=True)).to_be_visible()
    rows = page.locator("#pick-endorsements tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text(morning.returned)
    expect(rows.nth(0)).to_contain_text("补正后返回")
    expect(rows.nth(0)).to_contain_text("当时要求：缺少签字或盖章")
    expect(rows.nth(1)).to_contain_text(morning.late)
    expect(rows.nth(1)).to_contain_text("已超期")
    expect(rows.nth(2)).to_contain_text("郴州市工业和信息化局：已用1个工作日，还剩9个工作日")
    expect(rows.nth(2)).to_contain_text("无人认领")
    officer.picture("morning")
    for view, number in (("我承办的", morning.returned), ("补正后返回", morning.returned), ("已超期", morning.late)):
        page.get_by_role("link", name=view, exact=True).click()
        expect(page.locator("main tbody th")).to_contain_text([number])
    officer.open("/desk")
    page.get_by_label("在队列中查找").fill(morning.fresh[-6:])
    page.get_by_role("button", name="查找").click()
    expect(page.locator("main tbody th")).to_contain_text([morning.fresh])


def _asks_with_three_reasons(officer: Person, number: str) -> None:
    """Claimed; asked once, with a slip first: nothing that was chosen or typed is lost; then told what the applicant gets."""
    page = officer.page
    page.get_by_role("link", name=number).click()
    officer.unfold("claim")
    officer.press("claim")
    officer.said("已认领")
    expect(page.locator("main")).to_contain_text("承办人")
    officer.unfold("supplement-request")
    form = page.locator("#supplement-request")
    expect(form).to_contain_text("企业会收到一封信")
    for key, (_, place, _) in REASONS.items():
        form.locator(f"[name=reasons][value={key}]").check()
        form.locator(f"[name='places.{key}']").select_option(place)
    form.locator("[name=comment]").fill(ASKED)
    form.locator("[name=reasons][value=out_of_date]").uncheck()
    officer.press("supplement-request")
    expect(form).to_contain_text("选了位置，但没有勾选这项原因。")
    expect(form.locator("[name=comment]")).to_have_value(ASKED)
    expect(form.locator("[name='places.name_mismatch']")).to_have_value("dossier.product_name")
    officer.picture("supplement-refused")
    form.locator("[name=reasons][value=out_of_date]").check()
    officer.press("supplement-request")
    officer.said("补正要求已发出，企业将收到下列内容")
    told = page.locator("section.note")
    _is_asked(told)
    expect(told).to_contain_text("企业须在 2026年7月15日 24:00（北京时间） 之前补正")
    officer.picture("supplement-asked")


def _is_asked(where: object) -> None:
    for label, _, place in REASONS.values():
        expect(where).to_contain_text(f"{label}：{place}" if place else label)  # type: ignore[call-overload]
    expect(where).to_contain_text("3. 承诺书第2页缺章。")  # type: ignore[call-overload]


def _answers_each_where_it_was_asked(maker: Person, number: str) -> None:
    page = maker.page
    expect(page.get_by_text("请补正并提交")).to_be_visible()
    expect(page.get_by_text(f"请补正：{number}").first).to_be_visible()
    page.get_by_role("link", name=number, exact=True).first.click()
    _is_asked(page.locator("section.note"))
    maker.picture("supplement-told")
    page.get_by_role("link", name="产品名称", exact=True).click()
    name = page.locator(".field", has=page.locator("[name='dossier.product_name']"))
    expect(name).to_contain_text("要求补正：产品名称或型号不一致")
    expect(page.locator("[id='dossier-documents.test_report']")).to_contain_text("要求补正：报告或证明已过时效")
    _is_asked(page.locator("main .note"))
    maker.picture("supplement-dossier")
    for key in ("product_name", "test_product_name"):
        page.locator(f"[name='dossier.{key}']").fill("高速板对板连接器（0.5毫米间距）")
    page.get_by_role("button", name="保存并去提交").click()
    page.locator("#resubmission-note").fill("名称已统一；检测报告、盖章页已更换。")
    maker.press("resubmission")
    maker.said("补正材料已提交")


def _endorses_what_came_back(officer: Person, number: str) -> None:
    officer.open("/desk?view=resubmitted")
    row = officer.page.locator("main tbody tr", has_text=number)
    expect(row).to_contain_text("补正后返回")
    expect(row).to_contain_text("产品名称或型号不一致（产品名称）")
    row.get_by_role("link", name=number).click()
    back = officer.page.locator("section.note", has_text="补正后返回")
    _is_asked(back)
    expect(back).to_contain_text("名称已统一；检测报告、盖章页已更换。")
    officer.picture("back-from-a-supplement")
    officer.page.locator("#endorsement-comment").fill("补正到位，同意推荐。")
    officer.press("endorsement")
    officer.said("推荐意见已记录")


def _to_the_notice(town: Town, number: str) -> str:
    town.review(number)
    town.do(town.department(), reviews.recommend, number)
    return town.noticed(number)


def _opens_the_form(somebody: Person, notice: str, number: str) -> None:
    somebody.open("/notices")
    somebody.page.get_by_role("link", name=notice).click()
    somebody.page.get_by_role("link", name="提出异议").first.click()
    page = somebody.page
    page.locator("[name=objector][value=person]").check()
    for name, words in {"name": "匿名", "contact": "zhou@example.com", "reason": "该产品2019年已大批量供货。",
                        "evidence": "2019年产品手册第3页；经办人周明察存有原件。"}.items():  # fmt: skip
        page.locator(f"#objection-{name}").fill(words)
    page.locator("#objection-ground").select_option(index=1)


def _objects(somebody: Person, notice: str, number: str) -> str:
    """Nameless it is refused with the article, and everything typed stays; by a real name there is a receipt."""
    _opens_the_form(somebody, notice, number)
    page = somebody.page
    somebody.press("objection")
    expect(page.locator("#objection-name-error")).to_contain_text("匿名异议不受理")
    expect(page.locator("#objection-name-error")).to_contain_text("依据：")
    expect(page.locator("#objection-reason")).to_have_value("该产品2019年已大批量供货。")
    somebody.picture("objection-nameless")
    page.locator("#objection-name").fill("周明察")
    somebody.press("objection")
    expect(page.locator("h1")).to_have_text("异议回执")
    somebody.picture("objection-receipt")
    return str(page.locator("strong.secret").inner_text())


def _decides_it(department: Person, notice: str, objection: str) -> None:
    """Shown to the public without who objected; dismissed with reasons."""
    page = department.page
    page.get_by_role("link", name=objection).click()
    expect(page.locator("main")).to_contain_text("周明察")
    expect(page.locator("main")).to_contain_text("还剩15个工作日")
    page.get_by_role("link", name="公开异议（隐去身份）").click()
    page.locator("#redacted-text").fill("反映该产品2019年已批量供货，并提供产品手册。")
    department.press("redacted", sure=True)
    department.open(f"/desk/objections/{objection}")
    department.unfold("dismissal")
    page.locator("#dismissal-reason").fill("经抽样比对，2019年供货的是上一代型号，异议不成立。")
    department.press("dismissal", sure=True)
    department.said("异议已驳回")
    department.picture("objection-decided")
    department.open(f"/notices/{notice}")
    expect(page.locator("main")).to_contain_text("反映该产品2019年已批量供货")
    expect(page.locator("main")).not_to_contain_text("周明察")


def _hears_of_it_without_the_name(maker: Person, officer: Person, number: str, objection: str) -> None:
    for somebody in (maker, officer):
        somebody.open(f"/applications/{number}")
        expect(somebody.page.locator("main")).to_contain_text(objection)
        expect(somebody.page.locator("main")).to_contain_text("经抽样比对")
        expect(somebody.page.locator("main")).not_to_contain_text("周明察")
        expect(somebody.page.locator("main")).not_to_contain_text("zhou@example.com")


def _letters(town: Town) -> list[tuple[str, str]]:
    with town.office.reading(SYSTEM) as r:
        return [(x.address, x.body) for x in r.session.exec(select(Letter).order_by(col(Letter.id)))]


def _rehearses_and_holds(officer: Person, department: Person, morning: Morning, number: str, lapsing: str) -> None:
    """The same days for both, with the letters as they will read; the department keeps the night from one of them."""
    for somebody in (officer, department):
        somebody.open("/desk")
        somebody.page.get_by_role("link", name="到期预演").click()
        main = somebody.page.locator("main")
        for words in (f"{morning.certificate} · 到期 → 已到期", f"{number} · 公示期满 → 待公布", f"{lapsing} · 逾期未补正 → 逾期失效",
                      f"{morning.certificate} · 到期提醒（有效期届满前7个自然日）"):  # fmt: skip
            expect(main).to_contain_text(words)
        letter = main.locator("details", has_text=f"逾期失效：{lapsing}").first
        letter.locator("summary").click()
        expect(letter).to_contain_text("逾期未补正，已失效。可重新申报。")
    officer.picture("rehearsal")
    department.page.get_by_role("link", name=f"搁置此项 {lapsing}").click()
    department.unfold("hold")
    department.page.locator("#hold-reason").fill("企业厂房受灾，省厅已同意另行通知。")
    department.press("hold")
    department.said("已搁置，夜间运行将跳过此项")
    for somebody in (officer, department):
        somebody.open("/desk/rehearsal")
        held = somebody.page.locator("section", has=somebody.page.locator("#held-heading"))
        expect(held).to_contain_text(lapsing)
        expect(held).to_contain_text("企业厂房受灾")
        expect(somebody.page.locator("main")).not_to_contain_text("逾期未补正 → 逾期失效")
    department.picture("rehearsal-held")


def _is_too_late(somebody: Person, notice: str) -> None:
    """A form that was opened in time and sent after the last moment is refused with the article, and nothing typed is lost."""
    somebody.page.locator("#objection-name").fill("钱晚到")
    somebody.press("objection")
    refused = somebody.page.locator("#objection-refused")
    expect(refused).to_contain_text("依据：")
    expect(somebody.page.locator("#objection-reason")).to_have_value("该产品2019年已大批量供货。")
    somebody.picture("objection-late")
    somebody.open(f"/notices/{notice}")
    expect(somebody.page.locator("main tbody tr")).to_contain_text("已截止")


def _finds_what_was_planned_done(department: Person, officer: Person, morning: Morning, number: str, lapsing: str) -> None:
    for somebody in (department, officer):
        somebody.open("/desk/rehearsal")
        runs = somebody.page.locator("section", has=somebody.page.locator("#runs-heading"))
        expect(runs).to_contain_text("到期办理 · 计划 1，完成 1 一致")
        expect(runs).not_to_contain_text("不一致")
    department.picture("reconciliation")
    for path, words in ((f"/certificates/{morning.certificate}", "已到期"), (f"/applications/{number}", "待公布"),
                        (f"/applications/{lapsing}", "待补正"), (f"/applications/{lapsing}", "企业厂房受灾")):  # fmt: skip
        department.open(path)
        expect(department.page.locator("main")).to_contain_text(words)
    department.open("/desk/reminders")
    told = department.page.locator("main tbody tr", has_text=morning.certificate)
    expect(told.first).to_contain_text("有效期届满前7个自然日")
