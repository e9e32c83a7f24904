"""What is noted when a learner saw something: only of a page that somebody will see."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import request

from app.course.parts import StepBase
from app.records import answering
from app.records.accounts import Visitor
from app.records.answering import Thread
from app.web.extensions import db


def is_seen() -> bool:
    """Whether the page that is asked for will be seen: no HEAD, and none that a browser fetches ahead."""
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "") or "prefetch" in request.headers.get("Purpose", "")
    return request.method == "GET" and not ahead


def note_read(visitor: Visitor, step: StepBase, thread: Thread) -> None:
    """Note that a learner saw what trainers wrote about their text."""
    if thread.has_news and is_seen():
        answering.mark_read(db.writing(), visitor, step.keys, now=datetime.now(UTC))
        db.writing().commit()
