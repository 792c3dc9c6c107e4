#!/usr/bin/env python
"""Commands of the site: migrate, collectstatic, collect, test."""
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analyzer.settings")

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # One sentence for whoever reads the journal, no trace of Django's insides.
        sys.exit(f"manage.py: {error}")


if __name__ == "__main__":
    main()
