"""`flask people ...`: the first admin of a site."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli.ground import course_language, ready_site
from app.records import accounts, links
from app.records.models import OneTimeLink, User
from app.web.extensions import db, house

people_commands = AppGroup("people", help="People who run the site.")


@people_commands.command("add-admin")
@click.argument("email")
@click.option("--name", help="How the admin is called; without it, what stands before the @.")
@click.option("--language", help="The language of their pages and mails; without it, the course's own.")
def add_admin(email: str, name: str | None, language: str | None) -> None:
    """Make somebody an admin; print the link by which a new account gets its password.

    The link works once, for 30 days. It is printed here only: not mailed, not logged. Who lost it gets
    another by the same command.
    """
    ready_site()
    now = datetime.now(UTC)
    session = db.writing()
    try:
        user_id = accounts.add_admin(
            session,
            email=email,
            name=name or email.partition("@")[0],
            language=course_language(language),
            by=None,
            now=now,
        )
    except accounts.BadEmail as error:
        raise click.ClickException(f"{email!r} is no e-mail address. {error}") from error
    except (accounts.NoName, accounts.NameTooLong) as error:
        raise click.ClickException(
            f"A name of 1 to {accounts.NAME_LENGTH} signs, please: --name 'Ada Stoep'."
        ) from error
    except accounts.EmailTaken as error:
        raise click.ClickException(f"The account of {email} is closed.") from error
    address, has_password = session.execute(
        select(User.email, User.password_hash.is_not(None)).where(User.id == user_id)
    ).one()
    if has_password:
        session.commit()
        click.echo(f"{address} is an admin, and signs in with the password of their account.")
        return
    token = _invitation(user_id, now)
    session.commit()
    click.echo(f"{address} is an admin. To choose a password, open this link within 30 days; it works once:\n")
    click.echo(f"  {house().settings.base_url}/link/{token}\n")


def _invitation(user_id: int, now: datetime) -> str:
    """Make a link for a first password, which uses up those printed before; return its token."""
    session, key = db.writing(), house().key
    links.use_up_all(session, user_id, now)
    link_id = links.make_link(session, purpose="invitation", key=key, now=now, user_id=user_id)
    return links.token_of(session.get_one(OneTimeLink, link_id), key)
