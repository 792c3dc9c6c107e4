"""The site as it is deployed: production settings in a process of their own."""
import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import SimpleTestCase

from .outside import mail_server, stand_in

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = """
import json
from django.conf import settings as s
db = s.DATABASES["default"]
print(json.dumps({"hosts": s.ALLOWED_HOSTS, "secure": getattr(s, "SESSION_COOKIE_SECURE"), "debug": s.DEBUG,
    "engine": db["ENGINE"], "options": db.get("OPTIONS"), "age": db["CONN_MAX_AGE"], "checks": db["CONN_HEALTH_CHECKS"]}))
"""


def python(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `code` in the site's folder with nothing but `env` around it."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, timeout=60,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "ocpizza.settings.production", **env},
    )


class Environment(SimpleTestCase):
    base = {"DJANGO_SECRET_KEY": "k" * 50, "DATABASE_URL": "postgres://u:p%40ss@db:5432/ocp?sslmode=verify-full&sslrootcert=/ca.pem"}

    def read(self, **env: str) -> dict:
        result = python(SETTINGS, **self.base | env)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_the_url_carries_tls_and_the_limits_are_set(self):
        self.assertEqual(self.read(SITE_HOSTS="www.ocpizza.fr, ocpizza.fr"), {
            "hosts": ["www.ocpizza.fr", "ocpizza.fr"], "secure": True, "debug": False,
            "engine": "django.db.backends.postgresql", "age": 60, "checks": True,
            "options": {
                "sslmode": "verify-full", "sslrootcert": "/ca.pem", "connect_timeout": 3, "tcp_user_timeout": 1000,
                "options": "-c statement_timeout=5000 -c lock_timeout=3000",
            },
        })

    def test_mysql_has_the_servers_name_checked_and_the_same_limits(self):
        read = self.read(DATABASE_URL="mysql://u:p@db:3306/OCPizza?ssl_ca=/ca.pem")
        limits = "/*M! , max_statement_time = 5.0 */ /*!50708 , max_execution_time = 5000 */"
        self.assertEqual((read["engine"], read["age"], read["checks"], read["options"]), ("django.db.backends.mysql", 60, True, {
            "connect_timeout": 3, "ssl": {"ca": "/ca.pem", "check_hostname": True},
            "init_command": f"SET SESSION lock_wait_timeout = 3, innodb_lock_wait_timeout = 3 {limits}"}))

    def test_plain_http_has_to_be_asked_for(self):
        self.assertFalse(self.read(SITE_SCHEME="http")["secure"])

    def test_a_wrong_environment_ends_the_start_with_one_sentence(self):
        for env, sentence in (
            ({"DJANGO_SECRET_KEY": ""}, "DJANGO_SECRET_KEY: must be set in the environment"),
            ({"DATABASE_URL": ""}, "DATABASE_URL: must be set in the environment"),
            ({"DATABASE_URL": "http://u:hidden@db/x"}, "DATABASE_URL: must be postgres://"),
            ({"SITE_SCHEME": "ftp"}, 'SITE_SCHEME: must be one of https, http, got "ftp"'),
            ({"DATABASE_STATEMENT_TIMEOUT_MS": "5s"}, 'DATABASE_STATEMENT_TIMEOUT_MS: must be a whole number from 0, got "5s"'),
        ):
            with self.subTest(env):
                result = python(SETTINGS, **self.base | env)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(sentence, result.stderr)
                self.assertNotIn("hidden", result.stderr)

    def test_a_database_that_is_gone_makes_healthz_503_and_leaves_livez(self):
        result = python(
            "import django; django.setup()\n"
            "from django.test import Client\n"
            "c = Client()\n"
            "print(c.get('/healthz').status_code, c.get('/livez').status_code)",
            **self.base | {"DATABASE_URL": "postgres://u:p@127.0.0.1:1/ocp", "SITE_HOSTS": "testserver", "SITE_SCHEME": "http"},
        )
        self.assertEqual(result.stdout.split(), ["503", "200"], result.stderr)

    def test_the_load_test_opens_by_environment_alone(self):
        code = "import django; django.setup()\nfrom django.urls import resolve\nprint(resolve('/slow').func.__name__)"
        self.assertEqual(python(code, **self.base | {"ENABLE_BENCH": "1"}).stdout, "slow\n")
        self.assertIn("Resolver404", python(code, **self.base).stderr)

    def test_a_key_of_another_form_leaves_its_service_off_and_says_so(self):
        code = ("import django, sys; django.setup()\nfrom django.conf import settings\nfrom django.urls import resolve\nresolve('/')\n"
                "print(repr(settings.STRIPE_API_KEY), *(name in sys.modules for name in ('stripe', 'sentry_sdk', 'requests', 'oauthlib')))")
        quiet = python(code, **self.base)
        self.assertEqual((quiet.stdout, quiet.stderr), ("'' False False False False\n", ""))
        made_up = python(code, **self.base | {"STRIPE_API_KEY": "made-up-hidden", "SENTRY_DSN": "made-up-hidden"})
        self.assertEqual((made_up.stdout, made_up.stderr), ("'' False False False False\n",
            "SENTRY_DSN: is no DSN of Sentry (https://KEY@HOST/PROJECT), so errors are in the journal alone\n"
            "STRIPE_API_KEY: is no secret key of Stripe (sk_... or rk_...), so nobody pays by card on the site\n"))
        self.assertEqual(python(code, **self.base | {"STRIPE_API_KEY": "rk_live_51"}).stdout, "'rk_live_51' False False False False\n")


