"""`flask cohort ...`: the first cohort of a site."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from app.cli.ground import course_language, ready_site
from app.course.rules.cohort_modules import CohortPlan
from app.records import accounts, cohorts, joining
from app.web.extensions import db, house

cohort_commands = AppGroup("cohort", help="Cohorts: people who learn together.")


DAY = click.DateTime(["%Y-%m-%d"])
SEATS = click.IntRange(1, 1_000_000)


@cohort_commands.command("new")
@click.argument("name")
@click.option("--language", help="The language in which the cohort is addressed; without it, the course's own.")
@click.option("--first-day", type=DAY, help="Such as 2027-01-31.")
@click.option("--last-day", type=DAY, help="The join code works until the end of this day.")
@click.option("--seats", type=SEATS, help="How many may join by the code; without it, any number.")
def new(
    name: str, language: str | None, first_day: datetime | None, last_day: datetime | None, seats: int | None
) -> None:
    """Make a cohort; print the join code and the link that open it."""
    ready_site()
    now = datetime.now(UTC)
    first, last = first_day and first_day.date(), last_day and last_day.date()
    session = db.writing()
    try:
        cohort_id = cohorts.make_cohort(
            session,
            name=name,
            language=course_language(language),
            plan=CohortPlan(first_day=first),
            last_day=last,
            by=None,
            now=now,
        )
    except cohorts.CohortNameTaken as error:
        raise click.ClickException(f"There is a cohort {name!r} already.") from error
    except cohorts.DaysOutOfOrder as error:
        raise click.ClickException(f"The last day, {last}, comes before the first, {first}.") from error
    except (accounts.NoName, accounts.NameTooLong) as error:
        raise click.ClickException(f"A name of 1 to {accounts.NAME_LENGTH} signs, please.") from error
    code = joining.make_join_code(session, cohort_id=cohort_id, seats=seats, last_day=last, by=None, now=now)
    session.commit()
    click.echo(f"The cohort {name!r} is made.")
    click.echo(f"Join code: {code}")
    click.echo(f"Join link: {house().settings.base_url}/join/{code}")
