"""What belongs to care costs as many statements in a cohort of 500, with a long history, as in one of 5."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.careful_course import careful_shelf
from tests.scale.test_statements import QUIZ, SIGNS, Deed, costs_the_same, sending, visiting
from tests.web.conftest import Browser
from tests.web.html import filled

pytestmark = pytest.mark.scale


def take_a_break(reader: Browser, _rows: Session, _learner: object) -> None:
    """Keep the answers of a quiz, and go to the quiet page."""
    form = reader.visit(QUIZ).find("#form")
    sent = filled(form, {"q-word": "path"}) | {"later": ["pause"]}
    assert reader.client.post(QUIZ, data=sent).location.startswith("/pause")


DEEDS: dict[str, Deed] = {
    "a step with a note": visiting(SIGNS),
    "the way around": visiting(f"{SIGNS}/around"),
    "completed by the way around": sending(f"{SIGNS}/around"),
    "a quiz completed by the way around": sending(f"{QUIZ}/around"),
    "a break": take_a_break,
    "the quiet page": visiting(f"/pause?back={SIGNS}"),
    "support": visiting("/support"),
    "a page of the foot": visiting("/pages/about-us"),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_care_costs_a_large_cohort_no_more_than_a_small_one(
    app_with: Callable[..., Flask], session: Session, rows: Session, deed: Deed
) -> None:
    costs_the_same(app_with(shelf=careful_shelf()), session, rows, deed)
