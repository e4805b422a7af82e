"""What the journal's page shows."""

from __future__ import annotations

import json
from typing import Any

from django.core.paginator import Page
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.audit.models import Checkpoint, Entry
from obmin.core.acts import ACTS
from obmin.web import parts, say


def journal(page: Page[Entry]) -> dict[str, Any]:
    """A page of entries, newest first, and the last checkpoints with their roots."""
    columns = (
        parts.Column(gettext_lazy("When")),
        parts.Column(gettext_lazy("What")),
        parts.Column(gettext_lazy("Who")),
        parts.Column(gettext_lazy("About"), drop=2),
        parts.Column(gettext_lazy("On record"), drop=1),
    )
    rows = [parts.Row((say.moment(e.at), _what(e), e.actor, e.subject, _facts(e))) for e in page]
    checkpoints = [
        {"at": c.at, "size": c.size, "root": c.note.split("\n")[2]}
        for c in Checkpoint.objects.order_by("-size")[:10]
    ]
    return {"grid": parts.Grid(_("Entries"), columns, rows), "checkpoints": checkpoints}


def _what(entry: Entry) -> str:
    label = ACTS[entry.act].label if entry.act in ACTS else entry.act
    refused = json.loads(entry.body).get("refused")
    return f"{label} ({_('refused')}: {refused})" if refused else label


def _facts(entry: Entry) -> str:
    facts = json.loads(entry.body).get("facts", {})
    return ", ".join(f"{name} {str(value)[:16]}" for name, value in sorted(facts.items()))
