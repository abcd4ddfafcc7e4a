"""The W3C trace context."""

import pytest

from shared.observability.tracing import current_traceparent, trace, trace_id

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def test_a_trace_is_joined_with_a_span_of_our_own():
    with trace(f"00-{TRACE}-{SPAN}-01"):
        assert trace_id() == TRACE
        assert current_traceparent() != f"00-{TRACE}-{SPAN}-01"
        assert current_traceparent().startswith(f"00-{TRACE}-")
    assert trace_id() == ""


@pytest.mark.parametrize(
    "incoming",
    [None, "", "x", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE.upper()}-{SPAN}-01", "å" * 99],
)
def test_a_trace_is_begun_where_none_is_named(incoming):
    with trace(incoming):
        assert len(trace_id()) == 32
        assert trace_id() != TRACE
