"""What each act says to whom: the letters in both languages. Who the people are, and when they leave, is known in `letters`."""

from __future__ import annotations

from dataclasses import dataclass

from registry.words import Text


@dataclass(frozen=True)
class Template:
    """One letter: who gets it, and its words. Places in braces are facts of the entry and of its subject."""

    to: str  # applicant | bureau | department | objector | objectors | risen | one of NAMED
    subject: Text
    body: Text
    bundle: str = ""  # letters of one bundle, address and office day leave as one mail


_SUBMITTED = Text("{number}（{product}）已进入“{state}”。", "{number} ({product}) is now “{state}”.")
_PLEASE_REVIEW = (
    Text("请评审：{number}", "Please review: {number}"),
    Text("您被选派评审 {number}（{product}）。如有应当回避的情形，请先声明回避。",
         "You have been seated to review {number} ({product}). If you must stand aside, declare it first."),
)
# Audiences that an entry names by login: the fact that holds it, or all of them.
NAMED = {"expert": "expert", "replacement": "replacement", "panel": "seated", "assignee": "person", "told": "told"}
REPLACED = Text("已由抽签顺序的下一位递补。", "The next of the draw has taken the seat.")
NOT_REPLACED = Text("没有可递补的专家，请选派。", "There is nobody to follow by the draw: seat an expert.")

# What is written to an enterprise that was entered in the wrong place.
PLACE_CORRECTED = Template(
    "members", Text("企业所在地已更正：{enterprise}", "The place of an enterprise was corrected: {enterprise}"),
    Text("{enterprise}（{code}）登记的所在地由“{former}”更正为“{place}”。理由：{reason}\n{drafts}已提交的申请仍由原受理机关办理。",
         "{enterprise} ({code}) was entered in {former}; that was corrected to {place}. Reason: {reason}\n{drafts}What was handed in stays "
         "with the office that has it."))
DRAFTS_FOLLOW = Text("未提交的草稿随之转由新所在地的机关受理：{numbers}。", "Drafts that are not handed in follow to the new place: {numbers}. ")

