"""A piece of long work on the screen: its step, how far it is, and where its result lies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obmin.accounts.door import actor_of, shows
from obmin.jobs import work
from obmin.jobs.models import Job
from obmin.web import parts


@shows(None)
@require_GET
def job_page(request: HttpRequest, key: str) -> HttpResponse:
    """Whoever asked for the work watches it here; htmx asks for the fragment alone."""
    job = get_object_or_404(Job, pk=key, account=actor_of(request).id)
    template = "desk/job_fragment.html" if request.headers.get("HX-Request") else "desk/job.html"
    return render(request, template, {"progress": _progress(job), "job": job})


@shows(None)
@require_POST
def cancel_page(request: HttpRequest, key: str) -> HttpResponse:
    work.cancel(get_object_or_404(Job, pk=key, account=actor_of(request).id))
    return HttpResponseRedirect(reverse("job", args=[key]))


def _progress(job: Job) -> parts.Progress:
    result = parts.Link(_("See the result"), job.result) if job.state == "DONE" and job.result else None
    return parts.Progress(
        _(job.step) if job.step else _("Waiting for its turn"),
        job.done,
        job.total,
        reverse("job", args=[job.pk]),
        job.state,
        reverse("job-cancel", args=[job.pk]),
        result,
        job.failure,
    )
