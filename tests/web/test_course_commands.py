"""What an author relies on at the command line: `flask course check, publish, show, new`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app import create_app
from app.course.files.loader import load
from app.course.files.shelf import Shelf
from app.course.files.skeleton import ModuleExists, NoSuchCourse, new_module
from config import Settings
from tests.careful_course import write_careful
from tests.course_folder import Folder

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Give a copy of the small course."""
    return Folder(tmp_path / "course")


@pytest.fixture
def run(folder: Folder, tmp_path: Path) -> Run:
    """Run a command as an author does: on the files as they are now, and without a database."""

    return run_on(folder, tmp_path)


def run_on(folder: Folder, instance: Path) -> Run:
    """Return what runs a command on the files of a folder."""

    def run_it(*words: str) -> Result:
        settings = Settings(
            secret_key="", database_url=f"sqlite:///{instance}/none.db", course=folder.path, instance=instance
        )
        app = create_app(settings, Shelf(folder.path))
        return app.test_cli_runner().invoke(args=["course", *words])

    return run_it


def test_a_course_without_faults_passes_the_check(run: Run, tmp_path: Path) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.output == "No faults: 2 modules, 8 steps, 8 questions, in en, nl.\n"
    assert not (tmp_path / "none.db").exists()


def test_open_blanks_are_listed_after_the_check_which_still_passes(tmp_path: Path) -> None:
    careful = write_careful(tmp_path / "careful")
    result = run_on(careful, tmp_path)("check")
    assert result.exit_code == 0
    assert result.output == (
        "No faults: 2 modules, 8 steps, 8 questions, in en, nl.\n\n"
        "Not yet ready for learners: 2 blanks to fill in, under `value` in modules/organisation.yaml:\n"
        "  name: name of the organisation\n  adviser: name of the adviser\n"
    )
    for slug in ("name", "adviser"):
        careful.change("modules/organisation.yaml", f"  {slug}: {{", f"  {slug}: {{value: Ann, ")
    assert run_on(careful, tmp_path)("check").output == "No faults: 2 modules, 8 steps, 8 questions, in en, nl.\n"


def test_the_outline_names_outcomes_ways_around_pages_support_and_blanks(tmp_path: Path) -> None:
    lines = run_on(write_careful(tmp_path / "careful"), tmp_path)("show").output.splitlines()
    at = next(at for at, line in enumerate(lines) if line.split()[:2] == ["signs", "read"])
    assert lines[at + 1].split() == ["or:", "in-short", "2", "min", "The", "map", "in", "three", "sentences"]
    assert "  outcomes: distance, height" in lines
    assert lines[-3:] == [
        "pages: about-us",
        "support: 2 contacts; countries: here, there",
        "blanks: 3, 2 of them still to fill in",
    ]


def test_every_fault_is_printed_at_once_and_the_check_ends_with_1(run: Run, folder: Folder) -> None:
    folder.change("modules/01-map/module.yaml", "minutes: 20", "minutes: 21")
    folder.change("quizzes/turning.yaml", "pass_mark: 100", "pass_mark: 101")
    result = run("check")
    assert result.exit_code == 1
    places = [line.partition(": ")[0] for line in result.output.splitlines() if line.startswith(("modules", "quizzes"))]
    assert places == ["modules/01-map/module.yaml:9", "quizzes/turning.yaml:2"]
    assert "2 faults to mend" in result.output


def test_publishing_writes_every_slug_down_and_twice_is_once(run: Run, folder: Folder) -> None:
    first = run("publish")
    assert first.exit_code == 0
    assert "new in steps: 01-map/signs" in first.output
    text = folder.read("modules/published.yaml")
    assert "Nothing new to publish." in run("publish").output
    assert folder.read("modules/published.yaml") == text
    assert run("check").exit_code == 0


def test_a_published_slug_that_is_gone_is_a_fault_until_it_is_retired(run: Run, folder: Folder) -> None:
    run("publish")
    for language in ("en", "nl"):
        folder.remove(f"modules/01-map/04-read-on.{language}.md")
    folder.change("modules/01-map/module.yaml", "minutes: 20", "minutes: 17")
    assert "'01-map/read-on', which was published and is gone" in run("check").output
    folder.write("modules/course.yaml", folder.read("modules/course.yaml") + "retired: {steps: [01-map/read-on]}\n")
    assert run("check").exit_code == 0


def test_a_course_with_faults_is_not_published(run: Run, folder: Folder) -> None:
    folder.change("modules/01-map/module.yaml", "minutes: 20", "minutes: 21")
    assert run("publish").exit_code == 1
    assert not (folder.path / "modules/published.yaml").exists()


def test_the_outline_names_modules_and_steps_with_kind_and_minutes(run: Run) -> None:
    lines = [line.split() for line in run("show").output.splitlines()]
    assert ["signs", "read", "5", "min", "Signs", "and", "lines"] in lines
    assert any(line[:1] == ["02-walk"] for line in lines)


