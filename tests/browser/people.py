"""Somebody before a browser, in a window of their own and without JavaScript. What they live through stands in the tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.factories import PASSWORD

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@dataclass
class Person:
    """Somebody at a browser window of their own, without JavaScript."""

    page: Page
    address: str
    pictures: Path

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self, login: str) -> None:
        self.open("/sign-in")
        self.page.get_by_label("用户名").fill(login)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.locator("main").get_by_role("button", name="登录").click()
        expect(self.page.get_by_role("button", name="退出登录")).to_be_visible()

    def press(self, form: str, *, sure: bool = False) -> None:
        """Press the one button of a form that stands open, or that opens first."""
        if sure:
            self.page.check(f"#{form} [name=confirm]")
        self.page.locator(f"#{form} > button").last.click()

    def unfold(self, form: str) -> None:
        details = self.page.locator(f"details:has(> #{form})")
        if not details.evaluate("d => d.open"):
            details.locator("summary").first.click()

    def said(self, words: str) -> None:
        expect(self.page.get_by_role("status").first).to_contain_text(words)

    def picture(self, name: str) -> None:
        """Pictures at desktop and at phone width; nothing may stick out to the side."""
        for kind, size in (("desk", DESK), ("phone", PHONE)):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.screenshot(path=self.pictures / f"{name}-{kind}.png", full_page=True)
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"], f"{name} is {wide} wide at {size['width']}"
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]


def move_clock(someone: Person, to: date) -> None:
    """Move the training office's clock on its page."""
    someone.open("/")
    someone.page.get_by_role("link", name="调整时钟").click()
    someone.page.locator("#clock-to").fill(to.isoformat())
    someone.page.locator("main").get_by_role("button", name="调整时钟").click(timeout=120_000)
    someone.said("时钟已调整")
    someone.picture(f"clock-{to}")
