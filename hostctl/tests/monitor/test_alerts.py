"""Alerts: told once, kept until taken, by real connections on the loopback. Limit: what systemd says of units is played.
Modules: monitor/, with monitor/mail.py, and machine/outbound.py."""
import contextlib
import datetime
import http.client
import io
import json
import os
import re
import stat
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch
from urllib.parse import parse_qsl

from hostctl.deploy.apply import apply
from hostctl.machine import disk, unit_limits
from hostctl.machine.errors import HostError
from hostctl.machine.lock import locked
from hostctl.machine.system import Answer, Result, System
from hostctl.manifest import runtime_inputs
from hostctl.monitor import alerts, drift, host_checks, monitoring, notifier, restart, sentry, status, status_page, topic, watchdog
from hostctl.monitor.notifier import BEGINS, ENDS, GOES_ON
from hostctl.release import slots
from hostctl.tests.fake_machine import Machine, manifest, source
from hostctl.tests.given import give_settings
from hostctl.tests.sinks import MailServer, PostServer
from hostctl.verbs import cli


class Watched(Machine):
    """A machine whose failed units are those that a test names."""

    def __init__(self):
        super().__init__()
        self.failing = []
        self.calendar = ""

    def _run(self, argv):
        if argv[:2] == ["systemctl", "list-units"]:
            return Result(0, "".join(f"{unit} loaded failed failed words\n" for unit in self.failing))
        if argv[0] == "systemd-run" and "heal" in argv:
            return Result(0, "")
        if argv[0] == "systemd-analyze":
            return Result(0, self.calendar)
        return super()._run(argv)

    def configure(self, *, smtp=None, emails=("ops@shop.test",), sentry=None, secrets=None):
        give_settings(self.paths, monitoring={"emails": emails, "smtp": smtp, "sentry": sentry})
        monitoring.keep_secrets(self.host(), secrets or {})


class Case(unittest.TestCase):
    def setUp(self):
        self.machine = Watched()
        self.addCleanup(self.machine.remove)
        self.host = self.machine.host("watch")

    def served(self):
        """Puts a release of the baseline on the machine."""
        self.machine.users.add("shop")
        self.machine.installed.add("nginx-light")
        digest = self.machine.deliver(source(1))
        apply(self.machine.host(), manifest(digest), {})
        return digest

    def post_server(self):
        server = PostServer()
        self.addCleanup(server.close)
        return server


class Topic(Case):
    """The services of AWS that it asks are played by the loopback. Limit: no signature is judged here, see test_sigv4.py."""

    ARN = "arn:aws:sns:eu-west-3:123456789012:shop-alarms"

    def setUp(self):
        super().setUp()
        self.machine.configure(secrets={"alertTopic": self.ARN})
        self.asked, self.answer = [], (200, b"<PublishResponse/>")
        self.machine.answers = {"/latest/api/token": b"T", "/latest/meta-data/iam/security-credentials/": b"host-role",
                                "/latest/meta-data/iam/security-credentials/host-role": json.dumps({"AccessKeyId": "ASIA1", "SecretAccessKey": "s", "Token": "t"}).encode()}
        self.machine.request = self._request

    def _request(self, method, url, headers, body=b"", *, timeout):
        if url.startswith("http://169.254.169.254"):
            return 200, self.machine.answers[url.removeprefix("http://169.254.169.254")]
        self.asked.append((method, url, headers, dict(parse_qsl(body.decode()))))
        return self.answer

    def test_an_alert_is_published_with_the_right_of_the_machine(self):
        self.machine.failing = ["tidy.service"]
        alerts.look(self.host)
        [(method, url, headers, values)] = self.asked
        self.assertEqual((method, url), ("POST", "https://sns.eu-west-3.amazonaws.com/"))
        self.assertRegex(headers["Authorization"], r"Credential=ASIA1/\d{8}/eu-west-3/sns/aws4_request")
        self.assertEqual({name: values[name] for name in ("Action", "Version", "TopicArn")}, {"Action": "Publish", "Version": "2010-03-31", "TopicArn": self.ARN})
        self.assertRegex(values["Subject"], r"begins: tidy\.service failed$")
        self.assertIn("tidy.service failed", values["Message"])

    def test_what_is_refused_waits_and_says_why(self):
        self.answer = (403, b"<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>not authorized</Message></Error></ErrorResponse>")
        notifier.tell(self.host, "x")
        [report] = alerts.report(self.host)["undelivered"]
        self.assertEqual((report["channel"], report["error"]), ("topic", "topic: was answered with 403: AuthorizationError not authorized"))

    def test_a_subject_is_one_that_sns_takes(self):
        self.assertEqual(topic.fitting(" caf\u00e9 \n" + "x" * 200), "caf? ?" + "x" * 93)


