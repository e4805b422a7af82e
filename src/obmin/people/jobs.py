"""Long work on lists that come in, for the worker."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse

from obmin.accounts import people as accounts
from obmin.audit.perform import done
from obmin.core.errors import Incomplete
from obmin.jobs.work import Tell
from obmin.people import imports, uploads
from obmin.people.models import Upload


def read_list(
    account: str, *, tell: Tell, request: str, upload: str, columns: Mapping[str, str] | None = None
) -> str:
    """Reads a long list by its columns; returns the address of what was found."""
    if done(request) is None:
        found = Upload.objects.get(pk=upload)
        try:
            imports.read_upload(
                found, actor=accounts.actor(account), columns=columns, request=request, tell=tell
            )
        except Incomplete as incomplete:
            if incomplete.code != "no-columns":
                raise
            return reverse("import-columns", args=[upload])
    return reverse("import-check", args=[upload])


def clear_lists() -> None:
    """What the worker does now and then: no list lies about for longer than a day."""
    uploads.clear(actor=accounts.SYSTEM)


def import_list(account: str, *, tell: Tell, request: str, upload: str) -> str:  # noqa: ARG001
    """Takes a long list in, part by part; what was begun before the worker was lost goes on.

    Its acts bear the name of the upload, not of the job: whichever job takes it up, none is done twice.
    """
    found = Upload.objects.get(pk=upload)
    if found.state == "IMPORTED":
        return reverse("intake", args=[found.intake_id])
    made = imports.import_upload(found, actor=accounts.actor(account), tell=tell)
    return reverse("intake", args=[made.intake])
