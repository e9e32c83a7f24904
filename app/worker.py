"""Empties the outbox: a thread in the one-process default, `flask outbox run` beside several processes.

Now and then it also throws away files whose time is over, and names that receipts need no longer.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask

from app.exchange.mail import FolderPost, NotNow, Post, Refused, Server, SmtpPost
from app.records import imports, outbox
from app.records.outbox import Claimed
from app.web.extensions import db
from app.web.letters import NobodyThere, letter_of
from config import Settings

LEASE = timedelta(minutes=5)
"""How long a letter belongs to who claimed it: longer than any mail server may take for one letter."""

PAUSE = 1.0
"""Seconds between two looks at an outbox in which nothing is due."""

PAUSE_AFTER_TROUBLE = 15.0
"""Seconds to wait when the database does not answer."""

TIDY_EVERY = 3600.0
"""Seconds between two looks for files that are kept no longer."""

Clock = Callable[[], datetime]

log = logging.getLogger("opstap.outbox")


def post_of(settings: Settings) -> Post | None:
    """Return the way out for letters; None when there is none, and letters then wait in the outbox."""
    if settings.smtp:
        return SmtpPost(Server.from_url(settings.smtp), settings.mail_from)
    if settings.demo:
        return FolderPost(settings.instance / "mails", settings.mail_from)
    return None


def _utc_now() -> datetime:
    return datetime.now(UTC)


def deliver_next(app: Flask, post: Post, *, clock: Clock = _utc_now) -> bool:
    """Send the letter that has waited longest; say whether there was one.

    Two short transactions, one to claim it and one to note how it went, and the sending between them.
    """
    with app.app_context():
        claimed = _claim(clock())
        if claimed is None:
            return False
        try:
            letter = letter_of(db.reading, claimed, now=clock())
            post.send(letter, now=clock())
        except (NobodyThere, Refused) as error:
            log.warning("letter %d (%s) is given up: %s", claimed.id, claimed.letter, error)
            outbox.drop(db.writing(), claimed, str(error), now=clock())
        except NotNow as error:
            _put_off(claimed, str(error), clock())
        except Exception as error:  # a letter that cannot be made must not stop those behind it
            log.exception("letter %d (%s) could not be made", claimed.id, claimed.letter)
            _put_off(claimed, f"{type(error).__name__}: {error}", clock())
        else:
            log.info("letter %d (%s) left", claimed.id, claimed.letter)
            outbox.sent(db.writing(), claimed, now=clock())
        db.writing().commit()
        return True


def _claim(now: datetime) -> Claimed | None:
    if not outbox.is_due(db.reading, now=now):
        return None
    claimed = outbox.claim(db.writing(), now=now, lease=LEASE)
    db.writing().commit()
    return claimed


def _put_off(claimed: Claimed, error: str, now: datetime) -> None:
    again = outbox.failed(db.writing(), claimed, error, now=now)
    when = f"it is tried again at {again:%H:%M} UTC" if again else "it is given up"
    log.warning("letter %d (%s) did not leave, %s: %s", claimed.id, claimed.letter, when, error)


def tidy(app: Flask, *, clock: Clock = _utc_now) -> None:
    """Delete the files with people that were brought in a day ago, and forget whom old receipts name for nothing."""
    with app.app_context():
        imports.purge_files(db.writing(), clock())
        imports.forget_people(db.writing(), clock())
        db.writing().commit()


class Worker:
    """Sends letters as they become due, until it is stopped."""

    def __init__(
        self, app: Flask, post: Post | None, *, pause: float = PAUSE, pause_after_trouble: float = PAUSE_AFTER_TROUBLE
    ) -> None:
        """Without a way out for letters they wait; the rest is done all the same."""
        self._app = app
        self._post = post
        self._pause = pause
        self._pause_after_trouble = pause_after_trouble
        self._tidy_at = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self.run, name="outbox", daemon=True)

    def run(self) -> None:
        """Send until `stop` is called, from another thread or by a signal."""
        while not self._stopped.is_set():
            self._stopped.wait(self._round())

    def start(self) -> None:
        """Run in a thread of its own."""
        self._thread.start()

    def stop(self, *, patience: float = 30.0) -> None:
        """End after the letter that is being sent, and wait so many seconds for that.

        A letter that is cut off goes again later, as its row says that it did not leave.
        """
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    def _tidy(self) -> None:
        if time.monotonic() >= self._tidy_at:
            tidy(self._app)
            self._tidy_at = time.monotonic() + TIDY_EVERY

    def _round(self) -> float:
        """Send all that is due; return how many seconds to wait before the next look."""
        try:
            self._tidy()
            if self._post is not None:
                self._send_all(self._post)
        except Exception:  # the database is away: it will be back
            log.exception("the outbox could not be read")
            return self._pause_after_trouble
        return self._pause

    def _send_all(self, post: Post) -> None:
        with post:
            while not self._stopped.is_set() and deliver_next(self._app, post):
                pass
