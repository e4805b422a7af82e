"""Every address of the app. What is not listed here does not exist."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
