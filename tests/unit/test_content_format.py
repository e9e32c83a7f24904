"""docs/content-format.md says what the program takes, no more and no less."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from app.course.content import STEP_KINDS, Module, Term
from app.course.files.fields import authored
from app.course.files.loader import load
from app.course.files.renames import RenamedSlugs, RetiredSlugs
from app.course.files.tree import CourseFile
from app.course.parts import QuestionBase, StepBase
from app.course.quiz import QUESTION_KINDS, Quiz

DOC = (Path(__file__).parents[2] / "docs" / "content-format.md").read_text("utf-8")


def section(heading: str) -> str:
    """The text below a heading of the page, up to the next one."""
    prose = re.sub(r"^```.*?^```$", "", DOC, flags=re.MULTILINE | re.DOTALL)
    found = re.search(rf"^#+ {re.escape(heading)}$(.*?)(?=^#)", prose + "\n#", re.MULTILINE | re.DOTALL)
    assert found, f"docs/content-format.md has no part on {heading}"
    return found[1]


def keys_of(text: str) -> set[str]:
    """The keys that the tables of a text explain: the words in code at the head of a row."""
    rows = re.findall(r"^\|([^|]*)\|", text, re.MULTILINE)
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


def written(model: type[BaseModel]) -> set[str]:
    return set(authored(model))


@pytest.mark.parametrize(
    ("heading", "model"),
    [("course.yaml", CourseFile), ("glossary.yaml", Term), ("module.yaml", Module)],
)
def test_the_page_explains_every_key_of_a_file(heading: str, model: type[BaseModel]) -> None:
    assert keys_of(section(heading)) == written(model) - {"slug", "steps"}


@pytest.mark.parametrize("kind", STEP_KINDS, ids=lambda kind: kind.kind)
def test_the_page_explains_every_key_of_a_kind_of_step(kind: type[StepBase]) -> None:
    shared = written(StepBase) - {"slug", "module_slug"}
    assert keys_of(section("Steps")) == shared | {"kind"}
    assert keys_of(section(kind.kind)) == written(kind) - written(StepBase)


@pytest.mark.parametrize("kind", QUESTION_KINDS, ids=lambda kind: kind.kind)
def test_the_page_explains_every_key_of_a_kind_of_question(kind: type[QuestionBase]) -> None:
    assert keys_of(section(kind.kind)) == written(kind) - written(QuestionBase)


def test_the_page_explains_every_key_of_a_quiz_and_of_all_its_questions() -> None:
    assert keys_of(section("Quizzes")) == written(Quiz) - {"slug"} | written(QuestionBase) | {"kind"}


def test_the_page_names_everything_that_can_be_renamed_or_retired() -> None:
    [example] = re.findall(r"```yaml\n(renamed:.*?)```", DOC, re.DOTALL)
    data = YAML(typ="safe", pure=True).load(example)
    assert set(data["renamed"]) == set(RenamedSlugs.model_fields)
    assert RetiredSlugs.model_validate(data["retired"]).steps


def test_the_examples_of_the_page_pass_the_check(tmp_path: Path) -> None:
    quiz, translation = re.findall(r"```yaml\n((?:translates.*?)?title:.*?)```", DOC, re.DOTALL)
    [step] = re.findall(r"```markdown\n(.*?)```", DOC, re.DOTALL)
    [glossary] = re.findall(r"```yaml\n(terms:.*?)```", DOC, re.DOTALL)
    module = tmp_path / "modules" / "01-example"
    module.mkdir(parents=True)
    (tmp_path / "quizzes").mkdir()
    (module.parent / "course.yaml").write_text(
        "languages: [nl, en]\ntitle: Een\nlead: Een.\nabout: Een.\nmodules: [01-example]\n"
    )
    (module.parent / "course.en.yaml").write_text("translates: x\ntitle: One\nlead: One.\nabout: One.\n")
    (module.parent / "glossary.yaml").write_text(glossary)
    (module.parent / "glossary.en.yaml").write_text("terms: {drempel: {translates: x, term: barrier, meaning: One.}}\n")
    (module / "module.yaml").write_text("title: Een\nlead: Een.\noutcomes: [Een.]\naudience: Jij.\nminutes: 14\n")
    (module / "module.en.yaml").write_text("translates: x\ntitle: One\nlead: One.\noutcomes: [One.]\naudience: You.\n")
    (module / "01-recht.nl.md").write_text(step)
    (module / "01-recht.en.md").write_text(
        "---\ntranslates: x\ntitle: A right\nlead: Why.\nsource: s\n---\n## One\n\nOne.\n"
    )
    (module / "02-quiz.nl.md").write_text("---\nkind: quiz\ntitle: Q\nminutes: 5\nsource: s\nquiz: example\n---\n")
    (module / "02-quiz.en.md").write_text("---\ntranslates: x\ntitle: Q\nsource: s\n---\n")
    (tmp_path / "quizzes" / "example.yaml").write_text(quiz)
    (tmp_path / "quizzes" / "example.en.yaml").write_text(translation)
    stale = [fault for fault in load(tmp_path).faults if "translates" in fault.hoped]
    assert len(stale) == 7  # course, module, two steps, term, quiz and question: their revisions are of the page only
    assert [fault for fault in load(tmp_path).faults if fault not in stale] == []
