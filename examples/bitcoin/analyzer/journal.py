"""Application log: standard error, in the form of sd-daemon(3), so that the journal keeps each line's own level.
`journalctl -p warning` then finds warnings and errors of the application among everything else."""
import logging
import os

SYSLOG = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


class Formatter(logging.Formatter):
    """`<4>prices.views: text` under systemd, `WARNING prices.views: text` in a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        text = f"{record.name}: {super().format(record)}"
        if "JOURNAL_STREAM" not in os.environ:
            return f"{record.levelname} {text}"
        level = f"<{SYSLOG.get(record.levelno, 6)}>"
        return "\n".join(level + line for line in text.splitlines())


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"journal": {"()": "analyzer.journal.Formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "journal"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Django's own handlers would mail administrators and print again.
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
