"""The bench's figures and the table that it prints."""

from bench.figures import Figure, at_centiles, table


def test_a_figure_is_compared_with_its_limit_or_with_what_is_wanted():
    rate = Figure("relay", 600, "events/s", "kombu alone", 1000, wanted=0.5)
    late = Figure("queued, p99", 130, "ms", wanted=100, more_is_better=False)
    known = Figure("accepted", 12.34, "/s")

    assert [rate.reached, late.reached, known.reached] == [True, False, None]
    assert [line.split() for line in table([rate, late, known]).splitlines()[2:]] == [
        ["relay", "600", "events/s", "1,000", "kombu", "alone", "0.60", "≥", "0.5", "reached"],
        ["queued,", "p99", "130", "ms", "≤", "100", "not", "reached"],
        ["accepted", "12.3", "/s"],
    ]


def test_what_takes_long_now_and_then_is_seen_in_the_99th_of_a_hundred():
    among_few, among_many = [0.010] * 100, [0.012] * 95 + [0.050] * 5

    half, nearly_all = at_centiles("a search", among_few, among_many, 10_000, 1_000_000)

    assert (half.what, half.value, half.ratio, half.reached) == ("a search, 1,000,000 cases, p50", 12, 1.2, True)
    assert (nearly_all.value, nearly_all.ratio, nearly_all.reached) == (50, 5, False)
