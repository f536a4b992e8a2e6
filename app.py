"""The registry as a program: puts office, web and jobs together, and is the command line. Wiring only: no rule, no query."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

import web
from jobs import checkpoint, reindex
from jobs.post import check_url
from jobs.processes import is_free, supervise
from jobs.report import Shown, changes_text, rehearsal_text, statement_text
from jobs.schedule import BY_NAME, JOBS, Scheduler, perform, run_until_told_to_stop
from jobs.training.clock import advance
from jobs.training.fill import LAW, fill, is_empty
from registry.actors import CLOCK, READER, SYSTEM
from registry.clock import OFFICE_ZONE
from registry.desks import accounts, keys, panels, recalculations, rehearsals, witnessing
from registry.desks.enquiries.replay import lines_of, replay_application
from registry.desks.past import lists as past
from registry.desks.past import looking
from registry.errors import LawFileFault, Refusal
from registry.law.draw import key_of
from registry.law.library import Law, load_law
from registry.law.report import check_files, show
from registry.office import Office
from registry.seal.statements import NotGenuine, check, open_envelope
from registry.settings import Settings

HERE = Path(__file__).parent
THREADS = 10  # as many as the database pool has connections


def make_office(settings: Settings) -> Office:
    """The office of `settings`; a training office also knows the invented regulation of its past."""
    return Office(settings, further_law=[LAW] if settings.training else [])


def create_app(office: Office, *, limits: bool = True) -> Flask:
    """The web application that serves `office`."""
    return web.build(office, advance_clock=partial(advance, office) if office.is_training else None, limits=limits)


def wsgi() -> Flask:
    """What a WSGI server calls: `granian --interface wsgi --factory app:wsgi`."""
    return create_app(make_office(read_settings()))


def read_settings() -> Settings:
    try:
        settings = Settings.from_environment()
        if settings.smtp_url:
            check_url(settings.smtp_url)
        witnessing.read_witnesses(settings)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    return settings


def law_folders() -> list[Path]:
    """The folders of law files that `make_office` would read beside the shipped ones."""
    settings = read_settings()
    return [*([LAW] if settings.training else []), *([Path(settings.law_dir)] if settings.law_dir else [])]


def read_law() -> Law:
    """What `make_office` would load, without opening any database."""
    return load_law(*law_folders())


class Commands(click.Group):
    """Refusals, faulty law files and an unreachable database are said in words; anything else is a programming error."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refusal as no:
            lines = [f"{no.title.zh} {no.title.en}", no.detail.zh, no.detail.en, *(no.action or ())]
            raise click.ClickException("\n".join(line for line in lines if line)) from None
        except LawFileFault as fault:
            lines = [line for path, said in fault.files.items() for line in (path, *(f"  {what}" for what in said))]
            raise click.ClickException("\n".join(lines)) from None
        except SQLAlchemyError as error:
            raise click.ClickException(f"数据库 database: {str(error).splitlines()[0]}") from None


@contextmanager
def an_office(*, guarded: bool = False) -> Iterator[Office]:
    """The office of the environment's settings, its database up to date. `guarded`: it is to serve, and the log's witnesses are asked
    whether this is all of it."""
    office = make_office(read_settings())
    try:
        office.prepare()
        if guarded and (why := checkpoint.guard(office)):
            click.echo(f"✗ 只读 read only: {why.zh} {why.en}", err=True)
        yield office
    finally:
        office.close()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """认定登记系统 | The certification registry.

    设置从环境变量读取 | Settings are read from the environment:

    \b
      DATA=data        数据库和文件所在文件夹 | folder of database and documents
      PORT=8000        网页端口 | port of the web server
      LAW_DIR          法规文件夹 | folder of your law files (docs/regulations.md)
      TRAINING=yes     培训环境 | a training office with invented people
      DATABASE_URL, PUBLIC_BASE_URL, SMTP_URL, … docs/operations.md

    新机关 | a new office: law check, appoint-administrator, run
    """


@main.command()
def run() -> None:
    """准备并运行全部 | Prepare the database and run web server and scheduler (a training office is filled first)."""
    settings = read_settings()
    if not is_free(settings.host, settings.port):
        raise click.ClickException(f"端口 {settings.port} 已被占用 | port {settings.port} is in use: choose another with PORT=8001")
    prepare()
    commands = [[sys.executable, str(HERE / "app.py"), "schedule"], _web_server(settings)]
    sys.exit(supervise(commands, HERE, settings.host, settings.port))


@main.command()
def serve() -> None:
    """只运行网页服务 | Run the web server alone (the schedule runs elsewhere)."""
    settings = read_settings()
    with an_office(guarded=True):
        sys.exit(supervise([_web_server(settings)], HERE, settings.host, settings.port))


