"""Threads that read the first events of a kind at the same time."""

import subprocess
import sys

READS = """
import dataclasses, sys, threading
from shared.events.conversion import convert

sys.setswitchinterval(1e-6)
names = [f"field_{number}" for number in range(40)]
for _ in range(40):
    texts = [(name, str | None, None) for name in names]
    inner = dataclasses.make_dataclass("Inner", texts)
    kind = dataclasses.make_dataclass("Kind", [("of", tuple[inner, ...]), *texts])
    begin, read = threading.Barrier(3), []

    def first():
        begin.wait()
        read.append(convert({"field_1": "ett", "of": [{"field_2": "två"}]}, kind))

    threads = [threading.Thread(target=first) for _ in range(3)]
    for each in threads: each.start()
    for each in threads: each.join()
    assert [(each.field_1, each.of[0].field_2) for each in read] == [("ett", "två")] * 3
"""


def test_several_threads_read_the_first_of_a_kind_at_the_same_time():
    ran = subprocess.run([sys.executable, "-c", READS], check=False, capture_output=True, text=True)

    assert (ran.returncode, ran.stderr) == (0, "")
