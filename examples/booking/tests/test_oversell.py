"""Many who want the same seats at the same time, through several processes."""
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from . import serving
from .serving import ask


class Oversell(serving.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.port = cls.enterClassContext(serving.site(workers=3))

    def book(self, session: int, *, key: str | None = None, **body):
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return ask(self.port, "POST", f"/sessions/{session}/bookings", {"name": "Somebody", **body}, headers)

    def all(self, work, many):
        with ThreadPoolExecutor(100) as visitors:
            return list(visitors.map(work, many))

    def test_200_at_once_for_50_seats_are_50_bookings(self):
        session = self.session(50)
        answers = self.all(lambda _: self.book(session), range(200))
        self.assertEqual(Counter(status for status, *_ in answers), {201: 50, 409: 150})
        self.assertEqual({said["error"]["code"] for status, said, _ in answers if status == 409}, {"sold_out"})
        self.assertEqual(self.row(session), {"seats": 50, "taken": 50, "waiting": 0})
        self.assertEqual(len({said["code"] for status, said, _ in answers if status == 201}), 50)
        self.check_seats(session)

    def test_groups_never_take_more_than_there_is(self):
        session = self.session(50)
        answers = self.all(lambda number: self.book(session, seats=1 + number % 4, wait=number % 2 == 0), range(80))
        self.assertLessEqual({status for status, *_ in answers}, {201, 409})
        self.check_seats(session)
        self.assertGreater(self.row(session)["waiting"], 0)

    def test_the_same_key_at_once_is_one_booking(self):
        session = self.session(1)
        key = str(uuid.uuid4())
        answers = self.all(lambda _: self.book(session, key=key), range(30))
        self.assertEqual(Counter(status for status, *_ in answers), {201: 1, 200: 29})
        self.assertEqual(len({said["id"] for _, said, _ in answers}), 1)
        self.assertEqual(self.row(session)["taken"], 1)

    def test_cancelled_seats_go_to_those_who_wait_once_each(self):
        session = self.session(10)
        # A cookie is a visitor, so each of these has one booking.
        holders = self.all(lambda _: self.book(session), range(10))
        waiting = self.all(lambda _: self.book(session, wait=True), range(15))
        self.assertEqual({said["state"] for _, said, _ in waiting}, {"waiting"})
        self.assertEqual(sorted(said["position"] for _, said, _ in waiting), list(range(1, 16)))

        def cancel(answer):
            _, said, headers = answer
            cookie = {"Cookie": headers["set-cookie"].partition(";")[0]}
            return [ask(self.port, "POST", f"/bookings/{said['id']}/cancel", None, cookie)[0] for _ in range(2)]

        self.assertEqual(self.all(cancel, holders), [[200, 200]] * 10)
        self.assertEqual(self.row(session), {"seats": 10, "taken": 10, "waiting": 5})
        self.check_seats(session)
        first = sorted(waiting, key=lambda answer: answer[1]["position"])[:10]
        confirmed = self.database.rows("SELECT id FROM bookings WHERE state = 'confirmed'")
        self.assertEqual({row["id"] for row in confirmed}, {said["id"] for _, said, _ in first})
