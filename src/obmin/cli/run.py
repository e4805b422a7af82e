"""What each command does."""

from __future__ import annotations

from obmin.cli.instance import demo, init, serve

__all__ = ["demo", "init", "serve"]
