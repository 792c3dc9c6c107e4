"""What a wrong environment does at the start of each of the three: one sentence, an error code, and no file."""
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import SimpleTestCase

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = {
    "job": ["-m", "manage", "collect"],
    "front end": ["-c", "import analyzer.wsgi"],
    "api": ["-c", "import asyncio\nfrom api.main import app, lifespan\nasync def main():\n    async with lifespan(app): pass\nasyncio.run(main())"],
}


def start(words: list[str], folder: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=folder, text=True, capture_output=True, timeout=60,
                          env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "FEED_URL": f"file:{ROOT}/feed/sample.json", **environment})


class Start(SimpleTestCase):
    def test_without_a_postgresql_url_nothing_starts_and_nothing_is_written(self):
        for name, words in PROGRAMS.items():
            for environment, got in (({}, "got nothing"), ({"DATABASE_URL": ""}, "got nothing"), ({"DATABASE_URL": "sqlite:///x.sqlite3"}, "got sqlite:..."), ({"DATABASE_URL": "mysql://u:hidden@db/x"}, "got mysql:...")):
                with self.subTest(program=name, **environment), TemporaryDirectory() as folder:
                    result = start(words, folder, **environment)
                    self.assertEqual(result.returncode, 1, result.stderr)
                    self.assertIn(f"DATABASE_URL: must be postgresql://user:password@host/name, {got}", result.stderr)
                    self.assertNotIn("hidden", result.stderr)
                    self.assertEqual(os.listdir(folder), [])
        self.assertEqual(list(ROOT.rglob("*.sqlite3")), [])

    def test_a_feed_of_another_scheme_is_refused(self):
        with TemporaryDirectory() as folder:
            result = start(PROGRAMS["job"], folder, DATABASE_URL=os.environ["DATABASE_URL"], FEED_URL="ftp://feed")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.strip(), 'manage.py: FEED_URL: must be a URL that begins with https: or http: or file:, got "ftp://feed"')

    def test_in_the_journal_each_line_has_its_level(self):
        code = ("import logging.config; from analyzer.journal import LOGGING; logging.config.dictConfig(LOGGING)\n"
                "log = logging.getLogger('a.b'); log.info('one'); log.warning('two\\nthree')")
        with TemporaryDirectory() as folder:
            self.assertEqual(start(["-c", code], folder, JOURNAL_STREAM="8:1").stderr, "<6>a.b: one\n<4>a.b: two\n<4>three\n")
            self.assertEqual(start(["-c", code], folder).stderr, "INFO a.b: one\nWARNING a.b: two\nthree\n")


class Requirements(SimpleTestCase):
    text = (ROOT / "requirements.txt").read_text()

    def test_every_package_is_pinned_with_hashes_and_no_index_is_named(self):
        pins = re.findall(r"(?m)^[^\s#].*$", self.text)
        hashed = re.findall(r"(?m)^[a-z0-9-]+==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", self.text)
        self.assertEqual(len(hashed), len(pins))
        self.assertNotRegex(self.text, r"https?://")

    def test_the_installed_versions_are_the_pinned_ones(self):
        for name, pinned in re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", self.text):
            self.assertEqual(version(name), pinned, name)
