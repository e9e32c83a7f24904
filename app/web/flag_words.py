"""Flags in words: what is the matter with somebody, and by which rule. Trainers and the learner read the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from app.course.content import Course
from app.course.rules.flags import ABSENT_DAYS, BEGUN_DAYS, Flag, Kind, Rules
from app.web.pages import day


@dataclass(frozen=True, slots=True)
class FlagWords:
    """A flag as one reads it: `sentence` goes on after the learner's name, and `rule` stands by itself."""

    flag: Flag
    sentence: str
    rule: str


def flag_words(flag: Flag, course: Course, rules: Rules) -> FlagWords:
    """Put a flag into words. `course` is the cohort's, in the language of the reader."""
    sentence, rule = _WORDS[flag.kind](flag, course, rules)
    return FlagWords(flag, str(sentence), str(_("Rule: %(rule)s", rule=rule)))


def _stuck(flag: Flag, course: Course, _rules: Rules) -> tuple[str, str]:
    quiz = course.quizzes[flag.about]
    sentence = ngettext(
        "did not pass the quiz ‘%(quiz)s’, %(num)d time",
        "did not pass the quiz ‘%(quiz)s’, %(num)d times",
        flag.count,
        quiz=quiz.title,
    )
    rule = _("two attempts or more under the mark of %(mark)s points, and not passed since", mark=quiz.points_needed)
    return sentence, rule


def _due(flag: Flag, course: Course, rules: Rules) -> tuple[str, str]:
    module = course.module_by_slug[flag.about]
    hoped = rules.day_of(flag.at) - timedelta(days=1)
    sentence = _(
        "has not finished module %(number)s; it was hoped for by %(day)s", number=module.number, day=day(hoped)
    )
    return sentence, _("a due date has passed, and its module is not finished")


def _silent(flag: Flag, _course: Course, rules: Rules) -> tuple[str, str]:
    sentence = ngettext("has done no step for %(num)d day", "has done no step for %(num)d days", flag.count)
    return sentence, _("no step for %(days)d days, while the course is not finished", days=rules.silent_days)


def _begun(_flag: Flag, _course: Course, _rules: Rules) -> tuple[str, str]:
    sentence = _("began something and did not go on with it")
    rule = _("something begun and not finished for %(days)d days; at which step is not shown", days=BEGUN_DAYS)
    return sentence, rule


def _absent(flag: Flag, _course: Course, rules: Rules) -> tuple[str, str]:
    since = rules.day_of(flag.at) - timedelta(days=ABSENT_DAYS)
    return _("has never signed in"), _("in the cohort since %(day)s, and never signed in", day=day(since))


_WORDS = {Kind.STUCK: _stuck, Kind.DUE: _due, Kind.SILENT: _silent, Kind.BEGUN: _begun, Kind.ABSENT: _absent}
