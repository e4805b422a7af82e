"""The reader's language and taste, and the living page of all parts (in training homes only)."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST

from obmin.core import errors
from obmin.web import living, taste


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keeps the language chosen and goes back to the page it was chosen on."""
    response = _back(request)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keeps whichever of theme, rows and keys was sent."""
    response = _back(request)
    for name, allowed in taste.CHOICES.items():
        if (chosen := request.POST.get(name, "")) in allowed:
            _keep(response, taste.cookie(name), chosen)
    return response


@require_GET
def living_page(request: HttpRequest) -> HttpResponse:
    """Every part in every state."""
    _training_only()
    return render(request, "web/living.html", living.page(request.GET))


@require_GET
def living_progress(request: HttpRequest) -> HttpResponse:
    """The moving progress of the living page: one step further each time it is asked."""
    _training_only()
    done = min(int(request.GET.get("done", "0")) + 1, 3)
    context = {"progress": living.progress(done)}
    return render(request, "web/parts/progress.html" if request.htmx else "web/living_progress.html", context)  # type: ignore[attr-defined]


@require_GET
def living_refusal(request: HttpRequest, kind: str) -> HttpResponse:  # noqa: ARG001
    """Refuses in the way named, so that each refusal's page can be looked at."""
    _training_only()
    refusal = living.REFUSALS.get(kind)
    if refusal is None:
        raise errors.NotFound(kind)
    raise refusal


def _training_only() -> None:
    if not settings.OBMIN.training:
        raise Http404


def _back(request: HttpRequest) -> HttpResponseRedirect:
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")


def _keep(response: HttpResponse, name: str, value: str) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=taste.YEAR, httponly=True, samesite="Strict", secure=secure)
