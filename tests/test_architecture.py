"""Rules that are read off the source: who may write what, where figures may stand, how large things may be.

Each rule is a function from one module's source to its offences; a planted offence of each is found by it.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

import registry
from registry.books.letters import LETTERS
from registry.errors import Refusal, all_refusals
from registry.law.lifecycle import BIRTH, TABLES, acts_in, clock_row, find_row, outcomes
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
    for node, _ in walk(text):
        if called(node) in ("timedelta", "relativedelta"):
            assert isinstance(node, ast.Call)
            days = [k.value for k in node.keywords if k.arg in ("days", "weeks", "months", "years")] + node.args[:1]
            for value in days:
                number = value.operand if isinstance(value, ast.UnaryOp) else value
                if isinstance(number, ast.Constant) and number.value not in (0, 1):
                    yield line(node)
        if called(node) == "replace" and isinstance(node, ast.Call) and any(k.arg in ("year", "month") for k in node.keywords):
            yield line(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
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
        [m for m in modules("registry", "web", "jobs") if not m.startswith(("registry/law/", "jobs/training/"))],
        {
            ("registry/desks/accounts.py", "timedelta(days=14)"): "how long a one-time code opens an account: technical, no law",
            ("registry/desks/deadlines.py", "timedelta(days=10)"): "a margin of a query; the exact day is reckoned for each row",
            ("web/pages/training.py", "MOST_YEARS"): "how far the page lets a training clock be moved",
        },
    ),
    names_an_act: (["registry/registrar.py"], {}),
    reads_the_clock: ([m for m in modules("registry", "web", "jobs", "schemas") if m != "registry/clock.py"], {}),
    speaks_only_chinese: (
        modules("registry"),
        {
            ("registry/law/checks.py", "号"): "an example of a document number, for whoever writes a law file",
            ("registry/law/codes.py", "号"): "the normal form of a document number is Chinese",
            ("registry/law/deadlines.py", "个"): "units of time, with their English beside them",
            ("registry/law/deadlines.py", "年"): "units of time, with their English beside them",
            ("registry/law/diagram.py", "中文"): "the head of a table that has an English column too",
            ("registry/law/dossier.py", "是"): "a yes as people type it",
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
    (counts_days, "timedelta(days=1)\ntimedelta(days=period.length)\ntimedelta(hours=12)\ndays = text.replace('a', 'b')\ny = d.year"),
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


COMMON = {"number", "product", "enterprise", "state", "ground", "reasons"}
OF_KIND = {"application": set[str](), "certificate": {"valid_from", "valid_until", "renewal_opens", "renewal_closes"}}
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


@pytest.mark.parametrize(("kind", "act"), LETTERS)
def test_a_letter_names_only_what_its_act_knows(kind: str, act: str) -> None:
    """A place that no desk fills would stop the act itself."""
    given = set.intersection(*recorded()[act]) if act in recorded() else set()
    known = COMMON | OF_KIND[kind] | given
    rows = [row for row in TABLES[kind] if row.act == act]
    after = {state for row in rows for state in outcomes(row)}
    if kind == "application" and after and all(clock_row(kind, state) for state in after):
        known.add("last_day")
    for template in LETTERS[kind, act]:
        for text in (template.subject, template.body):
            first, second = (placeholders(text.in_(language)) for language in LANGUAGES)
            assert first <= known and second <= known, (first | second) - known
            assert text.zh and text.en
        assert {"application", "certificate"} >= {kind} and template.to in ("applicant", "bureau", "department", "expert", "objector")


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
