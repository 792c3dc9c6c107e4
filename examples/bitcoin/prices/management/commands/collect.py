"""The hourly job: reads the feed of FEED_URL and stores what is new."""
import logging
import time
from datetime import datetime, timezone

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from analyzer.environment import url
from prices import feed
from prices.models import Price

log = logging.getLogger(__name__)

INSERT = """
    INSERT INTO bitcoin_prices (time, usd) SELECT * FROM unnest(%s::timestamptz[], %s::numeric[])
    ON CONFLICT (time) DO NOTHING
"""


class Command(BaseCommand):
    help = "Stores the prices of the feed; hours that are stored already stay as they are. Any failure ends with code 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where prices are stored already")

    def handle(self, *_args: object, if_empty: bool, **_options: object) -> None:
        began = time.monotonic()
        source = url("FEED_URL", ("https", "http", "file"))
        try:
            if if_empty and Price.objects.exists():
                log.info("prices are stored already")
                return
            prices = feed.read(source, datetime.now(timezone.utc))
            with connection.cursor() as cursor:
                cursor.execute(INSERT, [[price.time for price in prices], [price.usd for price in prices]])
                stored = cursor.rowcount
        except feed.FeedError as error:
            raise CommandError(f"nothing was stored: {error}") from error
        except DatabaseError as error:
            raise CommandError(f"nothing was stored: the database refused: {error}") from error
        last = prices[-1]
        log.info("stored %d new of %d prices in %.1f s; the last is %s USD at %s", stored, len(prices), time.monotonic() - began, last.usd,
                 f"{last.time:%Y-%m-%d %H:%M} UTC")
