"""Where e-service definitions are: in `common/`, and in `<municipality>/`, whose files take the place of those."""

from collections.abc import Collection
from pathlib import Path

from shared.validation import unknown
from shared.yaml_files import FileError

COMMON = "common"
VOCABULARY = "vocabulary.yaml"


def definition_files(folder: Path) -> list[Path]:
    """Every `<folder>/<place>/<code>.yaml`, sorted."""
    return sorted(folder.glob("*/*.yaml"))


def table_files(folder: Path) -> list[Path]:
    """Every `<folder>/<place>/data/<name>.yaml`, sorted."""
    return sorted(folder.glob("*/data/*.yaml"))


def test_files(folder: Path) -> list[Path]:
    """Every `<folder>/<place>/tests/<code>.yaml`, sorted: what authors expect of their definitions."""
    return sorted(folder.glob("*/tests/*.yaml"))


def unread(folder: Path, slugs: Collection[str]) -> list[FileError]:
    """An error for everything that only looks like a definition: an override that nobody reads would go unnoticed.

    `slugs` are the municipalities' folders.
    """
    places = {COMMON, *slugs}
    errors = [FileError(file, 1, "is not read: call it .yaml") for file in sorted(folder.rglob("*.yml"))]
    for inside in sorted(folder.iterdir()):
        if inside.suffix == ".yaml" and inside.name != VOCABULARY:
            errors.append(FileError(inside, 1, f"is not read: put it in {COMMON}/, or in a municipality's folder"))
        elif inside.is_dir() and not inside.name.startswith(".") and inside.name not in places:
            errors.append(FileError(inside, 1, unknown("municipality", inside.name, places)))
    return errors
