"""Checks definitions, and the files of the municipalities that offer them, before they are put to use."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from services.intake.eservices import loader as definitions
from services.intake.eservices.authoring import expectations
from services.intake.eservices.authoring.remarks import Remark, remarks
from services.routing.organisation import loader as casework
from shared import municipalities as tenants
from shared.eservice_files import definition_files, test_files, unread


@dataclass(frozen=True)
class Checked:
    """The errors, a line each; the remarks on definitions that are right; and how many those are."""

    errors: Sequence[str]
    remarks: Sequence[Remark]
    good: int


def check(folder: Path, municipalities: Path, only: Path | None = None) -> Checked:
    """Check every definition of the folder, or `only` that of one file."""
    found = definitions.load(folder)
    known, bad = tenants.read(municipalities)
    # Casework is read only where every municipality can be.
    further = unread(folder, known) if bad else casework.read(municipalities, folder).errors
    tests = [error for file in test_files(folder) for error in expectations.read(file)[1]]
    errors = [str(each) for each in (*bad, *found.errors, *further, *tests) if only is None or each.file == only]
    errors += [
        f"{slug}: {code}: {message}"
        for slug in known
        for code, message in found.unusable(slug).items()
        if only is None or code == only.stem
    ]
    good = [
        (file, eservice)
        for file in definition_files(folder)
        if only in (None, file) and (eservice := found.by_place[file.parent.name][file.stem])
    ]
    return Checked(errors, [each for file, eservice in good for each in remarks(file, eservice)], len(good))
