"""The two lives as pictures (Mermaid) and tables (Markdown), drawn from the rows that the door reads. No rule stands here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from registry.law.lifecycle import (
    ASIDE,
    ASKER,
    BIRTH,
    FORMER,
    HELD,
    NEXT,
    ORDERED,
    STAGE_ENTRY,
    STAGE_OF_STATE,
    STATE_LABELS,
    STAY,
    TABLES,
    Role,
    Row,
    label_of,
    outcomes,
    states,
)
from registry.words import Text

# The act by which a life that is still open is given up: the states in which it exists are drawn as one frame.
GIVES_UP = {"application": "withdraw", "certificate": "surrender", "amendment": "withdraw", "measure": "drop"}
FRAMES = {"application": Text("办理中", "In hand"), "certificate": Text("未了结", "Not ended"),
          "amendment": Text("办理中", "In hand"), "measure": Text("未决定", "Not decided")}
BY_TIME = "CLOCK · "  # stands before what time alone does
TARGETS = {
    NEXT: "the next stage of the regulation",
    ASKER: "the stage that asked",
    HELD: "`objected` while an objection is open, else `public_notice`",
    STAY: "no change",
    FORMER: "`suspended` if a suspension still stands, else `valid`",
}
ALL_STAGES = tuple(STAGE_ENTRY)


def picture(kind: str, language: str, stages: Sequence[str] = ALL_STAGES) -> str:
    """A Mermaid state diagram of one life, with the states that a regulation with these `stages` can reach."""
    shown = [s for s in states(kind) if _on_the_road(s, stages)]
    frame = _frame(kind, shown)
    lines = ["stateDiagram-v2", f'    state "{FRAMES[kind].in_(language)}" as open {{']
    lines += [f"    {line}" for s in shown if s in frame for line in _box(kind, s, language)]
    lines += [f"    {line}" for line in _arrows(kind, language, stages, shown, inside=True)]
    lines += ["    }"]
    lines += [line for s in shown if s not in frame for line in _box(kind, s, language)]
    lines += _arrows(kind, language, stages, shown, inside=False)
    return "\n".join(lines)


def table(kind: str) -> str:
    """Every row of one life: the act, in which states it exists, where it leads, whose it is."""
    act, birth = BIRTH[kind]
    lines = ["| act | 中文 | English | exists in | leads to | who |", "|---|---|---|---|---|---|"]
    born = Role.APPLICANT if kind in ("application", "amendment") else Role.DEPARTMENT
    lines += [_line(act, label_of(kind, act), "—", f"`{birth}`", f"`{born}`")]
    for row in TABLES[kind]:
        target = TARGETS.get(row.target, f"`{row.target}`")
        lines += [_line(row.act, row.label, _codes(row.sources), target, _codes(row.roles) + _brought_by(row))]
    return "\n".join(lines)


def state_table(kind: str) -> str:
    """Every state of one life, with its words."""
    lines = ["| state | 中文 | English | |", "|---|---|---|---|"]
    for state in states(kind):
        left = any(state in row.sources for row in TABLES[kind])
        lines += [f"| `{state}` | {STATE_LABELS[state].zh} | {STATE_LABELS[state].en} | {'' if left else 'end'} |"]
    return "\n".join(lines)


def _on_the_road(state: str, stages: Sequence[str]) -> bool:
    return state not in STAGE_OF_STATE or STAGE_OF_STATE[state] in stages


def _frame(kind: str, shown: Sequence[str]) -> list[str]:
    return [s for row in TABLES[kind] if row.act == GIVES_UP[kind] for s in row.sources if s in shown]


def _box(kind: str, state: str, language: str) -> Iterator[str]:
    """A state with its name and, below it, the acts of the road that leave it as it is; those beside it are in the table."""
    rows = (row for row in TABLES[kind] if row.target == STAY and state in row.sources and row.act not in ASIDE)
    stays = dict.fromkeys(_named(row, language) for row in rows)
    words = "<br>".join([STATE_LABELS[state].in_(language), *(f"· {act}" for act in stays)])
    yield f'    state "{words}" as {state}'


def _arrows(kind: str, language: str, stages: Sequence[str], shown: Sequence[str], *, inside: bool) -> list[str]:
    """One arrow for each pair of states, with all the acts that lead along it. `inside`: those within the frame."""
    frame = _frame(kind, shown)
    labels: dict[tuple[str, str], list[str]] = {}
    if inside:
        labels["[*]", BIRTH[kind][1]] = [label_of(kind, BIRTH[kind][0]).in_(language)]
    for row in TABLES[kind]:
        for pair in _pairs(row, stages, shown, frame):
            within = pair[0] in frame and pair[1] in frame
            if within == inside:
                labels.setdefault(pair, []).append(_named(row, language))
    between = "、" if language == "zh" else ", "
    return [f"    {a} --> {b}: {between.join(dict.fromkeys(acts))}" for (a, b), acts in labels.items()]


def _pairs(row: Row, stages: Sequence[str], shown: Sequence[str], frame: Sequence[str]) -> Iterator[tuple[str, str]]:
    if row.target == STAY:
        return
    sources = [s for s in row.sources if s in shown]
    if set(frame) <= set(sources) and row.target not in frame:
        yield "open", row.target
        sources = [s for s in sources if s not in frame]
    for source in sources:
        for target in outcomes(row, source, stages):
            if target != source and target in shown:
                yield source, target


def _named(row: Row, language: str) -> str:
    return (BY_TIME if row.roles == (Role.CLOCK,) else "") + row.label.in_(language)


def _brought_by(row: Row) -> str:
    if not row.due:
        return ""
    if row.due == ORDERED:
        return " on the effective day of a decided measure"
    when = {"renewed": ", if renewed", "unrenewed": ", if not renewed"}.get(row.when, "")
    period = "validity" if row.due == "validity" else f"periods.{row.due}"
    return f" at the end of `{period}`{when}"


def _codes(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _line(act: str, label: Text, *cells: str) -> str:
    return f"| `{act}` | {label.zh} | {label.en} | " + " | ".join(cells) + " |"
