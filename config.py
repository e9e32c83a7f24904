"""Settings, read from the environment once and nowhere again."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from babel.dates import get_timezone
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

HERE = Path(__file__).resolve().parent

SECRET_LENGTH = 32
"""The fewest characters of a secret in production."""

T = TypeVar("T")


class SettingsError(Exception):
    """The environment holds settings that cannot be used; a line for each says what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that an installation decides. docs/running.md has the table of variables."""

    secret_key: str
    database_url: str
    """`sqlite:////absolute/path` or `postgresql+psycopg://...`."""
    course: Path
    """The folder that holds modules/ and quizzes/."""
    instance: Path
    """Where the database lies, and what demo mode keeps."""
    base_url: str = "http://127.0.0.1:5000"
    """The address that people type, without a slash at its end; https makes cookies Secure."""
    demo: bool = False
    develop: bool = False
    """Course files are watched; a faulty one shows its faults on the page."""
    host: str = "127.0.0.1"
    port: int = 5000
    threads: int = 4
    """Requests that the default server answers at once. Python lets one thread work at a time: with twice as many they
    spend a third of it on taking turns."""
    smtp: str | None = None
    """`smtp://user:password@host:587` (STARTTLS), `smtps://host:465`, `smtp://127.0.0.1:2525?starttls=no`."""
    mail_from: str = "Opstap <opstap@example.org>"
    proxies: int = 0
    """How many proxies in front are believed."""
    two_step_admins: bool = False
    """An admin without two-step sign-in can do nothing but turn it on."""
    time_zone: str = "Europe/Amsterdam"
    """Where the clock hangs that pages and mails tell the time by; all that is kept is kept in UTC."""
    cheap_passwords: bool = False
    """For tests: a hash that takes no time and protects nobody. No variable sets it."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, secret_needed: bool = True) -> Settings:
        """Read the settings; an empty variable counts as one that is not there.

        Raises SettingsError that names every variable that cannot be used, and what to do.
        Makes the instance folder, and in demo mode a secret in it, kept for the next start.
        Where none is needed (an author checks a course) the secret may stay empty.
        """
        found = _Variables(environ)
        host = found.take("OPSTAP_HOST", _host, "127.0.0.1")
        port = found.take("PORT", _number(0, 65535), 5000)
        instance = found.take("OPSTAP_INSTANCE", _path, HERE / "instance")
        settings = cls(
            secret_key=found.take("OPSTAP_SECRET_KEY", _secret, ""),
            database_url=found.take("DATABASE_URL", _database, f"sqlite:///{instance / 'opstap.db'}"),
            course=found.take("OPSTAP_COURSE", _course, HERE),
            instance=instance,
            base_url=found.take("OPSTAP_URL", _address, _own_address(host, port)),
            demo=found.take("OPSTAP_DEMO", _switch, False),
            develop=found.take("OPSTAP_DEVELOP", _switch, False),
            host=host,
            port=port,
            threads=found.take("OPSTAP_THREADS", _number(1, 128), cls.threads),
            smtp=found.take("OPSTAP_SMTP", _mail_server, None),
            mail_from=found.take("OPSTAP_MAIL_FROM", _sender, "Opstap <opstap@example.org>"),
            proxies=found.take("OPSTAP_PROXIES", _number(0, 9), 0),
            two_step_admins=found.take("OPSTAP_TWO_STEP_ADMINS", _switch, False),
            time_zone=found.take("OPSTAP_TIME_ZONE", _time_zone, "Europe/Amsterdam"),
        )
        if settings.demo and not is_loopback(host):
            found.refuse("OPSTAP_HOST", f"{host} can be reached from elsewhere; demo mode listens on 127.0.0.1 only")
        if secret_needed and not (settings.secret_key or settings.demo):
            found.refuse("OPSTAP_SECRET_KEY", f"is not set; {_HOW_TO_MAKE_A_SECRET}")
        found.raise_faults()
        _make_folder(instance)
        if settings.demo and not settings.secret_key:
            return replace(settings, secret_key=kept_secret(instance / "secret-key"))
        return settings

    @property
    def is_secure(self) -> bool:
        """Whether people reach the site by https."""
        return self.base_url.startswith("https://")


