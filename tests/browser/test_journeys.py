"""Journeys in a real browser, by clicking: a product from draft to certificate to expiry; every page without a script."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from registry.law.regulation import Regulation
from tests.browser.people import Person, move_clock
from tests.factories import CODES, HUNAN, PASSWORD, Town, sample_file
from tests.law.samples import complete_documents, complete_dossier

pytestmark = pytest.mark.browser

def test_a_manufacturers_product_goes_from_draft_to_certificate_and_expires(training_town: Town, person, pictures: Path) -> None:  # type: ignore[no-untyped-def]
    town, law = training_town, training_town.office.law.regulation(HUNAN)
    town.bureau(), town.department(), [town.expert(i) for i in range(1, law.panel.minimum + 1)]
    number = _apply(person(), law, town.office.today())
    _endorse(person("bureau-430100"), number)
    _review(person, number, law)
    _publish(person("department"), number)
    move_clock(person(), town.show(number)["due"]["last_day"] + timedelta(days=1))
    certificate = _announce(person("department"))
    _look_up(person(), certificate, "有效")
    until = town.certificate(certificate)["valid_until"]
    move_clock(person(), until)
    _look_up(person(), certificate, "有效")
    maker = person("zhao")
    expect(maker.page.get_by_text("今天是最后一天").first).to_be_visible()
    maker.open("/account")
    expect(maker.page.get_by_text("到期").first).to_be_visible()
    move_clock(person(), until + timedelta(days=1))
    _look_up(person(), certificate, "已到期")
    assert len(list(pictures.iterdir())) >= 12


def _apply(maker: Person, law: Regulation, today: date) -> str:
    """Open an account, register the enterprise, fill in the dossier and submit it."""
    page = maker.page
    maker.open("/")
    maker.picture("home")
    page.get_by_role("link", name="注册账号").click()
    for label, value in [("用户名", "zhao"), ("姓名", "赵六"), ("电子邮箱", "zhao@example.com"), ("再输入一次密码", PASSWORD)]:
        page.get_by_label(label, exact=False).fill(value)
    page.locator("#sign-up-password").fill(PASSWORD)
    maker.press("sign-up")
    maker.sign_in("zhao")
    page.get_by_role("link", name="登记企业").first.click()
    page.get_by_label("统一社会信用代码").fill(CODES[0])
    page.get_by_label("企业名称").fill("湖南赵氏电子有限公司（虚构）")
    page.get_by_label("所在地").select_option(label="长沙市")
    maker.press("enterprise")
    maker.said("企业已登记")
    page.get_by_role("navigation", name="我的工作").get_by_role("link", name="企业工作台").click()
    page.get_by_role("link", name="新的申请").click()
    page.locator("select[name=regulation]").select_option(value=law.id)
    maker.press("application")
    maker.picture("dossier-empty")
    _fill(page, complete_dossier(law, today))
    page.get_by_role("button", name="保存并检查").click()
    _hand_in(page, law)
    expect(page.get_by_text("没有发现缺漏，可以提交。")).to_be_visible()
    maker.picture("dossier-full")
    page.get_by_role("button", name="保存并去提交").click()
    maker.press("submission", sure=True)
    maker.said("已提交")
    maker.picture("application")
    return page.url.rsplit("/", 1)[-1]


def _fill(page: Page, dossier: dict[str, object]) -> None:
    for key, value in dossier.items():
        box = page.locator(f"[name='dossier.{key}']")
        if value is True:
            box.check()
        elif box.evaluate("b => b.tagName") == "SELECT":
            box.select_option(str(value))
        else:
            box.fill("\n".join(value) if isinstance(value, list) else str(value))


def _hand_in(page: Page, law: Regulation) -> None:
    for slot, count in complete_documents(law).items():
        rule = law.document(slot)
        assert rule is not None
        name, content = sample_file(rule.types)
        media = "application/pdf" if name.endswith("pdf") else "image/png"
        for _ in range(count):
            page.locator(f"#document-{slot} [name=file]").set_input_files({"name": name, "mimeType": media, "buffer": content})
            page.locator(f"#document-{slot} button").click()


def _endorse(officer: Person, number: str) -> None:
    officer.picture("desk-bureau")
    officer.page.get_by_role("link", name=number).click()
    officer.picture("case")
    officer.page.locator("#endorsement-comment").fill("材料齐全，同意推荐。")
    officer.press("endorsement")
    officer.said("推荐意见已记录")


def _review(person, number: str, law: Regulation) -> None:  # type: ignore[no-untyped-def]
    officer = person("department")
    officer.open(f"/applications/{number}")
    officer.press("seed")
    officer.said("种子已登记")
    officer.press("draw")
    officer.said("专家组已抽取")
    officer.picture("draw")
    for i in range(1, law.panel.minimum + 1):
        expert = person(f"expert-{i}")
        expert.page.get_by_role("link", name=number).click()
        for criterion in law.panel.criteria:
            expert.page.locator(f"[name='scores.{criterion.key}']").fill(str(criterion.maximum - 1))
        expert.page.locator("#opinion-comment").fill("创新点明确，同意。")
        if i == 1:
            expert.picture("opinion")
        expert.press("opinion", sure=True)
        expert.said("评审意见已提交")
    officer.open(f"/applications/{number}")
    officer.picture("opinions")
    officer.unfold("recommendation")
    officer.press("recommendation")
    officer.said("评审通过已记录")


def _publish(officer: Person, number: str) -> None:
    officer.page.get_by_role("link", name="用这些申请发布公示").click()
    officer.picture("notice-new")
    officer.press(f"notice-{HUNAN}", sure=True)
    officer.said("名单已固定")
    officer.picture("notice")


def _announce(officer: Person) -> str:
    officer.page.get_by_role("link", name="公布这些申请的认定结果").click()
    officer.page.get_by_role("textbox", name="文号").fill("湘工信电子[2026]8号")
    officer.press(f"announcement-{HUNAN}", sure=True)
    officer.said("已公布")
    return officer.page.locator("main li a.number").first.inner_text()


def _look_up(someone: Person, certificate: str, word: str) -> None:
    someone.open("/")
    someone.page.get_by_role("searchbox").fill(certificate)
    someone.page.get_by_role("search").get_by_role("button").click()
    expect(someone.page.locator("h1")).to_contain_text(word)
    someone.picture(f"certificate-{word}-{someone.page.url[-2:]}")


def test_pages_ask_nothing_of_anybody_else_and_break_no_policy(training_town: Town, browser: Browser, address: str) -> None:
    """With scripts allowed: no request to another host, no console message, the certificate page under 100 KB."""
    certificate = training_town.certified()
    context = browser.new_context(locale="zh-CN")
    page, asked, complaints, answers = context.new_page(), [], [], []
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: complaints.append(m.text))
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on("response", lambda r: answers.append(r))
    page.goto(f"{address}/certificates/{certificate}")
    page.wait_for_load_state("networkidle")
    assert sum(len(a.body()) for a in answers if a.ok) < 100_000, "first paint, not even compressed"
    for path in ("/", "/certificates", "/notices", "/announcements", "/regulations", f"/regulations/{HUNAN}", "/deadlines",
                 "/sign-in", "/sign-up", "/invitation", "/programs", "/training/clock"):  # fmt: skip
        page.goto(address + path)
    page.wait_for_load_state("networkidle")
    context.close()
    assert all(url.startswith((address + "/", "data:")) for url in asked)
    assert not [c for c in complaints if "favicon" not in c]


def test_the_keyboard_alone_reaches_the_search_and_its_result(training_town: Town, browser: Browser, address: str) -> None:
    certificate = training_town.certified()
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(address + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip", "the first stop leads past the navigation"
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "q":
            break
    page.keyboard.type(certificate)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("有效")
    context.close()
