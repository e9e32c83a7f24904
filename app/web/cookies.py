"""The cookies that this site sets beside that of the session: for this host alone, and out of the reach of scripts."""

from flask import request
from werkzeug import Response

from app.web.extensions import house


def cookie_here(name: str) -> str | None:
    """Return what a cookie of this request holds."""
    full_name = _full_name(name)
    # Most are not there, and then .get() makes an error and catches it, which takes its time.
    return request.cookies[full_name] if full_name in request.cookies else None  # noqa: SIM401


def keep_cookie(response: Response, name: str, value: str, *, seconds: int) -> None:
    """Let this browser keep a value for so long."""
    secure = house().settings.is_secure
    response.set_cookie(_full_name(name), value, max_age=seconds, httponly=True, samesite="Lax", secure=secure)


def drop_cookie(response: Response, name: str) -> None:
    """Let this browser forget a value."""
    response.delete_cookie(_full_name(name), httponly=True, samesite="Lax", secure=house().settings.is_secure)


def _full_name(name: str) -> str:
    """Return the name that goes over the line: by https one that no neighbour of this host can set."""
    return host_only(name) if house().settings.is_secure else name


def host_only(name: str) -> str:
    """Return a cookie's name with the prefix that browsers take from this host alone, and by https alone."""
    return f"__Host-{name}"
