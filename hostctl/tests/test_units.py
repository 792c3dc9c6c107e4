"""What is read of units that failed."""
import unittest

from hostctl.system import Result
from hostctl.units import Units


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


if __name__ == "__main__":
    unittest.main()
