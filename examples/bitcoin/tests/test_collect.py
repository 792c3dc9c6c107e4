"""The job: what it stores, and that it fails in the open."""
import json
import os
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from unittest.mock import patch

from django.core.management import CommandError, call_command
from django.test import TestCase

from prices import feed
from prices.models import Price

from . import serving

NOW = datetime(2026, 3, 1, 10, 20, tzinfo=timezone.utc)


def at(hour: int, minute: int = 0, day: int = 1) -> int:
    return int(datetime(2026, 3, day, hour, minute, tzinfo=timezone.utc).timestamp() * 1000)


def collect(url: str, *options: str) -> None:
    with patch.dict(os.environ, FEED_URL=url):
        call_command("collect", *options)


class Feed(TestCase):
    def read(self, points: list) -> list[tuple[int, Decimal]]:
        with serving.feed(json.dumps({"prices": points}).encode()) as url:
            return [(price.time.hour, price.usd) for price in feed.read(url, NOW)]

    def test_the_first_point_of_an_hour_stands_for_it(self):
        self.assertEqual(self.read([[at(9, 5), 101.005], [at(9), 100], [at(8, 59), 99.999], [at(10, 19), 102]]), [(8, Decimal("100.00")), (9, Decimal("100.00")), (10, Decimal("102.00"))])

    def test_what_is_no_price_is_named_and_nothing_is_taken(self):
        for point in ([at(9), -1], [at(9), 0], [at(9), "100"], [at(9), True], [at(9), None], [at(9)], {}, [at(9), float("nan")], [at(9), 1e300]):
            with self.subTest(point), self.assertRaisesRegex(feed.FeedError, r"^prices\.1: must be \[milliseconds, dollars\]"):
                self.read([[at(8), 100], point])

    def test_a_price_from_the_future_is_refused(self):
        with self.assertRaisesRegex(feed.FeedError, "2026-03-02 09:00, which has not been yet"):
            self.read([[at(9, day=2), 100]])

    def test_an_answer_of_another_form_is_refused(self):
        for body in (b"", b"[]", b"{}", b'{"prices": []}', b'{"prices": {}}', b"\xff", b"<html>"):
            with self.subTest(body), serving.feed(body) as url, self.assertRaisesRegex(feed.FeedError, "must be JSON of the form"):
                feed.read(url, NOW)

    def test_a_refusal_names_the_feed_without_its_key(self):
        with serving.feed(b"slow down", 429) as url, self.assertRaisesRegex(feed.FeedError, r"/market_chart answered 429$"):
            feed.read(url, NOW)

    def test_an_endless_answer_is_cut_off(self):
        with serving.feed(b" " * (feed.LARGEST + 1)) as url, self.assertRaisesRegex(feed.FeedError, "sent more than 5000000 bytes"):
            feed.read(url, NOW)

    def test_a_file_comes_round_again_and_never_contradicts_itself(self):
        now = feed.read("file:feed/sample.json", NOW)
        later = feed.read("file:feed/sample.json", NOW + timedelta(hours=3))
        self.assertEqual((len(now), now[-1].time), (720, NOW.replace(minute=0)))
        self.assertEqual(now[3:], later[:-3])
        self.assertEqual({b.time - a.time for a, b in zip(now, now[1:])}, {timedelta(hours=1)})


class Job(TestCase):
    def test_stores_each_hour_once(self):
        with self.assertLogs("prices") as logs:
            collect("file:feed/sample.json")
            count = Price.objects.count()
            collect("file:feed/sample.json")
        self.assertGreaterEqual(count, 720)
        self.assertLessEqual(Price.objects.count() - count, 1)
        self.assertRegex(logs.output[0], r"stored 720 new of 720 prices in [\d.]+ s; the last is \d+\.\d\d USD at .* UTC$")

    def test_fills_the_hours_that_were_missed_and_leaves_the_stored_ones(self):
        hour = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
        Price.objects.create(time=hour, usd=1)
        points = [[int((hour - timedelta(hours=back)).timestamp() * 1000), 100 + back] for back in range(5)]
        with serving.feed(json.dumps({"prices": points}).encode()) as url, self.assertLogs("prices", "INFO"):
            collect(url)
        self.assertEqual([int(price.usd) for price in Price.objects.all()], [104, 103, 102, 101, 1])

    def test_for_an_empty_table_only(self):
        Price.objects.create(time=NOW, usd=1)
        with self.assertLogs("prices", "INFO"):
            collect("file:feed/none.json", "--if-empty")
        self.assertEqual(Price.objects.count(), 1)

    def test_a_failure_is_one_sentence_and_stores_nothing(self):
        for url, sentence in (
            ("file:feed/none.json", "nothing was stored: feed/none.json cannot be read: No such file or directory"),
            ("http://127.0.0.1:1/feed?key=hidden", "nothing was stored: http://127.0.0.1:1/feed did not answer: "),
        ):
            with self.subTest(url), self.assertRaises(CommandError) as failure:
                collect(url)
            self.assertIn(sentence, str(failure.exception))
            self.assertNotIn("hidden", str(failure.exception))
        self.assertFalse(Price.objects.exists())
