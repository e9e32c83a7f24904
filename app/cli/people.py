"""`flask people ...`: the first admin of a site."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from app.cli.ground import course_language, ready_site
from app.records import accounts, links
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
    address = accounts.folded_email(email)
    facts = accounts.sign_in_facts(session, address)
    if facts is not None and facts.password_hash is not None:
        session.commit()
        click.echo(f"{address} is an admin, and signs in with the password of their account.")
        return
    token = links.invite(session, user_id, key=house().key, now=now)
    session.commit()
    click.echo(f"{address} is an admin. To choose a password, open this link within 30 days; it works once:\n")
    click.echo(f"  {house().settings.base_url}/link/{token}\n")
