"""`flask outbox ...`: the letters that are to leave."""

from __future__ import annotations

import logging
import signal
from types import FrameType

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.ground import ready_site
from app.records import outbox
from app.web.extensions import db, house
from app.worker import Worker, post_of

outbox_commands = AppGroup("outbox", help="Letters that are to leave.")


@outbox_commands.command("run")
def run() -> None:
    """Send letters as they become due, until SIGTERM or Ctrl+C.

    For a site of several web processes; in the one-process default the server does it. Several may run.
    """
    ready_site()
    post = post_of(house().settings)
    if post is None:
        raise click.ClickException("OPSTAP_SMTP: is not set, so letters have no way out; smtp://user:password@host:587")
    logging.basicConfig(format="%(message)s")
    logging.getLogger("opstap").setLevel(logging.INFO)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    worker = Worker(app, post)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    click.echo("Sending letters as they become due.")
    worker.run()


@outbox_commands.command("status")
def status() -> None:
    """Tell what waits, what was sent, and what went wrong last."""
    ready_site()
    now = outbox.standing(db.reading)
    since = f", the oldest since {now.oldest:%Y-%m-%d %H:%M} UTC" if now.oldest else ""
    click.echo(f"{now.waiting} waiting ({now.tried} tried before){since}")
    click.echo(f"{now.sent} sent, {now.dropped} given up")
    for number, letter, dropped_at, error in now.errors:
        how = f"given up {dropped_at:%Y-%m-%d %H:%M} UTC" if dropped_at else "will be tried again"
        click.echo(f"letter {number} ({letter}), {how}: {error}")
    if post_of(house().settings) is None:
        click.echo("OPSTAP_SMTP is not set: letters wait here until it is.")
