"""Lists on the screen: what came, what its columns mean, what would become of each row, what waits."""

from __future__ import annotations

import re
from typing import Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.audit import clock, reading
from obmin.core.access import Actor, Area
from obmin.core.errors import Incomplete, Problem, Unreadable
from obmin.core.intake import FIELDS, Verdict
from obmin.files import scratch
from obmin.files.lists import Listed, read_list, read_text
from obmin.jobs import work
from obmin.people import doubts, imports, queries, records, uploads
from obmin.people import import_pages as pages
from obmin.people.models import Intake, Parked, Register, Upload
from obmin.web import parts
from obmin.web.seen import shown_version

ACT: Final = "register.import"
A_PAGE: Final = 100
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
POWER: Final = re.compile(r"[A-Z]{3}")


@shows(Area.REGISTER, act=ACT)
@require_http_methods(["GET", "POST"])
def imports_page(request: HttpRequest) -> HttpResponse:
    """A list comes in: from a file or pasted; which register it belongs to is said, never guessed."""
    actor, errors, given = actor_of(request), {}, request.POST.dict()
    if request.method == "POST":
        errors = _missing(request, actor)
        if not errors:
            try:
                return _laid_out(request, actor)
            except Unreadable as unreadable:
                errors["file"] = " ".join(f"{p.found}; {p.expected}" for p in unreadable.problems[:3])
    context = {
        "fields": pages.form_fields(given, actor, errors),
        "wrong": bool(errors),
        "grid": pages.intakes(actor),
        "waiting": doubts.waiting(actor).count(),
    }
    return render(request, "people/imports.html", context, status=422 if errors else 200)


def _missing(request: HttpRequest, actor: Actor) -> dict[str, str]:
    """What the first page still has to be told, by field."""
    errors = {}
    walls = {value for value, _text in pages.choices(actor) if value}
    if request.POST.get("register") not in walls:
        errors["register"] = _("Choose one of the registers.")
    if not POWER.fullmatch(request.POST.get("power", "").strip().upper()):
        errors["power"] = _("Write three letters.")
    if not request.POST.get("source", "").strip():
        errors["source"] = _("Name the source.")
    if not request.FILES.get("file") and not request.POST.get("text", "").strip():
        errors["file"] = _("Choose a file, or paste the rows.")
    return errors


def _laid_out(request: HttpRequest, actor: Actor) -> HttpResponse:
    listed, name = _given(request)
    upload = uploads.lay_out(
        listed,
        name,
        actor=actor,
        register=Register(request.POST["register"]),
        power=request.POST["power"].strip().upper(),
        source=request.POST["source"].strip()[:120],
    )
    return _read(upload, actor, None)


def _given(request: HttpRequest) -> tuple[Listed, str]:
    sent = request.FILES.get("file")
    if sent is None:
        text = request.POST.get("text", "").replace("\r\n", "\n").strip("\n")
        return read_text((text, ""), _("pasted")), _("pasted")
    name = str(sent.name)
    with scratch.folder() as folder:
        path = folder / "list"
        path.write_bytes(sent.read())
        try:
            return read_list(path, sheet=request.POST.get("sheet", "").strip() or None), name
        except Unreadable as unreadable:
            told = [Problem(name, p.row, p.column, p.found, p.expected) for p in unreadable.problems]
            raise Unreadable(told) from None


def _read(upload: Upload, actor: Actor, columns: dict[str, str] | None) -> HttpResponse:
    """Reads a list at once, or asks the worker where it is long; then shows what was found."""
    if uploads.rows_of(upload) > imports.LARGE:
        job = work.ask("read-list", actor.id, {"upload": upload.pk, "columns": columns})
        return HttpResponseRedirect(reverse("job", args=[job.pk]))
    try:
        imports.read_upload(upload, actor=actor, columns=columns)
    except Incomplete as incomplete:
        if incomplete.code != "no-columns":
            raise
        return HttpResponseRedirect(reverse("import-columns", args=[upload.pk]))
    return HttpResponseRedirect(reverse("import-check", args=[upload.pk]))


def _upload(request: HttpRequest, key: str) -> Upload:
    found = get_object_or_404(Upload, pk=key)
    if not actor_of(request).reads(Area(found.register)):
        raise Http404
    return found