LETTERS: dict[tuple[str, str], tuple[Template, ...]] = {
    ("application", "submit"): (
        Template("applicant", Text("申请已提交：{number}", "Application submitted: {number}"), _SUBMITTED),
        Template("bureau", Text("新申请，待“{state}”：{number}", "New application, for “{state}”: {number}"),
                 Text("{enterprise} 提交了 {number}（{product}）。", "{enterprise} has submitted {number} ({product}).")),
    ),
    ("application", "request_supplement"): (
        Template("applicant", Text("请补正：{number}", "Supplement requested: {number}"),
                 Text("{number}（{product}）需要补正：{reasons}。说明：{comment}。请于 {last_day} 24:00（北京时间）前提交，逾期申请失效。",
                      "{number} ({product}) needs a supplement: {reasons}. Note: {comment}. Hand it in by {last_day} 24:00 "
                      "Beijing time; after that the application lapses.")),
    ),
    ("application", "resubmit"): (
        Template("bureau", Text("补正已提交：{number}", "Supplement handed in: {number}"),
                 Text("{enterprise} 已提交 {number} 的补正。", "{enterprise} has handed in the supplement of {number}.")),
    ),
    ("application", "endorse"): (
        Template("applicant", Text("“{done}”已通过：{number}", "Passed “{done}”: {number}"), _SUBMITTED),
        Template("department", Text("待“{state}”：{number}", "For “{state}”: {number}"), _SUBMITTED),
    ),
    ("application", "accept"): (
        Template("applicant", Text("已受理：{number}", "Accepted: {number}"), _SUBMITTED),
    ),
    ("application", "seat_expert"): (Template("expert", *_PLEASE_REVIEW),),
    ("application", "draw_panel"): (Template("panel", *_PLEASE_REVIEW),),
    ("application", "recuse_expert"): (
        Template("expert", Text("已回避：{number}", "You stand aside: {number}"),
                 Text("您不再参加 {number} 的评审。原因：{reason}", "You no longer review {number}. Reason: {reason}")),
        Template("replacement", *_PLEASE_REVIEW),
        Template("department", Text("专家回避：{number}", "An expert stood aside: {number}"),
                 Text("一位专家已回避 {number}（{product}）的评审。{outcome}", "An expert has stood aside from {number} ({product}). {outcome}")),
    ),
    ("application", "commission"): (
        Template("told", Text("请评估：{number}", "Please assess: {number}"),
                 Text("您（或您所在机构）受托办理 {number}（{product}）的“{state}”环节。如有应当回避的情形，请先交回委托。",
                      "You, or the body you work for, are commissioned for {number} ({product}), “{state}”. If you must stand aside, give "
                      "the commission back first.")),
    ),
    ("application", "relieve"): (
        Template("department", Text("委托已解除：{number}", "Commission ended: {number}"),
                 Text("{number}（{product}）的委托已解除。理由：{reason}", "The commission for {number} ({product}) has ended. Reason: {reason}")),
    ),
    ("application", "report"): (
        Template("department", Text("报告待审：{number}", "A report is in: {number}"), _SUBMITTED),
    ),
    ("application", "return_report"): (
        Template("told", Text("报告被退回：{number}", "Report returned: {number}"),
                 Text("{number}（{product}）的报告被退回。理由：{reason}", "The report on {number} ({product}) was returned. Reason: {reason}")),
    ),
    ("application", "accept_report"): (
        Template("applicant", Text("报告已采纳：{number}", "Report accepted: {number}"), _SUBMITTED),
    ),
    ("application", "recommend"): (
        Template("applicant", Text("“{done}”已通过：{number}", "Passed “{done}”: {number}"), _SUBMITTED),
    ),
    ("application", "publish_notice"): (
        Template("applicant", Text("已公示：{number}", "In public notice: {number}"),
                 Text("{number}（{product}）已列入公示 {notice}，公示至 {last_day} 24:00（北京时间）。",
                      "{number} ({product}) is in public notice {notice} until {last_day} 24:00 Beijing time.")),
    ),
    ("application", "object"): (
        Template("department", Text("收到异议：{objection}", "Objection received: {objection}"),
                 Text("公示 {notice} 中的 {number} 收到异议 {objection}。", "Objection {objection} was filed against {number} in notice {notice}.")),
        Template("applicant", Text("公示收到异议：{number}", "Objection to {number}"),
                 Text("{number}（{product}）在公示期内收到异议 {objection}，处理期间暂缓。",
                      "An objection, {objection}, was filed against {number} ({product}); it is held until that is decided.")),
        Template("objector", Text("异议已收到：{objection}", "Your objection was received: {objection}"),
                 Text("您对 {number} 提出的异议已收到，编号 {objection}。您的身份受到保护。",
                      "Your objection against {number} was received as {objection}. Your identity is protected.")),
    ),
    ("application", "dismiss_objection"): (
        Template("objector", Text("异议处理结果：{objection}", "Decision on {objection}"),
                 Text("经核实，异议 {objection} 不成立。理由：{reason}", "Objection {objection} was dismissed. Reason: {reason}")),
        Template("applicant", Text("异议已驳回：{number}", "Objection dismissed: {number}"),
                 Text("对 {number} 的异议 {objection} 不成立。理由：{reason}", "Objection {objection} to {number} was dismissed. Reason: {reason}")),
    ),
    ("application", "uphold_objection"): (
        Template("objector", Text("异议处理结果：{objection}", "Decision on {objection}"),
                 Text("经核实，异议 {objection} 成立。理由：{reason}", "Objection {objection} was upheld. Reason: {reason}")),
        Template("applicant", Text("异议成立，未通过：{number}", "Objection upheld: {number}"),
                 Text("对 {number} 的异议 {objection} 成立，不予认定。理由：{reason}",
                      "Objection {objection} to {number} was upheld; it will not be certified. Reason: {reason}")),
        Template("objectors", Text("您提出异议的产品不予认定：{number}", "What you objected to will not be certified: {number}"),
                 Text("另一异议成立，{number}（{product}）不予认定，您的异议不再另行处理。理由：{reason}",
                      "Another objection was upheld and {number} ({product}) will not be certified; yours is not decided separately. "
                      "Reason: {reason}")),
    ),
    ("application", "withdraw"): (
        Template("objectors", Text("您提出异议的申请已撤回：{number}", "The application you objected to was withdrawn: {number}"),
                 Text("申请企业已撤回 {number}（{product}），您的异议不再处理。",
                      "The applicant has withdrawn {number} ({product}); your objection is not decided.")),
    ),
    ("application", "assign"): (
        Template("assignee", Text("请承办：{number}", "Assigned to you: {number}"),
                 Text("{number}（{product}）已指派给您承办，现处于“{state}”。", "{number} ({product}) was assigned to you; it is “{state}”.")),
    ),
    ("application", "withdraw_notice"): (
        Template("applicant", Text("公示已撤回：{number}", "Notice withdrawn: {number}"),
                 Text("公示 {notice} 有误，已撤回，{number}（{product}）将重新公示。理由：{reason}",
                      "Notice {notice} was found wrong and is withdrawn; {number} ({product}) will be published anew. Reason: {reason}")),
        Template("objectors", Text("您提出异议的公示已撤回：{notice}", "The notice you objected to was withdrawn: {notice}"),
                 Text("公示 {notice} 有误，已撤回，您的异议不再处理。重新公示后可以再次提出。理由：{reason}",
                      "Notice {notice} was found wrong and is withdrawn; your objection is not decided. You may object again once it is "
                      "published anew. Reason: {reason}")),
    ),
    ("application", "close_notice"): (
        Template("applicant", Text("公示期满：{number}", "Notice closed: {number}"), _SUBMITTED),
    ),
    ("application", "refuse"): (
        Template("applicant", Text("未通过：{number}", "Refused: {number}"),
                 Text("{number}（{product}）未通过。依据：{ground}。理由：{reason}",
                      "{number} ({product}) was refused. Ground: {ground}. Reason: {reason}")),
    ),
    ("application", "lapse"): (
        Template("applicant", Text("逾期失效：{number}", "Lapsed: {number}"),
                 Text("{number}（{product}）逾期未补正，已失效。可重新申报。",
                      "{number} ({product}) lapsed: the supplement was not handed in in time. You may apply again.")),
    ),
    ("application", "escalate"): (
        Template("risen", Text("办理逾期：{number}", "Overdue: {number}"),
                 Text("{number}（{product}，{enterprise}）应于 {term} 24:00（北京时间）前办结，现处于“{state}”，已逾期 {overdue} 个工作日，请督促办理。",
                      "{number} ({product}, {enterprise}) was to be done by {term}. It is still “{state}”, {overdue} working day(s) "
                      "overdue. Please see to it.")),
    ),
    ("application", "recompute_dates"): (
        Template("applicant", Text("期限已按新日历重算：{number}", "Dates computed again: {number}"),
                 Text("因节假日安排公布或调整，{number}（{product}）的期限已重算：{changes}。",
                      "The calendar of days off was published or amended; the dates of {number} ({product}) were computed again: {changes}.")),
    ),
    ("certificate", "issue"): (
        Template("applicant", Text("证书已颁发：{number}", "Certificate issued: {number}"),
                 Text("{product} 已认定，证书 {number}，{validity}。",
                      "{product} is certified: {number}, {validity}.")),
    ),
    ("certificate", "remind"): (
        Template("applicant", Text("证书即将到期：{number}", "Certificate expiring: {number}"),
                 Text("证书 {number}（{product}）有效期至 {valid_until} 24:00（北京时间）。{renewal_opens}",
                      "Certificate {number} ({product}) is in force until {valid_until} 24:00 Beijing time. "
                      "{renewal_opens}"), bundle="remind"),
    ),
    ("certificate", "expire"): (
        Template("applicant", Text("证书已到期：{number}", "Certificate expired: {number}"),
                 Text("证书 {number}（{product}）已于 {valid_until} 24:00 到期。{renewal_closes}",
                      "Certificate {number} ({product}) expired at {valid_until} 24:00. {renewal_closes}")),
    ),
    ("certificate", "suspend"): (
        Template("applicant", Text("证书已暂停：{number}", "Certificate suspended: {number}"),
                 Text("证书 {number} 已暂停。依据：{ground}。理由：{reason}", "Certificate {number} is suspended. Ground: {ground}. Reason: {reason}")),
    ),
    ("certificate", "reinstate"): (
        Template("applicant", Text("证书暂停已解除：{number}", "Suspension lifted: {number}"),
                 Text("证书 {number} 的暂停已解除，现状态为“{state}”。理由：{reason}",
                      "The suspension of certificate {number} is lifted; it is now “{state}”. Reason: {reason}")),
    ),
    ("certificate", "revoke"): (
        Template("applicant", Text("证书已撤销：{number}", "Certificate revoked: {number}"),
                 Text("证书 {number} 已撤销。依据：{ground}。理由：{reason}", "Certificate {number} is revoked. Ground: {ground}. Reason: {reason}")),
    ),
    ("certificate", "restore"): (
        Template("applicant", Text("证书已恢复效力：{number}", "Certificate restored: {number}"),
                 Text("证书 {number} 的撤销决定已解除。理由：{reason}", "The revocation of certificate {number} was lifted. Reason: {reason}")),
    ),
    ("certificate", "amend"): (
        Template("applicant", Text("证书已变更：{number}", "Certificate changed: {number}"),
                 Text("证书 {number}（{product}）已变更，现为第 {edition} 版，持证企业 {enterprise}；编号和有效期不变。",
                      "Certificate {number} ({product}) was changed and is now in version {edition}, held by {enterprise}; its number "
                      "and its term stay.")),
    ),
    ("amendment", "request"): (
        Template("applicant", Text("变更申请已提交：{number}", "Request handed in: {number}"),
                 Text("对证书 {certificate}（{product}）的变更申请 {number}（{change_label}）已提交{bureau}初核。",
                      "Your request {number} for certificate {certificate} ({product}) — {change_label} — is with: {bureau}.")),
        Template("bureau", Text("证书变更待初核：{number}", "A change of a certificate to look at: {number}"),
                 Text("{enterprise} 申请变更证书 {certificate}（{product}）：{change_label}。",
                      "{enterprise} asks for a change of certificate {certificate} ({product}): {change_label}.")),
    ),
    ("amendment", "endorse"): (
        Template("applicant", Text("变更申请已通过初核：{number}", "Request endorsed: {number}"),
                 Text("变更申请 {number}（证书 {certificate}）已通过初核，待{authority}决定。",
                      "Your request {number} (certificate {certificate}) was endorsed. To decide it: {authority}.")),
        Template("department", Text("证书变更待决定：{number}", "A change of a certificate to decide: {number}"),
                 Text("{enterprise} 申请变更证书 {certificate}（{product}）：{change_label}；{bureau}已初核同意。",
                      "{enterprise} asks for a change of certificate {certificate} ({product}): {change_label}. Endorsed by: {bureau}.")),
    ),
    ("amendment", "refuse"): (
        Template("applicant", Text("不予变更：{number}", "Change refused: {number}"),
                 Text("变更申请 {number}（证书 {certificate}，{change_label}）未获准予，证书内容不变。理由：{reason}",
                      "Your request {number} (certificate {certificate}, {change_label}) was refused; the certificate stays as it is. "
                      "Reason: {reason}")),
    ),
    ("amendment", "grant"): (
        Template("applicant", Text("准予变更：{number}", "Change granted: {number}"),
                 Text("变更申请 {number}（{change_label}）已准予，证书 {certificate} 自今日起为第 {edition} 版。",
                      "Your request {number} ({change_label}) was granted; certificate {certificate} is in version {edition} from today.")),
    ),
    ("measure", "suspect"): (
        Template("department", Text("登记疑点：{number}", "Suspicion stated: {number}"),
                 Text("{enterprise}（{product}）：疑点 {number} 待核查。涉及事由：{ground}。",
                      "{enterprise} ({product}): suspicion {number} is to be looked into. Ground: {ground}.")),
    ),
    ("measure", "give_notice"): (
        Template("applicant", Text("拟作处理告知：{number}", "Notice of an intended decision: {number}"),
                 Text("{enterprise}（{product}）：拟自 {effective_on} 起{measure_label}。依据：{ground}（{article}）。理由：{reason}。"
                      "您有权陈述申辩，请于 {last_day} 24:00（北京时间）前提出；逾期未提出的，按程序作出决定。",
                      "{enterprise} ({product}): it is intended to {measure_label}, from {effective_on}. Ground: {ground} ({article}). "
                      "Reason: {reason}. You may make a statement until {last_day} 24:00 Beijing time; after that it is decided without.")),
    ),
    ("measure", "recompute_dates"): (
        Template("applicant", Text("陈述申辩期限已按新日历重算：{number}", "Time for a statement computed again: {number}"),
                 Text("因节假日安排公布或调整，{number}（{product}）的陈述申辩期限已重算：{changes}。",
                      "The calendar of days off was published or amended; the time for your statement on {number} ({product}) was computed "
                      "again: {changes}.")),
    ),
    ("measure", "make_statement"): (
        Template("department", Text("收到陈述申辩：{number}", "Statement received: {number}"),
                 Text("{enterprise} 已就 {number} 陈述申辩。", "{enterprise} has made a statement on {number}.")),
    ),
    ("measure", "close_statement"): (
        Template("department", Text("陈述申辩期满：{number}", "Time for a statement over: {number}"),
                 Text("{enterprise} 未在期限内就 {number} 陈述申辩，可以作出决定。",
                      "{enterprise} made no statement on {number} in time; it may be decided.")),
    ),
    ("measure", "approve"): (
        Template("department", Text("待复核确认：{number}", "To be confirmed: {number}"),
                 Text("{number} 已由一人同意，待另一人复核确认。", "{number} was approved by one officer; another is to confirm it.")),
    ),
    ("measure", "confirm"): (
        Template("applicant", Text("处理决定：{number}", "Decision: {number}"),
                 Text("{enterprise}（{product}）：决定自 {effective_on} 起{measure_label}。依据：{ground}（{article}）。理由：{reason}",
                      "{enterprise} ({product}): decided: {measure_label}, from {effective_on}. Ground: {ground} ({article}). Reason: {reason}")),
    ),
    ("measure", "drop"): (
        Template("applicant", Text("不予处理：{number}", "Dropped: {number}"),
                 Text("{number}（{product}）不予处理。理由：{reason}", "{number} ({product}) was dropped. Reason: {reason}")),
    ),
    ("measure", "propose_lifting"): (
        Template("department", Text("待确认解除：{number}", "Lifting to be confirmed: {number}"),
                 Text("{number} 已由一人提出解除，待另一人确认。", "Lifting {number} was proposed by one officer; another is to confirm it.")),
    ),
    ("measure", "lift"): (
        Template("applicant", Text("处理已解除：{number}", "Measure lifted: {number}"),
                 Text("{enterprise}（{product}）：自 {effective_on} 起解除“{measure_label}”。依据：{ground}。理由：{reason}",
                      "{enterprise} ({product}): lifted from {effective_on}: {measure_label}. Ground: {ground}. Reason: {reason}")),
    ),
}
