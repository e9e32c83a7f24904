"""`flask people ...`: the first admin of a site, who lost their phone, who comes from a file."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from app.cli.ground import course_language, ready_site
from app.cli.people_import import import_file
from app.records import accounts, links, second_step
from app.web.extensions import db, house

people_commands = AppGroup("people", help="People: who runs the site, who lost their phone, who comes from a file.")
people_commands.add_command(import_file)


@people_commands.command("add-admin")
@click.argument("email")
@click.option("--name", help="How the admin is called; without it, what stands before the @.")
@click.option("--language", help="The language of their pages and mails; without it, the course's own.")
def add_admin(email: str, name: str | None, language: str | None) -> None:
    """Make somebody an admin; print the link by which a new account gets its password.

    The link works once, for 14 days. It is printed here only: not mailed, not logged. Who lost it gets
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
    click.echo(f"{address} is an admin. To choose a password, open this link within 14 days; it works once:\n")
    click.echo(f"  {house().settings.base_url}/link/{token}\n")


@people_commands.command("reset-second-step")
@click.argument("email")
def reset_second_step(email: str) -> None:
    """Turn off two-step sign-in for somebody who lost their phone and their recovery codes.

    Make sure first that it is they who ask. They are signed out everywhere, get a mail about it, and sign in with
    their password alone.
    """
    ready_site()
    session, now = db.writing(), datetime.now(UTC)
    facts = accounts.sign_in_facts(session, email)
    if facts is None:
        raise click.ClickException(f"Nobody has an account with the address {email!r}, or it is closed.")
    try:
        second_step.reset_second_step(session, facts.user_id, by=None, now=now)
    except second_step.NotOn as error:
        raise click.ClickException(f"{accounts.folded_email(email)} has no two-step sign-in.") from error
    session.commit()
    click.echo(f"{accounts.folded_email(email)} signs in with their password alone now. A mail tells them so.")
