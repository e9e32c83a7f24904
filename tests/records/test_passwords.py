"""Passwords: what they cost, and which are good enough."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters

from app.records.passwords import LONGEST, Passwords, Weakness, too_weak

GOOD = "a quiet green harbour"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(cheap=True)


def test_only_the_password_itself_is_right(passwords: Passwords) -> None:
    password_hash = passwords.hash(GOOD)
    assert passwords.verify(password_hash, GOOD)
    assert not passwords.verify(password_hash, GOOD.upper())
    assert not passwords.verify(passwords.hash("another one of them"), GOOD)


def test_no_account_is_never_right_and_takes_the_same_work(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work is counted instead of timed: one verification, of a hash with the same parameters."""
    seen: list[str] = []
    hasher = passwords._hasher
    verify = type(hasher).verify

    def counted(self: object, password_hash: str, password: str) -> bool:
        seen.append(password_hash)
        return bool(verify(hasher, password_hash, password))

    monkeypatch.setattr(type(hasher), "verify", counted)
    assert not passwords.verify(None, GOOD)
    assert not passwords.verify(None, "")
    assert not passwords.verify(passwords.hash("another one of them"), GOOD)
    assert len(seen) == 3
    assert extract_parameters(seen[0]) == extract_parameters(seen[2])


def test_an_endless_password_is_never_right_and_is_not_spelt_out(passwords: Passwords) -> None:
    """Spelling a million accents in Unicode's one way takes a quarter of an hour, and anybody could send them."""
    longest = "a quiet green harbour " * 10
    password_hash = passwords.hash(longest[:LONGEST])
    assert passwords.verify(password_hash, longest[:LONGEST])
    assert not passwords.verify(password_hash, longest)
    assert not passwords.verify(password_hash, "a" + "\u0316\u0300" * 500_000)


def test_what_is_no_hash_is_never_right(passwords: Passwords) -> None:
    assert not passwords.verify("nonsense", GOOD)
    assert not passwords.verify("", GOOD)


def test_hashes_are_argon2id_with_owasps_least_parameters() -> None:
    assert Passwords().hash(GOOD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_accent_is_the_same_on_every_keyboard(passwords: Passwords) -> None:
    assert passwords.verify(passwords.hash("caf\u00e9 in the rain"), "cafe\u0301 in the rain")


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        (GOOD, None),
        ("123456789", Weakness.SHORT),
        ("", Weakness.SHORT),
        ("a" * 201, Weakness.LONG),
        ("aaaaaaaaaaaaa", Weakness.SIMPLE),
        ("ababababababab", Weakness.SIMPLE),
        ("noor.dewit@example.org", Weakness.PERSONAL),
        ("Noor-Dewit", Weakness.PERSONAL),
        ("Noor of the harbour", None),
        ("noor de wit-jansen", Weakness.PERSONAL),
        ("NOOR.DE.WIT.JANSEN", Weakness.PERSONAL),
    ],
)
def test_a_password_is_long_enough_and_not_about_its_owner(password: str, weakness: Weakness | None) -> None:
    assert too_weak(password, email="noor.dewit@example.org", name="Noor de Wit-Jansen") == weakness
