"""One noun from its document and its translation: made, looked at, and given its revisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.course.files.complaints import complain, unknown_key
from app.course.files.documents import Document, Loc, Mark
from app.course.files.faults import Faults
from app.course.files.fields import ADDED, keys_of, slugged_data, texts_of
from app.course.files.markdown import Renderer
from app.course.files.translation import TRANSLATES, Revised, check_revision, lay_over
from app.course.parts import QuestionBase, StepBase, revision_of
from app.course.phrases import nearest, one_of, quoted
from app.course.quiz import Quiz

N = TypeVar("N", bound=BaseModel)
K = TypeVar("K", bound=StepBase | QuestionBase)

UNCOUNTED = (
    frozenset(
        {"slug", "minutes", "changes", "pass_mark", "attempts", "shuffle", "order", "languages", "renamed", "retired"}
    )
    | {"quiz", "questions", "steps", "modules"}
    | {"outcome", "allow", "value"}
)
"""Fields that no revision counts: no translator has to do anything for them, or they have revisions of their own."""


@dataclass(frozen=True)
class About:
    """What the maker must know of a noun besides its keys."""

    source: str
    """The file that it comes from, or `file#slug`: under this its revision is known."""
    what: str
    """How a fault calls it."""
    renderer: Renderer | None = None
    """Renders its texts; None for the one that knows no module."""
    whole: Sequence[str] = ()
    """Revisions of what it holds, for nouns that hold others."""


@dataclass
class FromSource:
    """What was found while the source language was built: revisions, blanks, and what kinds said of their nouns."""

    revisions: dict[str, str] = field(default_factory=dict)
    blanks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Slugs of the blanks that a page shows, by its source file."""
    said: set[tuple[str, str]] = field(default_factory=set)


