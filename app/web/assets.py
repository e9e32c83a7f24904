"""Static files under names that hold their content's hash, and text answers made small.

**Names.** All static files are read once, when the app is made: together they are smaller than a
photograph. Each is served as `css/base.<hash>.css`, never under its own name, so a browser may
keep it for a year: what changes gets another name. Files name each other relatively (`url()` in
CSS, `import` in JavaScript); those names are rewritten before the hash is taken, so a new font
also renames the CSS that asks for it. A name without the right hash is not found.

**Compression.** Static text is compressed once, pages as they leave. Compressed pages that hold
both a secret and words of an attacker's choice can betray the secret by their length (BREACH).
What stands against that here, from the outside in:

* session cookies are SameSite=Lax, so another site cannot make a browser ask for somebody's
  pages in the background, which the attack must do thousands of times;
* the CSRF token is no fixed target: its signature covers the second in which the page was made,
  so it is another one each time, and its constant part alone opens nothing;
* personal pages show nothing from the address but in the links to themselves in another language;
* each compressed page carries up to `FILLER` bytes at random, as a file name in its gzip header
  (Palau et al., "Heal the Breach", 2022; Django does the same): one byte more or less cannot be
  told from chance without so many questions that the first point makes hopeless.
"""

import gzip
import hashlib
import posixpath
import re
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask, Response, abort, request
from isal import isal_zlib
from markupsafe import Markup
from werkzeug.http import parse_accept_header

from app.web.access import public
from app.web.headers import A_YEAR

STATIC = Path(__file__).parent / "static"
WORTH_IT = 1000
"""Bytes under which an answer fits into one packet anyway."""
FILLER = 100
"""The most random bytes that a compressed page gets."""
QUICK = 2
"""How hard ISA-L tries with a page: a third of the time of zlib at its quickest, and a smaller page."""
GZIP_WITH_NAME = b"\x1f\x8b\x08\x08" + bytes(4) + b"\x00\xff"
"""The beginning of a gzip file: deflated, a name follows, no time, nothing else told."""
TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")

# Types are named here: what the machine's own tables say differs from one to the next.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
}

NAMED = {
    ".css": re.compile(r"""(?P<before>url\(\s*["']?)(?P<name>\.{1,2}/[^"')\s]+)"""),
    ".js": re.compile(r"""(?P<before>\b(?:from|import)\s*\(?\s*["'])(?P<name>\.{1,2}/[^"']+)"""),
}
"""How a file names another: the part before the name, and the name, relative to the file's own folder."""


class UnknownAsset(KeyError):
    """A template or a static file names a static file that is not there."""


class AssetCircle(ValueError):
    """Static files that name each other in a circle: no hash could hold all the others."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file as it is served."""

    name: str
    """Its address below `/static/`, with the hash."""
    body: bytes
    packed: bytes | None
    """The body in gzip, where that is smaller."""
    type: str

    @property
    def etag(self) -> str:
        """The hash in its name: the two never differ."""
        return self.name.rsplit(".", 2)[-2]


