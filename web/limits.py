"""How often one address may ask. Counted in the memory of each process: a guard against haste, not an account of it.

Looking one thing up by its number has no limit; searching has a generous one.
"""

from __future__ import annotations

from flask import Response
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address
from limits import parse

from registry.clock import SystemClock

limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", headers_enabled=True, strategy="fixed-window")


def _failed(response: Response) -> bool:
    return response.status_code == 401


# Guessing passwords: ten failures a minute, and no more than sixty attempts of any kind, which cost much computing.
guessing = limiter.shared_limit("10 per minute", scope="guessing", deduct_when=_failed)
signing_in = limiter.shared_limit("60 per minute", scope="signing in")
# Doors by which anybody may leave something behind.
signing_up = limiter.shared_limit("10 per minute", scope="signing up")
objecting = limiter.shared_limit("10 per minute", scope="objecting")
# Bills of materials, each of which is read, answered and kept.
uploading = limiter.shared_limit("20 per minute; 200 per hour", scope="uploading")
# What is signed or printed for whoever asks, and what is shown to be examined.
stating = limiter.shared_limit("60 per minute; 1200 per hour", scope="stating")
# Lists, which cost a query each.
_SEARCHES = "1200 per minute"
searching = limiter.shared_limit(_SEARCHES, scope="searching")


class Searches:
    """The same count of `searching`, of one address, for what is answered before Flask."""

    _rate = parse(_SEARCHES)

    def __init__(self, address: str | None) -> None:
        self._key = (address or "127.0.0.1", "searching")  # as get_remote_address has it

    def has_room(self) -> bool:
        return not limiter.enabled or limiter.limiter.test(self._rate, *self._key)

    def count(self) -> list[tuple[str, str]]:
        """Count one more; the headers that say what is left."""
        if not limiter.enabled:
            return []
        limiter.limiter.hit(self._rate, *self._key)
        now = RequestLimit(limiter, self._rate, list(self._key), False, True)
        return [("X-RateLimit-Limit", str(now.limit.amount)), ("X-RateLimit-Remaining", str(now.remaining)),
                ("X-RateLimit-Reset", str(now.reset_at)), ("Retry-After", str(int(now.reset_at - SystemClock().now().timestamp())))]
