"""python -m booking.sample: a programme of made-up events, for a database without any. Times are counted from today."""
import secrets
import sys
from datetime import datetime, timedelta, timezone

from . import bookings, events
from .bookings import NewBooking
from .database import Database
from .events import NewEvent, NewSession

# (name, venue, categories, description, sessions: (days from today, hour, minutes, seats, taken, waiting))
PROGRAMME = [
    ("The Lanternists", "Old Corn Exchange", ["music", "jazz"],
     "A sextet from Lisbon plays its new record from the first note to the last, then whatever the room asks for. The bar stays open; the back rows "
     "may dance.", [(3, 20, 0, 120, 112, 0), (4, 20, 0, 120, 41, 0)]),
    ("Winter Garden", "Tram Depot Theatre", ["theatre"],
     "Two sisters inherit a glasshouse and a secret. A play in three acts about what grows in the dark, with live snow.",
     [(5, 19, 30, 60, 60, 3), (6, 19, 30, 60, 52, 0), (7, 15, 0, 60, 18, 0)]),
    ("Bread for Beginners", "Miller's Kitchen", ["workshop", "food"],
     "Flour, water, salt and a Saturday morning. You go home with a loaf, a jar of starter and an apron that was clean once.",
     [(6, 10, 0, 12, 11, 0), (13, 10, 0, 12, 4, 0)]),
    ("Dark Skies", "Hilltop Observatory", ["science", "family"],
     "Saturn is up, the moon is not. Astronomers show four telescopes and answer every question, also those about aliens.",
     [(8, 21, 0, 40, 40, 0), (9, 21, 0, 40, 22, 0)]),
    ("Quartets after Dark", "St Anne's Chapel", ["music", "classical"],
     "Haydn, Bartók and a piece that nobody has heard yet, by candlelight. Seventy minutes without an interval.", [(10, 20, 30, 90, 33, 0)]),
    ("Small Boats", "Harbour Cinema", ["film"],
     "A documentary about the last rowing ferry of the estuary, and a talk with its director and its ferryman, who have not met since.",
     [(11, 18, 0, 150, 24, 0), (11, 20, 45, 150, 61, 0)]),
    ("Monsters, Mostly Kind", "Tram Depot Theatre", ["theatre", "family"],
     "Puppets as tall as a bus stop. For everybody from four years on who has ever looked under a bed.", [(13, 11, 0, 80, 77, 0), (13, 14, 0, 80, 80, 1)]),
    ("The Mushroom Walk", "Northwood Gate", ["outdoors", "food"],
     "Three hours, one forest, forty species. We eat what the mycologist eats.", [(14, 9, 0, 18, 6, 0)]),
    ("Print Your Own Poster", "Letterpress Works", ["workshop", "art"],
     "Wooden type from 1890, inks that smell of summer, and a press that needs two people. All hands will be black.", [(17, 18, 30, 10, 3, 0)]),
]

NAMES = ["Ada", "Bashir", "Chiara", "Dmitri", "Esi", "Farid", "Greta", "Hugo", "Ines", "Jun", "Kemal", "Lena"]


def fill(database: Database) -> int:
    """Result: how many events were made; 0 where there are some already."""
    if database.rows("SELECT 1 FROM events LIMIT 1"):
        return 0
    today = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    for name, venue, categories, description, sessions in PROGRAMME:
        planned = [NewSession(starts_at=today + timedelta(days=days, hours=hour, minutes=minutes), seats=seats) for days, hour, minutes, seats, *_ in sessions]
        made = events.create(database, NewEvent(name=name, description=description, venue=venue, categories=categories, sessions=planned))
        for session, (*_, taken, waiting) in zip(made.sessions, sessions, strict=True):
            for seats in [*(min(6, taken - first) for first in range(0, taken, 6)), *([2] * waiting)]:
                booking = NewBooking(name=secrets.choice(NAMES), seats=seats, wait=True)
                bookings.book(database, session.id, booking, secrets.token_bytes(32), secrets.token_hex(16))
    return len(PROGRAMME)


if __name__ == "__main__":
    print(f"{fill(Database())} events made")
    sys.exit(0)
