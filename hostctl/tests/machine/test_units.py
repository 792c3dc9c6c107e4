"""What is read of units that failed."""
import unittest

from hostctl.machine.system import Result
from hostctl.machine.units import EXCEPTION, Units


class PropertiesTest(unittest.TestCase):
    """How systemd answers of several units: a block each, parted by an empty line, in the order in which they were asked for."""

    def asked(self, names, wanted, answer):
        class System:
            ran = []

            def run(self, argv):
                self.ran.append(argv)
                return Result(0, answer)

        return Units(System()).properties(names, wanted), System.ran

    def test_each_unit_has_what_was_asked_for_in_one_call(self):
        found, ran = self.asked(["a.service", "b.timer"], ("ActiveState", "Result"), "Id=a.service\nActiveState=active\nResult=a=b\n\nId=b.timer\nActiveState=inactive\n")
        self.assertEqual({name: (one["ActiveState"], one["Result"]) for name, one in found.items()}, {"a.service": ("active", "a=b"), "b.timer": ("inactive", "")})
        self.assertEqual(ran, [["systemctl", "show", "--property=Id,ActiveState,Result", "--", "a.service", "b.timer"]])

    def test_one_without_a_value_is_not_taken_for_the_next(self):
        found, _ = self.asked(["a.service", "b.service"], ("MemoryMax",), "Id=a.service\n\nId=b.service\nMemoryMax=4096\n")
        self.assertEqual([one["MemoryMax"] for one in found.values()], ["", "4096"])

    def test_no_unit_is_no_call(self):
        self.assertEqual(self.asked([], ("MemoryMax",), ""), ({}, []))


class JournalTest(unittest.TestCase):
    def test_the_last_lines_since_a_moment_are_the_last_ones_also_of_a_journalctl_that_counts_from_the_moment_on(self):
        said = [f"line {number}" for number in range(100)]

        class System:
            def run(self, argv, check=True):
                lines = next((int(word.removeprefix("--lines=")) for word in argv if word.startswith("--lines=")), len(said))
                found = said[:lines] if any(word.startswith("--since=") for word in argv) else said[-lines:]
                return Result(0, "".join(f"{line}\n" for line in found))

        for since in (0, 1_700_000_000.5):
            self.assertEqual(Units(System()).journal("web@blue.service", since, 3), "line 97\nline 98\nline 99\n")

    def test_the_exception_comes_first_and_then_where_to_read_the_rest(self):
        class System:
            def run(self, argv, check=True):
                return Result(0, "" if "--sync" in argv else "Traceback:\nKeyError: 'A'\nDuring handling:\nshop.errors.ConfigError: no A\nWorker failed to boot.\n")

        self.assertEqual(Units(System()).last_words("web@green.service", 1), "\n".join([
            "shop.errors.ConfigError: no A", "Traceback:", "KeyError: 'A'", "During handling:", "shop.errors.ConfigError: no A", "Worker failed to boot.",
            "`sudo hostctl logs web` has the rest"]))

    def test_an_exception_of_a_package_is_one_whatever_it_is_called_but_for_that_of_gunicorn_about_its_workers(self):
        for line in ("django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.", "django.core.exceptions.AppRegistryNotReady",
                     "django.template.exceptions.TemplateDoesNotExist: shop.html", "SystemExit: 3"):
            self.assertIsNotNone(EXCEPTION.match(line), line)
        for line in ("gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>", "www.example.org: no such host", "Traceback (most recent call last):", "shop.Cart is empty"):
            self.assertIsNone(EXCEPTION.match(line), line)

    def test_one_that_wrote_nothing_still_says_where_to_look(self):
        class System:
            def run(self, argv, check=True):
                return Result(0, "")

        self.assertEqual(Units(System()).last_words("bot.service", 1), "`sudo hostctl logs bot` has the rest")


if __name__ == "__main__":
    unittest.main()