@shows(Area.REGISTER, act=ACT)
@require_http_methods(["GET", "POST"])
def columns_page(request: HttpRequest, key: str) -> HttpResponse:
    """What each column means; remembered for the source."""
    upload, actor = _upload(request, key), actor_of(request)
    if upload.state not in ("LAID_OUT", "READ"):
        raise Http404
    reading.record(actor, reading.What.PAGE, [f"upload:{upload.pk}"])
    source, found = uploads.layout(upload).source, pages.columns(upload)
    if request.method == "POST":
        said = {one.head: request.POST.get(one.field.name, "") for one in found}
        return _read(upload, actor, {head: mean for head, mean in said.items() if mean in ("", *FIELDS)})
    return render(request, "people/import_columns.html", {"source": source, "columns": found})


@shows(Area.REGISTER, act=ACT)
@require_http_methods(["GET", "POST"])
def check_page(request: HttpRequest, key: str) -> HttpResponse:
    """Check before you import: every row, what was found, and what becomes of it. Nothing is saved yet."""
    upload, actor = _upload(request, key), actor_of(request)
    if request.method == "POST":
        return _decided(request, upload, actor)
    if upload.state == "IMPORTED" and upload.intake_id:
        return HttpResponseRedirect(reverse("intake", args=[upload.intake_id]))
    if upload.state == "IMPORTING":
        rows = sum(upload.counts.get(verdict.value, 0) for verdict in Verdict)
        return render(request, "people/import_begun.html", {"upload": upload, "rows": rows})
    if upload.state != "READ":
        raise Http404
    reading.record(actor, reading.What.PAGE, [f"upload:{upload.pk}"])
    counts = {name: sum(upload.counts.get(v.value, 0) for v in of) for name, (_t, of) in pages.TABS.items()}
    show = request.GET.get("show", "")
    show = show if show in pages.TABS else next((name for name, count in counts.items() if count), "needs")
    held = uploads.layout(upload)
    page = Paginator(range(counts[show]), A_PAGE).get_page(request.GET.get("page"))
    chosen = uploads.page(upload, pages.TABS[show][1], max(page.start_index() - 1, 0), A_PAGE)
    known = pages.of_those(held.has)
    context = {
        "upload": upload,
        "held": held,
        "tabs": [(name, text, counts[name], name == show) for name, (text, _of) in pages.TABS.items()],
        "heads": [pages.called(name) for name in known],
        "lines": pages.lines(chosen, known),
        "page": page,
        "rows": sum(counts.values()),
        "good": counts["new"] + counts["changed"] + counts["same"],
        "needs": counts["needs"],
        "passed": pages.passed(upload.counts),
        "wall": pages.WALLS[upload.register],
    }
    return render(request, "people/import_check.html", context)


def _decided(request: HttpRequest, upload: Upload, actor: Actor) -> HttpResponse:
    seen = shown_version(request)
    if request.POST.get("act") == "drop":
        uploads.put_away(upload, actor=actor, seen=seen)
        return HttpResponseRedirect(reverse("imports"))
    if uploads.rows_of(upload) > imports.LARGE:
        job = work.ask("import-list", actor.id, {"upload": upload.pk})
        return HttpResponseRedirect(reverse("job", args=[job.pk]))
    found = imports.import_upload(upload, actor=actor, seen=seen)
    return HttpResponseRedirect(reverse("intake", args=[found.intake]))


@shows(Area.REGISTER, act=ACT)
@require_GET
def fix_page(request: HttpRequest, key: str) -> HttpResponse:
    """The rows that need somebody, as a workbook."""
    upload, actor = _upload(request, key), actor_of(request)
    if upload.state != "READ":
        raise Http404
    reading.record(actor, reading.What.EXPORT, [f"upload:{upload.pk}"])
    needs = (Verdict.DOUBTFUL, Verdict.REFUSED)
    lines = [line for line in uploads.read_lines(upload) if line.passed is None and line.verdict in needs]
    return _file(pages.rows_to_fix(lines), "rows-to-fix.xlsx")


@shows(Area.REGISTER, act=ACT)
@require_GET
def template_page(_request: HttpRequest) -> HttpResponse:
    """A workbook to fill, in the reader's language."""
    return _file(pages.template(), "list.xlsx")


