"""docs/content-format.md says what the program takes, no more and no less."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from app.course.content import STEP_KINDS, Blank, Contact, ContentPage, Country, Module, Outcome, Support, Term
from app.course.files.fields import authored
from app.course.files.loader import load
from app.course.files.renames import RenamedSlugs, RetiredSlugs
from app.course.files.tree import CourseFile
from app.course.parts import Care, QuestionBase, StepBase, WayAround
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
    [
        ("course.yaml", CourseFile),
        ("glossary.yaml", Term),
        ("module.yaml", Module),
        ("A page in the foot", ContentPage),
        ("support.yaml", Support),
        ("organisation.yaml", Blank),
    ],
)
def test_the_page_explains_every_key_of_a_file(heading: str, model: type[BaseModel]) -> None:
    by_name = {"slug", "steps"} | ({"body"} if model is ContentPage else set())
    assert keys_of(section(heading)) == written(model) - by_name


def test_the_page_explains_every_key_of_care_and_of_a_way_around() -> None:
    assert keys_of(section("Care")) == written(Care) | written(WayAround) - {"slug", "body"}


@pytest.mark.parametrize(
    ("heading", "model"), [("support.yaml", Contact), ("support.yaml", Country), ("module.yaml", Outcome)]
)
def test_the_page_names_every_key_of_what_stands_in_a_list(heading: str, model: type[BaseModel]) -> None:
    assert written(model) <= set(re.findall(r"`(\w+)`", section(heading)))


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


def example(begins: str) -> str:
    """The one example in YAML that begins so."""
    [found] = re.findall(rf"```yaml\n({begins}.*?)```", DOC, re.DOTALL)
    return str(found)


def test_the_examples_of_the_page_pass_the_check(tmp_path: Path) -> None:
    [step] = re.findall(r"```markdown\n(.*?)```", DOC, re.DOTALL)
    way = re.findall(r"around: ([\w-]+)", example("care:"))[0]
    page = "---\ntitle: Contact\n---\nSchrijf naar {{contact-mail}}.\n"
    files = {
        "modules/course.yaml": "languages: [nl, en]\ntitle: Een\nlead: Een.\nabout: Een.\nmodules: [01-example]\n",
        "modules/course.en.yaml": "translates: x\ntitle: One\nlead: One.\nabout: One.\n",
        "modules/glossary.yaml": example("terms:"),
        "modules/glossary.en.yaml": "terms: {drempel: {translates: x, term: barrier, meaning: One.}}\n",
        "modules/organisation.yaml": example("blanks:"),
        "modules/organisation.en.yaml": "blanks: {contact-mail: {translates: x, ask: address}}\n",
        "modules/support.yaml": example("title: Steun"),
        "modules/support.en.yaml": "translates: x\ntitle: Support\nlead: One.\nbody: One.\n"
        "countries: {nederland: {name: One, contacts: {voorbeeldlijn: {name: One, about: One.}}}}\n",
        "modules/pages/10-contact.nl.md": page,
        "modules/pages/10-contact.en.md": page.replace("---\n", "---\ntranslates: x\n", 1),
        "modules/01-example/module.yaml": "title: Een\nlead: Een.\naudience: Jij.\nminutes: 14\n"
        + example("outcomes:"),
        "modules/01-example/module.en.yaml": "translates: x\ntitle: One\nlead: One.\n"
        "outcomes: {maatwerk: {text: One.}}\naudience: You.\n",
        "modules/01-example/01-recht.nl.md": step.replace("\n---\n", f"\n{example('care:')}---\n", 1),
        "modules/01-example/01-recht.en.md": "---\ntranslates: x\ntitle: A right\nlead: Why.\nsource: s\n"
        "care: {touches: loss, note: None.}\n---\n## One\n\nOne.\n",
        f"modules/01-example/around/{way}.nl.md": "---\ntitle: W\nminutes: 2\nsource: s\n---\nKort.\n",
        f"modules/01-example/around/{way}.en.md": "---\ntranslates: x\ntitle: W\nsource: s\n---\nShort.\n",
        "modules/01-example/02-quiz.nl.md": "---\nkind: quiz\ntitle: Q\nminutes: 5\nsource: s\nquiz: example\n---\n",
        "modules/01-example/02-quiz.en.md": "---\ntranslates: x\ntitle: Q\nsource: s\n---\n",
        "quizzes/example.yaml": example("title: Eerst"),
        "quizzes/example.en.yaml": example("translates:"),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    stale = [fault for fault in load(tmp_path).faults if "translates" in fault.hoped]
    translated = [name for name in files if ".en." in name]
    assert len(stale) == len(translated) + 1  # a quiz and its question; all name revisions of the page only
    assert [str(fault) for fault in load(tmp_path).faults if fault not in stale] == []
