"""Requests with files: what is uploaded goes to the disk of the documents, never to memory."""

from typing import IO

from flask import Request

from services.routing.documents.upload import MOST_DOCUMENTS
from shared.files.storage import Storage
from shared.web.problems import Problem

MOST_PARTS = 2 * MOST_DOCUMENTS  # each is an open file; those too many are then named one by one


def spooling(request_class: type[Request], storage: Storage) -> type[Request]:
    """Requests whose uploaded parts go to the storage's disk, and not to a `/tmp` that may be memory."""

    class SpoolingRequest(request_class):  # type: ignore[misc,valid-type]
        files_spooled = 0

        def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
            self.files_spooled += 1
            if self.files_spooled > MOST_PARTS:
                raise Problem(413, "too-many-files", detail="There are too many files. Send fewer at a time.")
            return storage.scratch()

    return SpoolingRequest
