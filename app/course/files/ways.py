"""The ways around of a module: short reads, each in a file of its own, that steps name under `care`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.course.files.documents import Document
from app.course.files.folders import TextFiles
from app.course.files.markdown import Renderer
from app.course.files.names import ways_folder
from app.course.files.nouns import About, NounMaker
from app.course.files.sources import Sources
from app.course.parts import WayAround
from app.course.phrases import nearest, quoted


class WayBuilder:
    """Builds the ways around of one module in the language of its maker, and finds the one that a step names."""

    def __init__(self, sources: Sources, make: NounMaker, module: str, renderer: Renderer) -> None:
        self._sources, self._make, self._module = sources, make, module
        self._ways: Mapping[str, WayAround] = dict(self._build(renderer))
        self.used: set[str] = set()
        """Slugs of the ways around that a step named."""

    def _build(self, renderer: Renderer) -> Iterator[tuple[str, WayAround]]:
        for files in self._sources.tree.ways[self._module]:
            way = self._way(files, renderer)
            if way is not None:
                yield files.slug, way

    def _way(self, files: TextFiles, renderer: Renderer) -> WayAround | None:
        documents = self._sources.texts(files, self._make.language)
        if documents is None:
            return None
        about = About(documents[0].file, f"the way around {files.slug}", renderer)
        way = self._make.noun(WayAround, documents, about, slug=files.slug)
        if way is not None and not way.body:
            self._make.report_no_text(documents, about)
        return way

    def of(self, step: Document) -> Mapping[str, Any]:
        """Return the way around that a step names, for the field that takes it; nothing for a step that names none."""
        care = step.part("care")
        slug = care.data.get("around") if care else None
        if care is None or slug is None:
            return {}
        slugs = [files.slug for files in self._sources.tree.ways[self._module]]
        if slug not in slugs:
            hoped = nearest(
                str(slug), slugs, f"a file {ways_folder(self._module)}/{slug}.{self._sources.tree.source}.md"
            )
            found = f"the way around {quoted(slug)}, which is not there"
            self._make.faults.add(care.file, care.line("around"), found, hoped)
        self.used.add(str(slug))
        return {"care": {"around": self._ways.get(str(slug))}}
