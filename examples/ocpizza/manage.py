#!/usr/bin/env python
"""Commands of the site: migrate, collectstatic, updatedata, test."""
import os
import sys


def main() -> None:
    testing = sys.argv[1:2] == ["test"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ocpizza.settings." + ("ci" if testing else "production"))
    # A migration or a job may rightly take longer than any request.
    os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT_MS", "0")

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
