"""Kill an importing process in the middle, again and again: `python -m tests.records.killed_imports URL ROUNDS [SEED]`.

A child takes in a file, reads it, applies the plan and undoes it; it kills itself by SIGKILL before or after one of the
statements that it sends, the commits among them, wherever chance has it. Then whatever was applied or undone must be
whole, and another process must be able to go on.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, String, cast, event, func, literal, select
from sqlalchemy.orm import Session

from app import importing
from app.records import imports
from app.records.engine import make_engine, writing_sessions
from app.records.imports import Stage
from app.records.models import AuditEntry, Enrolment, Import, ImportRow, OneTimeLink, Outbox, User
from tests.makers import NOW, make_cohort

KEY = b"k" * 32
PEOPLE = 45
importing.BATCH, importing.AT_ONCE = 20, 2
"""Three batches, and two comparisons: small ones, so that a round is short."""


def body_of(number: int) -> bytes:
    return b"".join([b"name;e-mail\n", *(b"P;p%d.%d@example.org\n" % (number, place) for place in range(PEOPLE))])


def import_all(url: str, cohort_id: int, number: int, kill_at: int) -> int:
    """Do all of an import in this process; kill it at a statement. Returns how many there were."""
    engine = make_engine(url)
    moments = 0

    def moment(*_facts: Any) -> None:
        nonlocal moments
        moments += 1
        if moments == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    for what in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(engine, what, moment)
    with writing_sessions(engine).begin() as session:
        import_id = imports.begin_import(
            session, cohort_id, file_name=str(number), body=body_of(number), by=None, now=NOW
        )
    importing.make_plan(engine, import_id, key=KEY, clock=lambda: NOW)
    importing.apply(engine, import_id, 1, by=None, clock=lambda: NOW)
    importing.undo(engine, import_id, by=None, clock=lambda: NOW + timedelta(hours=1))
    engine.dispose()
    return moments


def in_a_child(*facts: Any) -> int:
    """Do all of an import in a process of its own; return the signal that ended it."""
    child = os.fork()
    if child == 0:
        import_all(*facts)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def rows_of(session: Session, cohort_id: int, number: int) -> tuple[int, ...]:
    """Count what an import makes: accounts, places, links, letters, entries in the log."""
    theirs = select(User.id).where(User.email.like(f"p{number}.%"))
    counts = (
        select(func.count()).where(User.id.in_(theirs)),
        select(func.count()).where(Enrolment.cohort_id == cohort_id),
        select(func.count()).where(OneTimeLink.user_id.in_(theirs)),
        select(func.count()).where(Outbox.user_id.in_(theirs)),
        select(func.count()).where(AuditEntry.about == f"cohort:{cohort_id}", AuditEntry.deed == "enrol"),
        select(func.count()).where(AuditEntry.deed == "apply_import", AuditEntry.about.in_(_about(cohort_id))),
    )
    return tuple(session.scalar(count) or 0 for count in counts)


def _about(cohort_id: int) -> Any:
    return select(literal("import:") + cast(Import.id, String)).where(Import.cohort_id == cohort_id)


NOTHING = (0, 0, 0, 0, 0, 0)
ALL = (*[PEOPLE] * 5, 1)
TAKEN_BACK = (0, 0, 0, 0, PEOPLE, 1)
WHOLE = {None: NOTHING, Stage.READING: NOTHING, Stage.PLANNED: NOTHING, Stage.APPLIED: ALL, Stage.UNDONE: TAKEN_BACK}


def look(engine: Engine, cohort_id: int, number: int) -> Stage | None:
    """Make sure that all or nothing was done; return how the import stands."""
    with writing_sessions(engine)() as session:
        found = session.execute(select(Import.id, Import.stage).where(Import.cohort_id == cohort_id)).one_or_none()
        stage = Stage(found.stage) if found else None
        assert rows_of(session, cohort_id, number) == WHOLE[stage], (stage, rows_of(session, cohort_id, number))
        if found and stage is not Stage.READING:
            assert session.scalar(select(func.count()).where(ImportRow.import_id == found.id)) == PEOPLE
        return stage


def go_on(engine: Engine, cohort_id: int) -> None:
    """Bring an import to its end that somebody else began."""
    later = NOW + imports.LEASE
    with writing_sessions(engine)() as session:
        facts = imports.import_facts(
            session, session.scalars(select(Import.id).where(Import.cohort_id == cohort_id)).one(), later
        )
    assert facts is not None
    if facts.is_stuck(later):
        importing.make_plan(engine, facts.import_id, key=KEY, clock=lambda: later)
    importing.apply(engine, facts.import_id, 1, by=None, clock=lambda: later)


def main(url: str, rounds: int, seed: int) -> None:
    """Kill as often as is asked for, at places that chance chooses."""
    chance, ends = random.Random(seed), Counter[str]()
    engine = make_engine(url)
    with writing_sessions(engine).begin() as session:
        cohorts = [make_cohort(session).id for _round in range(rounds + 1)]
    moments = import_all(url, cohorts[-1], rounds, -1)
    for number, cohort_id in enumerate(cohorts[:-1]):
        engine.dispose()  # a child must not talk by its parent's connections
        kill_at = chance.randint(1, moments)
        ended_by = in_a_child(url, cohort_id, number, kill_at)
        assert ended_by == -signal.SIGKILL, ended_by
        stage = look(engine, cohort_id, number)
        ends[stage or "nothing"] += 1
        if stage in (Stage.READING, Stage.PLANNED):
            go_on(engine, cohort_id)
            assert look(engine, cohort_id, number) is Stage.APPLIED
    engine.dispose()
    print(f"{rounds} times killed, at {moments} places; then the import was:", dict(ends))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(2**31))