@main.command()
def schedule() -> None:
    """只运行定时任务 | Run the scheduled jobs; of several such processes one works."""
    with an_office(guarded=True) as office:
        run_until_told_to_stop(Scheduler(office))


@main.command()
def migrate() -> None:
    """更新数据库结构；空的培训环境会被填充 | Bring the database to the present schema; an empty training office is filled."""
    prepare()
    click.echo("数据库已是最新 | the database is up to date")


def prepare() -> None:
    settings = read_settings()
    with an_office(guarded=True) as office:
        if not (settings.training and is_empty(office)):
            click.echo(changes_text(_check_calendar(office)), err=True)
            _give_keys(office)
            return
        until = office.now()
    click.echo("正在建立培训环境 | building the training office …", err=True)
    fill(settings, until, progress := Shown("training"))
    progress.end()
    with an_office() as office:
        _give_keys(office)


def _give_keys(office: Office) -> None:
    """A training office signs too, without anybody seeing to its keys."""
    if office.is_training:
        with office.registrar(SYSTEM) as r:
            keys.make_keys(r, office.keys)


def _add_job(name: str) -> None:
    job = BY_NAME[name]

    @main.command(name, help=f"{job.label.zh} | {job.label.en}.")
    @click.option("--dry-run", is_flag=True, help="只说明将办理什么 | Only say what would be done.")
    def command(dry_run: bool) -> None:
        with an_office() as office:
            report = perform(office, job, dry_run=dry_run, progress=(progress := Shown(name)))
        progress.end()
        for line in (*report.lines, *(f"… 等待工作人员确认 waits for an officer: {w}" for w in report.waiting), report.summary()):
            click.echo(line)
        sys.exit(0 if report.ok else 1)


for _job in JOBS:
    _add_job(_job.name)


@main.command("reindex")
@click.option("--dry-run", is_flag=True, help="只检查，不写入 | Only say what differs.")
def rebuild(dry_run: bool) -> None:
    """由登记簿重建检索和核验用的索引 | Write anew, from the books, what certificates are searched and verified by."""
    with an_office() as office:
        report = reindex.run(office, dry_run=dry_run, progress=(progress := Shown("reindex")))
    progress.end()
    click.echo("\n".join([*report.lines, f"证书 certificates {report.done}, 不一致 differed {len(report.lines)}"]))
    sys.exit(0 if report.ok else 1)


