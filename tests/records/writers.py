"""A process with several threads that all write at once: `python -m tests.records.writers URL THREADS TIMES`.

SQLite's own waiting is switched off, so that nothing but the queue keeps the writers apart. Prints what went wrong.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.records.engine import make_engine, writing_sessions


def write(url: str, threads: int, times: int) -> list[str]:
    """Count one up in as many transactions as threads and times say; return the errors."""
    engine = make_engine(url, threads=threads)
    event.listen(engine, "connect", _without_patience)
    sessions, errors = writing_sessions(engine), list[str]()
    writers = [threading.Thread(target=_count, args=(sessions, times, errors)) for _ in range(threads)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    engine.dispose()
    return errors


def _without_patience(connection: Any, _record: object) -> None:
    if hasattr(connection, "set_trace_callback"):  # SQLite's
        connection.execute("PRAGMA busy_timeout = 0")


def _count(sessions: sessionmaker[Session], times: int, errors: list[str]) -> None:
    for _ in range(times):
        try:
            with sessions.begin() as session:
                seen = session.execute(text("SELECT taken FROM join_code FOR UPDATE" if _locks(session) else _READ))
                session.execute(text("UPDATE join_code SET taken = :taken"), {"taken": seen.scalar_one() + 1})
        except OperationalError as error:
            errors.append(str(error.orig))


_READ = "SELECT taken FROM join_code"


def _locks(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


if __name__ == "__main__":
    print(*write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])), sep="\n")
