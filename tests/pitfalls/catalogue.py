"""What other registries got wrong, row by row, and which tests of ours hold each. Data and its page; no test, no rule.

A test names its rows with `@pytest.mark.pitfall("A1")`, wherever it stands. Failures and threads are those of ten open
registries whose issues were read; rows F and H are held by the tests of the web and are not listed here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parents[1]
GROUPS = {
    "A": "“Is it valid on its expiry date?”, and time zones", "B": "Stored status and the truth", "C": "Renewal",
    "D": "Jobs and reminders", "E": "Audit and history", "G": "Calendar",
}


class Pitfall(NamedTuple):
    """One row: what went wrong elsewhere, and where that can be read."""

    wrong: str
    threads: tuple[str, ...]


ROWS = {
    "A1": Pitfall("The last day was the first expired day for one office, the last valid second for another.",
                  ("bcgov/entity#7560", "bcgov/entity#8818")),
    "A2": Pitfall("A renewal was refused on its last evening: the job compared dates in UTC.", ("bcgov/entity#25881",)),
    "A3": Pitfall("What was registered late in the day carried another day, by hour and zone.",
                  ("bcgov/entity#11944", "bcgov/entity#10570", "bcgov/entity#11323")),
    "A4": Pitfall("Plain dates were moved by the zone of whoever read them; mended three times.",
                  ("opencrvs/opencrvs-core#6719", "opencrvs/opencrvs-core#8885", "opencrvs/opencrvs-core#11955")),
    "A5": Pitfall("Two screens showed one moment six hours apart; the clock of a user's PC dated an issuance.",
                  ("opencrvs/opencrvs-core#10756", "opencrvs/opencrvs-core#10167")),
    "A6": Pitfall("Naive instants were right only on a host in UTC; a nightly time was right only in winter.", ()),
    "A7": Pitfall("An inclusive end made certificates one second too long.",
                  ("letsencrypt/boulder#5473", "openssl/openssl#32890")),
    "A8": Pitfall("Leap years: 365 days for a year, and a crash on 29 February.",
                  ("bcgov/entity#11461", "bcgov/entity#10104", "bcgov/entity#9274", "usnistgov/dioptra#405")),
    "A9": Pitfall("A list by time left out its last day.", ("internetee/registry#2274",)),
    "B1": Pitfall("The date had passed, the status still said registered.", ("bcgov/entity#29410", "bcgov/entity#10672")),
    "B2": Pitfall("A stale status was put back from saved history.", ("internetee/registry#2665",)),
    "B3": Pitfall("Whether what is cancelled also expires was answered both ways.", ("bcgov/entity#27225", "bcgov/entity#32250")),
    "B4": Pitfall("The job that recorded an expiry made the suspension vanish.", ()),
    "C1": Pitfall("One request renewed twice.", ("internetee/registry#2135", "internetee/registry#430")),
    "C2": Pitfall("Renewed and expired in the same moment.", ("internetee/registry#2627",)),
    "C3": Pitfall("A late renewal ended in the past; an early one cost its holder days.",
                  ("bcgov/entity#32519", "cisagov/manage.get.gov#3914")),
    "C4": Pitfall("The renewal stood in the history, the end date did not follow for three weeks.", ("bcgov/entity#11145",)),
    "C5": Pitfall("A renewal lifted an unrelated restriction.", ("internetee/registry#2186",)),
    "D1": Pitfall("Reminders went out on exactly one day: a missed night warned nobody, a second run everybody twice.", ()),
    "D2": Pitfall("Every run wrote to every holder, also of what had expired long ago.", ()),
    "D3": Pitfall("Mails grew, came in three copies, named one recipient twice.",
                  ("Netflix/lemur#2635", "Netflix/lemur#3587", "Netflix/lemur#2806")),
    "D4": Pitfall("Who had renewed was warned all the same: the renewal was guessed, not stored.",
                  ("letsencrypt/boulder#1346", "letsencrypt/boulder#5672")),
    "D5": Pitfall("A warning came before anything could be done about it.", ("letsencrypt/boulder#1517",)),
    "D6": Pitfall("At capacity fewer were told than should have been, and nobody saw.", ("letsencrypt/boulder#2002",)),
    "D7": Pitfall("Paging by offset over a shrinking set skipped pages.", ()),
    "D8": Pitfall("One bad record stopped all the others.", ("egovernments/Digit-Core#1413",)),
    "D9": Pitfall("Every worker of the web server ran the scheduler.",
                  ("viniciuschiele/flask-apscheduler#230", "viniciuschiele/flask-apscheduler#13", "viniciuschiele/flask-apscheduler#139")),
    "D10": Pitfall("A job ran before the one that it builds on had finished.", ("google/nomulus#1791", "google/nomulus#2077")),
    "D11": Pitfall("Two notices for one act; one certificate issued twice.",
                   ("opencrvs/opencrvs-core#10361", "opencrvs/opencrvs-core#8052", "bcgov/entity#23668")),
    "D12": Pitfall("Terms were stored and never carried out.", ("open-mercato/open-mercato#2293",)),
    "E1": Pitfall("The history named the author of the row before, showed the state before the change, and showed it twice.",
                  ("internetee/registry#2938", "internetee/registry#2822", "internetee/registry#1561")),
    "E2": Pitfall("A seal that covered neither actor nor time, chained to nothing, under a default key.", ()),
    "E3": Pitfall("A failure to write the audit was swallowed, and the act was done.", ()),
    "E4": Pitfall("Events were taken out of view to tidy the screen.", ("opencrvs/opencrvs-core#6228",)),
    "E5": Pitfall("An approval was undone by deleting what had been approved.", ()),
    "G1": Pitfall("Make-up days were missing, late, or changed in the year.",
                  ("liriansu-opus/chinese-calendar#79", "workalendar/workalendar#761", "NateScarlet/holiday-cn#301")),
    "G2": Pitfall("“30 September”: the midnight before, or the one after?", ("eForms/eForms#53",)),
    "G3": Pitfall("Days of post and business days were guessed.", ("unboxed/bops#1117",)),
}  # fmt: skip


def find_tests() -> dict[str, list[str]]:
    """Which tests say that they hold a row: "folder/module.py::test", by row; read off the sources, nothing is run."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for row in _rows_of(node):
                    found.setdefault(row, []).append(f"{path.relative_to(TESTS)}::{node.name}")
    return found


def _rows_of(test: ast.FunctionDef) -> Iterator[str]:
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.pitfall":
            yield from (ast.literal_eval(argument) for argument in decorator.args)


def page() -> Iterator[str]:
    """The lines of docs/pitfalls.md below its head."""
    tests = find_tests()
    yield "What other registries got wrong, found in their code and their open issues, and the tests of ours that would fail if this"
    yield "one did the same. A test names its rows with the marker `pitfall`; that none lacks a test is itself tested."
    for letter, title in GROUPS.items():
        yield from ("", f"## {letter}. {title}", "", "| row | what went wrong elsewhere | where | held by |", "|---|---|---|---|")
        for row, pitfall in ROWS.items():
            if row.startswith(letter):
                threads = ", ".join(_link(thread) for thread in pitfall.threads) or "their code"
                yield f"| {row} | {pitfall.wrong} | {threads} | {'<br>'.join(f'`{test}`' for test in tests.get(row, []))} |"


def _link(thread: str) -> str:
    repository, number = thread.split("#")
    return f"[{repository.split('/')[1]}#{number}](https://github.com/{repository}/issues/{number})"