@shows(Area.REGISTER, act=ACT)
@require_http_methods(["GET", "POST"])
def intake_page(request: HttpRequest, key: str) -> HttpResponse:
    """What became of a list: each sum, the rows that wait or were not read; taking it back for a day."""
    intake, actor = get_object_or_404(Intake, pk=key), actor_of(request)
    if not actor.reads(Area(intake.register)):
        raise Http404
    if request.method == "POST":
        seen = shown_version(request)
        doubts.take_back(intake, actor=actor, reason=request.POST.get("reason", ""), seen=seen)
        return HttpResponseRedirect(reverse("intake", args=[key]))
    waiting = intake.parked.filter(state__in=("OPEN", "UNREAD")).order_by("state", "number", "pk")
    if request.GET.get("as") == "xlsx":
        found = list(waiting)
        held = records.parked_shown(actor, found, what=reading.What.EXPORT)
        lines = [pages.line_of(one, held[one.pk]) for one in found]
        return _file(pages.rows_to_fix(lines), "rows-to-fix.xlsx")
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    held = records.parked_shown(actor, list(page))
    lines = [pages.line_of(one, held[one.pk]) for one in page]
    known = pages.shown_columns(lines)
    keys = [one.pk for one in page]
    told = sum(getattr(intake, verdict.value) for verdict in Verdict)
    left = intake.rows - told if intake.state == "STANDS" else 0
    context = {
        "intake": intake,
        "source": records.sources([intake])[intake.pk],
        "rejudged": pages.rejudged(intake),
        "others": intake.rejudged.count(),
        "left": left,
        "begun": intake.uploads.filter(state="IMPORTING").first() if left else None,
        "wall": pages.WALLS[intake.register],
        "heads": [pages.called(name) for name in known],
        "lines": [row | {"key": key} for row, key in zip(pages.lines(lines, known), keys, strict=True)],
        "page": page,
        "may_undo": intake.state == "STANDS" and clock.now() - intake.at <= doubts.UNDO,
        "reason": parts.Field("reason", _("Reason (kept in the journal)"), kind="textarea"),
    }
    return render(request, "people/intake.html", context)


@shows(Area.REGISTER, act=ACT)
@require_GET
def doubts_page(request: HttpRequest) -> HttpResponse:
    """The rows of all lists that wait for a person."""
    actor = actor_of(request)
    page = Paginator(doubts.waiting(actor).select_related("intake"), A_PAGE).get_page(request.GET.get("page"))
    held = records.parked_shown(actor, list(page))
    lines = [pages.line_of(one, held[one.pk]) for one in page]
    known = pages.shown_columns(lines)
    sources = records.sources(one.intake for one in page)
    context = {
        "heads": [pages.called(name) for name in known],
        "lines": [
            row | {"key": one.pk, "source": sources[one.intake_id]}
            for row, one in zip(pages.lines(lines, known), page, strict=True)
        ],
        "page": page,
        "none": parts.Empty(
            _("No row waits for you"), _("When a list comes in, what is in doubt stands here.")
        ),
    }
    return render(request, "people/doubts.html", context)


@shows(Area.REGISTER, act=ACT)
@require_http_methods(["GET", "POST"])
def doubt_page(request: HttpRequest, key: str) -> HttpResponse:
    """One row that waits: somebody new, one of these records, or nobody."""
    actor = actor_of(request)
    parked = get_object_or_404(Parked.objects.select_related("intake"), pk=key)
    if not actor.reads(Area(parked.register)):
        raise Http404
    if request.method == "POST":
        _settled(request, parked, actor)
        following = doubts.waiting(actor).first()
        return HttpResponseRedirect(reverse("doubt", args=[following.pk]) if following else reverse("doubts"))
    held = records.parked_shown(actor, [parked])[parked.pk]
    line = pages.line_of(parked, held)
    context = {
        "parked": parked,
        "source": records.sources([parked.intake])[parked.intake_id],
        "told": pages.told(line.findings),
        "open": parked.state == "OPEN",
        "not_one": doubts.not_one(held),
        "decided": not parked.wrapped,
        "reason": parts.Field("reason", _("Reason (kept in the journal)"), optional=True),
        "other": parts.Field("other", _("Another record, by its key"), optional=True),
        **pages.compared(line, actor, Register(parked.register)),
    }
    return render(request, "people/doubt.html", context)


def _settled(request: HttpRequest, parked: Parked, actor: Actor) -> None:
    seen, said = shown_version(request), request.POST.get("answer", "")
    if said == "new":
        doubts.take_new(parked, actor=actor, seen=seen)
    elif said == "refuse":
        doubts.refuse(parked, actor=actor, reason=request.POST.get("reason", ""), seen=seen)
    else:
        key = request.POST.get("other", "").strip() if said == "other" else said
        person = get_object_or_404(queries.seen_by(actor), pk=key)
        doubts.take_same(parked, person, actor=actor, seen=seen)


def _file(body: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
