"""All that municipalities keep in files, checked as the services do when they start."""

from collections.abc import Sequence
from pathlib import Path

from services.intake.eservices import loader as definitions
from services.routing.organisation import loader as casework
from shared import municipalities
from shared.eservice_files import unread
from shared.yaml_files import FileError


def errors_of_files(municipalities_folder: Path, eservices_folder: Path) -> Sequence[FileError]:
    """Every error of the municipalities' files and the e-services' definitions, each with its file and line."""
    known, bad = municipalities.read(municipalities_folder)
    # Casework is read only where every municipality can be.
    further = unread(eservices_folder, known) if bad else casework.read(municipalities_folder, eservices_folder).errors
    return [*bad, *definitions.load(eservices_folder).errors, *further]