class NounMaker:
    """Makes the nouns of one language. Whatever is wrong with one becomes a fault, and None is returned."""

    def __init__(self, language: str, is_source: bool, found: FromSource, renderer: Renderer, faults: Faults) -> None:
        self.language, self.is_source, self.faults = language, is_source, faults
        self.found, self._renderer = found, renderer

    def kind(self, source: Document, kinds: Mapping[str, type[K]], what: str) -> type[K] | None:
        """Return the kind that a document names; None, with a fault, when there is none of that name."""
        name = source.data.get("kind")
        if isinstance(name, str) and name in kinds:
            return kinds[name]
        found = f"no {what}" if name is None else f"the unknown {what} {quoted(name)}"
        self.faults.add(source.file, source.line("kind"), found, nearest(str(name), kinds, one_of(kinds)))
        return None

    def report_strangers(self, translations: Document, known: Sequence[str]) -> None:
        """Report what a translation gives by slug and its source does not have."""
        for slug in translations.data:
            if slug not in known:
                found = f"{quoted(slug)}, which the source does not have"
                line = translations.line(slug)
                self.faults.add(translations.file, line, found, nearest(slug, known, one_of(known)))

    def report_repeats(self, holder: Document) -> bool:
        """Report slugs that stand twice in the lists of a document; say whether any did."""
        seen: dict[str, int] = {}
        repeated = False
        for name, index, slug in slugged_data(holder.data):
            line = holder.line(name, index, "slug")
            if slug in seen:
                found = f"the slug {quoted(slug)} a second time"
                self.faults.add(holder.file, line, found, f"another one (line {seen[slug]})")
                repeated = True
            seen.setdefault(slug, line)
        return repeated

    def report_no_text(self, documents: tuple[Document, Document | None], about: About) -> None:
        """Report a text of many paragraphs that is empty; of a translation, only when its source is not."""
        source, translation = documents
        if translation is None:
            self.forget(about)
            self.faults.add(source.file, source.mark.line, "no text", "something to read")
        elif source.data.get("body"):
            self.faults.add(translation.file, translation.mark.line, "no text", "a translation of the text")

    def noun(self, model: type[N], documents: tuple[Document, Document | None], about: About, **added: Any) -> N | None:
        """Make a noun from its source and its translation, with what the loader adds, and with its revisions."""
        source, translation = documents
        before = len(self.faults)
        if translation is None:
            document = source
            self._refuse_added(source.data, source.mark, model)
        else:
            beside = ("questions",) if issubclass(model, Quiz) else ()
            document = lay_over(model, source, translation, self.faults, beside)
        renderer = about.renderer or self._renderer
        noun = self._validated(model, document, renderer, added)
        if noun is None:
            return None
        self._look_at_texts(noun, document.mark, renderer)
        is_sound = len(self.faults) == before
        return self._with_revisions(noun, about, translation, is_sound)

    def _refuse_added(self, data: Mapping[str, Any], mark: Mark, model: type[BaseModel] | None) -> None:
        """Report keys that only the program gives, in a noun and in what lies in its lists."""
        given = ADDED | ({*model.model_fields} - {*keys_of(model), "body"} if model else set())
        for key, value in data.items():
            here = mark.at((key,))
            if key in given:
                self.faults.add(here.file, here.line, *unknown_key(key, None))
            for index, item in enumerate(value if isinstance(value, list) else ()):
                if isinstance(item, dict):
                    self._refuse_added(item, here.at((index,)), None)

    def _validated(self, model: type[N], document: Document, renderer: Renderer, added: Mapping[str, Any]) -> N | None:
        given = dict(document.data)
        if issubclass(model, StepBase | QuestionBase):
            given.pop("kind", None)
        if "language" in model.model_fields:
            added = {**added, "language": self.language}
        try:
            context = {"inline": renderer.inline, "blocks": renderer.blocks}
            return model.model_validate(_with_added(given, added), context=context)
        except ValidationError as error:
            complain(error, model, document.mark, self.faults, list(_missing(added)))
            return None

    def _look_at_texts(self, noun: BaseModel, mark: Mark, renderer: Renderer) -> None:
        for loc, text, about in texts_of(noun):
            here = mark.at(loc)
            if about.markup != "blocks" and not str(text).strip():
                self.faults.add(here.file, here.line, f"an empty {_name(loc)}", "a text")
            for finding in renderer.findings(about.markup, str(text)):
                self.faults.add(here.file, here.text_line + finding.line, finding.found, finding.hoped)

    def check_kind(
        self, noun: StepBase | QuestionBase, source: Document, translation: Document | None, about: About
    ) -> None:
        """Report what only the kind can get wrong; of a translation, only what its source has right."""
        mark = (translation or source).mark
        place = f"{source.file}:{source.mark.line}"
        for said in noun.faults():
            if translation is None:
                self.found.said.add((place, said))
                self.forget(about)
            elif (place, said) in self.found.said:
                continue
            found, _, hoped = said.rpartition("; ")
            self.faults.add(mark.file, mark.line, found, hoped.removesuffix(" hoped for"))

    def forget(self, about: About) -> None:
        """Ask no translation to name the revision of a source that is to be mended first."""
        if self.is_source:
            self.found.revisions.pop(about.source, None)

    def _with_revisions(self, noun: N, about: About, translation: Document | None, is_sound: bool) -> N:
        own = revision_of(facts_of(noun))
        if self.is_source and is_sound:
            self.found.revisions[about.source] = own
        source = self.found.revisions.get(about.source, "")
        if translation is not None and source:
            revised = Revised(about.source.partition("#")[0], about.what, source)
            mark = translation.mark.at((TRANSLATES,))
            check_revision(translation.data.get(TRANSLATES), revised, mark, self.faults)
        whole = revision_of([own, *about.whole]) if about.whole else own
        found = {"revision": whole, "source_revision": source}
        return noun.model_copy(update={name: value for name, value in found.items() if name in type(noun).model_fields})


def facts_of(noun: BaseModel) -> dict[str, Any]:
    """Return what a revision is made of: what an author wrote and a translator reads, without slugs of its own.

    What equals its default is left out, so that a new field changes no revision.
    """
    without: dict[str, Any] = dict.fromkeys((*UNCOUNTED, *ADDED), True) | {"care": {"around": True}}
    facts = noun.model_dump(mode="json", exclude=without, exclude_defaults=True)
    return {"kind": getattr(noun, "kind", ""), **_without_former(facts)}


def _without_former(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_former(item) for key, item in value.items() if key != "former"}
    return [_without_former(item) for item in value] if isinstance(value, list) else value


def _with_added(given: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an author gave with what the loader adds, also inside what was given."""
    inside = {name: {**given[name], **value} for name, value in added.items() if isinstance(value, dict)}
    return {**given, **added, **inside}


def _missing(added: Mapping[str, Any]) -> Iterator[Loc]:
    """Yield the places of what the loader could not add, because it has faults of its own."""
    for name, value in added.items():
        if isinstance(value, dict):
            yield from ((name, *loc) for loc in _missing(value))
        elif value in (None, ()):
            yield (name,)


def _name(loc: Loc) -> str:
    return next((part for part in reversed(loc) if isinstance(part, str)), "text")