@main.command("past-list")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", required=True, help="公布文件的标题 | The title of the document that published it.")
@click.option("--document-number", required=True, help="文号 | Its number.")
@click.option("--issued-on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="发文日期 | The day it was issued.")
@click.option("--address", default="", help="公布网址 | Where it was published.")
@click.option("--regulation", help="所依据的办法 | The id of its regulation.")
@click.option("--columns", help="product=2,enterprise=3,…：第几列，从1数起；不写则由系统猜测 | Counted from 1; guessed if left out.")
@click.option("--begins", type=click.IntRange(min=1), help="从第几行起 | The first row of the list.")
@click.option("--keep", is_flag=True, help="导入；不写则只预览 | Keep it; without this, only say what that would do.")
def past_list(file: Path, columns: str | None, begins: int | None, keep: bool, issued_on: datetime, **source: str) -> None:
    """导入一份往年名单 | Take over a list of an earlier year."""
    with an_office() as office:
        with office.registrar(SYSTEM) as r:
            number = past.take_list(r, past.Source(issued_on=issued_on.date(), **source), file.name, file.read_bytes())
            told = looking.show_list(r, number)
            chosen = {key: int(at) - 1 for key, _, at in (part.partition("=") for part in columns.split(","))} if columns else told["columns"]
            past.confirm_columns(r, number, chosen, begins - 1 if begins else told["begins"])
            seen = past.preview(r, number, some=3)
        said = {key: value for key, value in seen.items() if not isinstance(value, list)}
        click.echo("\n".join([number, *(f"{key} {at + 1}" for key, at in chosen.items()), *(f"{key}: {value}" for key, value in said.items())]))
        if keep:
            progress = Shown("past-list")
            past.keep_list(lambda: office.registrar(SYSTEM), number, lambda done: progress(done, seen["rows"], number))
            progress.end()
        else:
            with office.registrar(SYSTEM) as r:
                past.undo_list(r, number, "只预览 | previewed only")


@main.command()
@click.option("--to", type=click.DateTime(["%Y-%m-%d"]), help="要调整到的日期 | The day to move to (training only).")
def clock(to: date | None) -> None:
    """查看时间；培训环境可向前调整 | Show the office's time; a training office's clock can be moved forward."""
    with an_office() as office:
        if to is not None:
            events = advance(office, date(to.year, to.month, to.day), progress := Shown("clock"))
            progress.end()
            for event in events:
                click.echo(f"{event.at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M} {event.job}: {event.line}")
        click.echo(f"{office.now().astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M:%S} Asia/Shanghai{' (培训 training)' * office.is_training}")


@main.command("draw")
@click.argument("number")
def repeat_draw(number: str) -> None:
    """由台账重算一次抽签 | Repeat the draw of an application's panel from the ledger, and say whether it equals the record."""
    with an_office() as office, office.reading(SYSTEM) as r:
        told = panels.repeat_draw(r, number)
    click.echo(f"种子 seed: {told['seed']}  (台账 entry {told['committed_entry']}, {told['committed_at'].astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M})")
    click.echo(f"专家库 pool: {' '.join(told['pool'])}")
    for item in told["excluded"]:
        click.echo(f"未参加 excluded: {item['expert']} ({item['rule']})")
    for place, login in enumerate(told["order"], 1):
        click.echo(f"{place:3} {key_of(told['seed'], login)} {login}{' ←' if login in told['seated'] else ''}")
    if told["drawn_at"] is None:
        click.echo("尚未抽取 | not drawn yet")
    for fault in told["faults"]:
        click.echo(f"✗ {fault.zh} | {fault.en}")
    click.echo("与记录一致 | equals the record" if told["equal"] else "与记录不一致 | differs from the record")
    sys.exit(0 if told["equal"] else 1)


@main.command("appoint-administrator")
def appoint_administrator() -> None:
    """为首位管理员生成一次性邀请码 | Make the one-time code of the first administrator."""
    with an_office() as office, office.registrar(SYSTEM) as r:
        code = accounts.appoint_first_administrator(r)
    click.echo(f"一次性邀请码（只显示这一次） | one-time code, shown only now: {code}")
    click.echo(f"{read_settings().public_base_url}/invitation?code={code}")


@main.command()
@click.option("--seed", type=int, default=7, show_default=True, help="同一种子得到同一年 | The same seed plays the same year.")
@click.option("--small", is_flag=True, help="只演两个月 | Two months only.")
def year(seed: int, small: bool) -> None:
    """演练一个省的一年：在临时环境中，从申报到审计 | Play a year of a province in an office of its own, and audit it."""
    from jobs.year.cast import FULL, SMALL
    from jobs.year.play import play

    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings(), data=Path(folder), secret_key="a play", training=True)
        tally = play(settings, SMALL if small else FULL, seed, progress := Shown("year"))
    progress.end()
    click.echo("\n".join(tally.lines()))
    sys.exit(0 if tally.is_whole else 1)


@main.command()
@click.argument("number")
def replay(number: str) -> None:
    """重演一项已作出的决定 | Replay a past decision under its own version of the law, and show it beside today's."""
    with an_office() as office, office.reading(READER) as r:
        found = replay_application(r, number)
    click.echo("\n".join(lines_of(found)))
    sys.exit(0 if found["agrees"] else 1)


@main.command()
@click.option("--days", type=click.IntRange(1, rehearsals.MOST_DAYS), default=30, show_default=True,
              help="今后天数 | How many days ahead.")
def rehearse(days: int) -> None:
    """到期预演：今后若干天将自动办理什么 | What time will bring about in the days to come, with every letter."""
    with an_office() as office, office.reading(SYSTEM) as r:
        click.echo(rehearsal_text(rehearsals.rehearse(r, days=days)))


@main.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--did", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="登记机关的 did.json；不填为文件旁边的 | The registry's did.json; beside the file if left out.")
def verify_file(file: Path, did: Path | None) -> None:
    """核验回执或清单报告 | Verify a receipt or a bill's report (JSON, PDF, signed text) without the registry or a network."""
    keys_at = did or file.with_name("did.json")
    try:
        document = dict(json.loads(keys_at.read_bytes()))
    except (OSError, ValueError, TypeError):
        raise click.ClickException(f"{keys_at}: 须有登记机关的 did.json | the registry's did.json is needed: --did FILE") from None
    try:
        click.echo(statement_text(check(open_envelope(file.read_bytes()), document)))
    except NotGenuine as no:
        raise click.ClickException(f"✗ {no.reason.zh}\n  {no.reason.en}") from None


@main.group("keys")
def keys_group() -> None:
    """签名密钥 | The keys that sign for this register, in DATA/keys, encrypted with KEY_PASSPHRASE."""


