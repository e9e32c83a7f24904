"""Opstap: a self-paced e-learning course that runs from plain files."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli
from app.course.files.shelf import Shelf
from app.course.parts import QuestionBase, StepBase
from app.records.engine import make_engine
from app.web import access, assets, errors, foot, headers, languages, logbook, look, pages
from app.web.admin import wing as admin
from app.web.auth import routes as auth
from app.web.compiling import PageFlask
from app.web.extensions import House, db
from app.web.info import wing as info
from app.web.learner import wing as learner
from app.web.learner.fields import QUESTION_FIELDS
from app.web.learner.routes import STEP_PAGES
from app.web.trainer import wing as trainer
from config import Settings


class MissingPage(LookupError):
    """A kind of step has no page, or a kind of question no field."""


def create_app(
    settings: Settings,
    shelf: Shelf,
    *,
    step_pages: Mapping[type[StepBase], type[Any]] = STEP_PAGES,
    question_fields: Mapping[type[QuestionBase], type[Any]] = QUESTION_FIELDS,
) -> Flask:
    """Join the floors: an app that serves this course from this database.

    The database must be up to date; the start sees to that (records.migrating). Raises
    MissingPage, naming the kind, when the shelf knows one that nobody could see.
    """
    _every_kind_can_be_seen(shelf, step_pages, question_fields)
    app = PageFlask(__name__, static_folder=None, template_folder="web/templates")
    app.secret_key = settings.secret_key
    app.extensions["opstap"] = House(settings, shelf, step_pages, question_fields)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    # gunicorn's threads are not ours to count; connections are opened when they are needed.
    db.init_app(app, make_engine(settings.database_url, threads=max(settings.threads, 8)))
    # In the order in which a request meets them: a course that changed, its language, the doors.
    for room in (errors, languages, access, headers, assets, pages, look, foot, logbook):
        room.init_app(app)
    app.register_blueprint(auth.bp)
    app.register_blueprint(learner.bp)
    app.register_blueprint(info.bp)
    app.register_blueprint(admin.bp)
    app.register_blueprint(trainer.bp)
    cli.register(app)
    return app


def _every_kind_can_be_seen(
    shelf: Shelf, step_pages: Mapping[type[StepBase], Any], question_fields: Mapping[type[QuestionBase], Any]
) -> None:
    for step_kind in shelf.step_kinds:
        if step_kind not in step_pages:
            raise MissingPage(f"the kind of step '{step_kind.kind}' has no page; STEP_PAGES should name one")
    for question_kind in shelf.question_kinds:
        if question_kind not in question_fields:
            raise MissingPage(
                f"the kind of question '{question_kind.kind}' has no field; QUESTION_FIELDS should name one"
            )
