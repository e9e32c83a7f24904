"""What an authenticator app is given."""

from __future__ import annotations

import base64
import re
from urllib.parse import parse_qs, unquote, urlsplit

import segno

from app.exchange.authenticator import facts_of

SECRET = b"12345678901234567890"


def test_an_app_reads_secret_site_and_account_from_the_address() -> None:
    facts = facts_of(SECRET, account="noor+x@example.org", site="https://opstap.example.org")
    address = urlsplit(facts.address)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Opstap opstap.example.org:noor+x@example.org"
    assert parse_qs(address.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["Opstap opstap.example.org"],
    }


def test_the_secret_can_be_typed_over_in_groups_of_four() -> None:
    facts = facts_of(SECRET, account="noor@example.org", site="http://127.0.0.1:5000")
    assert {len(group) for group in facts.groups} == {4}
    assert base64.b32decode("".join(facts.groups)) == SECRET


def test_the_picture_is_a_qr_code_with_light_around_it() -> None:
    facts = facts_of(SECRET, account="noor@example.org", site="https://opstap.example.org")
    strokes = [tuple(map(float, one)) for one in re.findall(r"M([\d.]+) ([\d.]+)h(\d+)", facts.path)]
    dark = {(int(x) + step, int(y)) for x, y, length in strokes for step in range(int(length))}
    assert (facts.size - 8 - 17) % 4 == 0, "a size that QR codes have"
    assert {x for x, _ in dark} | {y for _, y in dark} == set(range(4, facts.size - 4))
    code = segno.make(facts.address, error="l", micro=False)
    assert dark == {(x + 4, y + 4) for y, row in enumerate(code.matrix) for x, is_dark in enumerate(row) if is_dark}
