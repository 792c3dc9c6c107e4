"""The chart's geometry."""
from datetime import datetime, timedelta, timezone

from django.test import SimpleTestCase

from prices import chart
from prices.api import Point

NOW = datetime(2026, 3, 10, 10, 30, tzinfo=timezone.utc)
HOUR = NOW.replace(minute=0)


def points(*usd: float) -> list[Point]:
    return [Point(HOUR - timedelta(hours=len(usd) - 1 - place), price) for place, price in enumerate(usd)]


class Chart(SimpleTestCase):
    def test_time_goes_right_and_money_goes_up(self):
        drawn = chart.draw(points(100, 120, 110), 24, NOW)
        first, highest, last = drawn.bands
        self.assertTrue(chart.LEFT < first.x < highest.x < last.x < chart.WIDTH)
        self.assertTrue(chart.TOP < highest.y < last.y < first.y < drawn.floor)
        self.assertEqual(drawn.last, last)

    def test_a_missing_hour_breaks_the_line(self):
        found = points(100, 101, 102, 103, 104)
        self.assertEqual(len(chart.draw(found, 24, NOW).lines), 1)
        drawn = chart.draw(found[:2] + found[3:4], 24, NOW)
        self.assertEqual(len(drawn.lines), 2)
        # One hour by itself is still to be seen.
        self.assertTrue(drawn.lines[1].endswith("h0.1"))

    def test_prices_that_never_moved_are_a_line_in_the_middle(self):
        drawn = chart.draw(points(100, 100, 100), 24, NOW)
        self.assertAlmostEqual(drawn.bands[0].y, (chart.TOP + drawn.floor) / 2, delta=1)

    def test_labels_are_round_and_inside(self):
        for low, high in ((63109.23, 71870.65), (99999, 100001), (1, 1_000_000)):
            with self.subTest(low=low, high=high):
                drawn = chart.draw(points(low, high), 24, NOW)
                self.assertTrue(2 <= len(drawn.prices) <= 7, drawn.prices)
                self.assertTrue(all(chart.TOP <= tick.at < drawn.floor for tick in drawn.prices))
        self.assertEqual([tick.label for tick in chart.draw(points(63109.23, 71870.65), 24, NOW).prices], ["$65,000", "$67,500", "$70,000", "$72,500"])

    def test_times_of_each_period(self):
        labels = {hours: [tick.label for tick in chart.draw(points(1), hours, NOW).times] for hours in (24, 168, 720)}
        self.assertEqual(labels[24], ["12:00", "16:00", "20:00", "00:00", "04:00", "08:00"])
        self.assertEqual(labels[168], ["Wed 4", "Thu 5", "Fri 6", "Sat 7", "Sun 8", "Mon 9", "Tue 10"])
        self.assertEqual(labels[720], ["13 Feb", "18 Feb", "23 Feb", "28 Feb", "5 Mar"])

    def test_a_month_has_no_more_strips_than_a_finger_can_tell_apart(self):
        drawn = chart.draw(points(*range(1, 721)), 720, NOW)
        self.assertEqual(len(drawn.bands), chart.MOST_BANDS)
        self.assertEqual(drawn.lines[0].count(" L"), 719)
