"""How somebody's coming into a cohort stands, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.records.invitations import NOT_COME, PersonLine, Show, State
from app.web.pages import day, moment

SHOWS: Mapping[Show, LazyString] = {
    Show.ALL: _l("Everybody"),
    Show.LEARNERS: _l("Learners"),
    Show.TRAINERS: _l("Trainers"),
    Show.NOT_COME: _l("Not come yet"),
    Show.WAITING: _l("Mail waits"),
    Show.SENT: _l("Mail sent"),
    Show.HANDED: _l("Link by hand"),
    Show.FAILED: _l("Mail did not arrive"),
    Show.EXPIRED: _l("Link over"),
    Show.NONE: _l("No mail"),
    Show.CLOSED: _l("Account closed"),
    Show.ENDED: _l("Ended"),
}

_TAGS: Mapping[State, tuple[LazyString, str]] = {
    State.WAITING: (_l("mail waits"), "wait"),
    State.SENT: (_l("mail sent"), ""),
    State.HANDED: (_l("link by hand"), ""),
    State.FAILED: (_l("mail did not arrive"), "wrong"),
    State.EXPIRED: (_l("link over"), "wait"),
    State.NONE: (_l("no mail"), "wait"),
    State.CLOSED: (_l("account closed"), "wrong"),
}


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody in a cohort as the page shows them. `kind` is how the tag looks; empty `tag` for who has come."""

    line: PersonLine
    tag: str
    kind: str
    says: str
    can_send: bool
    can_give: bool
    """Whether a link can be made to give by hand: no mail will bring it."""
    can_move: bool


def person_view(line: PersonLine, *, has_mail: bool, archived: bool) -> PersonView:
    """Put a line into words; `has_mail` says whether mails have a way out, `archived` that the cohort was put away."""
    tag, kind = _TAGS.get(line.state, ("", ""))
    is_here = not line.has_ended and not archived
    not_come = is_here and line.state in NOT_COME
    return PersonView(
        line,
        str(tag),
        kind,
        " ".join(_says(line)),
        can_send=not_come and has_mail and line.state is not State.WAITING,
        can_give=not_come and (not has_mail or line.state is State.FAILED),
        can_move=is_here and line.role == "learner",
    )


def _says(line: PersonLine) -> Iterator[str]:
    at = moment(line.at) if line.at else ""
    until = day(line.link_until) if line.link_until else ""
    match line.state:
        case State.CAME:
            yield _("Last sign-in: %(moment)s.", moment=at) if at else _("Has chosen a password.")
            if line.error:
                yield _("The mail about this cohort did not arrive.")
        case State.WAITING:
            yield _("Since %(moment)s.", moment=at)
        case State.SENT:
            yield _("On %(moment)s. The link works until %(day)s.", moment=at, day=until)
        case State.HANDED:
            yield _("Made on %(moment)s. It works until %(day)s.", moment=at, day=until)
        case State.EXPIRED:
            yield _("The link does not work any more, and no password was chosen.")
        case State.NONE:
            yield _("No invitation was sent.")
    if line.error:
        yield _again(line)


def _again(line: PersonLine) -> str:
    if line.again_at is None:
        return str(_("It is not tried again."))
    return str(_("It is tried again on %(moment)s.", moment=moment(line.again_at)))
