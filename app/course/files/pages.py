"""What stands beside the modules: the pages in the foot of every page, and the page with where to find help."""

from __future__ import annotations

from collections.abc import Iterator

from app.course.content import ContentPage, Country, Support
from app.course.files.blanks import Blanks
from app.course.files.documents import Document
from app.course.files.fields import texts_of
from app.course.files.folders import TextFiles
from app.course.files.markdown import Renderer
from app.course.files.names import SUPPORT_FILE
from app.course.files.nouns import About, NounMaker
from app.course.files.sources import Sources
from app.course.phrases import nearest

Documents = tuple[Document, Document | None]
"""A source, and its translation when another language than the source is built."""


class PageBuilder:
    """Builds the content pages and the support page in the language of its maker. A course may do without them."""

    def __init__(self, sources: Sources, make: NounMaker, blanks: Blanks) -> None:
        self._sources, self._make = sources, make
        self._renderer = Renderer(sources.links(), blanks=blanks.in_pages())

    def pages(self) -> Iterator[ContentPage]:
        """Yield the pages that are whole, in their order."""
        for files in self._sources.tree.pages:
            page = self._page(files)
            if page is not None:
                yield page

    def _page(self, files: TextFiles) -> ContentPage | None:
        documents = self._sources.texts(files, self._make.language)
        if documents is None:
            return None
        about = About(documents[0].file, f"the page {files.slug}", self._renderer)
        page = self._make.noun(ContentPage, documents, about, slug=files.slug)
        if page is None:
            return None
        if not page.body:
            self._make.report_no_text(documents, about)
        return page.model_copy(update={"blanks": self._blanks_of(page, documents, about)})

    def support(self) -> Support | None:
        """Return the support page; None for a course without one, and for one that is not whole."""
        source = self._sources.optional(SUPPORT_FILE, self._sources.tree.source)
        if source is None:
            return None
        translation = None if self._make.is_source else self._sources.keyed(SUPPORT_FILE, self._make.language)
        if translation is None and not self._make.is_source:
            return None
        about = About(SUPPORT_FILE, "the support page", self._renderer)
        support = self._make.noun(Support, (source, translation), about)
        if support is None:
            return None
        if self._make.is_source:
            self._look_at_contacts(source, support.countries)
        if not support.body:
            self._make.report_no_text((source, translation), about)
        return support.model_copy(update={"blanks": self._blanks_of(support, (source, translation), about)})

    def _look_at_contacts(self, source: Document, countries: tuple[Country, ...]) -> None:
        """Report slugs that stand twice, and contacts that nobody can reach."""
        self._make.report_repeats(source)
        for at, country in enumerate(countries):
            part = source.part("countries", at)
            if part is not None:
                self._make.report_repeats(part)
            for index, contact in enumerate(country.contacts):
                if not contact.phone and not contact.url:
                    line = source.line("countries", at, "contacts", index)
                    self._make.faults.add(source.file, line, "no phone and no url", "one of them, or both")

    def _blanks_of(self, noun: ContentPage | Support, documents: Documents, about: About) -> tuple[str, ...]:
        """Return the slugs of the blanks in the texts of a noun; a translation shows those of its source."""
        texts = list(texts_of(noun))
        used = [slug for _, text, mark in texts for slug in self._renderer.blanks_in(mark.markup, str(text))]
        found = tuple(dict.fromkeys(used))
        source, translation = documents
        hoped = self._make.found.blanks.setdefault(about.source, found)
        if translation is not None:
            line = translation.line("body")
            for slug in hoped:
                if slug not in found:
                    where = f"it in the translation of {source.file}"
                    self._make.faults.add(translation.file, line, f"no {{{{{slug}}}}}", where)
            for slug in found:
                if slug not in hoped:
                    what = f"{{{{{slug}}}}}, which the source does not have"
                    self._make.faults.add(translation.file, line, what, nearest(slug, hoped, "no such blank"))
        return found
