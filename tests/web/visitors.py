"""Visitors of the pages, as people with a browser and no JavaScript: they follow links, fill forms and press buttons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.factories import PASSWORD

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Node:
    """One element of a page."""

    tag: str
    attrs: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, *tags: str) -> list[Node]:
        return [node for node in self.walk() if node.tag in tags]

    def by_id(self, wanted: str) -> Node:
        return next(node for node in self.walk() if node.attrs.get("id") == wanted)

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {k: v or "" for k, v in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>: {self.open[-1].attrs}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(html: str) -> Node:
    """A page as a tree; refuses elements that are closed in the wrong order."""
    reader = _Reader()
    reader.feed(html)
    assert len(reader.open) == 1, f"not closed: {reader.open[-1].tag} {reader.open[-1].attrs}"
    return reader.root


def fields_of(form: Node) -> dict[str, Any]:
    """What a browser would send of a form that nobody touched."""
    sent: dict[str, Any] = {}
    for node in form.all("input", "textarea", "select"):
        name, kind = node.attrs.get("name"), node.attrs.get("type", "text")
        if not name or kind == "file" or (kind in ("checkbox", "radio") and "checked" not in node.attrs):
            continue
        if node.tag == "textarea":
            value = node.text.removeprefix("\n")
        elif node.tag == "select":
            options = node.all("option")
            value = next((o for o in options if "selected" in o.attrs), options[0]).attrs.get("value", "")
        else:
            value = node.attrs.get("value", "on" if kind == "checkbox" else "")
        sent.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in sent.items()}


class Visitor:
    """One browser window."""

    def __init__(self, app: Flask, login: str | None = None) -> None:
        self.client = app.test_client()
        if login:
            self.sign_in(login)

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        answer = self.send("/sign-in", "sign-in", login=login, password=password)
        assert answer.status_code == 303, answer.text
        return answer

    def get(self, address: str, status: int = 200) -> Node:
        answer = self.client.get(address)
        assert answer.status_code == status, f"{address}: {answer.status_code} {answer.text[:3000]}"
        return read(answer.text)

    def form(self, page: str, name: str) -> Node:
        return self.get(page).by_id(name)

    def send(self, page: str, name: str, /, **typed: Any) -> TestResponse:
        """Open a page, fill one of its forms and press the button. A value of None leaves the field out."""
        form = self.form(page, name)
        data = {k: v for k, v in (fields_of(form) | typed).items() if v is not None}
        return self.client.post(form.attrs["action"], data=data)

    def do(self, page: str, name: str, /, **typed: Any) -> str:
        """The same, to success: the address that the visitor is sent on to."""
        answer = self.send(page, name, **typed)
        assert answer.status_code == 303, read(answer.text).text[-3000:]
        return answer.headers["Location"]
