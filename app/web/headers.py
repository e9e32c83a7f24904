"""The headers that every answer carries: what a browser may do with it, and who may keep it."""

from flask import Flask, Response, request

from app.web.extensions import house_of

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
    is_secure = house_of(app).settings.is_secure
    always = {**ALWAYS, "Strict-Transport-Security": ONLY_HTTPS} if is_secure else ALWAYS
    on_pages = {**always, "Cache-Control": PRIVATE}

    @app.after_request
    def add_headers(response: Response) -> Response:
        # Looked up in one set: setdefault() would walk through all headers for each of these.
        told = {name.lower() for name, _value in response.headers}
        for name, value in (always if request.endpoint == "static" else on_pages).items():
            if name.lower() not in told:
                response.headers.add(name, value)
        return response
