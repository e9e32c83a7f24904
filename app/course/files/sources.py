"""The files of a course, each read once, and the slugs that stand in them today and stood there before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.course.files.documents import Document, Mark, read_markdown, read_yaml
from app.course.files.faults import Faults
from app.course.files.fields import slugged_data
from app.course.files.folders import TextFiles
from app.course.files.markdown import Links
from app.course.files.names import GLOSSARY_FILE, ORGANISATION_FILE, quiz_file, translated
from app.course.files.published import PublishedFile, read_published
from app.course.files.renames import LEVELS
from app.course.files.tree import Tree
from app.course.phrases import quoted


class Sources:
    """Reads the files of a tree. A file that cannot be read is None, and its fault is noted once."""

    def __init__(self, tree: Tree, faults: Faults) -> None:
        self.tree, self._faults = tree, faults
        self._read: dict[str, Document | None] = {}
        self.published: PublishedFile = read_published(tree.folder, faults)
        self.keys: Mapping[str, tuple[str, ...]] = {kind: tuple(self._keys(kind)) for kind in LEVELS}
        """The key of everything in the source files, by kind of thing: modules, steps, quizzes, ..."""
        self.former: Mapping[str, Mapping[str, tuple[str, ...]]] = {
            kind: tree.renames.former(kind, self.keys[kind], self.published.published.keys(kind)) for kind in LEVELS
        }
        """Former keys by today's, by kind of thing."""

    # ---- files -------------------------------------------------------------------------------

    def keyed(self, file: str, language: str) -> Document | None:
        """Return a file of keys in a language: course.yaml, a module.yaml, a quiz, ..."""
        name = file if language == self.tree.source else translated(file, language)
        if name not in self._read:
            self._read[name] = self._keyed(file, name)
        return self._read[name]

    def _keyed(self, file: str, name: str) -> Document | None:
        if name != file and not (self.tree.folder / name).exists():
            self._faults.add(name, 1, "no file", f"a translation of {file}")
            return None
        return read_yaml(self.tree.folder, name, self._faults)

    def optional(self, file: str, language: str) -> Document | None:
        """Return a file of keys that a course may do without; None for a course that does."""
        return self.keyed(file, language) if (self.tree.folder / file).exists() else None

    def markdown(self, file: str) -> Document | None:
        """Return the keys of a Markdown file with its text as `body`."""
        if file not in self._read:
            self._read[file] = self._markdown(file)
        return self._read[file]

    def texts(self, files: TextFiles, language: str) -> tuple[Document, Document | None] | None:
        """Return the source of a text and, for another language, its translation; None when one is not there."""
        source = self.markdown(files.files[self.tree.source])
        if language == self.tree.source:
            return (source, None) if source else None
        if language not in files.files:
            file, name = files.files[self.tree.source], files.name(language)
            self._faults.add(file, 1, f"no translation in {language}", f"a file {name} beside it")
            return None
        translation = self.markdown(files.files[language])
        return (source, translation) if source and translation else None

    def _markdown(self, file: str) -> Document | None:
        text = read_markdown(self.tree.folder, file, self._faults)
        if text is None:
            return None
        head = text.head
        if "body" in head.data:
            self._faults.add(file, head.line("body"), "the key 'body'", "the text below the second line `---`")
        inside = {**head.mark.inside, "body": Mark(file, text.body_line, text.body_line)}
        return Document({**head.data, "body": text.body}, replace(head.mark, inside=inside))

    def quiz(self, slug: str, language: str) -> Document | None:
        """Return a quiz in a language."""
        return self.keyed(quiz_file(slug), language)

    def questions(self, slug: str) -> Iterator[Document]:
        """Yield the questions of a quiz as its source file gives them."""
        document = self.quiz(slug, self.tree.source)
        listed = document.data.get("questions") if document else None
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            part = document.part("questions", index) if document else None
            if part is not None:
                yield part
            elif document:
                self._faults.add(document.file, document.line("questions", index), quoted(item), "a question's keys")

    def blank_slugs(self) -> tuple[str, ...]:
        """Return the slugs of the blanks that the organisation's file names."""
        organisation = self.optional(ORGANISATION_FILE, self.tree.source)
        blanks = organisation.part("blanks") if organisation else None
        return tuple(blanks.data) if blanks else ()

    # ---- slugs -------------------------------------------------------------------------------

    def _keys(self, kind: str) -> Iterator[str]:
        if kind == "modules":
            yield from self.tree.modules
        elif kind == "steps":
            yield from self.tree.steps()
        elif kind == "quizzes":
            yield from self.tree.quizzes
        else:
            for quiz in self.tree.quizzes:
                yield from self._keys_in(quiz, kind)

    def _keys_in(self, quiz: str, kind: str) -> Iterator[str]:
        for question in self.questions(quiz):
            slug = question.data.get("slug")
            if not isinstance(slug, str):
                continue
            key = f"{quiz}/{slug}"
            if kind == "questions":
                yield key
            else:
                yield from (f"{key}/{inner}" for _, _, inner in slugged_data(question.data))

    def former_slugs(self, kind: str, key: str) -> tuple[str, ...]:
        """Return the slugs, without what holds them, that a thing had before."""
        own = key.rpartition("/")[2]
        slugs = (former.rpartition("/")[2] for former in self.former[kind].get(key, ()))
        return tuple(dict.fromkeys(slug for slug in slugs if slug != own))

    def links(self) -> Links:
        """Return where links of the course may lead."""
        steps = {key: f"/modules/{key}" for key in self.keys["steps"]}
        for key, former in self.former["steps"].items():
            steps.update(dict.fromkeys(former, steps[key]))
        glossary = self.optional(GLOSSARY_FILE, self.tree.source)
        terms = glossary.part("terms") if glossary else None
        pages = {page.slug: f"/pages/{page.slug}" for page in self.tree.pages} | {"support": "/support"}
        return Links(steps, frozenset(terms.data) if terms else frozenset(), pages)
