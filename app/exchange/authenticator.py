"""What an authenticator app is given: a secret, as an address, as a picture of it, and as text to type over.

The address is the one that all apps read: https://github.com/google/google-authenticator/wiki/Key-Uri-Format.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

QUIET = 4
"""Modules of light around a code, without which a camera does not find it (ISO/IEC 18004)."""
GROUP = 4


@dataclass(frozen=True, slots=True)
class AppFacts:
    """The address, the secret in groups of four signs, and the picture: its size in modules, and the dark ones as
    the `d` of an SVG path."""

    address: str
    groups: tuple[str, ...]
    size: int
    path: str


def facts_of(secret: bytes, *, account: str, site: str) -> AppFacts:
    """Tell an app what it needs for an account (an e-mail address) of a site (its address)."""
    spelt = base64.b32encode(secret).decode().rstrip("=")
    address = _address(spelt, account, f"Opstap {urlsplit(site).hostname}")
    groups = tuple(spelt[start : start + GROUP] for start in range(0, len(spelt), GROUP))
    return AppFacts(address, groups, *_picture(address))


def _address(spelt: str, account: str, issuer: str) -> str:
    """Name site and account, so that somebody with several knows which is which; digits and time are the usual ones."""
    label = f"{quote(issuer)}:{quote(account)}"
    return f"otpauth://totp/{label}?{urlencode({'secret': spelt, 'issuer': issuer}, quote_via=quote)}"


def _picture(address: str) -> tuple[int, str]:
    """Draw a QR code: a stroke for each run of dark modules of a row."""
    import segno  # its import would cost each start 45 ms

    rows = segno.make(address, error="l", micro=False).matrix
    strokes = []
    for y, row in enumerate(rows):
        start = None
        for x, is_dark in enumerate((*row, 0)):
            if is_dark and start is None:
                start = x
            elif not is_dark and start is not None:
                strokes.append(f"M{start + QUIET} {y + QUIET + 0.5}h{x - start}")
                start = None
    return len(rows) + 2 * QUIET, "".join(strokes)
