"""The API over HTTP, one process, as curl and the pages use it."""
import base64
import http.client
import os
import uuid
from datetime import datetime, timedelta, timezone

from . import serving
from .serving import ask

STARTS = (datetime.now(timezone.utc) + timedelta(days=3)).replace(microsecond=0).isoformat()
NEW = {"name": "Quartets", "description": "Haydn", "venue": "Chapel", "categories": ["Music", "classical", "music"], "sessions": [{"starts_at": STARTS, "seats": 9}]}


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"admin:{password}".encode()).decode()}


ADMIN = basic(os.environ["ADMIN_PASSWORD"])


class Api(serving.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.port = cls.enterClassContext(serving.site())

    def ask(self, method, path, body=None, headers=None):
        return ask(self.port, method, path, body, headers)

    def book(self, session, cookie="", **body):
        headers = {"Idempotency-Key": str(uuid.uuid4()), **({"Cookie": cookie} if cookie else {})}
        return self.ask("POST", f"/sessions/{session}/bookings", {"name": "Ada", **body}, headers)

    def test_an_event_is_made_by_organisers_alone_and_found_by_everybody(self):
        for headers in ({}, basic("another password"), {"Authorization": "Basic !"}, {"Cookie": "admin=9999999999." + "0" * 64},
                        {"Cookie": "admin=\xb2.x"}, {"Cookie": "admin=1.\xe9"}):
            status, said, _ = self.ask("POST", "/events/", NEW, headers)
            self.assertEqual((status, said["error"]["code"]), (401, "not_signed_in"))
        status, made, _ = self.ask("POST", "/events/", NEW, ADMIN)
        self.assertEqual((status, made["categories"], made["sessions"][0]["left"]), (201, ["classical", "music"], 9))
        self.assertEqual(datetime.fromisoformat(made["sessions"][0]["starts_at"]), datetime.fromisoformat(STARTS))
        self.assertEqual(self.ask("GET", f"/events/{made['id']}")[1], made)
        for query, count in (("", 1), ("?q=haydn+chapel", 1), ("?q=100%25", 0), ("?q=_", 0), ("?category=Music", 1), ("?category=film", 0)):
            with self.subTest(query):
                self.assertEqual(len(self.ask("GET", f"/events/{query}")[1]["events"]), count)
        self.assertEqual(self.ask("GET", "/categories/")[1], [{"name": "classical", "events": 1}, {"name": "music", "events": 1}])
        status, changed, _ = self.ask("POST", f"/events/{made['id']}/sessions", {"starts_at": STARTS, "seats": 3}, ADMIN)
        self.assertEqual((status, [session["seats"] for session in changed["sessions"]]), (201, [9, 3]))

    def test_categories_that_the_database_takes_for_one_are_one(self):
        status, made, _ = self.ask("POST", "/events/", {**NEW, "categories": ["Café", "cafe"]}, ADMIN)
        self.assertEqual((status, made["categories"]), (201, ["cafe"]))

    def test_pages_of_the_list_follow_one_another(self):
        for number in range(5):
            self.event(1, name=f"Number {number}")
        first = self.ask("GET", "/events/?limit=3")[1]
        self.assertEqual((len(first["events"]), first["next"]), (3, 3))
        second = self.ask("GET", "/events/?limit=3&offset=3")[1]
        self.assertEqual((len(second["events"]), second["next"]), (2, None))

    def test_an_organiser_signs_in_by_the_password(self):
        status, said, _ = self.ask("POST", "/admin/session", {"password": "guessed"})
        self.assertEqual((status, said["error"]["code"]), (401, "wrong_password"))
        status, _, headers = self.ask("POST", "/admin/session", {"password": os.environ["ADMIN_PASSWORD"]})
        cookie = headers["set-cookie"]
        self.assertEqual((status, "HttpOnly" in cookie, "SameSite=strict" in cookie), (204, True, True))
        self.assertEqual(self.ask("GET", "/admin/session", None, {"Cookie": cookie.partition(";")[0]})[0], 204)
        self.assertEqual(self.ask("GET", "/admin/session")[0], 401)

    def test_bookings_are_their_visitors_own(self):
        session = self.session(5)
        status, booking, headers = self.book(session, seats=2)
        self.assertEqual((status, booking["state"], booking["session"]["left"]), (201, "confirmed", 3))
        cookie = headers["set-cookie"].partition(";")[0]
        self.assertEqual([one["code"] for one in self.ask("GET", "/bookings/", None, {"Cookie": cookie})[1]["bookings"]], [booking["code"]])
        self.assertEqual(self.ask("GET", "/bookings/")[1], {"bookings": []})
        self.assertEqual(self.ask("POST", f"/bookings/{booking['id']}/cancel")[0], 404)
        status, given, _ = self.ask("POST", f"/bookings/{booking['id']}/cancel", None, {"Cookie": cookie})
        self.assertEqual((status, given["state"], given["session"]["left"]), (200, "cancelled", 5))
        # What is stored tells no token.
        self.assertEqual(self.database.rows("SELECT 1 FROM bookings WHERE visitor = %s", [cookie.partition("=")[2]]), [])

    def test_nobody_overtakes_those_who_wait(self):
        session = self.session(4)
        _, first, headers = self.book(session, seats=3)
        self.assertEqual(self.book(session, seats=2, wait=True)[1]["position"], 1)
        # A seat is free, and it is not theirs.
        self.assertEqual(self.book(session)[1]["error"]["code"], "sold_out")
        self.assertEqual(self.book(session, wait=True)[1]["position"], 2)
        self.ask("POST", f"/bookings/{first['id']}/cancel", None, {"Cookie": headers["set-cookie"].partition(";")[0]})
        self.assertEqual(self.row(session), {"seats": 4, "taken": 3, "waiting": 0})

    def test_every_refusal_has_one_form(self):
        session = self.session(2)
        over = self.session(2)
        self.database.rows("UPDATE sessions SET starts_at = UTC_TIMESTAMP() - INTERVAL 1 MINUTE WHERE id = %s", [over])
        key = {"Idempotency-Key": "one-key-for-all-of-it"}
        path = f"/sessions/{session}/bookings"
        self.ask("POST", path, {"name": "Ada"}, key)
        cases = (
            (path, {"name": "Ada"}, {}, 422, "invalid_request"), (path, {"name": " "}, key, 422, "invalid_request"), (path, {"name": "A", "seats": 7}, key, 422, "invalid_request"),
            (path, {"name": "Eve"}, key, 422, "key_reused"), (path, {"name": "A", "seats": 2}, {"Idempotency-Key": "x" * 16}, 409, "not_enough_seats"),
            ("/sessions/0/bookings", {"name": "A"}, {"Idempotency-Key": "y" * 16}, 404, "no_such_session"),
            (f"/sessions/{over}/bookings", {"name": "A", "wait": True}, {"Idempotency-Key": "z" * 16}, 409, "session_over"),
        )
        for where, body, headers, status, code in cases:
            with self.subTest(code, body=body):
                got, said, _ = self.ask("POST", where, body, headers)
                self.assertEqual((got, said["error"]["code"], sorted(said["error"])), (status, code, ["code", "fields", "message"]))

    def watch(self, last: str, until: str) -> dict[str, str]:
        """Field and value of each line of a stream until one that begins so, by a browser that saw `last`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", "/admin/seats", headers={**ADMIN, "Last-Event-ID": last})
            answer = connection.getresponse()
            self.assertEqual((answer.status, answer.headers["x-accel-buffering"]), (200, "no"))
            found: dict[str, str] = {}
            while not any(f"{field}: {value}".startswith(until) for field, value in found.items()):
                line = answer.readline().decode()
                self.assertTrue(line, f"the stream ended without {until}")
                field, _, value = line.strip().partition(": ")
                found[field] = value
            return found
        finally:
            connection.close()

    def test_a_watcher_gets_what_was_missed_and_nothing_else(self):
        session = self.session(5)
        first = self.watch("", 'data: {"whole": true, "sessions": [{')
        self.assertIn('"taken": 0', first["data"])
        self.assertEqual(self.watch(first["id"], "event: same").get("id"), None)
        self.book(session)
        later = self.watch(first["id"], 'data: {"whole": ')
        self.assertIn('"taken": 1', later["data"])
        self.assertNotEqual(later["id"], first["id"])

    def test_the_description_has_examples_for_both_methods_and_every_refusal(self):
        described = self.ask("GET", "/openapi.json")[1]
        self.assertTrue({"/events/", "/events/{event_id}", "/sessions/{session_id}/bookings", "/bookings/"} <= set(described["paths"]))
        for name in ("NewEvent", "NewBooking", "NewSession"):
            self.assertTrue(described["components"]["schemas"][name]["examples"])
        self.assertLessEqual({"200", "201", "404", "409", "422", "503"}, set(described["paths"]["/sessions/{session_id}/bookings"]["post"]["responses"]))

    def test_pages_have_a_policy_and_give_a_visitor_a_token(self):
        for path in ("/", "/event.html", "/bookings.html", "/admin.html"):
            status, text, headers = self.ask("GET", path)
            self.assertEqual(status, 200)
            self.assertIn("default-src 'none'; script-src 'self'", headers["content-security-policy"])
            self.assertIn("visitor=", headers["set-cookie"])
            self.assertNotIn("{static}", text)
            for file in [part.partition('"')[0] for part in text.split('"/static/')[1:]]:
                self.assertEqual(self.ask("GET", f"/static/{file}")[0] if not file.endswith("woff2") else 200, 200, file)

    def test_health_asks_the_database_for_its_tables(self):
        self.assertEqual(self.ask("GET", "/healthz")[:2], (200, {"status": "ok", "release": "booking"}))
        self.database.rows("DELETE FROM migrations WHERE name = '0002_bookings'")
        try:
            status, said, _ = self.ask("GET", "/healthz")
        finally:
            self.database.rows("INSERT INTO migrations (name) VALUES ('0002_bookings')")
        self.assertEqual((status, said["error"]["code"]), (503, "not_migrated"))


class Reader(serving.Case):
    def test_what_may_be_stale_is_read_elsewhere_and_bookings_are_not(self):
        self.database.rows("CREATE DATABASE IF NOT EXISTS stale")
        tables = ("migrations", "events", "event_categories", "sessions")
        for table in tables:
            self.database.rows(f"CREATE OR REPLACE TABLE stale.{table} LIKE {table}")
        session = self.session(3)
        url = os.environ["DATABASE_URL"]
        with serving.site(READ_DATABASE_URL=url.replace("/app?", "/stale?")) as port:
            self.assertEqual(ask(port, "GET", "/healthz")[0], 200)
            self.assertEqual(ask(port, "GET", "/events/")[1]["events"], [])
            self.assertEqual(ask(port, "POST", f"/sessions/{session}/bookings", {"name": "Ada"}, {"Idempotency-Key": "k" * 16})[0], 201)
