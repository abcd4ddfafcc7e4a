"""Where a redirect may lead."""

import pytest

from shared.web.redirects import LONGEST, own_path


@pytest.mark.parametrize(
    "target",
    [
        "/desk/",
        "/desk/queues/gata?sort=age&number=TN%202026",
        "/desk/queues/g%C3%A5ta",
        "/desk/?back=https://a.example/",
    ],
)
def test_a_path_of_ours_is_kept(target):
    assert own_path(target, within="/desk/", otherwise="/desk/queues") == target


@pytest.mark.parametrize(
    "target",
    [
        "",
        "desk/",
        "https://evil.example/desk/",
        "https:evil.example",
        "javascript:alert(1)",
        "//evil.example/",
        "/\\evil.example/",
        "/%5Cevil.example/",
        "/%2Fevil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "/%09/evil.example/",
        "/\r\nLocation: https://evil.example/",
        "\x00//evil.example/",
        " //evil.example/",
        "@evil.example/",
        "/..//evil.example/",
        "/%2e%2e/",
        "/\u2028/",
        f"/{'a' * LONGEST}",
    ],
)
def test_everything_else_is_not(target):
    assert own_path(target, otherwise="/desk/queues") == "/desk/queues"


@pytest.mark.parametrize("target", ["/mailbox/", "/desk", "/desk/../mailbox/", "/desk/%2E./mailbox/"])
def test_a_path_may_be_held_to_a_part_of_ours(target):
    assert own_path(target, within="/desk/", otherwise="/desk/queues") == "/desk/queues"
