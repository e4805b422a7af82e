"""Every address of the app. What is not listed here does not exist."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include(f"obmin.{app}.urls"))
    for app in (
        "web",
        "accounts",
        "desk",
        "people",
        "negotiation",
        "reception",
        "handover",
        "care",
        "bulletins",
    )
]
handler400 = "obmin.web.refusals.bad_request"
handler403 = "obmin.web.refusals.forbidden"
handler404 = "obmin.web.refusals.not_found"
handler500 = "obmin.web.refusals.broken"
