"""Rules that are read off the source: who may write what, where figures may stand, how large things may be.

Each rule is a function from one module's source to its offences; a planted offence of each is found by it.
"""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

import registry
from registry.books.letter_texts import LETTERS, Template
from registry.errors import Refusal, all_refusals
from registry.law.lifecycle import BIRTH, EFFECTS, TABLES, UNDOING, acts_in, clock_row, find_row, outcomes
from registry.words import LANGUAGES, Text

pytestmark = pytest.mark.once

ROOT = Path(registry.__file__).parents[1]
ACTS = {row.act for table in TABLES.values() for row in table} | {act for act, _ in BIRTH.values()}
MOST_LINES, MOST_FUNCTION, MOST_PARAMETERS = 400, 40, 5
CHINESE = re.compile(r"[\u3400-\u9fff]")
Offences = Iterator[str]


def modules(*tops: str) -> list[str]:
    return [str(path.relative_to(ROOT)) for top in tops for path in sorted((ROOT / top).rglob("*.py"))]


@cache
def source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def walk(text: str) -> Iterator[tuple[ast.AST, list[ast.AST]]]:
    """Every node with those above it, the nearest last."""
    at_hand: list[tuple[ast.AST, list[ast.AST]]] = [(ast.parse(text), [])]
    while at_hand:
        node, above = at_hand.pop()
        yield node, above
        at_hand += [(child, [*above, node]) for child in ast.iter_child_nodes(node)]


def called(node: ast.AST) -> str:
    """The last name of what a call calls; "" for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def line(node: ast.AST) -> str:
    return f"{getattr(node, 'lineno', 0)}: {ast.unparse(node)[:90]}"


def is_docstring(above: list[ast.AST]) -> bool:
    return isinstance(above[-1], ast.Expr)


# ----------------------------------------------------------------------------------------------------------- the rules


def assigns_status(text: str) -> Offences:
    """A status is moved by the registrar alone: no assignment, no setattr, no update of the column, none given at birth."""
    for node, _ in walk(text):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = [t for target in node.targets for t in (target.elts if isinstance(target, ast.Tuple) else [target])]
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(t, ast.Attribute) and t.attr == "status" for t in targets):
            yield line(node)
        if called(node) == "setattr" and any(isinstance(a, ast.Constant) and a.value == "status" for a in ast.iter_child_nodes(node)):
            yield line(node)
        if called(node) in ("values", "Application", "Certificate"):
            assert isinstance(node, ast.Call)
            for keyword in node.keywords:
                if keyword.arg == "status" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value == ""):
                    yield line(node)


def counts_days(text: str) -> Offences:
    """No length of time of the law stands in Python: no literal of more than one day, no arithmetic on years."""
    for node, above in walk(text):
        if called(node) in ("timedelta", "relativedelta"):
            assert isinstance(node, ast.Call)
            days = [k.value for k in node.keywords if k.arg in ("days", "weeks", "months", "years")] + node.args[:1]
            for value in days:
                number = value.operand if isinstance(value, ast.UnaryOp) else value
                if isinstance(number, ast.Constant) and number.value not in (0, 1):
                    yield line(node)
        if called(node) == "replace" and isinstance(node, ast.Call) and any(k.arg in ("year", "month") for k in node.keywords):
            yield line(node)
        made_of = {called(a) for a in above} & {"date", "datetime", "replace"}
        if made_of and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            sides = (node.left, node.right)
            if any(isinstance(s, ast.Attribute) and s.attr == "year" for s in sides) and any(isinstance(s, ast.Constant) for s in sides):
                yield line(node)


def names_an_act(text: str) -> Offences:
    """The door knows no act by its name."""
    for node, above in walk(text):
        if isinstance(node, ast.Constant) and node.value in ACTS and not is_docstring(above):
            yield line(node)


def reads_the_clock(text: str) -> Offences:
    """Code is handed an instant; it never reads the time."""
    wall = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"), ("time", "time_ns"),
            ("time", "localtime"), ("time", "gmtime"), ("func", "now"), ("func", "current_timestamp")}
    for node, _ in walk(text):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if (owner, node.attr) in wall:
                yield line(node)


def speaks_only_chinese(text: str) -> Offences:
    """A text for people stands in both languages: Chinese only inside Text(...) or a form's fault, or in a pattern."""
    for node, above in walk(text):
        chinese = isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value)
        if chinese and not is_docstring(above) and not {called(a) for a in above} & {"Text", "fault", "compile"}:
            yield line(node)


