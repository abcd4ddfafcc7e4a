"""Shows how much of the code the tests entered, a line for each folder: `make coverage` runs it."""

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COUNTS = ("num_statements", "covered_lines", "num_branches", "covered_branches")


def table(files: Mapping[str, Mapping[str, Any]]) -> str:
    """The share of lines and of branches entered in each folder, and the module where most branches are not."""
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for file in files:
        folders[str(Path(file).parent)].append(file)
    rows = [f"{'folder':40} {'lines':>6} {'branches':>9}  most branches left in"]
    for folder, inside in sorted(folders.items()):
        worst = max(inside, key=lambda file: files[file]["summary"]["missing_branches"])
        left = files[worst]["summary"]["missing_branches"]
        rows.append(f"{folder:40} {_shares(files, inside)}  {f'{Path(worst).name} ({left})' if left else ''}".rstrip())
    return "\n".join([*rows, f"{'all':40} {_shares(files, list(files))}"])


def _shares(files: Mapping[str, Mapping[str, Any]], names: list[str]) -> str:
    lines, entered, branches, taken = (sum(files[name]["summary"][count] for name in names) for count in COUNTS)
    return f"{entered / max(lines, 1):6.0%} {taken / max(branches, 1):9.0%}"


if __name__ == "__main__":
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        subprocess.run(
            [sys.executable, "-m", "coverage", "json", "--quiet", "-o", report.name], check=True, stdout=sys.stderr
        )
        print(table(json.loads(Path(report.name).read_text())["files"]))  # noqa: T201
