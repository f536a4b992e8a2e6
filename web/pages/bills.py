"""Pages for a whole bill of materials: upload or paste, confirm the columns, see every line answered, take it away. No account."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from registry.clock import OFFICE_ZONE
from registry.desks import watches
from registry.desks.bills import keep
from registry.desks.bills.answers import some_lines
from registry.desks.bills.columns import COLUMNS
from registry.desks.bills.files import MOST_LINES
from registry.desks.bills.reports import report_file, write_report
from registry.desks.bills.sheets import MEDIA_TYPES, label_of, write_answer
from registry.desks.statement_prints import print_report
from registry.errors import BadInput, Finding, TooLarge
from registry.law.verdicts import OUTCOME_LABELS
from registry.seal.statements import BILL_REPORT
from registry.words import Text
from web.bills import desk, set_to_work
from web.counter import ANYONE, SIGNED_IN, language, open_to, reading, this_office
from web.limits import stating, uploading
from web.pages.acts import act, check_confirmed, given, given_number, go_on, refuse, upload
from web.wire import disposition, dumps

pages = Blueprint("bills", __name__)
ON_A_PAGE = 100


@pages.get("/bills")
@open_to(ANYONE)
def bill() -> str:
    return render_template("public/bill.html", octets=keep.MOST_OCTETS // 1_000_000, most=f"{MOST_LINES:,}", days=keep.KEPT.days)


@pages.post("/bills")
@uploading
@open_to(ANYONE)
def take() -> ResponseReturnValue:
    """Keep what was uploaded or pasted, and go on to its columns."""
    filename, content = upload("file")
    pasted = given("cells")
    try:
        if content is None and not pasted.strip():
            message = Text("请选择文件，或粘贴单元格。", "Choose a file, or paste the cells.")
            raise BadInput(message, findings=[Finding("file", "missing", message)])
        name = keep.take_bill(desk(), content if content is not None else pasted.encode(), filename or "")
    except (BadInput, TooLarge) as no:
        return refuse(no, url_for(".bill"), bill)
    return _to(name)


@pages.get("/bills/<secret>")
@open_to(ANYONE)
def show(secret: str) -> ResponseReturnValue:
    """The columns to be confirmed, then the progress, then the answer: whatever this bill has come to."""
    found = keep.find_bill(desk(), secret)
    found = found if found.about["state"] == "new" else set_to_work(secret)
    return _shown(found)


def _shown(found: keep.Bill) -> Response:
    about = found.about
    if about["state"] == "new":
        rows = keep.rows_of(found)
        width = max((len(row) for row in rows[:200]), default=0)
        page = render_template("public/bill_columns.html", name=found.name, about=about, rows=rows[: max(about["begins"] + 4, keep.SAMPLE)],
                               width=width, columns=COLUMNS.items())
    elif about["state"] == "done":
        page = render_template("public/bill_answer.html", name=found.name, about=about, labels=OUTCOME_LABELS, forms=MEDIA_TYPES,
                               signs=this_office().keys.can_sign(),
                               as_of=datetime.fromisoformat(about["as_of"]), kept_until=datetime.fromisoformat(about["kept_until"]), **_lines(found))
    else:
        page = render_template("public/bill_progress.html", name=found.name, about=about, failed=about["state"] == "failed")
    return _private(Response(page))


def _lines(found: keep.Bill) -> dict[str, Any]:
    wanted = request.args.get("outcome", "")
    typed = request.args.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else 0
    lines, count = some_lines(found.folder, number * ON_A_PAGE, ON_A_PAGE, wanted)
    shown = [line | {"reason": Text(**line["reason"]), "label": label_of(line)} for line in lines]
    return {"lines": shown, "wanted": wanted, "number": number, "last": max((count - 1) // ON_A_PAGE, 0), "found": count}


@pages.get("/bills/<secret>/progress")
@open_to(ANYONE)
def progress(secret: str) -> Response:
    """How far it is, for the script that keeps the page moving."""
    about = set_to_work(secret).about
    return _private(Response(dumps({"state": about["state"], "done": about["done"], "lines": about.get("lines")}), content_type="application/json"))


@pages.post("/bills/<secret>/sheet")
@open_to(ANYONE)
def sheet(secret: str) -> ResponseReturnValue:
    keep.choose_sheet(desk(), secret, given("sheet"))
    return _to(secret)


@pages.post("/bills/<secret>/columns")
@open_to(ANYONE)
def confirm(secret: str) -> ResponseReturnValue:
    try:
        keep.confirm_bill(desk(), secret, _wanted())
    except (BadInput, TooLarge) as no:
        return refuse(no, url_for(".show", secret=secret), lambda: show(secret))
    return _to(secret)


@pages.post("/bills/<secret>/removal")
@open_to(ANYONE)
def remove(secret: str) -> ResponseReturnValue:
    """Remove it at once: whoever holds the address may."""
    try:
        check_confirmed()
    except BadInput as no:
        return refuse(no, url_for(".show", secret=secret), lambda: show(secret))
    keep.remove_bill(desk(), secret)
    return go_on(Text("清单和结果已删除。", "The bill and its answer are removed."), url_for(".bill"))


@pages.post("/bills/<secret>/watch")
@open_to(SIGNED_IN)
def watch(secret: str) -> ResponseReturnValue:
    """Watch what answered it. The bill goes after its week as ever; the numbers of its certificates stay with whoever watches."""
    return act(lambda r: watches.watch_bill(r, keep.find_bill(desk(), secret)), page=url_for(".show", secret=secret), again=lambda: show(secret),
               done=lambda made: Text("已开始关注 {n} 项，此后的变动都会告知。", "You watch {n} from now on: every change is told.").with_(n=made["count"]))


@pages.get("/bills/<secret>/answer.<any(xlsx, csv, json):form>")
@open_to(ANYONE)
def answer(secret: str, form: str) -> Response:
    found = keep.check_done(keep.find_bill(desk(), secret))
    path = write_answer(found.folder, form, language())
    name = f"verification-{found.about['ledger_size']}.{form}"
    return _private(send_file(path.absolute(), mimetype=MEDIA_TYPES[form], as_attachment=True, download_name=name, conditional=False, etag=False))


@pages.get("/bills/<secret>/report.<any(json, pdf):form>")
@stating
@open_to(ANYONE)
def report(secret: str, form: str) -> Response:
    """The answer, signed: with every line as JSON, or as people read it, as a PDF."""
    bill, ring = keep.check_done(keep.find_bill(desk(), secret)), this_office().keys
    name = f"{BILL_REPORT}-{bill.about['sha256'][:12]}"
    with reading() as r:
        if form == "pdf":
            made = print_report(r, write_report(r, ring, bill), bill.folder, name)
            answer = Response(made["content"], content_type=made["media_type"])
            answer.headers["Content-Disposition"] = disposition("attachment", made["filename"])
            return _private(answer)
        path = report_file(r, ring, bill)
    return _private(send_file(path.absolute(), mimetype=MEDIA_TYPES["json"], as_attachment=True, download_name=f"{name}.json", conditional=False, etag=False))


def _wanted() -> keep.Wanted:
    """What was said of the columns; BadInput, naming the field, for a day or a moment that is none."""
    findings: list[Finding] = []
    columns = {key: given_number(f"columns.{key}") for key in COLUMNS}
    begins = (given_number("begins") or 0) - 1
    on, as_of = given("on").strip(), given("as_of").strip()
    wanted: dict[str, Any] = {}
    try:
        wanted["on"] = date.fromisoformat(on) if on else None
    except ValueError:
        findings.append(Finding("on", "not-a-date", Text("请填写日期，如 2026-02-12。", "Give a date such as 2026-02-12.")))
    try:
        then = datetime.fromisoformat(as_of) if as_of else None
        wanted["as_of"] = then.replace(tzinfo=OFFICE_ZONE) if then and not then.tzinfo else then
    except ValueError:
        findings.append(Finding("as_of", "not-an-instant", Text("请填写日期和时间（北京时间），如 2026-02-12T09:00。",
                                                                "Give a date and time in Beijing, such as 2026-02-12T09:00.")))
    if findings:
        raise BadInput(Text("请更正下列各项。", "Correct what is named below."), findings=findings)
    return keep.Wanted(columns, begins, **wanted)


def _to(name: str) -> Response:
    return Response(status=303, headers={"Location": url_for(".show", secret=name)})


def _private(response: Response) -> Response:
    """Its address is the key to it: no cache keeps it, no search engine lists it; that no other site is told it, edge sees to."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
