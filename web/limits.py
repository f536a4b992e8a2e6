"""How often one address may ask. Counted in the memory of each process: a guard against haste, not an account of it.

Looking one thing up by its number has no limit; searching has a generous one.
"""

from __future__ import annotations

from flask import Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

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
searching = limiter.shared_limit("1200 per minute", scope="searching")
