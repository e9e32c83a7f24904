"""The forms about cohorts. What is wrong is said beside its field, in words that say what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import NumberRange, Optional, StopValidation

from app.course.content import Course, Module
from app.course.rules.cohort_modules import CohortModule, CohortPlan
from app.records.accounts import NAME_LENGTH, BadEmail, NameTooLong, NoName, clean_name
from app.records.cohorts import CohortFacts
from app.records.joining import folded_domain
from app.web.forms import Day, Line, OpstapForm, stripped

MOST_SEATS = 1_000_000
LONGEST_WAIT = 3650
"""Days after the beginning on which a module may be due."""
WHOLE, SOME = "whole", "some"


def _name_of_cohort(form: OpstapForm, field: Field) -> None:
    try:
        field.data = clean_name(field.data)
    except NoName:
        raise StopValidation(_("Give the cohort a name, for instance Spring 2027")) from None
    except NameTooLong:
        raise StopValidation(_("Shorten the name to at most %(count)s characters", count=NAME_LENGTH)) from None


class _Days(OpstapForm):
    """The days between which a cohort works."""

    first_day = Day(_l("First day"))
    last_day = Day(_l("Last day"))

    def validate_last_day(self, field: Field) -> None:
        """Refuse a last day before the first."""
        if field.data and self.first_day.data and field.data < self.first_day.data:
            raise StopValidation(_("The last day comes before the first"))


class CohortForm(_Days):
    """What a cohort is called, when it works and what it works through; `module_fields` holds three fields a module."""

    name = Line(_l("Name"), [_name_of_cohort], filters=[stripped])
    language = SelectField(_l("Language"))
    modules = RadioField(_l("Modules"))
    version = HiddenField()

    @property
    def module_fields(self) -> Iterator[ModuleFields]:
        """The fields of each module, in the order of the course."""
        for module in self.course_modules:
            yield ModuleFields(module, *(self[f"{what}-{module.slug}"] for what in ("in", "on", "after")))

    course_modules: Sequence[Module] = ()

    def validate_modules(self, field: Field) -> None:
        """Ask for at least one module where not all belong to it."""
        if field.data == SOME and not any(one.belongs.data for one in self.module_fields):
            raise StopValidation(_("Choose at least one module"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse two due dates for one module, beside what each field refuses."""
        is_fine = bool(super().validate(extra_validators))
        for one in self.module_fields:
            if one.due_on.data and one.due_after.data and not one.due_on.errors:
                one.due_on.errors = [_("Fill in a day or a number of days, not both")]
                is_fine = False
        return is_fine

    @property
    def plan(self) -> CohortPlan:
        """What was filled in, as what the cohort works through."""
        is_whole = self.modules.data == WHOLE
        modules = [
            CohortModule(one.module.slug, one.due_on.data, one.due_after.data)
            for one in self.module_fields
            if (one.due_on.data or one.due_after.data if is_whole else one.belongs.data)
        ]
        return CohortPlan(is_whole, self.first_day.data, tuple(modules))


@dataclass(frozen=True, slots=True)
class ModuleFields:
    """Whether a module belongs to a cohort, and when it is due."""

    module: Module
    belongs: Field
    due_on: Field
    due_after: Field


def cohort_form(course: Course, languages: Mapping[str, str], facts: CohortFacts | None = None) -> CohortForm:
    """Make the form for a course; `facts` fills it with a cohort as it stands. `languages`: names by code."""
    fields: dict[str, object] = {"course_modules": course.modules}
    for module in course.modules:
        fields[f"in-{module.slug}"] = BooleanField(module.title)
        fields[f"on-{module.slug}"] = Day(_l("Hoped to be done by"))
        fields[f"after-{module.slug}"] = IntegerField(
            _l("or so many days after the beginning"),
            [Optional(), NumberRange(1, LONGEST_WAIT, _l("Fill in 1 to %(count)s days", count=LONGEST_WAIT))],
        )
    form: CohortForm = type("CohortFormOfCourse", (CohortForm,), fields)(data=_standing(course, facts))
    form.language.choices = [SelectChoice(code, name) for code, name in languages.items()]
    form.modules.choices = [
        SelectChoice(WHOLE, _("The whole course, and the modules that come later")),
        SelectChoice(SOME, _("Only these modules")),
    ]
    return form


def _standing(course: Course, facts: CohortFacts | None) -> dict[str, object]:
    if facts is None:
        return {"modules": WHOLE, "language": course.language}
    plan = facts.plan
    standing: dict[str, object] = {
        "name": facts.name,
        "language": facts.language,
        "first_day": plan.first_day,
        "last_day": facts.last_day,
        "modules": WHOLE if plan.whole_course else SOME,
        "version": facts.version,
    }
    for module in course.modules:
        settled = next((one for one in plan.modules if one.slug in module.keys), None)
        standing[f"in-{module.slug}"] = settled is not None and not plan.whole_course
        standing[f"on-{module.slug}"] = settled.due_on if settled else None
        standing[f"after-{module.slug}"] = settled.due_after_days if settled else None
    return standing


class CopyForm(_Days):
    """The name and the days of a rerun."""

    name = Line(_l("Name of the new cohort"), [_name_of_cohort], filters=[stripped])


class CodeForm(OpstapForm):
    """A join code: for how many, until when, and for which addresses."""

    seats = IntegerField(
        _l("Places"), [Optional(), NumberRange(1, MOST_SEATS, _l("Fill in a number of 1 or more, or nothing"))]
    )
    until = Day(_l("Works until the end of"))
    domains = Line(_l("Only for addresses at"), filters=[stripped])

    def validate_domains(self, field: Field) -> None:
        """Ask for domains, with a space or a comma between them."""
        try:
            field.data = " ".join(folded_domain(one) for one in re.split(r"[\s,;]+", field.data) if one)
        except BadEmail:
            raise StopValidation(_("Fill in what stands behind the @, for instance uni.example.org")) from None
