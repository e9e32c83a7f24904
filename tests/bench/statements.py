"""How many SQL statements each thing costs: the same app in this process, where its engine can be listened to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from app import create_app
from app.course.files.shelf import Shelf
from app.web.extensions import engine_of
from config import Settings
from tests.bench import deeds
from tests.bench.load import Ask, send
from tests.bench.measuring import SIGN_IN
from tests.bench.things import Thing
from tests.browser.site import served
from tests.program import SECRET
from tests.racing import counted


def statements_of(things: Sequence[Thing], url: str, shelf: Shelf, instance: Path) -> dict[str, int]:
    """Return the statements of each thing by its name, on a database of its own. BEGIN does not count."""
    settings = Settings(secret_key=SECRET, database_url=url, course=shelf.folder, instance=instance)
    app = create_app(settings, shelf)
    with served(app) as address, counted(Session(engine_of(app))) as heard:
        port = int(address.rpartition(":")[2])

        def cost(asks: list[Ask]) -> int:
            heard.clear()  # the pages that were opened for it are no part of it
            send(port, asks)
            return sum(not statement.startswith("BEGIN") for statement in heard)

        first, second = ([learner] for learner in deeds.sign_in(port, [0, 1]))
        for thing in things:
            send(port, thing.make(port, first, 0))  # the very first attempt at a quiz also keeps its wording
        found = {thing.name: cost(thing.make(port, second, 0)) for thing in things}
        found[SIGN_IN] = cost(deeds.sign_in_asks(port, [0]))
    engine_of(app).dispose()
    return found