class StatusPage(Case):
    NAME = "0123456789abcdef0123456789abcdef"

    def setUp(self):
        super().setUp()
        self.machine.configure(secrets={"statusPage": self.NAME})
        self.machine.paths.status_pages.mkdir(parents=True)

    def answers(self):
        """What nginx would: 200 while the file is there."""
        return 200 if (self.machine.paths.status_pages / self.NAME).is_file() else 503

    def after(self, seconds):
        self.machine.clock += seconds
        alerts.look(self.host)
        return self.answers()

    def test_it_is_503_before_the_first_look_and_while_an_alert_stands(self):
        before = self.answers()
        quiet = self.after(0)
        self.machine.failing = ["tidy.service"]
        stands, still = self.after(60), self.after(600)
        self.machine.failing = []
        self.assertEqual((before, quiet, stands, still, self.after(60)), (503, 200, 503, 503, 200))

    def test_what_begins_while_another_alert_stands_is_a_rest_and_then_503_again(self):
        self.machine.failing = ["reboot-waits.service"]
        first = self.after(0)
        self.machine.failing = ["reboot-waits.service", "backup.service"]
        self.assertEqual((first, self.after(60), self.after(status_page.REST - 60), self.after(60), self.after(3600)), (503, 200, 200, 503, 503))

    def test_what_happened_and_is_over_is_shown_for_a_while(self):
        self.after(0)
        notifier.tell(self.host, "nginx hung and was restarted")
        self.assertEqual((self.answers(), self.after(status_page.HELD - 60), self.after(60)), (503, 503, 200))

    def test_a_clock_that_was_ahead_neither_silences_it_nor_has_it_ring_for_years(self):
        year = 365 * 86400
        self.machine.failing = ["reboot-waits.service"]
        self.after(year)
        self.machine.failing = ["reboot-waits.service", "backup.service"]
        self.assertEqual((self.after(60), self.after(-year)), (200, 503))
        self.machine.failing = []
        self.after(2 * year)
        notifier.tell(self.host, "nginx hung and was restarted")
        self.assertEqual((self.answers(), self.after(-year)), (503, 200))

    def test_a_test_rings_it_and_says_that_it_was_taken(self):
        self.after(0)
        self.assertEqual((notifier.test(self.host), self.answers()), ({"status page": None}, 503))

    def test_no_other_name_and_no_older_one_is_left(self):
        self.after(0)
        self.machine.configure(secrets={"statusPage": "f" * 32})
        self.after(60)
        self.assertEqual([path.name for path in self.machine.paths.status_pages.iterdir()], ["f" * 32])

    def test_a_host_without_one_makes_none(self):
        self.machine.configure(secrets={})
        self.after(0)
        self.assertEqual(list(self.machine.paths.status_pages.iterdir()), [])