def test_the_whole_course_can_be_had_as_json_in_each_language(run: Run) -> None:
    facts = json.loads(run("show", "--json").output)
    assert list(facts["languages"]) == ["en", "nl"]
    dutch = facts["languages"]["nl"]
    step = dutch["modules"][0]["steps"][0]
    assert (step["key"], step["kind"], step["minutes"]) == ("01-map/signs", "read", 5)
    assert step["title"] == "Tekens en lijnen"
    assert step["source"]
    assert "[hoogtelijnen](term:contour)" in step["body"]
    assert dutch["modules"][0]["steps"][2]["quiz"] == "map-signs"
    question = dutch["quizzes"]["map-signs"]["questions"][0]
    assert (question["kind"], question["answer"]) == ("single_choice", ["two"])
    assert question["options"][0]["explanation"].startswith("Twee centimeter")
    assert facts["languages"]["en"]["quizzes"]["map-signs"]["questions"][3]["answer"] == ["flat>twelve", "up>twenty"]


def test_a_new_module_passes_the_check_at_once_in_every_language(run: Run, folder: Folder) -> None:
    result = run("new", "Wonen: één kamer, #2")
    assert result.exit_code == 0
    assert result.output.splitlines()[0] == "modules/03-wonen-een-kamer-2/01-start.en.md"
    assert run("check").exit_code == 0
    course = folder.course("nl")
    assert course.modules[-1].title == "Wonen: één kamer, #2"
    [question] = course.quizzes["wonen-een-kamer-2"].questions
    assert question.outcome == course.modules[-1].outcomes[0].slug
    assert run("new", "   ").exit_code == 1


def test_a_new_module_leaves_the_rest_of_course_yaml_as_its_author_wrote_it(folder: Folder) -> None:
    folder.write("modules/course.yaml", "# by hand\n" + folder.read("modules/course.yaml"))
    before = folder.read("modules/course.yaml").splitlines()
    new_module(folder.path, "Boots")
    assert folder.read("modules/course.yaml").splitlines() == [*before, "  - 03-boots"]


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=80).filter(str.strip))
def test_any_title_makes_a_module_that_passes(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    copy = Folder(tmp_path_factory.mktemp("any") / "course")
    new_module(copy.path, " ".join(title.split()))
    assert load(copy.path).faults == ()


def test_what_is_missing_of_a_translation_is_begun_and_said_to_be_finished(run: Run, folder: Folder) -> None:
    step = "modules/02-walk/02-on-the-way.nl.md"
    dutch = folder.read(step)
    folder.remove(step)
    result = run("translate")
    assert (result.exit_code, result.output.splitlines()[0]) == (0, step)
    assert ".venv/bin/flask --app run course translated FILE" in result.output
    assert "Nothing is missing." in run("translate").output

    result = run("translated", step)
    assert result.exit_code == 1
    assert f"{step}: 'Half of your time gone, half of your way done: else turn ar…' is still" in result.output
    folder.write(step, dutch.replace('translates: "', 'translates: "0'))
    assert run("check").exit_code == 1
    assert run("translated", str(folder.path / step)).output == f"up to date: {step}\n"
    assert run("translated", step).output == "They were up to date.\n"
    assert run("check").exit_code == 0


def test_what_cannot_be_translated_says_so_in_a_sentence(run: Run, folder: Folder) -> None:
    assert "quizzes/turning.yaml is not the translation of anything" in run("translated", "quizzes/turning.yaml").output
    folder.write("quizzes/turning.nl.yaml", "[")
    for words in (["translate"], ["translated", "quizzes/turning.nl.yaml"]):
        result = run(*words)
        assert (result.exit_code, "quizzes/turning.nl.yaml: no YAML" in result.output) == (1, True)
    folder.write("quizzes/turning.yaml", "[")
    for words in (["translate"], ["translated", "quizzes/turning.nl.yaml"]):
        result = run(*words)
        assert (result.exit_code, "the source is to be mended first" in result.output) == (1, True)


def test_the_quiz_of_a_new_module_takes_a_name_that_no_quiz_has_or_had(folder: Folder) -> None:
    assert new_module(folder.path, "Map signs")[-2] == "quizzes/03-map-signs.yaml"
    course = folder.read("modules/course.yaml")
    folder.write("modules/course.yaml", course + "retired: {quizzes: [boots, 04-boots]}\n")
    assert new_module(folder.path, "Boots")[-2] == "quizzes/04-boots-2.yaml"
    assert folder.faults() == []


def test_a_folder_that_is_in_the_way_is_never_written_over(folder: Folder) -> None:
    folder.write("modules/03-boots/notes.txt", "mine")
    before = folder.read("modules/course.yaml")
    with pytest.raises(ModuleExists, match="03-boots"):
        new_module(folder.path, "Boots")
    assert folder.read("modules/03-boots/notes.txt") == "mine"
    assert folder.read("modules/course.yaml") == before


def test_without_a_course_there_is_nowhere_to_put_a_module(tmp_path: Path) -> None:
    with pytest.raises(NoSuchCourse, match=r"course\.yaml"):
        new_module(tmp_path, "Boots")
