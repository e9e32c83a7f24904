"""What the server and a command stand on: a database that is up to date, and the secret of the site."""

from __future__ import annotations

from pathlib import Path

from click import ClickException
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.cli.demo import has_demo_people
from app.records.engine import make_engine, reading_sessions, sqlite_file
from app.records.migrating import BrokenReferences, ForeignDatabase, NewerDatabase, bring_up_to_date
from app.web.extensions import house
from config import Settings


class DatabaseUnfit(ClickException):
    """The database cannot be used; the message says why and what to do."""


def ready_database(settings: Settings) -> None:
    """Bring the database up to date, after a backup beside it. Raises DatabaseUnfit.

    Outside demo mode a database with demo people is refused: one of them is an admin, by a password that was printed.
    """
    try:
        bring_up_to_date(settings.database_url, backups=_beside(settings) / "backups")
        is_demos = not settings.demo and _holds_demo_people(settings.database_url)
    except (NewerDatabase, ForeignDatabase, BrokenReferences) as error:
        raise DatabaseUnfit(f"DATABASE_URL: {error}") from error
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        where = make_url(settings.database_url).render_as_string(hide_password=True)
        raise DatabaseUnfit(
            f"DATABASE_URL: {where} does not answer, is it running and yours to write? {cause}"
        ) from error
    if is_demos:
        raise DatabaseUnfit("DATABASE_URL: this database is the demo's; name another one, or set OPSTAP_DEMO=1")


def _holds_demo_people(url: str) -> bool:
    engine = make_engine(url)
    try:
        with reading_sessions(engine)() as session:
            return has_demo_people(session)
    finally:
        engine.dispose()


def ready_site() -> None:
    """Make sure that a command works on the site itself: its own secret, its database up to date."""
    settings = house().settings
    if not settings.secret_key:
        raise ClickException(
            "OPSTAP_SECRET_KEY: is not set; give the command the environment of the site, or OPSTAP_DEMO=1 for the demo"
        )
    ready_database(settings)


def course_language(wish: str | None) -> str:
    """Return the language that a command was given, or the course's own; refuse one that the course lacks."""
    languages = house().shelf.languages
    if wish and languages and wish not in languages:
        raise ClickException(f"The course has no language {wish!r}; it has {', '.join(languages)}.")
    return wish or next(iter(languages), "en")


def _beside(settings: Settings) -> Path:
    file = sqlite_file(make_url(settings.database_url))
    return file.parent if file else settings.instance
