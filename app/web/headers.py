"""The headers that every answer carries: what a browser may do with it, and who may keep it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response

from app.web.extensions import house_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""Everything comes from this host; no inline script or style; no script may make HTML from text."""

UNUSED_POWERS = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)
"""What a browser could lend a page, and this site never asks for."""

ALWAYS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{power}=()" for power in UNUSED_POWERS),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

A_YEAR = 365 * 24 * 60 * 60
"""Seconds."""

ONLY_HTTPS = f"max-age={A_YEAR}"

PRIVATE = "private, no-cache"
"""Kept by the reader's own browser alone, which asks before it shows it again."""
SECRET = "no-store"  # noqa: S105 - a header, no password
"""Kept by nobody: the address itself opens a door."""


def keep_secret(response: Response) -> Response:
    """Let nobody keep a page or tell its address: it holds the token of a link."""
    response.headers["Cache-Control"] = SECRET
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def clear_browser(response: Response) -> Response:
    """Let the browser forget every page that it showed, as somebody signs out."""
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def init_app(app: Flask) -> None:
    """Give every answer of an app its headers; what a view or the static files said stays."""
    secure = {"Strict-Transport-Security": ONLY_HTTPS} if house_of(app).settings.is_secure else {}
    defaults = {name.lower(): (name, value) for name, value in {**ALWAYS, **secure, "Cache-Control": PRIVATE}.items()}
    inside = app.wsgi_app

    def with_headers(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Here, where headers are a plain list: Werkzeug would check each of these words anew for every answer.
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            told = {name.lower() for name, _value in headers}
            headers += [header for name, header in defaults.items() if name not in told]
            return start_response(status, headers, *error)

        return inside(environ, start)

    app.wsgi_app = with_headers  # type: ignore[method-assign]
