"""Files of small things by slug, each with its own revision: the glossary's terms, the organisation's blanks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.course.content import Blank, Term
from app.course.files.complaints import unknown_key
from app.course.files.documents import Document
from app.course.files.faults import Faults
from app.course.files.names import GLOSSARY_FILE, ORGANISATION_FILE
from app.course.files.nouns import About, NounMaker
from app.course.files.sources import Sources
from app.course.phrases import quoted


class KeyedBuilder:
    """Builds terms and blanks in the language of its maker. A course may do without either."""

    def __init__(self, sources: Sources, make: NounMaker) -> None:
        self._sources, self._make = sources, make

    def terms(self) -> Iterator[Term]:
        """Yield the terms of the glossary that are whole."""
        for slug, documents in self._things(GLOSSARY_FILE, "terms"):
            term = self._make.noun(Term, documents, About(f"{GLOSSARY_FILE}#{slug}", f"the term {slug}"), slug=slug)
            if term is not None:
                yield term

    def blanks(self) -> Iterator[Blank]:
        """Yield the blanks that are whole. What a translation fills in counts in its language, else the source's."""
        for slug, documents in self._things(ORGANISATION_FILE, "blanks"):
            about = About(f"{ORGANISATION_FILE}#{slug}", f"the blank {slug}")
            blank = self._make.noun(Blank, documents, about, slug=slug)
            if blank is not None:
                yield blank

    def _things(self, file: str, key: str) -> Iterator[tuple[str, tuple[Document, Document | None]]]:
        """Yield slug, source and translation of what a file holds under its one key."""
        source = self._sources.optional(file, self._sources.tree.source)
        translation = source and self._sources.keyed(file, self._make.language)
        if not source or not translation:
            return
        only_keys(source, (key,), self._make.faults)
        if not self._make.is_source:
            only_keys(translation, (key,), self._make.faults)
        things = source.part(key)
        if things is None:
            self._make.faults.add(source.file, source.line(key), f"no {key}", f"`{key}:` and a key for each")
            return
        yield from self._each(things, translation.part(key), translation)

    def _each(
        self, things: Document, translations: Document | None, around: Document
    ) -> Iterator[tuple[str, tuple[Document, Document | None]]]:
        """Yield keyed things with their translations; report what the one has and the other lacks."""
        for slug in things.data:
            thing = things.part(slug)
            if thing is None:
                self._make.faults.add(
                    things.file, things.line(slug), quoted(things.data[slug]), "keys with their texts"
                )
            elif self._make.is_source:
                yield slug, (thing, None)
            elif translations and (translation := translations.part(slug)):
                yield slug, (thing, translation)
            else:
                mark = (translations or around).mark
                self._make.faults.add(mark.file, mark.line, f"no translation of {quoted(slug)}", f"a key `{slug}:`")
        if translations and not self._make.is_source:
            self._make.report_strangers(translations, list(things.data))


def only_keys(document: Document, known: Sequence[str], faults: Faults) -> None:
    """Report the keys of a document that are not among the known ones."""
    for key in document.data:
        if key not in known:
            faults.add(document.file, document.line(key), *unknown_key(key, None, known))
