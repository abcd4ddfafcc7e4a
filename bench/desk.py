"""The officers' desk among ten thousand cases and among a million: pages, search, and `claim next` by many at once.

`python -m bench.desk 200000` measures this alone, with so many; each part can be run alone, too.
"""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench import caseload, claims, figures, queues, scratch, search, whole_way
from bench.figures import Figure
from bench.installation import Installation


def measure(folder: Path, installation: Installation, large: int) -> list[Figure]:
    """All of it, on the same two stores."""
    with caseload.stores(large, installation.environ["ARENDE_LINK_KEY"]) as urls:
        return [
            *queues.measure(folder, installation, urls, large),
            *search.measure(urls, large),
            *claims.measure(urls, large),
        ]


def _alone(large: int) -> list[Figure]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker_url = stack.enter_context(scratch.broker())
        return measure(folder, stack.enter_context(whole_way.installed(folder / "whole", broker_url)), large)


if __name__ == "__main__":
    print(figures.table(_alone(int(sys.argv[1]))), figures.load(), sep="\n")