def has_no_docstring(text: str) -> Offences:
    """Every module opens with what it is."""
    if not ast.get_docstring(ast.parse(text)):
        yield "1: no docstring"


def is_too_long(text: str) -> Offences:
    """Modules of at most 400 lines."""
    if len(text.splitlines()) > MOST_LINES:
        yield f"{len(text.splitlines())} lines"


def has_a_long_function(text: str) -> Offences:
    """Functions of at most 40 lines."""
    for node, _ in walk(text):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > MOST_FUNCTION:
            yield f"{node.lineno}: {node.name} has {(node.end_lineno or 0) - node.lineno + 1} lines"


def has_many_parameters(text: str) -> Offences:
    """At most five parameters by position, beside `self` and the unit of work `r`."""
    for node, _ in walk(text):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
            if len([n for i, n in enumerate(names) if not (i == 0 and n in ("self", "cls", "r"))]) > MOST_PARAMETERS:
                yield f"{node.lineno}: {node.name}({', '.join(names)})"


def refuses_with_a_bare_text(text: str) -> Offences:
    """A refusal is raised with a Text, never with a string of one language."""
    kinds = {kind.__name__ for kind in all_refusals()} | {"Refusal"}
    for node, _ in walk(text):
        if called(node) in kinds and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr):
            yield line(node)


