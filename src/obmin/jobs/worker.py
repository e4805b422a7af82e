"""The worker's process: `python -m obmin.jobs.worker`, with OBMIN_HOME set."""

from __future__ import annotations

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obmin.config.settings")
    django.setup()
    from obmin.jobs import work

    work.serve()


if __name__ == "__main__":
    main()
