"""Packages that a release brings as source, and the environments of their tools (release/environments.py). Limit: pip and the compiler are played; tests/machines/new.test.ts has the real ones."""
import hashlib
import os
import unittest

from hostctl.deploy import apply
from hostctl.machine.errors import HostError
from hostctl.release import compiled
from hostctl.tests.fake_machine import Machine, manifest, source

NAME = "psycopg2-2.9.10.tar.gz"


def with_source(version, text="source of psycopg2", tools="setuptools==80 --hash=sha256:0\n", more=""):
    """A release whose requirements name a source that lies beside them."""
    lock = f"{more}psycopg2==2.9.10 --hash=sha256:{hashlib.sha256(text.encode()).hexdigest()}\n"
    return source(version, **{"requirements.txt": lock, f"webstack_wheels/{NAME}": text, f"webstack_wheels/{NAME}.build.txt": tools})


class Compiled(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)

    def apply(self, files):
        digest = self.machine.deliver(files)
        apply.apply(self.machine.host(), manifest(digest), {"DATABASE_URL": "postgresql://ann:hunter2hunter2@db/shop"})
        return digest

    def builds(self):
        return [argv for argv in self.machine.ran if "--unit=webstack-build" in argv]

    def test_a_source_becomes_a_wheel_whose_hash_the_runtime_asks_for(self):
        seen = []

        def look(argv):
            if "--require-hashes" in argv and argv[argv.index("--requirement") + 1].endswith("/requirements.txt"):
                with open(argv[-1], encoding="utf-8") as file:
                    seen.append((file.read(), [argv[at + 1] for at, word in enumerate(argv) if word == "--find-links"]))
        self.machine.on_command = look
        digest = self.apply(with_source(1))
        [(text, links)] = seen
        [wheel] = self.machine.paths.compiled.glob("*/*.whl")
        self.assertEqual(text, f"psycopg2==2.9.10 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
        self.assertEqual(wheel.read_text(), "source of psycopg2, compiled")
        self.assertEqual(links[1:], [str(wheel.parent)])
        self.assertEqual(self.machine.answering(), {"web": digest})
        self.assertEqual([path.name for path in wheel.parent.iterdir()], [wheel.name])
        self.assertFalse(self.machine.paths.compiling.exists())

    def test_its_build_is_nobodys_and_has_neither_a_network_nor_the_values_of_the_app(self):
        self.apply(with_source(1))
        [words] = self.builds()
        properties = {word.removeprefix("--property=") for word in words if word.startswith("--property=")}
        self.assertLessEqual({"DynamicUser=yes", "PrivateNetwork=yes", "TemporaryFileSystem=/srv:ro", "ReadWritePaths=", "NoNewPrivileges=yes"}, properties)
        hidden = next(one for one in properties if one.startswith("InaccessiblePaths="))
        self.assertLessEqual({"-/etc/webstack", "-/var/lib/webstack"}, set(hidden.removeprefix("InaccessiblePaths=").split()))
        self.assertEqual([one for one in properties if one.startswith(("EnvironmentFile", "User="))], [])
        self.assertNotIn("hunter2hunter2", " ".join(words))

    def test_it_is_built_once_whatever_else_the_releases_say(self):
        self.apply(with_source(1))
        self.apply(with_source(2, more="flask==3.1 --hash=sha256:1\n"))
        self.assertEqual([len(self.builds()), len(os.listdir(self.machine.paths.runtimes))], [1, 2])
        self.apply(with_source(3, text="another source"))
        self.apply(with_source(4, text="another source", tools="setuptools==81 --hash=sha256:0\n", more="flask==3.2 --hash=sha256:2\n"))
        self.assertEqual(len(self.builds()), 3)

    def test_what_no_kept_release_needs_goes(self):
        for version, text in enumerate(("first", "second", "third")):
            self.apply(with_source(version, text=text))
        self.assertEqual(sorted(wheel.read_text() for wheel in self.machine.paths.compiled.glob("*/*.whl")), ["second, compiled", "third, compiled"])

    def test_a_source_that_the_requirements_do_not_name_is_left_alone(self):
        files = with_source(1)
        self.apply({**files, "requirements.txt": ""})
        self.assertEqual(self.builds(), [])

    def test_requirements_in_another_encoding_that_pip_reads_name_no_source(self):
        file = self.machine.root / "requirements.txt"
        file.write_bytes("flask==3.1 --hash=sha256:0\r\n".encode("utf-16"))
        self.assertEqual(compiled.sources(file), {})

    def test_a_build_that_fails_leaves_the_old_release_serving_and_says_where_its_packages_are_named(self):
        digest = self.apply(with_source(1))
        with self.assertRaisesRegex(HostError, rf"(?s)^{NAME}: does not become a wheel on this host; app\.buildPackages names .*command 'gcc' failed"):
            self.apply(with_source(2, text="broken"))
        self.assertEqual(self.machine.answering(), {"web": digest})
        self.assertEqual(os.listdir(self.machine.paths.compiled), [path.parent.name for path in self.machine.paths.compiled.glob("*/*.whl")])

    def test_a_build_that_fails_leaves_nothing_of_what_it_wrote(self):
        def fill(argv):
            if "--unit=webstack-build" in argv:
                self.machine.paths.compiling.mkdir(parents=True)
                (self.machine.paths.compiling / "large").write_text("x")
        self.machine.on_command = fill
        with self.assertRaises(HostError):
            self.apply(with_source(1, text="broken"))
        self.assertEqual([os.listdir(self.machine.paths.compiled), self.machine.paths.compiling.exists()], [[], False])

    def test_a_link_in_the_place_of_a_wheel_is_not_followed(self):
        secret = self.machine.root / "secret"
        secret.write_text("hunter2hunter2")

        def link(argv):
            if "--unit=webstack-build" in argv:
                self.machine.paths.compiling.mkdir(parents=True)
                (self.machine.paths.compiling / "x-1-py3-none-any.whl").symlink_to(secret)
        self.machine.on_command = link
        self.machine._build = lambda words: self.machine._run(["true"])
        with self.assertRaises(OSError):
            self.apply(with_source(1))
        self.assertEqual([path for path in self.machine.paths.compiled.glob("*/*.whl") if path.stat().st_size], [])

    def test_the_sources_are_those_that_have_tools_beside_them(self):
        folder = self.machine.root / "release"
        for path, text in with_source(1).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        (folder / "webstack_wheels/docopt-0.6.2-py3-none-any.whl").write_text("a wheel")
        self.assertEqual(list(compiled.sources(folder / "requirements.txt").values()), [folder / "webstack_wheels" / NAME])
