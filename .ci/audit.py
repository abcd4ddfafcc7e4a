"""Whether a locked package is withdrawn ("yanked") from the package index, and under which licence each one is.

`make audit`. pip asks the index that this machine is set up with, and installs nothing.
"""

import json
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

Package = dict[str, Any]


def main() -> int:
    """1 if something is withdrawn, without a known licence, or could not be looked up in an index."""
    packages = locked_packages()
    licences = defaultdict(list)
    for package in packages:
        licences[licence(package["metadata"])].append(name(package))
    for known in sorted(filter(None, licences)):
        show(f"{known}: {', '.join(sorted(licences[known]))}")
    errors = [f"licence not known: {each}" for each in licences[""]]
    errors += [f"withdrawn from the index: {name(package)}" for package in packages if package["is_yanked"]]
    local = [package for package in packages if package["download_info"]["url"].startswith("file:")]
    if local:
        errors.append(
            f"not looked up in an index: {len(local)} packages, which pip takes from a folder here (pip config list)"
        )
    for error in errors:
        show(f"ERROR {error}")
    show(f"{len(packages)} packages, {len(errors)} errors")
    return 1 if errors else 0


def locked_packages() -> list[Package]:
    """pip's installation report on each pin that is for this platform; raises CalledProcessError if pip cannot.

    https://pip.pypa.io/en/stable/reference/installation-report/. Without the hashes, pip reads metadata and
    downloads no packages.
    """
    pins = [pin.strip() for pin in PIN.findall(LOCK.read_text())]
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--quiet"]
    report = subprocess.run([*pip, "--quiet", "--report", "-", *pins], stdout=subprocess.PIPE, check=True).stdout
    return list(json.loads(report)["install"])


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
