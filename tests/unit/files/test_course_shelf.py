"""The shelf keeps the last good course, and says what is wrong with the files now."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.course.files.shelf import NoCourse, Shelf
from tests.course_folder import GARDEN, Folder

STEP = "modules/02-walk/02-on-the-way.en.md"


def spoil(folder: Folder) -> None:
    """Leave out a key."""
    folder.change(STEP, "minutes: 4\n", "")


def mend(folder: Folder) -> None:
    """Put the key back, with another title."""
    folder.change(STEP, "title: On the way\n", "title: Under way\nminutes: 4\n")
    folder.bring_up_to_date()


def faults_of(shelf: Shelf) -> list[str]:
    """Return the faults of a shelf as they are printed."""
    return [str(fault) for fault in shelf.faults]


def test_a_shelf_gives_the_course_in_each_language_and_else_in_the_source(folder: Folder) -> None:
    shelf = Shelf(folder.path)
    assert (shelf.faults, shelf.languages) == ((), ("en", "nl"))
    assert shelf.course("nl").title == "Een wandeling op de kaart"
    assert shelf.course().language == shelf.course("fr").language == "en"


def test_a_shelf_of_faulty_files_is_made_and_has_no_course(folder: Folder) -> None:
    spoil(folder)
    shelf = Shelf(folder.path)
    assert faults_of(shelf) == [f"{STEP}:2: found no minutes, hoped for a line `minutes: ...`"]
    assert shelf.languages == ()
    assert shelf.image("01-map", "steps.svg") is None
    with pytest.raises(NoCourse, match="has never held a course without faults"):
        shelf.course()


def test_a_watching_shelf_keeps_the_last_good_course_until_the_files_are_mended(folder: Folder) -> None:
    shelf = Shelf(folder.path, watch=True)
    spoil(folder)
    shelf.refresh()
    assert len(faults_of(shelf)) == 1
    assert shelf.course().step_by_key["02-walk/on-the-way"].title == "On the way"
    mend(folder)
    shelf.refresh()
    assert faults_of(shelf) == []
    assert shelf.course().step_by_key["02-walk/on-the-way"].title == "Under way"


def lag(folder: Folder) -> None:
    """Change a text of the source, and no translation."""
    folder.change(STEP, "title: On the way\n", "title: Under way\n")


def test_while_it_is_written_a_course_is_shown_though_translations_lag_behind(folder: Folder) -> None:
    shelf = Shelf(folder.path, watch=True)
    lag(folder)
    shelf.refresh()
    assert [fault.partition(":")[0] for fault in faults_of(shelf)] == [STEP.replace(".en.", ".nl.")]
    assert (shelf.can_be_shown, shelf.languages) == (True, ("en", "nl"))
    assert shelf.course("en").step_by_key["02-walk/on-the-way"].title == "Under way"
    assert shelf.course("nl").step_by_key["02-walk/on-the-way"].title == "Onderweg"


def test_while_it_is_written_a_course_is_shown_in_its_source_though_a_translation_is_missing(folder: Folder) -> None:
    shelf = Shelf(folder.path, watch=True)
    lag(folder)
    folder.remove("modules/01-map/01-signs.nl.md")
    shelf.refresh()
    assert len(faults_of(shelf)) == 2
    assert (shelf.can_be_shown, shelf.languages) == (True, ("en",))
    assert shelf.course("nl").step_by_key["02-walk/on-the-way"].title == "Under way"


def test_while_it_is_written_a_language_is_shown_though_another_has_faults(tmp_path: Path) -> None:
    garden = Folder(tmp_path / "garden", GARDEN)
    garden.change("modules/course.nl.yaml", "title: ", "titel: ")
    shelf = Shelf(garden.path, watch=True)
    assert shelf.languages == ("en", "ar")


def test_while_it_is_written_a_course_is_shown_though_it_does_not_add_up(folder: Folder) -> None:
    shelf = Shelf(folder.path, watch=True)
    folder.change("modules/01-map/module.yaml", "minutes: 20", "minutes: 21")
    shelf.refresh()
    assert (len(faults_of(shelf)), shelf.can_be_shown) == (1, True)
    assert shelf.course().modules[0].minutes == 21


def test_a_watching_shelf_does_not_show_a_source_with_faults(folder: Folder) -> None:
    shelf = Shelf(folder.path, watch=True)
    assert shelf.can_be_shown
    folder.change("modules/01-map/01-signs.en.md", "term:contour", "term:contuor")
    shelf.refresh()
    assert not shelf.can_be_shown


def test_a_shelf_that_does_not_watch_has_no_course_when_a_translation_lags_behind(folder: Folder) -> None:
    lag(folder)
    shelf = Shelf(folder.path)
    assert (shelf.languages, shelf.can_be_shown) == ((), False)


def test_a_watching_shelf_loads_nothing_again_while_nothing_changed(folder: Folder) -> None:
    shelf = Shelf(folder.path, watch=True)
    course = shelf.course()
    shelf.refresh()
    assert shelf.course() is course


def test_a_file_that_is_new_renamed_or_gone_is_seen(folder: Folder) -> None:
    shelf = Shelf(folder.path, watch=True)
    folder.write("modules/01-map/more.md", "x")
    shelf.refresh()
    assert len(faults_of(shelf)) == 1
    folder.remove("modules/01-map/more.md")
    shelf.refresh()
    assert faults_of(shelf) == []


def test_a_shelf_that_does_not_watch_reads_the_files_once(folder: Folder) -> None:
    shelf = Shelf(folder.path)
    spoil(folder)
    shelf.refresh()
    assert faults_of(shelf) == []


def test_while_one_thread_loads_the_others_read_the_course_that_was_there(folder: Folder) -> None:
    shelf = Shelf(folder.path, watch=True)
    wrong: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            shelf.refresh()
            english, dutch = shelf.course("en"), shelf.course("nl")
            if (english.language, dutch.language) != ("en", "nl") or not english.steps:
                wrong.append(english.language)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(5):
        path = folder.path / "modules/course.yaml"
        path.write_text(path.read_text() + f"# {number}\n")
        shelf.refresh()
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_pictures_are_found_by_name_and_nothing_else_is(folder: Folder, tmp_path: Path) -> None:
    shelf = Shelf(folder.path)
    assert shelf.image("01-map", "steps.svg") == folder.path / "modules/01-map/img/steps.svg"
    (tmp_path / "secret.svg").write_text("secret")
    (folder.path / "modules/01-map/img/out.svg").symlink_to(tmp_path / "secret.svg")
    folder.write("modules/01-map/img/note.txt", "x")
    for module, name in [
        ("01-map", "out.svg"),
        ("01-map", "note.txt"),
        ("01-map", "../module.yaml"),
        ("01-map", "..%2fmodule.yaml"),
        ("01-map", "none.svg"),
        ("..", "steps.svg"),
        ("03-none", "steps.svg"),
    ]:
        assert shelf.image(module, name) is None


def test_a_picture_of_a_renamed_module_is_found_under_its_former_slug(folder: Folder) -> None:
    folder.rename("modules/01-map", "modules/01-chart")
    folder.change("modules/course.yaml", "  - 01-map", "  - 01-chart")
    folder.change("modules/course.yaml", "modules:\n", "renamed:\n  modules: {01-map: 01-chart}\nmodules:\n")
    shelf = Shelf(folder.path)
    assert shelf.image("01-map", "steps.svg") == folder.path / "modules/01-chart/img/steps.svg"
