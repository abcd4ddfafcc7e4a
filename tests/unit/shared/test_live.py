"""What files give is taken up while a process runs; whatever goes wrong, what was good before serves on."""

import shutil
import threading

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from shared import live
from shared.live import Live, Reading
from shared.settings import BadSetting
from shared.yaml_files import FileError


@pytest.fixture
def folder(tmp_path):
    """A folder with one file."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "one.yaml").write_text("first")
    return tmp_path / "files"


@pytest.fixture
def settled(monkeypatch):
    """No file is taken for one that is still written to."""
    monkeypatch.setattr(live, "SETTLE_SECONDS", 0)


class ReadFolder:
    """Reads the folder's file, with an error for one that says so; counts how often."""

    def __init__(self, folder):
        self.folder, self.readings = folder, 0

    def __call__(self, last):
        self.readings += 1
        texts = [file.read_text() for file in sorted(self.folder.glob("*.yaml"))]
        if "bad" in texts:
            return Reading(last, [FileError(self.folder / "one.yaml", 1, "is bad")])
        return Reading(" ".join(texts))


def watching(folder):
    read = ReadFolder(folder)
    return Live("tests", [folder], read), read


def errors():
    return REGISTRY.get_sample_value("definition_errors", {"service": "tests"})


def test_a_changed_file_is_read_once(folder, settled):
    found, read = watching(folder)
    (folder / "one.yaml").write_text("second")

    for _ in range(3):
        found.look()

    assert (found.current, read.readings) == ("second", 2)


@pytest.mark.parametrize("change", ["add", "remove"])
def test_files_come_and_go(folder, settled, change):
    (folder / "two.yaml").write_text("and")
    found, _ = watching(folder)
    (folder / "two.yaml").unlink() if change == "remove" else (folder / "tre.yaml").write_text("more")

    found.look()
    found.look()

    assert found.current == ("first" if change == "remove" else "first more and")


def test_a_file_that_has_only_just_changed_is_left_for_the_next_look(folder):
    found, _ = watching(folder)
    (folder / "one.yaml").write_text("seco")
    found.look()
    assert found.current == "first"
    (folder / "one.yaml").write_text("second")
    found.look()
    assert found.current == "first"

    found.look()

    assert found.current == "second"


def test_between_two_looks_nothing_is_looked_at(folder, settled, monkeypatch):
    monkeypatch.setattr(live, "LOOK_SECONDS", 1e6)
    found, _ = watching(folder)
    (folder / "one.yaml").write_text("second")

    assert found.current == "first"


def test_who_asks_when_it_is_time_gets_what_there_is_now(folder, settled, monkeypatch):
    monkeypatch.setattr(live, "LOOK_SECONDS", 0)
    found, _ = watching(folder)
    (folder / "one.yaml").write_text("second")

    assert found.current == "second"


def test_a_bad_file_is_named_once_in_the_log_and_counted_until_it_is_right(folder, settled):
    found, _ = watching(folder)
    (folder / "one.yaml").write_text("bad")
    with capture_logs() as lines:
        found.look()
        found.look()
    assert (found.current, errors()) == ("first", 1)
    [line] = [each for each in lines if each["event"] == "definition_rejected"]
    assert (line["file"], line["line"], line["error"]) == (str(folder / "one.yaml"), 1, "is bad")

    (folder / "one.yaml").write_text("third")
    found.look()

    assert (found.current, errors()) == ("third", 0)


def test_a_folder_that_cannot_be_read_changes_nothing(folder, settled):
    found, _ = watching(folder)
    away = folder.rename(folder.with_name("away"))
    with capture_logs() as lines:
        found.look()
        found.look()
    assert (found.current, errors()) == ("first", 1)
    assert [each["event"] for each in lines] == ["files_not_taken_up"], "one line, not one for each look"

    away.rename(folder)
    (folder / "one.yaml").write_text("second")
    found.look()

    assert (found.current, errors()) == ("second", 0)


def test_what_could_not_be_taken_up_is_tried_at_the_next_look(folder, settled):
    fails = True

    def read(last):
        if last and fails:
            raise ConnectionError
        return Reading((folder / "one.yaml").read_text())

    found = Live("tests", [folder], read)
    (folder / "one.yaml").write_text("second")
    found.look()
    assert found.current == "first"

    fails = False
    found.look()

    assert found.current == "second"


def test_a_folder_that_cannot_be_read_at_the_start_stops_it(folder):
    shutil.rmtree(folder)

    with pytest.raises(BadSetting, match="files cannot be read"):
        watching(folder)


def test_a_request_ends_with_what_it_began_with(folder, settled):
    found, _ = watching(folder)
    found.keep()
    (folder / "one.yaml").write_text("second")
    found.look()
    assert found.current == "first"

    found.release()

    assert found.current == "second"


def test_while_one_thread_reads_the_others_go_on_with_what_there_is(folder, settled):
    began, may_end = threading.Event(), threading.Event()

    def read(last):
        if last:
            began.set()
            may_end.wait(10)
        return Reading((folder / "one.yaml").read_text())

    found = Live("tests", [folder], read)
    (folder / "one.yaml").write_text("second")
    reading = threading.Thread(target=found.look)
    reading.start()
    began.wait(10)

    found.look()

    assert found.current == "first"
    may_end.set()
    reading.join(10)
    assert found.current == "second"


def test_hidden_files_are_nobodys(folder):
    before = live.stamps([folder])
    (folder / ".one.yaml.swp").write_text("x")

    assert live.stamps([folder]) == before