# Where each rule holds, and what is let through with its reason.
RULES: dict[Callable[[str], Offences], tuple[list[str], dict[tuple[str, str], str]]] = {
    assigns_status: (
        [m for m in modules("registry", "web", "jobs", "schemas") if m != "registry/registrar.py"], {},
    ),
    counts_days: (
        [m for m in modules("registry", "web", "jobs") if not m.startswith(("registry/law/", "jobs/training/", "jobs/year/"))],
        {
            ("registry/desks/accounts.py", "timedelta(days=14)"): "how long a one-time code opens an account: technical, no law",
            ("registry/desks/deadlines.py", "timedelta(days=10)"): "a margin of a query; the exact day is reckoned for each row",
            ("registry/desks/calendars.py", "timedelta(days=31)"): "how far a calendar feed looks back: technical, no law",
            ("registry/desks/calendars.py", "timedelta(days=400)"): "how far the office's feed looks ahead: technical, no law",
            ("registry/desks/calendars.py", "timedelta(days=3660)"): "how far an enterprise's feed looks ahead: all that lies before it",
            ("registry/desks/calendars.py", "timedelta(days=10)"): "a margin of a query; the exact day is reckoned for each row",
            ("registry/desks/visits.py", "timedelta(days=1830)"): "how long a feed's address lasts: technical, its owner may end it",
            ("registry/desks/webhooks.py", "timedelta(days=5)"): "how long a webhook may refuse everything: technical, no law",
            ("registry/desks/bills/keep.py", "timedelta(days=7)"): "how long a bill is kept for whoever has its address: technical, no law",
            ("web/pages/training.py", "MOST_YEARS"): "how far the page lets a training clock be moved",
        },
    ),
    names_an_act: (["registry/registrar.py"], {}),
    reads_the_clock: ([m for m in modules("registry", "web", "jobs", "schemas") if m != "registry/clock.py"], {}),
    speaks_only_chinese: (
        modules("registry"),
        {
            ("registry/desks/enquiries/replay.py", ""): "what a command prints: both languages side by side",
            ("registry/desks/experts.py", "更换任职单位时由系统记录 / "): "a note kept in both languages",
            ("registry/law/checks.py", "号"): "an example of a document number, for whoever writes a law file",
            ("registry/law/codes.py", "号"): "the normal form of a document number is Chinese",
            ("registry/law/deadlines.py", "个"): "units of time, with their English beside them",
            ("registry/law/deadlines.py", "年"): "units of time, with their English beside them",
            ("registry/law/diagram.py", "中文"): "the head of a table that has an English column too",
            ("registry/law/values.py", "是"): "a yes as people type it",
            ("registry/law/report.py", ""): "what a command prints: both languages side by side",
        },
    ),
    has_no_docstring: (modules("registry", "web", "jobs", "schemas"), {}),
    is_too_long: (modules("registry", "web", "jobs", "schemas"), {}),
    has_a_long_function: (modules("registry", "web", "jobs", "schemas"), {}),
    has_many_parameters: (modules("registry"), {}),
    refuses_with_a_bare_text: (modules("registry", "web", "jobs"), {}),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_module_offends_against_a_rule(rule: Callable[[str], Offences]) -> None:
    where, allowed = RULES[rule]
    assert where
    found = [f"{path}:{offence}" for path in where for offence in rule(source(path))
             if not any(path == place and words in offence for place, words in allowed)]
    assert found == []


@pytest.mark.parametrize("rule", [rule for rule, (_, allowed) in RULES.items() if allowed], ids=lambda rule: rule.__name__)
def test_what_is_let_through_is_still_there(rule: Callable[[str], Offences]) -> None:
    """An exception that no longer lets anything through is taken out."""
    for place, words in RULES[rule][1]:
        assert any(words in offence for offence in rule(source(place))), (place, words)


PLANTED = [
    (assigns_status, "application.status = 'certified'"), (assigns_status, "a, c.status = 1, 'expired'"),
    (assigns_status, "row.status += 'x'"), (assigns_status, "row.status: str = 'valid'"), (assigns_status, "setattr(row, 'status', 'valid')"),
    (assigns_status, "session.exec(update(Certificate).values(status='expired'))"), (assigns_status, "Certificate(number=n, status='valid')"),
    (assigns_status, "Application(status=wanted)"),
    (counts_days, "until = start + timedelta(days=1825)"), (counts_days, "timedelta(7)"), (counts_days, "timedelta(weeks=2)"),
    (counts_days, "timedelta(days=-30)"), (counts_days, "relativedelta(years=5)"), (counts_days, "start.replace(year=start.year + n)"),
    (counts_days, "date(start.year + 5, 3, 1)"), (counts_days, "day.replace(month=1)"),
    (names_an_act, "if row.act == 'expire': pass"), (names_an_act, "self.record(subject, 'lapse')"), (names_an_act, "X = {'announce': 1}"),
    (reads_the_clock, "datetime.now(UTC)"), (reads_the_clock, "datetime.datetime.utcnow()"), (reads_the_clock, "date.today()"),
    (reads_the_clock, "at = time.time()"), (reads_the_clock, "select(func.now())"), (reads_the_clock, "field(default_factory=datetime.now)"),
    (speaks_only_chinese, "raise ValueError('没有')"), (speaks_only_chinese, "words = f'第 {n} 号'"), (speaks_only_chinese, "title = '登记'"),
    (has_no_docstring, "x = 1"), (has_no_docstring, ""),
    (is_too_long, "\n" * 401), (has_a_long_function, "def f():\n" + "    x = 1\n" * 40),
    (has_a_long_function, "class A:\n    async def f(self):\n" + "        x = 1\n" * 40),
    (has_many_parameters, "def f(a, b, c, d, e, g): ..."), (has_many_parameters, "def f(r, a, b, c, d, e, g): ..."),
    (has_many_parameters, "def f(a, b, c, /, d, e, g): ..."),
    (refuses_with_a_bare_text, "raise NotFound('nothing here')"), (refuses_with_a_bare_text, "raise errors.NotYet(f'{n} left')"),
]
INNOCENT = [
    (assigns_status, "response.status_code = 404\nif a.status == 'x': pass\nApplication(status='')\nquery.where(A.status == 'x')"),
    (counts_days, "timedelta(days=1)\ntimedelta(days=period.length)\ntimedelta(hours=12)\ndays = text.replace('a', 'b')\nrange(a.year, b.year + 1)"),
    (names_an_act, "def record(): 'Not expire, lapse'\nsubject.renewed_by = 1\nx = row.act"),
    (reads_the_clock, "r.now\nclock.now()\noffice.now()\ntime.monotonic()"),
    (speaks_only_chinese, "'''登记'''\nText('登记', 'register')\nform.fault('a', 'b', f'第 {n} 号', 'no. {n}')\nre.compile('[号]')"),
    (has_no_docstring, "'''What it is.'''"), (is_too_long, "\n" * 400), (has_a_long_function, "def f():\n" + "    x = 1\n" * 39),
    (has_many_parameters, "def f(r, a, b, c, d, e, *, g, h): ...\nclass A:\n    def f(self, a, b, c, d, e): ..."),
    (refuses_with_a_bare_text, "raise NotFound(Text('无', 'none'))\nraise ValueError('x')\nraise NotYet(words)"),
]


@pytest.mark.parametrize("planted", range(len(PLANTED)), ids=lambda n: f"{PLANTED[n][0].__name__}-{n}")
def test_a_planted_offence_is_found(planted: int) -> None:
    rule, text = PLANTED[planted]
    assert list(rule(text))


@pytest.mark.parametrize("innocent", range(len(INNOCENT)), ids=lambda n: INNOCENT[n][0].__name__)
def test_what_looks_alike_is_let_be(innocent: int) -> None:
    rule, text = INNOCENT[innocent]
    assert list(rule(text)) == []


def test_every_rule_has_its_planted_offence() -> None:
    assert {rule for rule, _ in PLANTED} == {rule for rule, _ in INNOCENT} == set(RULES)


def test_the_registrar_itself_moves_the_status_in_two_places() -> None:
    """At birth, and in the one move; nowhere else even there."""
    assert len(list(assigns_status(source("registry/registrar.py")))) == 2


# ------------------------------------------------------------------------------------------------------------ refusals


def house_refusals() -> list[type[Refusal]]:
    """The registry's own; the web narrows one of them for what a wire shape refuses."""
    return [kind for kind in all_refusals() if kind.__module__.startswith("registry.")]



def test_every_refusal_has_its_own_slug_and_a_title_in_both_languages() -> None:
    kinds = [Refusal, *house_refusals()]
    assert len({kind.slug for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.slug), kind
        assert isinstance(kind.title, Text) and kind.title.zh and kind.title.en
        assert CHINESE.search(kind.title.zh) and not CHINESE.search(kind.title.en)
        assert (kind.__doc__ and kind.__doc__ != Refusal.__doc__) or kind is Refusal


def test_every_refusal_is_made_with_words_in_both_languages() -> None:
    for kind in house_refusals():
        refusal = kind(Text("不行", "No"))
        assert refusal.detail.zh == "不行" and str(refusal) == "No"


# ------------------------------------------------------------------------------------------------ letters and their acts


CLOCKS = {row.act for table in TABLES.values() for row in table if row.due}


@cache
def recorded() -> dict[str, list[set[str]]]:
    """For each act, the facts with which each desk records it, read off the calls of `record` and `_pass`."""
    found: dict[str, list[set[str]]] = {}
    for path in modules("registry/desks"):
        for node, _ in walk(source(path)):
            if called(node) == "record" and isinstance(node, ast.Call) and len(node.args) > 1:
                acts = [node.args[1].value] if isinstance(node.args[1], ast.Constant) else []
                for act in acts:
                    found.setdefault(act, []).append({k.arg or "" for k in node.keywords})
            if called(node) in ("_pass", "_sanction") and isinstance(node, ast.Call):
                facts = {"comment"} if called(node) == "_pass" else {"ground", "reason", "article", "basis"}
                found.setdefault(node.args[2].value, []).append(facts)  # type: ignore[attr-defined]
    return found


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@cache
def fact_names() -> frozenset[str]:
    """Every name under which a desk or the door puts a fact into an entry or a letter: keywords of calls, keys of tables."""
    names: set[str] = set()
    for path in (*modules("registry/desks"), "registry/registrar.py", "registry/books/letters.py"):
        for node, _ in walk(source(path)):
            if isinstance(node, ast.Call):
                names |= {k.arg for k in node.keywords if k.arg}
            keys = node.keys if isinstance(node, ast.Dict) else [node.slice] if isinstance(node, ast.Subscript) else []
            names |= {k.value for k in keys if isinstance(k, ast.Constant) and isinstance(k.value, str)}
    return frozenset(names)


def unknown_places(text: Text) -> set[str]:
    """What a template asks for that nobody gives, or that one language alone asks for."""
    first, second = (placeholders(text.in_(language)) for language in LANGUAGES)
    return ((first | second) - fact_names()) | (first ^ second)


@pytest.mark.parametrize(("kind", "act"), LETTERS)
def test_a_letter_names_only_what_is_known_and_the_same_in_both_languages(kind: str, act: str) -> None:
    """A place that nobody fills would stop the act itself."""
    for template in LETTERS[kind, act]:
        for text in (template.subject, template.body):
            assert text.zh and text.en
            assert not {p for p in unknown_places(text) if p}, (kind, act, text)


@pytest.mark.parametrize("planted", [
    Text("{nubmer} 已提交", "{nubmer} was submitted"), Text("{number} 已提交", "It was submitted"), Text("已提交", "{number} was submitted"),
], ids=["misspelt", "only Chinese", "only English"])
def test_a_letter_with_an_unknown_place_is_found(planted: Text) -> None:
    assert unknown_places(planted)
    assert not unknown_places(Text("{number} 已提交", "{number} was submitted"))


# What a letter may name of any subject, of a kind of subject, and what is put in words where the act's entry has the fact.
ALWAYS = {"number", "product", "enterprise", "state", "authority"}
OF_KIND = {
    "application": {"done"}, "measure": set[str](), "amendment": {"certificate", "change_label", "bureau"},
    "certificate": {"valid_from", "valid_until", "validity", "renewal_opens", "renewal_closes"},
}
IN_WORDS = {"ground": "ground", "reasons": "reasons", "measure_label": "intended", "outcome": "replacement"}
# Who may be written to, and the fact of the entry by which they are found.
AUDIENCES = {
    "applicant": "", "bureau": "", "department": "", "risen": "role", "objector": "objection", "objectors": "objections",
    "expert": "expert", "replacement": "replacement", "panel": "seated", "assignee": "person",
    "told": "told",
}


def certain_keys(node: ast.AST, function: ast.AST, module: ast.AST) -> set[str]:
    """The keys that a dict surely has, as far as the source says: a literal, a union, a local name, a function's answer."""
    def of(inner: ast.AST) -> set[str]:
        return certain_keys(inner, function, module)
    if isinstance(node, ast.Dict):
        spread = [of(v) for k, v in zip(node.keys, node.values, strict=True) if k is None]
        return {k.value for k in node.keys if isinstance(k, ast.Constant)}.union(*spread)  # type: ignore[misc]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return of(node.left) | of(node.right)
    if isinstance(node, ast.IfExp):
        return of(node.body) & of(node.orelse)
    if isinstance(node, ast.Name):
        set_to = [n.value for n in ast.walk(function) if isinstance(n, ast.AnnAssign | ast.Assign) and n.value is not None
                  and any(isinstance(t, ast.Name) and t.id == node.id for t in (n.targets if isinstance(n, ast.Assign) else [n.target]))]
        return set.intersection(*map(of, set_to)) if set_to else set()
    if called(node):
        named = [f for f in ast.walk(module) if isinstance(f, ast.FunctionDef) and f.name == called(node)]
        answers = [certain_keys(n.value, f, module) for f in named for n in ast.walk(f) if isinstance(n, ast.Return) and n.value]
        return set.intersection(*answers) if answers else set()
    return set()


@cache
def facts_given() -> dict[tuple[str, str], list[set[str]]]:
    """For each kind and act, the facts that its entry surely has, from each place in which it is recorded, born or ordered."""
    found: dict[tuple[str, str], list[set[str]]] = {}
    for path in modules("registry/desks"):
        kind = Path(path).stem.removesuffix("s")
        for node, above in walk(source(path)):
            function = next((a for a in reversed(above) if isinstance(a, ast.FunctionDef)), None)
            if not isinstance(node, ast.Call) or function is None:
                continue
            acts: list[tuple[str, str]] = []
            facts: set[str] = set()
            if called(node) == "record" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
                kinds = [kind] if kind in TABLES else list(TABLES)
                acts = [(k, str(node.args[1].value)) for k in kinds]
                facts = {k.arg for k in node.keywords if k.arg} - {"due"}
                facts = facts.union(*(certain_keys(k.value, function, above[0]) for k in node.keywords if not k.arg))
            elif called(node) == "_pass":
                acts, facts = [(kind, node.args[2].value)], {"comment"}  # type: ignore[attr-defined]
            elif called(node) == "begin" and kind in TABLES:
                given = [*node.args[2:], *(k.value for k in node.keywords if k.arg == "facts")]
                acts, facts = [(kind, BIRTH[kind][0])], certain_keys(given[0], function, above[0])
            elif called(node) in ("_order", "_undo") and not function.name.startswith("_"):
                ordered = EFFECTS if called(node) == "_order" else UNDOING
                acts, facts = [("certificate", act) for act in ordered.values()], certain_keys(node.args[-1], function, above[0])
            for each in acts:
                found.setdefault(each, []).append(facts)
    return found


def known_to(kind: str, act: str) -> set[str]:
    """The places that a letter of this act may have; with the facts of its entry, for its audience."""
    given = set.intersection(*facts_given().get((kind, act), [set()]))
    known = ALWAYS | OF_KIND[kind] | given | {place for place, fact in IN_WORDS.items() if fact in given}
    after = {state for row in TABLES[kind] if row.act == act for state in outcomes(row)}
    if kind in ("application", "measure") and after and all(clock_row(kind, state) for state in after):
        known.add("last_day")
    return known


def strange_to(kind: str, act: str, template: Template) -> set[str]:
    """What a letter names, or finds its reader by, that its own act does not know."""
    places = {p for text in (template.subject, template.body) for language in LANGUAGES for p in placeholders(text.in_(language))}
    by = {AUDIENCES[template.to]} - {""}
    return (places | by) - known_to(kind, act)


@pytest.mark.parametrize(("kind", "act"), LETTERS)
def test_a_letter_names_only_what_its_act_knows(kind: str, act: str) -> None:
    """A place that this act's entry and subject do not fill would stop the act itself."""
    for template in LETTERS[kind, act]:
        assert not strange_to(kind, act, template), template


@pytest.mark.parametrize(("kind", "act", "to", "place"), [
    ("application", "submit", "applicant", "nubmer"), ("application", "submit", "applicant", "objection"),
    ("application", "accept", "applicant", "outcome"), ("application", "accept", "applicant", "last_day"),
    ("application", "recuse_expert", "department", "rule"), ("application", "assign", "assignee", "reason"),
    ("certificate", "suspend", "applicant", "measure_label"), ("certificate", "expire", "applicant", "ground"),
    ("amendment", "endorse", "applicant", "edition"), ("measure", "approve", "department", "effective_on"),
    ("application", "submit", "expert", "number"), ("application", "refuse", "objectors", "number"),
])
def test_a_letter_that_names_what_another_act_knows_is_found(kind: str, act: str, to: str, place: str) -> None:
    words = Text(f"{{{place}}}", f"{{{place}}}")
    assert strange_to(kind, act, Template(to, words, words))


def test_letters_are_of_acts_that_there_are() -> None:
    for kind, act in LETTERS:
        assert act == BIRTH[kind][0] or any(row.act == act for row in TABLES[kind])


def test_every_act_of_the_tables_is_done_at_some_desk_or_by_time() -> None:
    """A row without an executor is a rule that never runs (field.md D12)."""
    done = set(recorded()) | CLOCKS
    assert {row.act for table in TABLES.values() for row in table} <= done


def test_every_act_that_a_desk_records_is_in_a_table() -> None:
    assert set(recorded()) <= ACTS


def test_a_clock_act_is_found_in_every_state_it_is_due_in() -> None:
    for kind, table in TABLES.items():
        for row in table:
            if row.due:
                assert all(find_row(kind, state, row.act) in acts_in(kind, state) for state in row.sources)


# ------------------------------------------------------------------------------------------- the law's names are its own


@cache
def names_of_law() -> frozenset[str]:
    """What the regulations and those who issued them are called: it stands in their files and nowhere else."""
    found: set[str] = set()
    for path in sorted((ROOT / "registry" / "law" / "regulations").glob("*.toml")):
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
        texts = [tree[key] for key in ("title", "short_title", "product_noun", "certificate_title")]
        texts += [tree["authority"]["name"], *(region["bureau"] for region in tree["authority"].get("prefectures", ()))]
        found |= {tree["id"], tree["family"], *(text[language] for text in texts for language in LANGUAGES)}
    return frozenset(found)


def named_in(text: str) -> list[str]:
    return sorted(name for name in names_of_law() if name.casefold() in text.casefold())


@pytest.mark.parametrize("path", [
    *(m for m in modules("registry", "web", "jobs", "schemas", "migrations") if not m.startswith("jobs/training/")), "app.py",
    *(str(p.relative_to(ROOT)) for top in ("registry", "web") for kind in ("*.html", "*.typ", "*.js", "*.css", "*.svg")
      for p in sorted((ROOT / top).rglob(kind))),
])
def test_no_regulation_and_no_authority_is_named_outside_its_file(path: str) -> None:
    """Another regulation is another file: whatever names one in Python or in a template would be wrong for the next."""
    assert named_in(source(path)) == []


def test_a_name_of_the_law_is_found_wherever_it_stands() -> None:
    assert len(names_of_law()) > 20
    for name in names_of_law():
        assert name in named_in(f"<title>{name} · x</title>")