class Changes(unittest.TestCase):
    def test_a_condition_begins_once_is_repeated_each_day_and_ends_once(self):
        before, day = {}, alerts.DAY
        kinds = [[event["kind"] for event in alerts.changes(before, found, now)]
                 for found, now in (({"a": "x"}, 0), ({"a": "x"}, 60), ({"a": "y"}, day - 1), ({"a": "y"}, day), ({"a": "y"}, day + 60), ({}, 2 * day), ({}, 3 * day), ({"a": "x"}, 4 * day))]
        self.assertEqual(kinds, [[BEGINS], [], [], [GOES_ON], [], [ENDS], [], [BEGINS]])

    def test_one_that_a_clock_told_which_was_ahead_is_repeated_at_once_and_then_each_day(self):
        before, day, year = {}, alerts.DAY, 365 * 86400
        kinds = [[event["kind"] for event in alerts.changes(before, {"a": "x"}, now)] for now in (year, year - 60, 0, 60, day)]
        self.assertEqual(kinds, [[BEGINS], [], [GOES_ON], [], [GOES_ON]])

    def test_an_end_says_since_when_it_held(self):
        before = {}
        alerts.changes(before, {"a": "disk is full\nmore"}, 0)
        self.assertEqual(alerts.changes(before, {}, 3600), [{"kind": ENDS, "text": "disk is full", "at": "1970-01-01T01:00:00+00:00", "since": "1970-01-01T00:00:00+00:00"}])