@keys_group.command("make")
def keys_make() -> None:
    """生成尚缺的密钥 | Make a key of each kind (ES256, Ed25519) that has none in use."""
    with an_office() as office, office.registrar(SYSTEM) as r:
        made = keys.make_keys(r, office.keys)
    click.echo("\n".join(office.keys.kid(key) for key in made) or "已有密钥 | there are keys already")


@keys_group.command("list")
def keys_list() -> None:
    """列出密钥 | List every key that ever was, with its days."""
    with an_office() as office:
        for key in keys.list_keys(office.keys)["keys"]:
            made, ended = (f"{at.astimezone(OFFICE_ZONE):%Y-%m-%d}" if at else "" for at in (key["made_at"], key["retired_at"]))
            click.echo(f"{key['kid']}  {key['algorithm']}  {made} – {ended}{'  已泄露 compromised' * key['compromised']}")


@keys_group.command("rotate")
def keys_rotate() -> None:
    """更换密钥 | Make new keys and retire the former; what those signed goes on to verify."""
    with an_office() as office, office.registrar(SYSTEM) as r:
        made = keys.rotate_keys(r, office.keys)
    click.echo("\n".join(office.keys.kid(key) for key in made))


@keys_group.command("retire")
@click.argument("name")
@click.option("--compromised", is_flag=True, help="密钥已泄露：其签名不再有效 | It has leaked: what it signed no longer verifies.")
def keys_retire(name: str, compromised: bool) -> None:
    """停用一个密钥 | Sign no more with a key; its private half is destroyed."""
    with an_office() as office, office.registrar(SYSTEM) as r:
        key = keys.retire_key(r, office.keys, name, compromised=compromised)
    click.echo(f"{office.keys.kid(key)} 已停用 | retired")


@main.group("calendar")
def calendar() -> None:
    """工作日日历 | The calendar of working days."""


@calendar.command("check")
def calendar_check() -> None:
    """日历变动会移动哪些期限 | Which open dates the calendar, as loaded now, would move; an officer accepts them."""
    with an_office() as office:
        click.echo(changes_text(_check_calendar(office)))


def _check_calendar(office: Office) -> list[dict[str, Any]]:
    with office.registrar(CLOCK) as r:
        recalculations.note_calendar(r)
    with office.reading(CLOCK) as r:
        return recalculations.search_changes(r)


@main.group()
def law() -> None:
    """查看和检查法规文件 | Look at and check regulation files."""


@law.command("list")
def law_list() -> None:
    """列出已加载的法规 | List the regulations that are loaded."""
    for regulation in read_law().regulations.values():
        click.echo(f"{regulation.id}  {regulation.effective_from}–{regulation.effective_until}  {regulation.title.zh}")


@law.command("show")
@click.argument("identifier")
def law_show(identifier: str) -> None:
    """显示一部法规 | Print a regulation for people."""
    click.echo(show(read_law().regulation(identifier)))


@law.command("check")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def law_check(files: tuple[Path, ...]) -> None:
    """检查法规文件 | Name every fault of these files, each judged together with all that the office would load (LAW_DIR too).

    Without a FILE: all those. A FILE that stands elsewhere is judged as if it were there, in place of one of the same name.
    """
    reports = check_files(files, *law_folders())
    for path, report in reports.items():
        if files and path not in files:
            click.echo(f"… 另一文件有误 another file has faults: {path}: {len(report.faults)} (law check {path})")
            continue
        click.echo(f"{path}: {'✓' if report.is_sound else f'✗ {len(report.faults)}'}")
        for line in report.lines() if files else report.faults:
            click.echo(f"  {line}")
    sys.exit(0 if all(report.is_sound for path, report in reports.items() if not files or path in files) else 1)


@main.command()
@click.option("--check", is_flag=True, help="只检查是否最新 | Only say whether they are fresh.")
def docs(check: bool) -> None:
    """重新生成 docs/ 中的参考文件 | Write the generated parts of docs/ anew."""
    from web import reference

    with tempfile.TemporaryDirectory() as folder:
        office = Office(replace(Settings(), data=Path(folder), secret_key="docs"))
        try:
            office.prepare()
            stale = reference.write_all(create_app(office, limits=False), HERE / "docs", check=check)
        finally:
            office.close()
    click.echo("\n".join(stale) or "已是最新 | all fresh")
    sys.exit(1 if check and stale else 0)


def _web_server(settings: Settings) -> list[str]:
    return [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--host", settings.host,
            "--port", str(settings.port), "--workers", "1", "--blocking-threads", str(THREADS), "--log-level", "warning",
            "--respawn-failed-workers", "app:wsgi"]


if __name__ == "__main__":
    main()
