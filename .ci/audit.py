"""Whether a locked package is withdrawn ("yanked") from the package index, and under which licence each one is.

`make audit`. pip asks the index that this machine is set up with, and installs nothing. What else this machine's pip is
set up with, folders of packages above all, plays no part: it knows nothing of what is withdrawn.
"""

import ast
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[1] / "requirements-dev.lock"  # has every pin of requirements.lock too; a test keeps it so
PIN = re.compile(r"^[a-z0-9][^\\\n]*==[^\\\n]+", re.MULTILINE)

# What a package's own licence file names, where its metadata does not.
FROM_LICENCE_FILES = {"axe-playwright-python": "MIT"}

# What pip's own configuration says of how an index is reached: https://pip.pypa.io/en/stable/topics/configuration/.
REACHES = frozenset(
    (
        "index-url",
        "extra-index-url",
        "proxy",
        "cert",
        "client-cert",
        "trusted-host",
        "timeout",
        "default-timeout",
        "retries",
    )
)

Package = dict[str, Any]


class IndexNotAsked(Exception):
    """pip could not look the pins up; the message is its own."""


def main() -> int:
    """1 if something is withdrawn, without a known licence, or could not be looked up in an index."""
    try:
        packages = locked_packages()
    except IndexNotAsked as error:
        show(f"ERROR the package index that pip is set up with (pip config list) could not be asked: {error}")
        return 1
    licences = defaultdict(list)
    for package in packages:
        licences[licence(package["metadata"])].append(name(package))
    for known in sorted(filter(None, licences)):
        show(f"{known}: {', '.join(sorted(licences[known]))}")
    errors = [f"licence not known: {each}" for each in licences[""]]
    errors += [f"withdrawn from the index: {name(package)}" for package in packages if package["is_yanked"]]
    for error in errors:
        show(f"ERROR {error}")
    show(f"{len(packages)} packages, {len(errors)} errors")
    return 1 if errors else 0


def locked_packages() -> list[Package]:
    """pip's installation report on each pin that is for this platform. Raises IndexNotAsked.

    https://pip.pypa.io/en/stable/reference/installation-report/. Without the hashes, pip reads metadata and
    downloads no packages.
    """
    pins = [pin.strip() for pin in PIN.findall(LOCK.read_text())]
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--quiet"]
    done = subprocess.run(
        [*pip, "--quiet", "--report", "-", *pins], capture_output=True, check=False, text=True, env=pip_environ()
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["ERROR: no reason given"]
        raise IndexNotAsked(lines[0].removeprefix("ERROR: "))
    return list(json.loads(done.stdout)["install"])


def pip_environ() -> dict[str, str]:
    """The environment in which pip asks this machine's index, and knows nothing else of this machine's settings."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    others = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return others | {"PIP_CONFIG_FILE": os.devnull} | index_settings(listed)


def index_settings(listed: str) -> dict[str, str]:
    """As variables, what `pip config list` has of how an index is reached: the environment's before the files'."""
    found: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for name, _, value in (line.partition("=") for line in listed.splitlines()):
            its_section, _, option = name.rpartition(".")
            if its_section == section and option in REACHES:
                found[f"PIP_{option.upper().replace('-', '_')}"] = str(ast.literal_eval(value))
    return found


def name(package: Package) -> str:
    """As in the lock, `flask==3.1.2`."""
    return f"{package['metadata']['name'].lower()}=={package['metadata']['version']}"


def licence(metadata: dict[str, Any]) -> str:
    """The SPDX expression, or else the classifiers, or else the name in the older field; empty where none is known."""
    if metadata.get("license_expression"):
        return str(metadata["license_expression"])
    classifiers = [each for each in metadata.get("classifier", []) if each.startswith("License :: ")]
    if classifiers:
        return ", ".join(each.rpartition(" :: ")[2] for each in classifiers)
    return str(metadata.get("license", "")).strip().partition("\n")[0] or FROM_LICENCE_FILES.get(metadata["name"], "")


def show(line: str) -> None:
    """For the one who audits."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