class Sentry(SimpleTestCase):
    """Against a stand-in that takes what the SDK sends: https://develop.sentry.dev/sdk/data-model/envelopes/"""

    def sent(self, code: str, said: str, ended: int = 0) -> list[dict]:
        """Events that a process of the site sent before it ended, which must have said this on standard output."""
        with stand_in() as sentry:
            sentry.answers = {"POST /api/42/envelope/": lambda _: (200, {})}
            self.key = "0123456789abcdef0123456789abcdef"
            result = python(code, **Environment.base | {
                "SENTRY_DSN": sentry.url.replace("//", f"//{self.key}@") + "/42", "SENTRY_RELEASE": "00112233aabbccdd", "SENTRY_ENVIRONMENT": "prod",
                "ENABLE_BENCH": "1", "SITE_HOSTS": "testserver", "SITE_SCHEME": "http", "DATABASE_URL": "postgres://u:hidden-password@127.0.0.1:1/ocp"})
            self.assertEqual((result.stdout, result.returncode), (said, ended), result.stderr)
            bodies = [asked.body.split(b"\n") for asked in sentry.asked]
            self.assertIn(f"sentry_key={self.key}", sentry.asked[0].headers["X-Sentry-Auth"])
        return [json.loads(lines[i + 1]) for lines in bodies for i, line in enumerate(lines) if line.startswith(b'{"type":"event"')]

    def test_an_exception_is_sent_with_its_release_and_its_stack_and_with_nothing_that_a_visitor_sent(self):
        event, = self.sent(
            "import django; django.setup()\n"
            "from unittest.mock import patch\n"
            "from django.test import Client\n"
            "def broken(_):\n"
            "    secret = 'visitor@example.org'\n"
            "    raise ValueError('the oven is cold')\n"
            "with patch('shop.health.time.sleep', broken):\n"
            "    print(Client(raise_request_exception=False).get('/slow', headers={'Authorization': 'Bearer a-token', 'Cookie': 'sessionid=a-session'}).status_code)",
            "500\n")
        self.assertEqual((event["release"], event["environment"], event["exception"]["values"][0]["value"]), ("00112233aabbccdd", "prod", "the oven is cold"))
        self.assertEqual(event["transaction"], "/slow")
        for hidden in ("visitor@example.org", "a-token", "a-session", "hidden-password", "k" * 50):
            self.assertNotIn(hidden, json.dumps(event))

    def test_what_ends_a_job_is_sent_and_what_is_logged_as_an_error(self):
        event, = self.sent(
            "import django; django.setup()\n"
            "from unittest.mock import patch\n"
            "from django.core.management import execute_from_command_line\n"
            "with patch('city.updatedata.update', side_effect=RuntimeError('no menu today')):\n"
            "    execute_from_command_line(['manage.py', 'updatedata', 'city_001'])",
            "", 1)
        self.assertEqual((event["exception"]["values"][0]["value"], event["release"]), ("no menu today", "00112233aabbccdd"))
        event, = self.sent("import django; django.setup()\nfrom django.test import Client\nprint(Client().get('/healthz').status_code)", "503\n")
        self.assertRegex(event["logentry"]["message"], "database does not answer")
        self.assertNotIn("hidden-password", json.dumps(event))