class Delivery(Case):
    def test_what_a_webhook_does_not_take_is_kept_said_and_sent_again_in_one_message(self):
        server = self.post_server()
        self.machine.configure(secrets={"alertWebhook": f"{server.url}/hooks/T0-marker"})
        server.status, self.machine.failing = 503, ["a.service"]
        alerts.look(self.host)
        self.machine.failing = ["a.service", "b.service"]
        alerts.look(self.host)
        report = alerts.report(self.host)
        self.assertEqual([(one["channel"], one["waiting"], one["tries"]) for one in report["undelivered"]], [("webhook", 2, 2)])
        self.assertIn("answered 503 said the server", report["undelivered"][0]["error"])
        self.assertTrue(any("webhook: 2 alerts not delivered, tried 2 times" in line for line in self.machine.said))
        self.assertNotIn("T0-marker", "".join(self.machine.said) + self.machine.paths.alerts.read_text())
        server.status = 200
        alerts.look(self.host)
        self.assertEqual([event["text"].splitlines()[0] for event in server.posts[-1][2]["events"]], ["a.service failed", "b.service failed"])
        alerts.look(self.host)
        self.assertEqual((len(server.posts), alerts.report(self.host)["undelivered"]), (3, []))

    def test_a_redirect_is_no_delivery(self):
        server = self.post_server()
        server.status = 302
        with self.assertRaisesRegex(HostError, "answered 302"):
            System().post(server.url, {})

    def test_a_webhook_that_answers_by_no_rule_of_http_has_taken_nothing(self):
        class Nonsense(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.wfile.write(b"nonsense\r\n\r\n")

        with HTTPServer(("127.0.0.1", 0), Nonsense) as server:
            threading.Thread(target=server.handle_request, daemon=True).start()
            with self.assertRaisesRegex(HostError, r"^127\.0\.0\.1:\d+: nonsense"):
                System().post(f"http://127.0.0.1:{server.server_port}/hook", {})

    def test_of_a_long_absence_the_newest_are_kept_and_the_others_counted(self):
        server = self.post_server()
        self.machine.configure(secrets={"alertWebhook": server.url})
        server.status = 500
        for number in range(notifier.MOST + 3):
            notifier.tell(self.host, f"event {number}")
        self.assertEqual(alerts.report(self.host)["undelivered"][0]["waiting"], notifier.MOST + 3)
        server.status = 200
        alerts.look(self.host)
        body = server.posts[-1][2]
        self.assertEqual((len(body["events"]), body["dropped"], body["events"][-1]["text"]), (notifier.MOST, 3, f"event {notifier.MOST + 2}"))

    def test_the_json_is_one_that_slack_shows(self):
        where = {"project": "p", "stack": "s", "host": "web-0"}
        made = notifier.payload(where, [{"kind": BEGINS, "text": "x failed", "at": "t", "since": "t"}])
        self.assertEqual(made["text"], "[p s web-0] begins: x failed")
        self.assertEqual(made["attachments"][0]["fields"][1], {"title": "stack", "value": "s", "short": True})

    def test_status_exits_with_1_while_something_is_undelivered(self):
        self.machine.configure(secrets={"alertWebhook": "http://127.0.0.1:9/"})
        notifier.tell(self.host, "x")
        said = []
        code = cli.main(["status"], self.machine.root, self.machine, lambda line, **_: said.append(line))
        self.assertEqual(code, 1)
        self.assertRegex("\n".join(said), r"UNTOLD  1 alerts wait for webhook since \S+, tried 1 times: 127\.0\.0\.1:9: ")

    def test_a_unit_that_runs_again_by_now_is_told_of_all_the_same(self):
        server = self.post_server()
        self.machine.configure(secrets={"alertWebhook": server.url})
        alerts.look(self.host, "tidy.service")
        alerts.look(self.host)
        kinds = [(event["kind"], event["text"].splitlines()[0]) for _, _, body in server.posts for event in body["events"]]
        self.assertEqual(kinds, [(BEGINS, "tidy.service failed"), (ENDS, "tidy.service failed")])

    def test_secrets_of_the_app_stay_out_of_what_is_told(self):
        server = self.post_server()
        self.machine.configure(secrets={"alertWebhook": server.url})
        self.machine.paths.env.write_text('API_KEY="hunter2hunter2"\n')
        notifier.tell(self.machine.host("watch"), "cannot log in with hunter2hunter2")
        self.assertEqual(server.posts[0][2]["events"][0]["text"], "cannot log in with [API_KEY]")

    def test_without_a_channel_a_test_says_what_is_missing(self):
        with self.assertRaisesRegex(HostError, "no channel is configured"):
            notifier.test(self.host)


class Mail(Case):
    def smtp(self, server, tls, user="", host="localhost"):
        return {"host": host, "port": server.port, "tls": tls, "user": user, "from": "alerts@shop.test"}

    def server(self, **options):
        server = MailServer(self.machine.root, **options)
        self.addCleanup(server.close)
        return server

    def test_goes_with_tls_and_login_when_the_certificate_is_good(self):
        for tls in ("starttls", "tls"):
            with self.subTest(tls=tls):
                server = self.server(tls=tls, login=("ops", "pass word 1"))
                self.machine.configure(smtp=self.smtp(server, tls, "ops"), secrets={"smtpPassword": "pass word 1"})
                with patch.dict(os.environ, {"SSL_CERT_FILE": str(server.certificate)}):
                    self.assertEqual(notifier.test(self.host), {"mail": None})
                self.assertEqual(server.logins, [("ops", "pass word 1", True)])
                self.assertIn("Subject: [webstack  ] happened: a test: alerts of this host arrive", server.mails[0])
                self.assertIn("Auto-Submitted: auto-generated", server.mails[0])

    def test_does_not_go_to_a_server_with_a_bad_certificate_nor_is_the_password_sent(self):
        server = self.server(tls="starttls", login=("ops", "pass word 1"))
        self.machine.configure(smtp=self.smtp(server, "starttls", "ops"), secrets={"smtpPassword": "pass word 1"})
        self.assertIn("certificate verify failed", notifier.test(self.host)["mail"])
        self.assertEqual((server.logins, server.mails), ([], []))

    def test_does_not_go_in_clear_where_starttls_is_not_offered(self):
        server = self.server()
        self.machine.configure(smtp=self.smtp(server, "starttls"))
        self.assertIn("STARTTLS extension not supported", notifier.test(self.host)["mail"])
        self.assertEqual(server.mails, [])

    def test_a_refused_receiver_is_a_failure(self):
        server = self.server(refuse=("night@shop.test",))
        self.machine.configure(smtp=self.smtp(server, "none"), emails=("ops@shop.test", "night@shop.test"))
        self.assertEqual(notifier.test(self.host), {"mail": f"localhost:{server.port}: refused night@shop.test"})

    def test_a_wrong_password_is_in_no_message(self):
        server = self.server(tls="starttls", login=("ops", "another one"))
        self.machine.configure(smtp=self.smtp(server, "starttls", "ops"), secrets={"smtpPassword": "pass word 1"})
        with patch.dict(os.environ, {"SSL_CERT_FILE": str(server.certificate)}):
            said = notifier.test(self.host)["mail"]
        self.assertIn("535", said)
        self.assertNotIn("pass word 1", said)


class Secrets(Case):
    def test_are_kept_for_root_alone_and_come_with_the_late_values(self):
        found = runtime_inputs.parse_json('{"env": {}, "files": {}, "secrets": {"sentryToken": "t\\"x"}}').secrets
        monitoring.keep_secrets(self.host, found)
        self.assertEqual(monitoring.secrets(self.machine.paths), {"sentryToken": 't"x'})
        self.assertEqual(stat.S_IMODE(self.machine.paths.monitoring_secrets.stat().st_mode), 0o600)
        self.assertIsNone(runtime_inputs.parse_json('{"env": {}, "files": {}}').secrets)

    def test_one_that_nobody_knows_is_refused_without_its_value(self):
        with self.assertRaisesRegex(HostError, "^standard input: secrets must be of smtpPassword, alertWebhook, sentryToken, alertTopic, statusPage, got token$"):
            monitoring.keep_secrets(self.host, {"token": "value"})


class Conditions(Case):
    def found(self):
        return host_checks.holding(self.host)

    def test_a_healthy_host_has_none(self):
        self.served()
        self.assertEqual(self.found(), {})

    def test_a_service_or_unit_that_does_not_run(self):
        self.served()
        for unit in ("web@blue.service", "nginx.service", "bot.service"):
            self.machine.active.pop(unit)
        self.assertEqual(self.found(), {f"unit {unit}": f"{unit} is inactive, and must run" for unit in ("nginx.service", "web@blue.service", "bot.service")})

    def test_a_backup_and_a_drill_are_overdue_only_once_they_could_have_been(self):
        self.served()
        give_settings(self.machine.paths, backup={"schedule": "daily", "keepDays": 7, "keepWeekly": 4, "keepMonthly": 6, "paths": [],
                                                                  "drill": {"schedule": "daily", "checks": []}})
        self.machine.calendar = "Next elapse: Mon 2026-11-23 06:00:00 UTC\n   Iter. #2: Tue 2026-11-24 06:00:00 UTC\n"
        self.machine.clock += 24 * 3600
        self.assertEqual(self.found(), {})
        self.machine.clock += 2 * 3600
        self.assertEqual(self.found(), {"backup": "there was no backup yet; its schedule allows 25.0 hours", "drill": "there was no drill yet; its schedule allows 25.0 hours"})
        name = datetime.datetime.fromtimestamp(self.machine.clock - 26 * 3600, datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        self.machine.paths.last_backup.write_text(json.dumps({"id": name}))
        self.machine.paths.drill.write_text(json.dumps({"at": self.machine.clock - 60, "ok": True, "backup": name}))
        self.assertEqual(self.found(), {"backup": "the last backup was 26.0 hours ago; its schedule allows 25.0 hours"})

    def test_a_host_that_goes_on_with_the_history_of_another_has_time_for_its_first_backup(self):
        self.test_a_backup_and_a_drill_are_overdue_only_once_they_could_have_been()
        for file in (self.machine.paths.last_backup, self.machine.paths.drill):
            file.unlink()
        self.machine.paths.backup_access.write_text("")
        os.utime(self.machine.paths.backup_access, (self.machine.clock - 24 * 3600,) * 2)
        self.assertEqual(self.found(), {})
        self.machine.clock += 2 * 3600
        self.assertEqual(sorted(self.found()), ["backup", "drill"])

    def test_what_a_clock_stamped_that_was_ahead_is_no_backup_no_drill_and_no_new_host(self):
        self.test_a_backup_and_a_drill_are_overdue_only_once_they_could_have_been()
        # Backup, drill and first release are of a clock that was nine years ahead.
        self.machine.clock -= 9 * 365 * 86400
        years = 9 * 365 * 24
        self.assertEqual(self.found(), {what: f"the last {what} is stamped {hours:.1f} hours ahead of this host's clock and does not count; its schedule allows 25.0 hours"
                                        for what, hours in (("backup", years - 26), ("drill", years - 1 / 60))})

    def test_a_certificate_that_must_have_been_renewed(self):
        self.served()
        with patch("hostctl.site.certificate.report", return_value={"fault": "must have been renewed by now", "daysLeft": 20}):
            self.assertEqual(self.found(), {"certificate": "the certificate must have been renewed by now"})

    def test_a_disk_by_its_bytes_and_by_its_files(self):
        self.machine.disk = lambda folder: Disk(free=0.09, free_files=0.08)
        (sentence,) = self.found().values()
        self.assertRegex(sentence, r"^the disk of \S+ has only 9% of its bytes and 8% of its files free$")

    def test_an_update_that_waits_for_a_reboot(self):
        self.served()
        self.machine.paths.reboot.parent.mkdir(parents=True, exist_ok=True)
        self.machine.paths.reboot.touch()
        self.assertEqual(self.found(), {"reboot": "an update waits for a reboot: the kernel that runs is the old one"})

    def test_nothing_begins_or_ends_during_a_deployment_but_one_that_never_ends_does(self):
        self.served()
        self.machine.active.pop("bot.service")
        with patch("hostctl.machine.lock.holder", return_value={"verb": "apply", "who": "ada", "pid": 1, "since": self.stamp(60)}):
            alerts.look(self.host)
        self.assertEqual(notifier.read(self.machine.paths).conditions, {})
        with patch("hostctl.machine.lock.holder", return_value={"verb": "apply", "who": "ada", "pid": 1, "since": self.stamp(3700)}):
            alerts.look(self.host)
        self.assertEqual(set(notifier.read(self.machine.paths).conditions), {"lock", "unit bot.service"})
        # Of one that a clock began which was ahead, nobody knows for how long it has been at work.
        with patch("hostctl.machine.lock.holder", return_value={"verb": "apply", "who": "ada", "pid": 1, "since": self.stamp(-3700)}):
            self.assertEqual(set(self.found()), {"lock", "unit bot.service"})

    def stamp(self, ago):
        return datetime.datetime.fromtimestamp(self.machine.clock - ago, datetime.timezone.utc).isoformat(timespec="seconds")


class Disk:
    """statvfs of a disk of 100 GiB and a million files."""
    f_frsize, f_blocks, f_files, f_fsid = 4096, 25 << 20, 1_000_000, 7

    def __init__(self, free=0.5, free_files=0.5):
        self.f_bavail, self.f_favail = int(self.f_blocks * free), int(self.f_files * free_files)


class DiskGuard(Case):
    def test_a_release_is_refused_before_anything_changes(self):
        digest = self.served()
        before = self.machine.answering()
        new = self.machine.deliver(source(2))
        self.machine.disk = lambda folder: Disk(free=0.001, free_files=0.01)
        with self.assertRaisesRegex(HostError, r"must have \d+ bytes free for the release, got 107372544\n\S+: must have 22000 files free for the release, got 10000\nNothing was changed"):
            apply(self.machine.host(), manifest(new), {})
        self.assertEqual((self.machine.answering(), before), ({"web": digest}, {"web": digest}))
        self.assertFalse(self.machine.paths.release(new).exists())
        self.assertFalse(self.machine.paths.undo.exists())

    def test_a_disk_that_makes_inodes_as_it_needs_them_has_enough(self):
        full = Disk()
        full.f_files = full.f_favail = 0
        self.machine.disk = lambda folder: full
        disk.check(self.host, "a backup")


class Sentry(Case):
    def test_a_release_is_announced_and_a_failure_is_alerted_and_is_none_of_the_release(self):
        hook, server = self.post_server(), self.post_server()
        self.machine.configure(sentry={"organization": "shop", "project": "site", "url": server.url}, secrets={"sentryToken": "tok", "alertWebhook": hook.url})
        digest = self.served()
        base = "/api/0/organizations/shop/releases/"
        self.assertEqual(server.posts, [(base, "Bearer tok", {"version": digest, "projects": ["site"]}), (f"{base}{digest}/deploys/", "Bearer tok", {"environment": "test"})])
        server.status = 403
        second = self.machine.deliver(source(2))
        apply(self.machine.host(), manifest(second), {})
        self.assertEqual(self.machine.answering(), {"web": second})
        self.assertRegex(hook.posts[-1][2]["events"][0]["text"], f"^release {second} serves, and could not be announced to Sentry: .*answered 403")
        self.assertIn("Release-announcement > ERROR", (self.machine.paths.logs / "deploy_logs").read_text())

    def test_each_release_carries_its_name_for_the_sdk(self):
        digest = self.served()
        self.assertEqual((self.machine.paths.release(digest) / ".webstack-release").read_text(), f'SENTRY_RELEASE="{digest}"\n')

    def test_nothing_is_announced_without_a_token(self):
        server = self.post_server()
        self.machine.configure(sentry={"organization": "shop", "project": "site", "url": server.url})
        sentry.announce(self.host, "0" * 16)
        self.assertEqual(server.posts, [])


class Watchdog(Case):
    def setUp(self):
        super().setUp()
        self.served()
        give_settings(self.machine.paths, watchdog={"services": [{"name": "web", "path": "/livez", "host": "shop.test"}]})

    def watch(self, get, rounds):
        """The commands that the watchdog has run after so many rounds."""
        self.machine.get, self.machine.ran = get, []

        class Over(Exception):
            pass

        left = iter(range(rounds))

        def sleep(seconds):
            self.machine.clock += seconds
            if seconds == watchdog.PAUSE_SECONDS and next(left, None) is None:
                raise Over

        self.machine.sleep = sleep
        with self.assertRaises(Over):
            watchdog.watch(self.host)
        return [" ".join(argv) for argv in self.machine.ran if argv[0] == "systemd-run"]

    def hangs(self, address, host, path, timeout):
        self.machine.clock += timeout
        raise TimeoutError("timed out")

    def one_hangs(self, which):
        """nginx, whose address is a port, or the slot gives no answer; the other one answers as it does."""
        def get(address, host, path, timeout):
            if (address == 80) == (which == "nginx"):
                self.hangs(address, host, path, timeout)
            if address == 80:
                # So nginx does for a name that is not its own.
                raise http.client.RemoteDisconnected
            return Answer(200, "")
        return get

    def test_restarts_what_gives_no_answer_three_times_and_then_waits(self):
        for which in ("web", "nginx"):
            with self.subTest(which):
                started = self.watch(self.one_hangs(which), 2)
                self.assertEqual([words.split("hostctl ")[1] for words in started], [f"heal {which} --lock-wait 600"])
                self.assertEqual(len(self.watch(self.one_hangs(which), 10)), 1)
                self.assertEqual(len(self.watch(self.one_hangs(which), 20)), 2)

    def test_status_says_which_one_hangs_and_exits_with_1(self):
        for which, place in (("web", "web-blue"), ("nginx", "nginx")):
            self.machine.get, self.machine.said = self.one_hangs(which), []
            self.assertEqual(cli.main(["status"], self.machine.root, self.machine, lambda line, **_: self.machine.said.append(line)), 1)
            self.assertEqual(re.findall(r"^HANGS +(\S+) ", self.machine.said[0], re.MULTILINE), [place])
        self.machine.get = lambda *_: Answer(200, "")
        self.assertEqual(status.status(self.host)["hangs"], [])

    def test_any_answer_and_no_process_at_all_are_no_reason(self):
        for get in (lambda *_: Answer(503, ""), self.refuses(ConnectionRefusedError), self.refuses(FileNotFoundError), self.refuses(ConnectionResetError)):
            self.assertEqual(self.watch(get, 10), [])

    def test_an_nginx_that_systemd_starts_again_and_again_is_not_called_hung(self):
        # Its sockets take connections, which nobody answers.
        del self.machine.active["nginx.service"]
        self.assertEqual(self.watch(self.one_hangs("nginx"), 10), [])
        self.assertEqual(status.status(self.host)["hangs"], [])

    def test_a_full_queue_is_asked_again_until_it_has_room_or_time_is_over(self):
        tries = iter(range(100))

        def full_at_first(address, *_):
            if address != 80 and next(tries) % 5 != 4:
                raise BlockingIOError
            return Answer(200, "")

        self.assertEqual(self.watch(full_at_first, 10), [])
        self.assertEqual(len(self.watch(self.refuses(BlockingIOError), 3)), 1)

    def test_healing_moves_the_service_to_its_other_slot_and_tells(self):
        server = self.post_server()
        self.machine.configure(secrets={"alertWebhook": server.url})
        real = Machine.get

        def hangs_in_blue(address, host, path, timeout):
            if str(address).endswith("web-blue.sock"):
                raise TimeoutError
            return real(self.machine, address, host, path, timeout)

        self.machine.get = hangs_in_blue
        restart.service(self.machine.host("heal"), "web")
        self.assertEqual(slots.serving(self.machine.paths, "web"), "green")
        self.assertEqual(server.posts[0][2]["events"][0]["text"], "service web hung in slot blue and was restarted into slot green")
        restart.service(self.machine.host("heal"), "web")
        self.assertEqual(slots.serving(self.machine.paths, "web"), "green")

    def heal_nginx(self, mends):
        """Have an nginx that hangs healed; what systemd was told."""
        before = self.machine.nginx_main

        def get(address, host, path, timeout):
            if address == 80 and (self.machine.nginx_main == before or not mends):
                self.hangs(address, host, path, timeout)
            raise http.client.RemoteDisconnected

        self.machine.get, self.machine.ran = get, []
        # Another run holds the lock, and does not end while nginx hangs.
        with locked(self.machine.paths, self.machine, "apply"), contextlib.redirect_stderr(io.StringIO()):
            code = cli.main(["heal", "nginx", "--lock-wait", "600"], self.machine.root, self.machine, lambda *_, **__: None)
        return code, [argv[1:] for argv in self.machine.ran if argv[0] == "systemctl"]

    def test_healing_restarts_an_nginx_that_hangs_and_touches_no_service(self):
        server = self.post_server()
        self.machine.configure(secrets={"alertWebhook": server.url})
        self.assertEqual(self.heal_nginx(mends=True), (0, [["restart", "--", "nginx.service"]]))
        self.assertEqual(server.posts[0][2]["events"][0]["text"], "nginx hung and was restarted")
        self.assertEqual(cli.main(["heal", "nginx"], self.machine.root, self.machine, lambda *_, **__: None), 0)
        self.assertEqual(len(server.posts), 1)

    def test_an_nginx_that_hangs_for_good_is_told(self):
        server = self.post_server()
        self.machine.configure(secrets={"alertWebhook": server.url})
        self.assertEqual(self.heal_nginx(mends=False)[0], 1)
        self.assertRegex(server.posts[0][2]["events"][0]["text"], "nginx hangs, and a restart did not mend it: nginx: gives no answer 10 s after its restart")

    @staticmethod
    def refuses(kind):
        def get(*_):
            raise kind
        return get


class Drift(Case):
    def test_a_deployment_is_waited_for_and_what_it_changed_is_compared_anew(self):
        self.served()
        holders = iter([{"verb": "apply"}, None, {"verb": "apply"}, None, None])
        with patch("hostctl.machine.lock.holder", side_effect=lambda lock: next(holders)), patch("hostctl.monitor.drift.differences") as compared:
            compared.side_effect = [["half a deployment"], ["a file: is missing"]]
            self.assertEqual(drift.between_deployments(self.host), ["a file: is missing"])

    def test_what_fails_without_a_deployment_is_told(self):
        with self.assertRaisesRegex(HostError, "no manifest was applied"):
            drift.between_deployments(self.host)


class Limits(Case):
    def test_are_numbers_or_nothing(self):
        self.machine._systemctl = lambda words: Result(0, "Id=a\nMemoryMax=268435456\nMemoryCurrent=[not set]\nTasksMax=64\nTasksCurrent=18446744073709551615\n\nId=b\nMemoryMax=infinity\n")
        self.assertEqual(unit_limits.of(self.host, ["a", "b"]), [
            {"unit": "a", "memoryMax": 268435456, "memory": None, "tasksMax": 64, "tasks": None},
            {"unit": "b", "memoryMax": None, "memory": None, "tasksMax": None, "tasks": None}])


if __name__ == "__main__":
    unittest.main()
