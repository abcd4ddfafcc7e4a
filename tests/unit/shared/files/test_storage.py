"""The folder of attachments: a file is whole and on disk before it counts, and what no submission claimed is swept."""

import hashlib
import os
from io import BytesIO
from uuid import uuid4

import pytest

from shared.files.storage import Storage, TooLarge
from tests.builders import NOON

FILE = uuid4()


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path)


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def received(storage, content=b"%PDF rest", limit=100):
    return storage.receive(FILE, content[:4], BytesIO(content[4:]), limit, as_it_is)


def as_it_is(_):
    """An examination that changes nothing."""
    return False


def test_a_file_is_stored_whole_with_its_sum(storage, tmp_path):
    stored = received(storage)

    assert (stored.size, stored.sha256) == (9, hashlib.sha256(b"%PDF rest").hexdigest())
    assert files(tmp_path) == [f"incoming/{FILE}"]


def test_a_file_that_is_too_large_leaves_nothing(storage, tmp_path):
    with pytest.raises(TooLarge):
        received(storage, limit=8)

    assert files(tmp_path) == []


def test_the_sum_is_of_what_is_stored_where_the_examination_changes_it(storage, tmp_path):
    def change(file):
        file.seek(0)
        file.write(b"#")
        return True

    stored = storage.receive(FILE, b"%PDF", BytesIO(b" rest"), 100, change)

    assert (stored.size, stored.sha256) == (9, hashlib.sha256(b"#PDF rest").hexdigest())
    assert (tmp_path / "incoming" / str(FILE)).read_bytes() == b"#PDF rest"


def test_a_file_that_the_examination_refuses_leaves_nothing(storage, tmp_path):
    def refuse(_):
        raise ValueError

    with pytest.raises(ValueError):
        storage.receive(FILE, b"%PDF", BytesIO(b" rest"), 100, refuse)

    assert files(tmp_path) == []


def test_a_file_is_here_until_it_is_deleted(storage):
    assert not storage.has(FILE)
    received(storage)
    assert storage.has(FILE)
    storage.keep(FILE)
    assert storage.has(FILE)
    storage.delete(FILE)
    assert not storage.has(FILE)


def test_a_file_that_is_cut_off_leaves_nothing(storage, tmp_path):
    class CutOff(BytesIO):
        def read(self, size=-1, /):
            raise ConnectionError

    with pytest.raises(ConnectionError):
        storage.receive(FILE, b"%PDF", CutOff(), 100, as_it_is)

    assert files(tmp_path) == []


def test_a_claimed_file_is_kept_and_can_be_opened(storage, tmp_path):
    received(storage)

    storage.keep(FILE)
    storage.keep(FILE)

    assert files(tmp_path) == [f"kept/{FILE.hex[:2]}/{FILE}"]
    with storage.open(FILE) as file:
        assert file.read() == b"%PDF rest"


def test_only_a_claimed_file_can_be_opened(storage):
    received(storage)

    with pytest.raises(FileNotFoundError):
        storage.open(FILE)


def test_a_file_that_is_gone_cannot_be_kept(storage):
    with pytest.raises(FileNotFoundError):
        storage.keep(FILE)


@pytest.mark.parametrize("claimed", [False, True])
def test_a_file_is_deleted_claimed_or_not(storage, tmp_path, claimed):
    received(storage)
    if claimed:
        storage.keep(FILE)

    storage.delete(FILE)
    storage.delete(FILE)

    assert files(tmp_path) == []


def test_only_what_no_submission_claimed_is_swept(storage, tmp_path):
    received(storage)
    storage.keep(FILE)
    (tmp_path / "incoming/old").write_bytes(b"%PDF")
    os.utime(tmp_path / "incoming/old", (0, 0))
    (tmp_path / "incoming/new").write_bytes(b"%PDF")
    os.utime(tmp_path / "incoming/new", (NOON.timestamp(), NOON.timestamp()))

    storage.sweep(NOON, whole_before=NOON)

    assert files(tmp_path) == ["incoming/new", f"kept/{FILE.hex[:2]}/{FILE}"]


def test_a_file_that_goes_while_the_folder_is_swept_stops_nothing(storage, tmp_path):
    incoming = tmp_path / "incoming"
    for name in ("a", "b", "c"):
        (incoming / name).write_bytes(b"%PDF")
        os.utime(incoming / name, (0, 0))
    (incoming / "b").unlink()
    (incoming / "b").symlink_to("claimed-meanwhile")

    storage.sweep(NOON, whole_before=NOON)

    assert files(tmp_path) == []


def test_a_file_is_read_a_piece_at_a_time(storage):
    sizes = []

    class Watched(BytesIO):
        def read(self, size=-1, /):
            sizes.append(size)
            return super().read(size)

    stored = storage.receive(uuid4(), b"%PDF", Watched(bytes(3_000_000)), 10_000_000, as_it_is)

    assert stored.size == 3_000_004
    assert max(sizes) <= 1_000_000
    assert -1 not in sizes


def test_a_folder_that_cannot_be_written_is_not_ready(storage, tmp_path):
    storage.check()
    (tmp_path / "incoming").rmdir()

    with pytest.raises(OSError):
        storage.check()
