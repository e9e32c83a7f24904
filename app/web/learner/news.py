"""What My course says of replies that somebody did not open yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.records import answering
from app.records.accounts import Visitor
from app.web.extensions import db
from app.web.keeping import answer_path
from app.web.pages import current_course, learner_course, path_of


@dataclass(frozen=True, slots=True)
class NewReply:
    """Replies at a step: how many, who wrote the newest, and where they stand. Nothing of what they say."""

    author: str
    count: int
    title: str
    """Empty for a step that has left the course."""
    path: str


def new_replies(visitor: Visitor) -> tuple[NewReply, ...]:
    """Return where trainers wrote what a visitor did not open yet, the newest first."""
    return tuple(_new_replies(visitor))


def _new_replies(visitor: Visitor) -> Iterator[NewReply]:
    here = learner_course()
    for one in answering.unread_of(db.session, visitor):
        step = current_course().step_by_key.get(one.step_key)
        path = answer_path(path_of(step)) if step and step.key in here.places else url_for("learner.reflections")
        yield NewReply(one.author or str(_("A trainer")), one.count, step.title if step else "", path)
