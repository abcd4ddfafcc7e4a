"""How the house tests read the repository."""

import importlib
import pkgutil
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import services
import shared

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "routing", "notify")


def text(path: str) -> str:
    """A file of the repository."""
    return (ROOT / path).read_text()


def modules() -> Iterator[ModuleType]:
    """Every module of the services and of what they share, imported; migrations are scripts and left out."""
    for package in (services, shared):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name and not found.name.endswith(".__main__"):
                yield importlib.import_module(found.name)


def run(*words: str) -> None:
    """Run a checker on the repository and show what it says if it is not content; skip where it is lacking."""
    program = shutil.which(words[0], path=f"{ROOT}/.venv/bin:/usr/local/bin:/usr/bin:/usr/sbin")
    if not program:
        pytest.skip(f"no {words[0]}: CONTRIBUTING.md says which package has it")
    done = subprocess.run([program, *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
