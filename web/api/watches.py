"""The API's counter for watching: what one watches, what happened to it, the addresses at which one is told."""

from __future__ import annotations

from registry.desks import digests, watches, webhooks
from registry.desks.bills.keep import find_bill
from registry.desks.watches import LIST
from registry.registrar import Registrar
from registry.words import Text
from schemas import watches as shapes
from schemas.register import ChangesPage
from web import bills, limits
from web.api.operation import SIGNED_IN, Desk, Found, open_to

desk = Desk("watches", Text("关注", "Watching"))


@desk.reads("/watches", Text("我的关注", "What I watch"), gives=shapes.WatchPage)
@open_to(SIGNED_IN)
def list_watches(r: Registrar, given: Found) -> Found:
    return {"items": watches.list_watches(r), "next": None}


@desk.acts("/watches", Text("关注", "Watch something"),
           Text("此后的每次变动都会告知。清单（kind 为 list）含 certificates 和 holders，value 为其名称；kind 为 bill 时 value 为已核验清单或任务的地址码，"
                "只保留其中证书和企业的编号。清单作为一项关注，一并停止。",
                "Every change from now on is told. A list (kind `list`) has `certificates` and `holders`, and `value` is its name; of kind `bill`, "
                "`value` is the secret of a verified bill or task, of which only the numbers of certificates and holders are kept. "
                "A list is one watch, and is ended as one."),
           takes=shapes.WatchRequest, gives=shapes.WatchView, status=201)  # fmt: skip
@open_to(SIGNED_IN)
def watch(r: Registrar, given: Found) -> Found:
    if given["kind"] == "bill":
        return watches.watch_bill(r, find_bill(bills.desk(), given["value"]))
    if given["kind"] == LIST:
        return watches.watch_list(r, name=given["value"], certificates=given["certificates"], holders=given["holders"])
    return watches.watch(r, kind=given["kind"], value=given["value"])


@desk.acts("/watches/<int(max=2147483647):id>", Text("停止关注", "Stop watching"), method="DELETE")
@open_to(SIGNED_IN)
def stop_watching(r: Registrar, given: Found, id: int) -> None:
    watches.stop_watching(r, id)


@desk.reads("/watches/changes", Text("所关注的变动", "Changes of what I watch"),
            Text("按台账次序，不漏、不重、不乱序；以 next 继续。", "In the order of the ledger: none is lost, repeated or out of order; go on with `next`."),
            takes=shapes.WatchedChangesQuery, gives=ChangesPage, limit=limits.searching)  # fmt: skip
@open_to(SIGNED_IN)
def follow_watches(r: Registrar, given: Found) -> Found:
    return watches.follow(r, **given)


@desk.acts("/watches/feeds", Text("建立订阅地址", "Make feeds of them"),
           Text("Atom 为变动，iCalendar 为最后有效日。地址即凭据，只显示这一次，用 DELETE /tokens/{id} 停用。",
                "Atom for changes, iCalendar for last days. The addresses are their own "
                "credential, told this once, ended together by DELETE /tokens/{id}."),
           gives=shapes.WatchFeeds, status=201, secret=("atom", "ics"))  # fmt: skip
@open_to(SIGNED_IN)
def open_feeds(r: Registrar, given: Found) -> Found:
    address = f"{r.settings.public_base_url}/watches/feeds/{watches.open_feed(r)}"
    return {"atom": f"{address}.atom", "ics": f"{address}.ics"}


@desk.reads("/watches/digest", Text("邮件摘要的频率", "How often a digest is mailed"), gives=shapes.DigestView)
@open_to(SIGNED_IN)
def show_digest(r: Registrar, given: Found) -> Found:
    return digests.show_digest(r)


@desk.acts("/watches/digest", Text("选择邮件摘要的频率", "Choose how often a digest is mailed"),
           Text("所关注的变动汇成一封邮件，无变动则不发送。", "All that changed of what one watches, in one mail; none where nothing did."),
           method="PUT", takes=shapes.DigestRequest, gives=shapes.DigestView)  # fmt: skip
@open_to(SIGNED_IN)
def choose_digest(r: Registrar, given: Found) -> Found:
    return digests.choose_digest(r, **given)


@desk.reads("/webhooks", Text("我的回调地址", "My webhooks"), gives=shapes.WebhookPage)
@open_to(SIGNED_IN)
def list_webhooks(r: Registrar, given: Found) -> Found:
    return {"items": webhooks.list_webhooks(r), "next": None}


@desk.acts("/webhooks", Text("新建回调", "Make a webhook"),
           Text("所关注的每次变动按台账次序投递，依 Standard Webhooks 签名；密钥只显示这一次。仅限公网 https 地址，不跟随跳转。",
                "Every change of what one watches, in the order of the ledger, signed by Standard Webhooks; the secret is told this once. "
                "Public https addresses only; no redirect is followed."),
           takes=shapes.WebhookRequest, gives=shapes.NewWebhook, status=201, secret=("secret",), limit=limits.signing_up)  # fmt: skip
@open_to(SIGNED_IN)
def make_webhook(r: Registrar, given: Found) -> Found:
    return webhooks.make_webhook(r, url=given["url"])


@desk.acts("/webhooks/<int(max=2147483647):id>/replay", Text("从某处重新投递", "Send again from a cursor"),
           takes=shapes.ReplayRequest, gives=shapes.WebhookView)  # fmt: skip
@open_to(SIGNED_IN)
def replay_webhook(r: Registrar, given: Found, id: int) -> Found:
    return webhooks.replay(r, id, after=given["after"])


@desk.acts("/webhooks/<int(max=2147483647):id>", Text("删除回调", "Remove a webhook"), method="DELETE")
@open_to(SIGNED_IN)
def remove_webhook(r: Registrar, given: Found, id: int) -> None:
    webhooks.remove_webhook(r, id)
