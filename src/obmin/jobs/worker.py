"""The worker's process: `python -m obmin.jobs.worker`, with OBMIN_HOME set."""

from __future__ import annotations

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obmin.config.settings")
    django.setup()
    from obmin.jobs import work

    web = os.getppid()
    work.serve(lambda: os.getppid() == web)  # a worker whose server has gone goes too


if __name__ == "__main__":
    main()
