"""Where a redirect may lead: to a page of ours, whatever a request asks for."""

from urllib.parse import unquote

LONGEST = 2_000  # characters


def own_path(target: str, *, within: str = "/", otherwise: str) -> str:
    """The target, when it is a path of ours that begins with `within`; else the other path.

    Browsers read `//host`, `/\\host` and `https:host` as addresses elsewhere, skip control characters, and resolve `..`
    (https://url.spec.whatwg.org/#url-parsing).
    """
    return target if len(target) <= LONGEST and _is_own(target, within) else otherwise


def _is_own(target: str, within: str) -> bool:
    path = unquote(target.partition("?")[0].partition("#")[0])
    plain = target.isprintable() and path.isprintable() and "\\" not in path
    return plain and target.startswith(within) and not path.startswith("//") and ".." not in path.split("/")
