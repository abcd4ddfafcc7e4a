"""Where the bars of a chart stand."""

import pytest

from services.routing.statistics.charts import HEIGHT, WIDTH, chart, nice_top


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 4), (4, 4), (5, 10), (11, 20), (21, 40), (41, 50), (99, 100), (101, 200), (2_400, 2_500)]
)
def test_the_highest_figure_has_a_round_one_above_it(highest, top):
    assert nice_top(highest) == top


def test_bars_are_as_high_as_their_figures_and_stand_on_one_line():
    drawn = chart(["v 1", "v 2"], [10, 5], [0, 10])

    (first, second) = drawn.columns
    assert [bar.height for bar in (*first.bars, *second.bars)] == [164, 0, 82, 164]
    assert {bar.y + bar.height for bar in (*first.bars, *second.bars)} == {HEIGHT - 24}
    assert [tick.value for tick in drawn.ticks] == [0, 5, 10]


def test_no_bar_stands_on_another_or_outside():
    drawn = chart([str(each) for each in range(12)], range(12), range(12))

    bars = [bar for column in drawn.columns for bar in column.bars]
    edges = [edge for bar in bars for edge in (bar.x, bar.x + bar.width)]
    assert edges == sorted(edges)
    assert 0 < edges[0] < edges[-1] < WIDTH
