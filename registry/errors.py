"""The ways in which the registry says no: one tree of Refusal. No HTTP status here; `web/problems.py` has the map.

A refusal is an answer to a person: it names what was refused, why, by which article, and what to do next.
A programming error is never a Refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from registry.words import Text


@dataclass(frozen=True)
class Finding:
    """One thing that is missing, wrong or contradictory, said to whoever can mend it.

    `field` is the path of the input it concerns ("dossier.product_name", "documents.test_report"),
    `article` and `basis` name the place in the regulation that asks for it, where one does.
    """

    field: str
    code: str
    message: Text
    action: Text | None = None
    article: str | None = None
    basis: str | None = None


class Refusal(Exception):
    """What all refusals share. Subclasses fix `slug` (stable, part of the problem's address) and `title`."""

    slug: ClassVar[str] = "refused"
    title: ClassVar[Text] = Text("未获受理", "Refused")

    def __init__(
        self,
        detail: Text,
        *,
        action: Text | None = None,
        article: str | None = None,
        basis: str | None = None,
        findings: Sequence[Finding] = (),
        possible: Sequence[str] | None = None,
    ) -> None:
        super().__init__(detail.en)
        self.detail = detail
        self.action = action
        self.article = article
        self.basis = basis
        self.findings = tuple(findings)
        self.possible = None if possible is None else tuple(possible)


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session or token has ended."""

    slug, title = "not-signed-in", Text("尚未登录", "Not signed in")


class SignInFailed(Refusal):
    """The name or the password is wrong; which of the two is not said."""

    slug, title = "sign-in-failed", Text("登录失败", "Sign-in failed")


class NotFound(Refusal):
    """There is no such thing, or it is none of the caller's business; the two are not told apart."""

    slug, title = "not-found", Text("未找到", "Not found")


class NotEntitled(Refusal):
    """The caller may see the subject but this act belongs to another role."""

    slug, title = "not-entitled", Text("无此权限", "Not entitled")


class OutOfOrder(Refusal):
    """The act does not exist in the subject's present state; `possible` lists those that do."""

    slug, title = "out-of-order", Text("当前环节不能办理", "Out of order")


class Outdated(Refusal):
    """Somebody else was first: the caller acted on a state that is no longer the present one."""

    slug, title = "outdated", Text("内容已被更新", "Outdated")


class AlreadyDone(Refusal):
    """The thing exists already and exists once: a code registered, a number given, an opinion handed in."""

    slug, title = "already-done", Text("已经办理过", "Already done")


class KeyReused(Refusal):
    """An Idempotency-Key came back with another request."""

    slug, title = "key-reused", Text("幂等键已用于其他请求", "Idempotency key reused")


class BadInput(Refusal):
    """Fields that cannot be read or may not have this value; `findings` has one entry a field."""

    slug, title = "bad-input", Text("填写内容有误", "Bad input")


class Incomplete(Refusal):
    """The dossier cannot be submitted yet; `findings` names everything that is missing or contradictory."""

    slug, title = "incomplete", Text("申报材料不完整", "Incomplete")


class NotOpen(Refusal):
    """The law has a time for this and it is not now: a regulation not in force, a window closed, a period over."""

    slug, title = "not-open", Text("不在受理期内", "Not open")


class LawIsSilent(Refusal):
    """The regulation has no figure for what was asked; nothing is guessed."""

    slug, title = "law-is-silent", Text("法规未作规定", "The regulation is silent")


class NotYet(Refusal):
    """A rule of the regulation is not met: no quorum, below the pass mark, an objection still open."""

    slug, title = "not-yet", Text("条件尚未满足", "Not yet")


class MustStandAside(Refusal):
    """The person named must stand aside from this case (recusal)."""

    slug, title = "must-stand-aside", Text("应当回避", "Must stand aside")


class DutiesConflict(Refusal):
    """Two duties that may not meet in one person would: separation of duties. `article` names the rule."""

    slug, title = "duties-conflict", Text("职责应当分离", "Duties must be kept apart")


class Debarred(Refusal):
    """The enterprise may not apply until a day that is named, by the ground of a measure that was decided."""

    slug, title = "debarred", Text("不得再申报期间", "Debarred from applying")


class WrongType(Refusal):
    """A file is not what its name says, or not of a type that is accepted."""

    slug, title = "wrong-type", Text("文件类型不符", "Wrong type of file")


class TooLarge(Refusal):
    """A file or a request is larger than the registry takes."""

    slug, title = "too-large", Text("文件过大", "Too large")


class CannotPrint(Refusal):
    """A document cannot be printed on this machine: the typeface is not installed."""

    slug, title = "cannot-print", Text("无法生成文件", "Cannot print")


class CannotSign(Refusal):
    """Nothing can be signed now: there is no key, it cannot be opened, or there is nothing to be stated."""

    slug, title = "cannot-sign", Text("无法签名", "Cannot sign")


class ReadOnly(Refusal):
    """Nothing can be written now: a witness of the log knows more than this database holds, or knows it otherwise. Reading goes on."""

    slug, title = "read-only", Text("暂停办理，仅供查阅", "Read only for now")


class NotSignedYet(Refusal):
    """What is asked for is in the books, and is signed as soon as there is a key."""

    slug, title = "not-signed-yet", Text("尚未签名", "Not signed yet")


class OnlyInTraining(Refusal):
    """Moving the clock and the like exist in a training office only."""

    slug, title = "only-in-training", Text("仅限培训环境", "Only in training")


class LawFileFault(Exception):
    """Regulation, taxonomy or calendar files cannot be loaded. Not a Refusal: it stops the start, naming each file and its keys.

    `path` and `faults` are of the first; `files` has them all.
    """

    def __init__(self, path: str, faults: Sequence[str], further: Sequence[LawFileFault] = ()) -> None:
        self.path = path
        self.faults = tuple(faults)
        self.files: dict[str, tuple[str, ...]] = {path: self.faults}
        for fault in further:
            self.files |= fault.files
        super().__init__("\n".join(f"{name}: " + "; ".join(said) for name, said in self.files.items()))


def all_faults(found: Sequence[LawFileFault]) -> LawFileFault:
    """One fault that tells of all these files."""
    return LawFileFault(found[0].path, found[0].faults, found[1:])


def all_refusals(root: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """Every kind of refusal, for the map in the web layer and for the docs, both total by test."""
    return [kind for sub in root.__subclasses__() for kind in (sub, *all_refusals(sub))]


def narrow_token() -> NotEntitled:
    """What a token that was made to read and watch hears of everything else."""
    return NotEntitled(Text("此令牌只供查阅和关注，不能办理。", "This token reads and watches; it does nothing else."),
                       action=Text("请另建可以办理的令牌。", "Make a token that may act."))


def outdated() -> Outdated:
    """What a caller is told who was not the first."""
    return Outdated(
        Text("您看到的内容之后已有新的变动，本次操作未生效。", "Something has changed since you looked; nothing was done."),
        action=Text("请刷新后查看最新内容，再决定是否重新提交。", "Reload, look at the present state, then decide again."),
    )