class Mail(SimpleTestCase):
    def test_a_code_reaches_the_mail_server_of_the_environment_by_tls_and_login_and_sets_a_password(self):
        code = (
            "import django, json, sys; django.setup()\n"
            "from django.core.management import call_command\n"
            "from django.contrib.auth.models import User\n"
            "from django.test import Client\n"
            "call_command('migrate', verbosity=0)\n"
            "User.objects.create_user('ada@example.org', 'ada@example.org', 'quattro-stagioni-7')\n"
            "print(Client().post('/resetPassword', json.dumps({'email': 'ada@example.org'}), content_type='application/json').status_code)")
        with TemporaryDirectory() as folder, mail_server(Path(folder)) as mail:
            result = python(code, **Environment.base | {
                "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "SITE_HOSTS": "testserver", "SITE_SCHEME": "http", "SSL_CERT_FILE": str(mail.certificate),
                "EMAIL_HOST": "localhost", "EMAIL_PORT": str(mail.port), "EMAIL_HOST_USER": "postmaster@mg.ocpizza.fr", "EMAIL_HOST_PASSWORD": "a-password", "EMAIL_FROM": "OC Pizza <no-reply@mg.ocpizza.fr>"})
        self.assertEqual((result.stdout, mail.login), ("202\n", "postmaster@mg.ocpizza.fr a-password"), result.stderr)
        sent, = mail.mails
        self.assertRegex(sent, r"(?s)From: OC Pizza <no-reply@mg\.ocpizza\.fr>\r\nTo: ada@example\.org\r\n.*\r\nCode: [a-z0-9]+-[0-9a-f]{32}\r\n")


class Static(SimpleTestCase):
    def test_pages_name_files_by_the_hash_of_their_content(self):
        with TemporaryDirectory() as folder:
            result = python(
                "import ocpizza.settings.production as p\n"
                f"p.STATIC_ROOT = {folder!r}\n"
                "import django; django.setup()\n"
                "from django.core.management import call_command\n"
                "call_command('collectstatic', '--noinput', verbosity=0)\n"
                "from django.templatetags.static import static\n"
                "print(static('shop/site.css'))",
                **Environment.base,
            )
            self.assertRegex(result.stdout, r"^/static/shop/site\.[0-9a-f]{12}\.css\n$", result.stderr)
            hashed = Path(folder, result.stdout.strip().removeprefix("/static/"))
            self.assertEqual(hashed.read_bytes(), (ROOT / "shop/static/shop/site.css").read_bytes())


class Requirements(SimpleTestCase):
    lines = (ROOT / "requirements.txt").read_text().splitlines()

    def test_every_package_is_pinned_with_hashes(self):
        pins = [line for line in self.lines if line and line[0] not in " #"]
        for pin in pins:
            self.assertRegex(pin, r"^[a-z0-9-]+==[0-9.]+(\.post\d+)? \\$")
        hashed = re.findall(r"^[a-z0-9-]+==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", "\n".join(self.lines), re.M)
        self.assertEqual(len(hashed), len(pins))

    def test_no_index_is_named(self):
        self.assertNotRegex("\n".join(self.lines), r"(?m)https?://|^-")

    def test_the_installed_versions_are_the_pinned_ones(self):
        for name, pinned in re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", "\n".join(self.lines)):
            self.assertEqual(version(name), pinned, name)
