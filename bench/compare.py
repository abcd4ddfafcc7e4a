"""`python -m bench.compare REVISION`: the whole way of this tree beside that of an earlier one, in interleaved rounds.

Both are measured by this tree's whole_way.py, which is copied into the earlier one's checkout with what it needs; how
an installation is made stays the earlier one's.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.figures import Figure, table
from bench.installation import ROOT

ROUNDS = 3
FORMS = "300"
COPIED = ("figures.py", "processor_time.py", "whole_way.py")


def compare(revision: str) -> list[Figure]:
    """Each figure of this tree, with the earlier one's as its limit; medians of the rounds."""
    found: dict[str, list[tuple[Figure, Figure]]] = {}
    with _checked_out(revision) as earlier:
        for _ in range(ROUNDS):
            for before, now in zip(_measured(earlier), _measured(ROOT), strict=True):
                found.setdefault(_without_rate(now.what), []).append((before, now))
    return [
        Figure(
            what,
            median(now.value for _, now in rounds),
            rounds[0][1].unit,
            revision,
            median(before.value for before, _ in rounds),
        )
        for what, rounds in found.items()
    ]


@contextmanager
def _checked_out(revision: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", tree, revision], cwd=ROOT, check=True)
        try:
            for name in COPIED:
                shutil.copy(ROOT / "bench" / name, tree / "bench")
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)


def _measured(tree: Path) -> list[Figure]:
    """What `python -m bench.whole_way` finds there."""
    command = [sys.executable, "-m", "bench.whole_way", FORMS]
    environ = {**os.environ, "PYTHONPATH": str(tree)}
    ended = subprocess.run(command, cwd=tree, env=environ, stdout=subprocess.PIPE, check=True)
    return [Figure(**each) for each in json.loads(ended.stdout.splitlines()[-1])]


def _without_rate(what: str) -> str:
    """`queued at 14/s, p50` as `queued at a third of the flood's rate, p50`: the trees manage different rates."""
    name, _, rest = what.partition(" at ")
    rate, _, percentile = rest.partition("/s, p")
    return f"{name} at a third of the flood's rate, p{percentile}" if rate.isdigit() and percentile else what


if __name__ == "__main__":
    print(table(compare(sys.argv[1])))
