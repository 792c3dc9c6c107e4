"""Application log: standard error, in the form of sd-daemon(3), so that the journal keeps each line's own level."""
import logging
import os

SYSLOG = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


class Formatter(logging.Formatter):
    """`<4>booking.database: text` under systemd, `WARNING booking.database: text` in a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        text = f"{record.name}: {super().format(record)}"
        if "JOURNAL_STREAM" not in os.environ:
            return f"{record.levelname} {text}"
        return "\n".join(f"<{SYSLOG.get(record.levelno, 6)}>{line}" for line in text.splitlines())


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"journal": {"()": "booking.journal.Formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "journal"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
