"""Several people, or tabs, at once: each in a thread of its own, with a session of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.records.engine import writing_sessions

T = TypeVar("T")


def at_once(engine: Engine, *deeds: Callable[[Session], T]) -> list[T]:
    """Do the deeds at once, each in a transaction of its own, and return what each returned; raise what one raises."""
    ready = Barrier(len(deeds))
    sessions = writing_sessions(engine)

    def do(deed: Callable[[Session], T]) -> T:
        with sessions() as session:
            ready.wait(timeout=20)
            result = deed(session)
            session.commit()
            return result

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Note every statement that the session's engine sends."""
    statements: list[str] = []
    engine = session.get_bind().engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
