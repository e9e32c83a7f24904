"""`flask people import`: enrolling from a file, as the admin's pages do it."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Engine

from app import importing
from app.cli.ground import ready_site
from app.cli.import_words import plan_lines, refused
from app.exchange.rosters.refusing import MAX_BYTES, Why
from app.records import cohorts, imports
from app.records.engine import reading_sessions, writing_sessions
from app.records.imports import ImportFacts, Refusal, RowLine, Tally
from app.web.extensions import db, engine_of, house

SOME_REJECTED = 3
"""The exit status when it went well, and some rows enrolled nobody."""
PLANS = 5
"""How often a plan is made anew, where others change the same people all the time."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--cohort", required=True, help="The name of the cohort that they come into.")
@click.option("--dry-run", is_flag=True, help="Tell what would happen, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON, a line for each row of the file.")
@click.option("--yes", is_flag=True, help="Apply the plan without asking.")
@with_appcontext
def import_file(file: Path, cohort: str, dry_run: bool, as_json: bool, yes: bool) -> None:
    """Enrol people from a spreadsheet (CSV or XLSX) in a cohort, as the page "Enrol from a file" does.

    It tells the plan first, and asks; all of it is done then, or nothing. New people get an invitation by mail, who
    has a password already a mail that they are in this cohort too. The same file twice changes nothing, and people
    who are missing from the file are left alone. The last import of a cohort can be undone on its page.

    Exit status: 0 it went well, or there was nothing to do; 1 nothing was changed, and a line says why; 2 the command
    was not understood; 3 it went well, but for rows that enrol nobody.
    """
    ready_site()
    here = _Import(file.name, _cohort_named(cohort), _body_of(file), as_json=as_json)
    try:
        counted = here.rehearse() if dry_run else here.do(yes=yes)
    except cohorts.CohortArchived as error:
        raise click.ClickException(f"The cohort {cohort!r} is archived: nobody comes into it any more.") from error
    except (imports.NoImport, imports.TakenOver) as error:
        raise click.ClickException("Somebody threw the plan away meanwhile; nothing was changed.") from error
    if counted.rejected:
        sys.exit(SOME_REJECTED)


@dataclass(frozen=True)
class _Plan:
    """A plan that was told: how the import stands, and how many rows there are of which kind."""

    facts: ImportFacts
    counted: Tally


class _Import:
    """An import by this command."""

    def __init__(self, file_name: str, cohort_id: int, body: bytes, *, as_json: bool) -> None:
        self._file_name = file_name
        self._cohort_id = cohort_id
        self._body = body
        self._as_json = as_json
        self._engine: Engine = engine_of(current_app._get_current_object())  # type: ignore[attr-defined]
        self._key = house().key

    def rehearse(self) -> Tally:
        """Tell the plan, and throw it away."""
        with self._planned() as (import_id, _keep):
            return self._tell(import_id).counted

    def do(self, *, yes: bool) -> Tally:
        """Tell the plan, ask unless the answer is known, and do it."""
        with self._planned() as (import_id, keep):
            for _again in range(PLANS):
                plan = self._tell(import_id)
                if not plan.counted.changes:
                    click.echo("There is nothing to do.", err=True)
                    return plan.counted
                if not yes:
                    click.confirm("Apply this plan?", abort=True, err=True)
                if self._apply(import_id, plan.facts.plan_number):
                    keep()
                    return plan.counted
        raise click.ClickException("Others change the same people all the time; nothing was changed. Try it later.")

    def _apply(self, import_id: int, plan_number: int) -> bool:
        """Do what the plan says; False when it does not hold any more."""
        try:
            importing.apply(self._engine, import_id, plan_number, by=None)
        except imports.PlanChanged:
            click.echo("The database has changed since; nothing was done, and this is the plan anew:", err=True)
            return False
        click.echo("Done. The last import of a cohort can be undone on its page.", err=True)
        return True

    @contextmanager
    def _planned(self) -> Iterator[tuple[int, Callable[[], None]]]:
        """Take the file in and make its plan; throw both away at the end unless they are to be kept."""
        sessions, now, is_kept = writing_sessions(self._engine), datetime.now(UTC), False

        def keep() -> None:
            nonlocal is_kept
            is_kept = True

        with sessions.begin() as session:
            import_id = imports.begin_import(
                session, self._cohort_id, file_name=self._file_name, body=self._body, by=None, now=now
            )
        try:
            with _bar() as progress:
                importing.make_plan(self._engine, import_id, key=self._key, progress=progress)
            yield import_id, keep
        finally:
            if not is_kept:
                with sessions.begin() as session, suppress(imports.NoImport):
                    imports.throw_away(session, import_id, by=None, now=now)

    def _tell(self, import_id: int) -> _Plan:
        """Print a plan. Raises ClickException for a file that cannot be read."""
        with reading_sessions(self._engine)() as session:
            facts = imports.import_facts(session, import_id, datetime.now(UTC))
            if facts is None:
                raise imports.NoImport(import_id)
            if facts.refusal is not None:
                raise _refusal(self._file_name, facts.refusal)
            counted, rows = imports.tally(session, import_id), imports.all_rows(session, import_id)
            for line in map(_as_json, rows) if self._as_json else plan_lines(facts, counted, rows):
                click.echo(line)
        return _Plan(facts, counted)


def _as_json(line: RowLine) -> str:
    reason = " ".join(line.reasons) or None
    return json.dumps(
        {"row": line.number, "verdict": line.verdict, "reason": reason, "email": line.email, "name": line.name}
    )


@contextmanager
def _bar() -> Iterator[importing.Progress]:
    """Show how far the reading is, once it is known how much there is to read."""
    with ExitStack() as shown:
        bars: list[Any] = []

        def heard(read: int, total: int) -> None:
            if not bars:
                bars.append(shown.enter_context(click.progressbar(length=total, label="Reading", file=sys.stderr)))
            bars[0].update(read - bars[0].pos)

        yield heard


def _cohort_named(name: str) -> int:
    """Find a cohort by its name; refuse one that is not there, with what may have been meant."""
    running = {line.name: line.cohort_id for line in cohorts.cohort_lines(db.reading, archived=False)}
    archived = {line.name: line.cohort_id for line in cohorts.cohort_lines(db.reading, archived=True)}
    found = (running | archived).get(name)
    if found is not None:
        return found
    like = difflib.get_close_matches(name, running, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(map(repr, like))}?" if like else ""
    raise click.ClickException(f"There is no cohort {name!r}.{hint}")


def _body_of(file: Path) -> bytes:
    """Read a file, and no more of it than may come in."""
    try:
        with file.open("rb") as opened:
            body = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be opened: {error.strerror}") from error
    if len(body) > MAX_BYTES:
        raise _refusal(file.name, Refusal(Why.TOO_LARGE, None, MAX_BYTES))
    return body


def _refusal(file_name: str, refusal: Refusal) -> click.ClickException:
    return click.ClickException(f"{refused(file_name, refusal)} Nothing was changed.")