def is_loopback(host: str) -> bool:
    """Whether a host name or address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def kept_secret(path: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> str:
    """Read a secret from a file that only its owner may read; the first call makes it.

    Of several processes that make it at once, one wins and all return its secret.
    """
    if not path.exists():
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # with mode 600
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(make() + "\n")
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(name)
        Path(name).unlink()
    return path.read_text("ascii").strip()


# ---- reading one variable ----------------------------------------------------------------------

_HOW_TO_MAKE_A_SECRET = (
    f"give it {SECRET_LENGTH} random characters or more and keep them, for example those that "
    'python3 -c "import secrets; print(secrets.token_urlsafe(48))" prints'
)


class _Variables:
    """The environment, and what was found wrong in it so far."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._faults: dict[str, str] = {}

    def take(self, name: str, read: Callable[[str], T], default: T) -> T:
        """Read a variable. `read` raises ValueError with what is wrong and what to do."""
        text = self._environ.get(name, "").strip()
        if not text:
            return default
        try:
            return read(text)
        except ValueError as error:
            self.refuse(name, str(error))
            return default

    def refuse(self, name: str, why: str) -> None:
        self._faults.setdefault(name, why)

    def raise_faults(self) -> None:
        if self._faults:
            raise SettingsError("\n".join(f"{name}: {why}" for name, why in self._faults.items()))


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"found {text!r}; 1 (yes) or 0 (no) hoped for")
    return text == "1"


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValueError(f"found {text!r}; a whole number from {least} to {most} hoped for")
        return int(text)

    return read


def _path(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _host(text: str) -> str:
    if any(sign in text for sign in "/@ ") or text.startswith("["):
        raise ValueError(f"found {text!r}; a bare name or address hoped for, such as 127.0.0.1 or ::1")
    return text


def _course(text: str) -> Path:
    path = _path(text)
    if not (path / "modules").is_dir():
        raise ValueError(f"{path} holds no folder modules/; name the folder that holds modules/ and quizzes/")
    return path


def _secret(text: str) -> str:
    if len(text) < SECRET_LENGTH:
        raise ValueError(f"has {len(text)} characters; {_HOW_TO_MAKE_A_SECRET}")
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"found {text!r}; an address without a path hoped for, such as https://opstap.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def _time_zone(text: str) -> str:
    try:
        get_timezone(text)
    except LookupError:
        raise ValueError(f"found {text!r}; a name such as Europe/Brussels hoped for") from None
    return text


def _own_address(host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - it is read, not bound
    return f"http://{name}:{port}"


def _database(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("is no address of a database; sqlite:////folder/opstap.db or postgresql://...") from None
    if url.drivername == "sqlite":
        return _sqlite(url)
    if url.drivername not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ValueError(f"names {url.drivername!r}; sqlite or postgresql hoped for")
    if find_spec("psycopg") is None:
        raise ValueError("names a PostgreSQL, and its driver is missing; pip install -r requirements-scale.lock")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _sqlite(url: URL) -> str:
    if url.database in (None, "", ":memory:"):
        raise ValueError("names no file; sqlite:////folder/opstap.db hoped for, with four slashes")
    return f"sqlite:///{Path(str(url.database)).resolve()}"


def _mail_server(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("is no address of a mail server; smtp://user:password@host:587 hoped for")
    if parts.query not in ("", "starttls=no"):
        raise ValueError(f"ends with {parts.query!r}; starttls=no is all that may stand there")
    if parts.port == 0:  # urlsplit itself raises ValueError for what is no port
        raise ValueError("names port 0; 587 or 465 hoped for")
    return text


def _sender(text: str) -> str:
    address = parseaddr(text)[1]
    if not text.isprintable() or not address.partition("@")[2]:
        raise ValueError(f"found {text!r}; a name and an address hoped for, such as Opstap <opstap@example.org>")
    return text


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"OPSTAP_INSTANCE: {path} cannot be made ({error.strerror}); name another folder") from None
