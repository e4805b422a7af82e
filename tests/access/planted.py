"""Addresses of the app, and two views that nobody marked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from obmin.config.urls import handler403, handler404
from obmin.config.urls import urlpatterns as real

__all__ = ["handler403", "handler404", "urlpatterns"]


def leak(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"everything, {request.method}")


urlpatterns = [path("planted", leak, name="planted"), path("news-planted", leak, name="news-planted"), *real]