class Assets:
    """The static files of a folder, by their own names and by the names under which they are served."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_own_name: dict[str, Asset] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix in TYPES:
                self._load(path.relative_to(folder).as_posix(), ())
        self._served = {asset.name: asset for asset in self._by_own_name.values()}

    def __iter__(self) -> Iterator[Asset]:
        return iter(self._served.values())

    def named(self, own_name: str) -> Asset:
        """Return a file by its own name, such as `css/base.css`. Raises UnknownAsset."""
        if own_name not in self._by_own_name:
            raise UnknownAsset(f"no file {own_name} under {self._folder}")
        return self._by_own_name[own_name]

    def served(self, name: str) -> Asset | None:
        """Return the file that is served under a name with a hash, or None."""
        return self._served.get(name)

    def _load(self, own_name: str, asked_by: tuple[str, ...]) -> Asset:
        """Read a file, those that it names first. Raises AssetCircle and UnknownAsset."""
        if own_name in asked_by:
            raise AssetCircle(" → ".join((*asked_by, own_name)))
        if own_name not in self._by_own_name:
            path = self._folder / own_name
            if not path.is_file():
                raise UnknownAsset(f"{asked_by[-1] if asked_by else 'somebody'} names {own_name}, which is not there")
            body = self._with_hashed_names(own_name, path.read_bytes(), (*asked_by, own_name))
            self._by_own_name[own_name] = _asset(own_name, body)
        return self._by_own_name[own_name]

    def _with_hashed_names(self, own_name: str, body: bytes, asked_by: tuple[str, ...]) -> bytes:
        pattern = NAMED.get(Path(own_name).suffix)
        if pattern is None:
            return body
        folder = posixpath.dirname(own_name)

        def hashed(match: re.Match[str]) -> str:
            named = posixpath.normpath(posixpath.join(folder, match["name"]))
            relative = posixpath.relpath(self._load(named, asked_by).name, folder)
            return match["before"] + (relative if relative.startswith(".") else "./" + relative)

        return pattern.sub(hashed, body.decode()).encode()


def _asset(own_name: str, body: bytes) -> Asset:
    stem, suffix = posixpath.splitext(own_name)
    digest = hashlib.sha256(body).hexdigest()[:12]
    packed = gzip.compress(body, 9, mtime=0) if TYPES[suffix].startswith(TEXT) else body
    return Asset(
        name=f"{stem}.{digest}{suffix}",
        body=body,
        packed=packed if len(packed) < len(body) else None,
        type=TYPES[suffix],
    )


# ---- serving ---------------------------------------------------------------------------------


def _answer(asset: Asset) -> Response:
    """Answer with a static file, small where the browser takes gzip, or with 304 where it has it."""
    packed = asset.packed if asset.packed and takes_gzip() else None
    response = Response(packed or asset.body, content_type=asset.type)
    response.cache_control.public = True
    response.cache_control.max_age = A_YEAR
    response.cache_control.immutable = True
    # Two forms of one file are two things to a cache: each has its own tag.
    response.set_etag(asset.etag + ("-gzip" if packed else ""))
    if packed:
        response.content_encoding = "gzip"
    if asset.packed:
        response.vary.add("Accept-Encoding")
    response.make_conditional(request)
    return response


def takes_gzip() -> bool:
    """Whether this request's browser takes gzip, as almost all do."""
    return _names_gzip(request.headers.get("Accept-Encoding", ""))


@lru_cache(maxsize=128)
def _names_gzip(accepted: str) -> bool:
    """Whether a header names gzip; browsers send the same few, so each is read once."""
    return parse_accept_header(accepted).quality("gzip") > 0


def pack(response: Response) -> Response:
    """Compress a text answer as it leaves, and say that it depends on what the browser takes."""
    if not _can_be_packed(response) or len(body := response.get_data()) < WORTH_IT:
        return response
    response.vary.add("Accept-Encoding")
    if takes_gzip():
        response.set_data(_with_filler(body))
        response.content_encoding = "gzip"
        if etag := response.get_etag()[0]:
            response.set_etag(etag, weak=True)  # the same page, but not the same bytes
    return response


def _can_be_packed(response: Response) -> bool:
    return (
        response.content_type is not None
        and response.content_type.startswith(TEXT)
        and not response.content_encoding
        and not response.direct_passthrough
        and not response.is_streamed
        and not response.cache_control.no_transform
    )


def _with_filler(body: bytes) -> bytes:
    """Return the body in gzip (RFC 1952), with 1 to FILLER random bytes as the file name of its header."""
    filler = secrets.token_urlsafe(FILLER)[: 1 + secrets.randbelow(FILLER)].encode()
    packer = isal_zlib.compressobj(QUICK, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    end = struct.pack("<LL", isal_zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return b"".join((GZIP_WITH_NAME, filler, b"\0", packer.compress(body), packer.flush(), end))


def init_app(app: Flask) -> None:
    """Serve the static files of an app, and compress its pages.

    Templates get `asset(name)`, the address of a static file, and `icon(name, cls)`, a symbol of img/icons.svg. It is
    silent for a screen reader: words stand beside it. `cls`: `icon--s` small, `icon--turn` points the other way when
    read from right to left.

    The app must be made with `static_folder=None`: this is what answers under `/static/`.
    """
    assets = Assets(STATIC)

    @public
    def static(filename: str) -> Response:
        return _answer(assets.served(filename) or abort(404))

    app.add_url_rule("/static/<path:filename>", "static", static)

    def asset(own_name: str) -> str:
        return "/static/" + assets.named(own_name).name

    @cache
    def icon(name: str, cls: str = "") -> Markup:
        sprite = asset("img/icons.svg")
        classes = f"icon {cls}" if cls else "icon"
        return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(classes, sprite, name)

    app.jinja_env.globals.update(asset=asset, icon=icon)
    app.after_request(pack)
