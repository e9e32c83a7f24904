"""The glossary: every term of the course by the alphabet, each with the steps beside which it is explained."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.course.rules.alphabet import alphabetical
from app.web.access import learner_here
from app.web.learner.wing import bp
from app.web.pages import learner_course


@bp.get("/glossary")
def glossary() -> ResponseReturnValue:
    """List the terms, for who is enrolled: they are part of the course."""
    visitor, course = learner_here(), learner_course()
    return render_template(
        "learner/glossary.html", visitor=visitor, terms=alphabetical(course.glossary), steps=course.steps_by_term
    )
