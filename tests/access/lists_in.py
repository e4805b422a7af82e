"""Lists that came in: one that is checked, and one that was imported and left a row that waits."""

from __future__ import annotations

from obmin.core.access import Actor
from obmin.files.lists import read_text
from obmin.people import imports, uploads
from obmin.people.models import Parked, Register, Upload


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
