"""What a newcomer does first, in a fresh clone: `make run`, report a fault, see that it is registered, stop.

python3 .ci/first_run.py CLONE. Only the standard library: the clone's own environment is what is being tried.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

PORT = 8137
ORIGIN = f"http://127.0.0.1:{PORT}"
SUBMISSIONS = f"{ORIGIN}/intake/api/v1/municipalities/alvdalen/submissions"
READY_SECONDS, REGISTERED_SECONDS, STOP_SECONDS = 120, 30, 30


def main(clone: Path) -> None:
    """AssertionError, TimeoutError or an HTTPError where the first run is not as it should be."""
    began = time.monotonic()
    make = subprocess.Popen(["make", "run"], cwd=clone, env={**os.environ, "ARENDE_PORT": str(PORT)})
    try:
        until(lambda: is_ready() or make.poll() is not None, READY_SECONDS, "`make run` answers")
        assert make.poll() is None, "`make run` ended before it answered"
        say(f"ready after {time.monotonic() - began:.0f} s")
        reference = submit()
        until(lambda: state(reference) == "queued", REGISTERED_SECONDS, "the submission is registered")
        say(f"{reference} is registered")
    except BaseException:
        show(clone / "var" / "arende.log")
        raise
    finally:
        stop(make)
    assert make.returncode == 0, f"`make run` ended with {make.returncode}"
    say("stopped cleanly")


def is_ready() -> bool:
    """Whether everything answers."""
    try:
        with urlopen(f"{ORIGIN}/readyz", timeout=5):
            return True
    except (URLError, ConnectionError, TimeoutError):
        return False


def submit() -> str:
    """Report a fault; the receipt's reference."""
    report = {
        "eservice": "felanmalan",
        "language": "sv",
        "answers": {
            "category": "street_light",
            "place": {"text": "Dalgatan 12"},
            "description": "Lampan är släckt.",
        },
    }
    headers = {"Content-Type": "application/json", "Idempotency-Key": "first-run"}
    return str(ask(Request(SUBMISSIONS, json.dumps(report).encode(), headers))["reference"])


def state(reference: str) -> str:
    """Where the submission stands, as its submitter sees it."""
    return str(ask(Request(f"{SUBMISSIONS}/{reference}"))["state"])


def ask(request: Request) -> dict[str, object]:
    """The answer's JSON object."""
    with urlopen(request, timeout=10) as answer:
        answered: dict[str, object] = json.load(answer)
    return answered


def until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for it; TimeoutError when it has not come about in that time."""
    give_up_at = time.monotonic() + seconds
    while not true():
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.2)


def stop(make: "subprocess.Popen[bytes]") -> None:
    """Tell what make runs to stop, as Ctrl-C does, and wait for make."""
    running = subprocess.run(["pgrep", "--parent", str(make.pid)], capture_output=True, text=True, check=False)
    for pid in running.stdout.split():
        os.kill(int(pid), signal.SIGINT)
    make.wait(STOP_SECONDS)


def show(log: Path) -> None:
    """The end of the log, where there is one."""
    if log.exists():
        say("\n".join(log.read_text().splitlines()[-50:]))


def say(line: str) -> None:
    """For CI's own log."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
