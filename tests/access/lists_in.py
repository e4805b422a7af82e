"""What came in: a list that is checked, one that left a row that waits, a note of a tracing service; and a file
for a service that nobody has let go yet."""

from __future__ import annotations

from obmin.audit import clock
from obmin.core import record
from obmin.core.access import Actor
from obmin.files.lists import read_text
from obmin.people import imports, pfif, uploads
from obmin.people.models import Parked, Register, Upload
from obmin.people.referrals import ServiceNote
from obmin.vault import cells

SERVICES = ("pfif-file", "pfif-release", "pfif-note")


def begin(keys: dict[str, str], registrar: Actor) -> None:
    """Lays out both and keeps their keys under `upload`, `intake` and `doubt`."""
    for name, born in (("upload", "1.1.70"), ("doubt", "2.2.70")):
        given = read_text((f"ПІБ;Дата народження\nЧекаленко Юр;{born}", "utf-8"), name)
        found = uploads.lay_out(given, name, actor=registrar, register=Register.HELD, power="RUS", source=name)
        imports.read_upload(found, actor=registrar)
        keys[name] = found.pk
    found = Upload.objects.get(pk=keys["doubt"])
    keys["intake"] = imports.import_upload(found, actor=registrar).intake
    keys["doubt"] = Parked.objects.get(intake=keys["intake"]).pk


def of_services(keys: dict[str, str], tracer: Actor) -> None:
    """Asks for a file about the one whom we look for, and keeps a note about them."""
    asked = pfif.Asked("Agency", "No. 1", 30, (keys["sought"],))
    keys["pfif-file"] = keys["pfif-release"] = pfif.ask(asked, actor=tracer, reason="x").pk
    note = ServiceNote(key="note", person_id=keys["sought"], mark="x", at=clock.now(), by=tracer.id)
    fields = {"note_record_id": "example.org/1", "source_date": "2025-05-01T00:00:00Z", "text": "x"}
    cells.fill(note, record.ServiceNote(fields | {"author_name": "Нотатченко Ян", "status": "believed_alive"}))
    note.save()
    keys["pfif-note"] = note.pk
