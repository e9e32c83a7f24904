"""Places to read on: each with its organisation's name and its whole address."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.records.accounts import Visitor
from app.records.models import StepCompletion
from tests.web.conftest import Submit, Visit

READ_ON = "/modules/01-map/read-on"


def test_each_place_has_its_name_its_whole_address_and_what_is_there(learner: Visitor, visit: Visit) -> None:
    page = visit(READ_ON)
    assert page.texts_of(".resources__url") == ["https://example.org/map-room", "https://example.com/walkers"]
    assert [link["href"] for link in page.find_all(".resources a")] == page.texts_of(".resources__url")
    assert "Old maps, free to look at." in page.text_of(".resources")
    assert page.text_of(".prose") == "Two places that keep maps."


def test_a_place_opens_outside_and_says_so_to_who_cannot_see_it(learner: Visitor, visit: Visit) -> None:
    links = visit(READ_ON).find_all(".resources a")
    assert [link.text for link in links] == [
        "The map room (opens in a new tab)",
        "Society of walkers (opens in a new tab)",
    ]
    assert all((link["target"], link["rel"]) == ("_blank", "noopener noreferrer") for link in links)


def test_looking_through_the_places_is_called_done_and_can_be_taken_back(
    learner: Visitor, submit: Submit, rows: Session
) -> None:
    page = submit(READ_ON, action=READ_ON)
    assert page.path == "/modules/02-walk/before"
    assert rows.scalars(select(StepCompletion.step_key)).one() == "01-map/read-on"
    page = submit(READ_ON, action=f"{READ_ON}/take-back")
    assert page.text_of(".step__main form button") == "Done, go on"
