"""The draw: what anybody computes with SHA-256 alone, and how seats for specialists are kept."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.law.draw import draw, key_of, next_of, order_of, seed_of

pytestmark = pytest.mark.once

SEED = "00112233445566778899aabbccddeeff" + hashlib.sha256(b"first-set registry ledger").hexdigest()
LOGINS = [f"expert-{n}" for n in range(1, 10)]
# printf %s "$SEED:expert-1" | sha256sum, and so on, in the order of the digests.
VECTOR = (
    "expert-9", "expert-7", "expert-6", "expert-5", "expert-8", "expert-3", "expert-4", "expert-2", "expert-1",
)


def test_the_order_is_that_of_sha_256_of_seed_colon_login() -> None:
    assert order_of(SEED, LOGINS) == VECTOR
    assert key_of("seed", "li.lei") == hashlib.sha256(b"seed:li.lei").hexdigest()


def test_a_login_in_chinese_is_read_as_utf_8() -> None:
    assert key_of("s", "李雷") == hashlib.sha256("s:李雷".encode()).hexdigest()


def test_the_seed_is_what_is_fresh_and_then_the_ledgers_hash() -> None:
    assert seed_of("ab" * 16, "cd" * 32) == "ab" * 16 + "cd" * 32


def test_the_first_of_the_order_are_seated() -> None:
    found = draw(SEED, LOGINS, 5)
    assert found.order == VECTOR and found.seated == VECTOR[:5]


def test_the_order_in_which_names_come_does_not_matter_nor_does_a_name_that_comes_twice() -> None:
    assert order_of(SEED, [*reversed(LOGINS), *LOGINS]) == VECTOR


def test_another_seed_gives_another_order() -> None:
    assert order_of(SEED[:-1] + ("0" if SEED[-1] != "0" else "1"), LOGINS) != VECTOR


def test_too_few_names_fill_as_many_seats_as_they_can() -> None:
    assert draw(SEED, LOGINS[:3], 5).seated == order_of(SEED, LOGINS[:3])
    assert draw(SEED, [], 5).seated == ()


def test_a_seat_is_kept_for_a_specialist_only_when_the_others_are_taken() -> None:
    assert draw(SEED, LOGINS, 5, specialists=VECTOR[:2], least=2).seated == VECTOR[:5]
    assert draw(SEED, LOGINS, 5, specialists=[VECTOR[8]], least=1).seated == (*VECTOR[:4], VECTOR[8])
    assert draw(SEED, LOGINS, 5, specialists=[VECTOR[0], VECTOR[8]], least=2).seated == (*VECTOR[:4], VECTOR[8])


def test_without_enough_specialists_a_seat_stays_empty() -> None:
    assert draw(SEED, LOGINS, 3, specialists=[VECTOR[8]], least=2).seated == (VECTOR[0], VECTOR[8])


def test_the_next_is_the_first_who_does_not_sit() -> None:
    assert next_of(VECTOR, VECTOR[1:5], 5) == VECTOR[0]
    assert next_of(VECTOR, VECTOR[:5], 6) == VECTOR[5]
    assert next_of(VECTOR, VECTOR, 10) is None


@given(st.text(max_size=20), st.lists(st.text(min_size=1, max_size=8), max_size=15), st.integers(0, 9), st.data())
def test_any_draw_seats_whom_it_can_and_nobody_twice(seed: str, logins: list[str], seats: int, data: st.DataObject) -> None:
    able = set(data.draw(st.lists(st.sampled_from(logins), max_size=5))) if logins else set()
    least = data.draw(st.integers(0, min(seats, len(able))))
    found = draw(seed, logins, seats, specialists=able, least=least)
    assert len(found.seated) == len(set(found.seated)) == min(seats, len(set(logins)))
    assert len(able & set(found.seated)) >= least
    assert list(found.seated) == [login for login in found.order if login in found.seated]
