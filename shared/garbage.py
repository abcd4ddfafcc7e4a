"""Python's garbage collection in processes that live long and make much that dies young."""

import gc


def look_seldom_while_loading() -> None:
    """What is loaded stays: Python's own looks meanwhile are up to a fifth of what a start costs."""
    gc.set_threshold(50_000, 20, 20)


def look_seldom_for_garbage() -> None:
    """Reference counts free nearly all that a batch or a request has made, and what is loaded by now stays.

    Python's own threshold is 700 new objects, and the looks among all that was ever loaded are a quarter of what the
    bus costs a worker, and a sixth of what a submission costs intake's web.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
