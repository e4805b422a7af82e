"""What stands round every page. This module knows how it is drawn; the address in the settings fills it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from obmin.web import taste
from obmin.web.parts import Frame
from obmin.web.vendor import fonts_are_here, sprite


@lru_cache
def _filler() -> Any:
    path = getattr(settings, "OBMIN_FRAME", "")
    return import_string(path) if path else lambda _: Frame()


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template context: `frame` (filled when first read), `training`, `taste`, `fonts`, `sprite`."""
    return {
        "frame": SimpleLazyObject(lambda: _filler()(request)),
        "training": settings.OBMIN.training,
        "taste": taste.of(request),
        "fonts": fonts_are_here(),
        "sprite": sprite(),
    }
