"""The parts of docs/ that are made from the code: lives, problems, routes, OpenAPI. `python app.py docs` writes them.

It writes files when told to and answers no request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson
from flask import Flask
from werkzeug.routing import Rule

from registry.actors import ROLE_LABELS
from registry.errors import Incomplete, OutOfOrder, Refusal, all_refusals
from registry.law import diagram
from registry.law.library import load_law
from registry.law.lifecycle import STAGE_ENTRY, STAGE_LABELS, TABLES, Role
from web.api.openapi import openapi
from web.law_reference import law_pages
from web.problems import PLAIN, STATUS

MADE = "<!-- Made by `make docs` from the code. Change the code, not this file. -->"
UNSAID = "—"
# Problems that come from neither a Refusal nor the map of plain statuses.
BESIDE = {"forged": (400, "页面已过期", "The page is out of date", "A form came without the token of the page that it belongs to.")}


def lifecycle_page() -> str:
    """docs/lifecycle.md: both lives, whole, from the two tables."""
    return "\n".join(_lifecycle()) + "\n"


def problems_page() -> str:
    """docs/problems.md: every problem an answer may carry, under the anchor that its `type` points to."""
    return "\n".join(_problems()) + "\n"


def routes_page(app: Flask) -> str:
    """docs/routes.md: every address, its methods and who may call it."""
    return "\n".join(_routes(app)) + "\n"


def openapi_json() -> str:
    """docs/openapi.json: the document that the application serves, laid out for reading and comparing."""
    return orjson.dumps(orjson.loads(openapi()), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def write_all(app: Flask, folder: Path, check: bool = False) -> list[str]:
    """Write the generated files into `folder`; returns the names of those that were not fresh. `check` writes nothing."""
    made = law_pages(list(load_law().regulations.values())) | {
        "lifecycle.md": lifecycle_page(),
        "problems.md": problems_page(),
        "routes.md": routes_page(app),
        "openapi.json": openapi_json(),
    }
    stale = []
    for name, text in made.items():
        path = folder / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return stale


# ------------------------------------------------------------------------------------------------------------ the lives


def _lifecycle() -> Iterator[str]:
    yield from ("# The lives", "", MADE, "")
    yield "Every act is a row of one of the tables (`registry/law/lifecycle.py`). The door, the sweep, the buttons, the acts that"
    yield "a 409 names as possible, these pictures and the replay audit read the same rows. What begins with `CLOCK` is brought"
    yield "about by time alone; acts inside a box leave the state as it is; an arrow from a frame leaves from every state in it."
    for kind in TABLES:
        yield from ("", f"## The {kind}", "", *_fenced(diagram.picture(kind, "en")), "", *_fenced(diagram.picture(kind, "zh")), "")
        yield from (diagram.table(kind), "", "### Its states on record" if kind == "certificate" else "### Its states", "")
        yield diagram.state_table(kind)
        if kind == "certificate":
            yield from ("", "What a certificate is worth on a day is not its state on record: it is computed from dates and facts")
            yield "([ADR 0006](adr/0006-standing-computed-at-reading.md)). There is one word more for people, `not_yet_valid`."
    yield from ("", "## The stages a regulation may list", "")
    yield "The picture above passes all of them; a regulation lists those it has, in its own order."
    yield from ("", "| stage | 中文 | English | entered as |", "|---|---|---|---|")
    yield from (f"| `{kind}` | {STAGE_LABELS[kind].zh} | {STAGE_LABELS[kind].en} | `{state}` |" for kind, state in STAGE_ENTRY.items())
    yield from ("", "## Who acts", "", "| role | 中文 | English |", "|---|---|---|")
    yield from (f"| `{role}` | {ROLE_LABELS[role].zh} | {ROLE_LABELS[role].en} |" for role in Role)


def _fenced(text: str) -> list[str]:
    return ["```mermaid", text, "```"]


# --------------------------------------------------------------------------------------------------------- the problems


def _problems() -> Iterator[str]:
    yield from ("# Problems", "", MADE, "")
    yield "An answer that says no is a problem of RFC 9457 (`application/problem+json`); a page says the same in the same words."
    yield "Its `type` ends in `#` and a name below. The members `title`, `detail`, `action` and `errors[].detail` are in the"
    yield "language of the request. Beside the standard members there may be:"
    yield from ("", "| member | what it holds |", "|---|---|")
    yield "| `action` | what to do next |"
    yield "| `article`, `basis` | the place in the regulation that the refusal rests on, and what that place rests on |"
    yield "| `errors` | one entry a field: `field`, `code`, `detail`, and where known `action`, `article`, `basis`, `pointer` |"
    yield f"| `missing` | with `{Incomplete.slug}`: the fields and documents that stand in the way |"
    yield f"| `possible` | with `{OutOfOrder.slug}`: the acts that this caller could do now |"
    yield "| `request_id` | what to tell whoever runs the registry |"
    yield from ("", "| name | status | 中文 | English |", "|---|---|---|---|")
    known = dict(sorted(_known().items()))
    for slug, (statuses, zh, en, _) in known.items():
        yield f"| [`{slug}`](#{slug}) | {', '.join(map(str, statuses))} | {zh} | {en} |"
    for slug, (statuses, _, _, words) in known.items():
        yield from ("", f"## {slug}", "", f"{', '.join(map(str, statuses))}. {words}")


def _known() -> dict[str, tuple[list[int], str, str, str]]:
    """By slug: every status it is answered with, its title in both languages, and when it is said."""
    found: dict[str, tuple[list[int], str, str, str]] = {}
    for kind in all_refusals():
        statuses = found.setdefault(kind.slug, ([], kind.title.zh, kind.title.en, _said(kind)))[0]
        _once(statuses, _status(kind))
    for status, (slug, title, detail) in PLAIN.items():
        _once(found.setdefault(slug, ([], title.zh, title.en, detail.en))[0], status)
    for slug, (status, zh, en, words) in BESIDE.items():
        found.setdefault(slug, ([status], zh, en, words))
    return found


def _status(kind: type[Refusal]) -> int:
    return next(STATUS[k] for k in kind.__mro__ if k in STATUS)


def _once(statuses: list[int], status: int) -> None:
    if status not in statuses:
        statuses.append(status)


def _said(kind: type[Refusal]) -> str:
    """The first thing its class says of it; what is called `findings` there is called `errors` on the wire."""
    return " ".join((kind.__doc__ or "").split()).replace("`findings`", "`errors`")


# ----------------------------------------------------------------------------------------------------------- the routes


def _routes(app: Flask) -> Iterator[str]:
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(_methods(rule))))
    ours = [rule for rule in rules if _methods(rule)]
    yield from ("# Addresses", "", MADE, "")
    yield "Who may call is checked twice: by the route, which asks only whether somebody must be signed in, and by the one door,"
    yield "which asks whether the role fits the case. Roles are those of [lifecycle.md](lifecycle.md#who-acts)."
    api = [rule for rule in ours if rule.rule.startswith("/api/")]
    yield from ("", "## The API", "", "Its shapes are in [openapi.json](openapi.json), shown by the running registry at `/docs`.", "")
    yield from _route_table(app, api)
    yield from ("", "## Pages and the rest", "")
    yield from _route_table(app, [rule for rule in ours if rule not in api])


def _route_table(app: Flask, rules: Iterable[Rule]) -> Iterator[str]:
    yield from ("| address | method | open to |", "|---|---|---|")
    for rule in rules:
        yield f"| `{address_of(rule)}` | {', '.join(sorted(_methods(rule)))} | {_open_to(app, rule)} |"


def address_of(rule: Rule) -> str:
    """The address as the documents write it: {number} for any number, {suspension, surrender} for one of these."""
    words = re.sub(r"<any\(([^)]*)\):[^<>]+>", r"{\1}", rule.rule)
    return re.sub(r"<(?:[^:<>]*:)?([^<>]+)>", r"{\1}", words)


def _methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


def _open_to(app: Flask, rule: Rule) -> str:
    audience = getattr(app.view_functions[rule.endpoint], "open_to", None)
    if audience is None:
        return UNSAID
    return ", ".join(f"`{a}`" if isinstance(a, Role) else str(a) for a in audience)
