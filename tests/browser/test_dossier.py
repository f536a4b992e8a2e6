"""A dossier with a script: saved as one types, files dropped, a conflict told, and what was typed kept when the session ends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from registry.desks import applications
from tests.browser.people import Person
from tests.factories import HUNAN, PASSWORD, Town, sample_file

pytestmark = pytest.mark.browser
DROP = """(form, [name, type, bytes]) => {
    const data = new DataTransfer(); data.items.add(new File([new Uint8Array(bytes)], name, { type }));
    form.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })); }"""


def test_a_dossier_is_saved_as_one_types_and_survives_the_end_of_the_session(training_town: Town, browser: Browser, address: str) -> None:
    town, law = training_town, training_town.office.law.regulation(HUNAN)
    maker = town.applicant()
    number = town.draft(maker)
    wanted = town.show(number)["dossier"][law.dossier.product_field]
    rule = next(rule for rule in law.dossier.documents if rule.required and rule.minimum == 1)
    given = next(d["ordinal"] for d in town.show(number)["documents"] if d["slot"] == rule.key)
    town.do(maker, applications.remove_document, number, given)
    town.do(maker, applications.save_draft, number, {law.dossier.product_field: ""})
    context = browser.new_context(locale="zh-CN")
    context.set_default_timeout(15_000)
    faults: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    Person(page, address, None).sign_in(maker.login)  # type: ignore[arg-type]
    page.goto(f"{address}/applications/{number}/dossier")
    entries = len(town.show(number)["history"])
    product, meter, told = page.locator(f"[name='dossier.{law.dossier.product_field}']"), page.locator("#meter"), page.locator("#autosave")

    before = float(meter.get_attribute("value") or 0)
    product.fill(wanted)
    expect(told).to_contain_text("已自动保存")
    expect(meter).to_have_attribute("value", f"{before + 1:g}")
    page.reload()
    expect(product).to_have_value(wanted)
    assert len(town.show(number)["history"]) == entries, "a draft that is saved is no act"

    before = float(meter.get_attribute("value") or 0)
    name, content = sample_file(rule.types)
    form = page.locator(f"#document-{rule.key}")
    form.evaluate(DROP, [name, "application/pdf", list(content)])
    expect(form).to_contain_text(name)
    form.locator("button").click()
    expect(told).to_contain_text("文件已上传")
    assert float(meter.get_attribute("value") or 0) == before + 1
    expect(page.locator(f"[id='dossier-documents.{rule.key}'] li a").first).to_have_text(name)

    town.do(maker, applications.save_draft, number, {law.dossier.product_field: "同事保存的产品"})
    product.fill("我填写的产品")
    expect(told).to_contain_text("另一名成员刚保存过")
    told.get_by_role("button").click()
    expect(page.locator("#dossier-conflict")).to_be_visible()
    expect(page.get_by_text("同事保存的产品")).to_be_visible()
    expect(product).to_have_value("我填写的产品")
    page.get_by_role("button", name="保存并检查").click()
    expect(product).to_have_value("我填写的产品")

    context.clear_cookies()
    product.fill("登录结束后填写的产品")
    expect(told).to_contain_text("登录已经结束")
    told.get_by_role("link").click()
    page.get_by_label("用户名").fill(maker.login)
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录").click()
    expect(told).to_contain_text("已自动保存")
    page.reload()
    expect(product).to_have_value("登录结束后填写的产品")
    assert faults == []
    context.close()
