"""Whither the registry may be sent by what somebody typed: https, a public address, checked after resolving. It connects to nothing.

What is checked is what is connected to: `Target.address` is an IP, and the name is for the certificate and the Host header only.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from registry.errors import BadInput, Finding
from registry.words import Text

Resolver = Callable[[str, int], Sequence[str]]
NAT64 = ip_network("64:ff9b::/96")
MOST = 500


@dataclass(frozen=True)
class Target:
    """Where to connect to, and what to ask for there."""

    address: str
    host: str
    port: int
    path: str


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the machine resolves it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def find_target(url: str, networks: str = "", resolver: Resolver = resolve) -> Target:
    """Whither `url` leads. BadInput unless it is https, has no credentials, and each of its addresses is public or in `networks`."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise _refused("bad-form", Text("这不是网址。", "This is not an address.")) from None
    if len(url) > MOST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise _refused("bad-form", Text("网址须为不超过 500 个 ASCII 字符，不含空格。", "An address has at most 500 ASCII characters and no blank."))
    if parts.scheme != "https" or not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise _refused("not-https", Text("须为 https 网址，不带用户名、密码和锚点。", "It must be https, without user, password or fragment."))
    try:
        found = resolver(host, port)
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise _refused("unresolved", Text("找不到该主机。", "The host cannot be found."))
    allowed = [ip_network(part.strip()) for part in networks.split(",") if part.strip()]
    if not all(is_reachable(address, allowed) for address in found):
        raise _refused("private", Text("该主机解析到内部或保留地址，不能使用。", "The host leads to a private or reserved address, which is refused."))
    return Target(found[0], host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def is_reachable(text: str, allowed: Sequence[IPv4Network | IPv6Network] = ()) -> bool:
    """Whether an address is public, whatever it is wrapped in, or in one of the networks allowed."""
    try:
        address = ip_address(text)
    except ValueError:  # with a scope: a link's own
        return False
    inner = _unwrapped(address)
    if any(inner.version == network.version and inner in network for network in allowed):
        return True
    return inner.is_global and not (inner.is_multicast or inner.is_reserved or inner.is_unspecified)


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


def _refused(code: str, words: Text) -> BadInput:
    return BadInput(words, findings=[Finding("url", code, words)],
                    action=Text("请填写公网可达的 https 网址。", "Give an https address that the public internet can reach."))
