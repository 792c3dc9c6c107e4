"""The manual of the command line: argparse's parsers of all verbs, and their help, laid out as manual pages are."""
import argparse
import os
import textwrap

from . import argument_types

ABOUT = "Operates one host of the stack. What is changed for good is changed by `npm run up` on the machine that deploys; hostctl releases, goes back, saves, restores and tells."
EXIT_CODES = (("0", "done"), ("1", "failed; what had changed is put back"), ("2", "wrong usage"), ("3", "`verify` found differences"), ("75", "another run holds the lock, which is named"))
FILES = (("/var/log/webstack/deploy_logs", "each step of each deployment; deploy_logs.jsonl has the same for programs"), ("/etc/webstack/env", "the app's environment"),
         ("/var/lib/webstack/manifest.json", "what was applied last"), ("/srv/webstack/current", "the release that serves"))
# Beside a name; longer ones have a line of their own.
COLUMN = 26


def width():
    """Of the terminal; 100 where there is none, as argparse's own less 2."""
    return min(120, int(os.environ.get("COLUMNS") or 100))


class Formatter(argparse.HelpFormatter):
    """Paragraphs are filled; a line that begins with spaces, such as an example, is kept."""

    def __init__(self, prog):
        super().__init__(prog, max_help_position=COLUMN, width=width())

    def _fill_text(self, text, width, indent):
        return "\n".join(line if line.startswith(" ") else textwrap.fill(line, width) for line in text.splitlines())


class Manual(argparse.ArgumentParser):
    """The parser of the whole line: its help lists the verbs by what they are for."""

    def __init__(self):
        super().__init__(prog="hostctl", formatter_class=Formatter)
        self._verbs = self.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=argparse.ArgumentParser)
        # {title: [(verb, what it does)]}
        self.groups = {}

    def group(self, title):
        """A function that declares the verbs of one group."""
        return lambda *given, **more: self._declare(title, *given, **more)

    @property
    def verbs(self):
        """{verb: its parser}."""
        return self._verbs.choices

    def _declare(self, title, name, run, says, text="", *, examples=(), exits=None, locks=True, root=True, before_lock=lambda host: None):
        """A verb: `run(host, args)` gives the exit code; `says` is its line, `text` the rest of its description. `exits`: {code: when} of those that
        are not as usual. `locks`: runs under the host's lock. `root`: needs root. `before_lock(host)` comes before the lock."""
        codes = {0: "done", 1: "failed", **({75: "another run holds the lock"} if locks else {}), **(exits or {})}
        made = self._verbs.add_parser(name, formatter_class=Formatter, description=f"{says[0].upper()}{says[1:]}.\n" + (f"\n{text}" if text else ""), epilog="\n".join(
            [*(["Examples:", *(f"  sudo hostctl {words}" for words in examples), ""] if examples else []),
             "Exit codes: " + "; ".join(f"{code} {codes[code]}" for code in sorted(codes))]))
        made.set_defaults(run=run, locks=locks, root=root, before_lock=before_lock)
        if locks:
            argument_types.add_lock_wait(made)
        self.groups.setdefault(title, []).append((name, says))
        return made

    def format_help(self):
        parts = ["usage: hostctl VERB [ARGUMENT...]\n       hostctl VERB --help\n", *(f"{line}" for line in textwrap.wrap(ABOUT, width()))]
        for title, lines in (*self.groups.items(), ("Exit codes", EXIT_CODES), ("Files", FILES)):
            parts += ["", title, *(row for name, says in lines for row in _rows(name, says))]
        return "\n".join(parts) + "\n"


def _rows(name, says):
    said = textwrap.wrap(says, width() - COLUMN)
    first = [f"  {name:<{COLUMN - 3}} {said.pop(0)}"] if len(name) < COLUMN - 2 else [f"  {name}"]
    return first + [" " * COLUMN + line for line in said]
