"""Walks through the pages of a home as somebody in every role, and corrects two people by hand.

    python -m tests.demo.walk HOME

Prints one JSON document: the status of each page in both languages, and on which pages the new names show.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

X = "/x/2025-05"
OURS, HELD = ("Новак", "Тестимир"), ("Чужак", "Тестислав")


def main(home: str) -> dict[str, Any]:
    os.environ["OBMIN_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "obmin.config.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from obmin.accounts import people
    from obmin.accounts.models import Account, Appointment
    from obmin.audit.perform import perform
    from obmin.core.access import Role
    from obmin.vault import keeper

    keeper._LIMITS.clear()  # nobody reads everybody in a minute; this walk does
    settings.ALLOWED_HOSTS.append("testserver")
    account = Account.objects.get(pk=f"{settings.OBMIN.party}-list-officer-1")
    since = account.appointments.order_by("since")[0].since
    with perform("instance.begin", actor=people.SYSTEM, request="walk"):
        for role in Role:
            Appointment.objects.get_or_create(account=account, role=role.value, since=since)
    client = Client(raise_request_exception=True)
    client.force_login(account, backend="obmin.accounts.backend.Links")
    pages = addresses()
    seen = {}
    for language in ("en", "uk"):
        client.cookies["obmin-language"] = language
        for name, address in pages.items():
            answer = client.get(address)
            seen[f"{language} {name}"] = [answer.status_code, len(answer.content)]
    before = shown(client, pages)
    correct()
    return {"pages": seen, "before": before, "after": shown(client, pages)}


def addresses() -> dict[str, str]:
    """Every kind of page, for one returnee (a case whose line was recognised) and one whom we gave home."""
    from obmin.care.models import Case
    from obmin.handover.models import Muster
    from obmin.negotiation.models import ListLine
    from obmin.people import records
    from obmin.people.models import Pairing
    from obmin.reception.models import Assignment

    case = Case.objects.exclude(person=None).select_related("offer__line__list").order_by("pk")[0]
    line = case.offer.line
    pair = Pairing.objects.filter(person=case.person).order_by("pk")[0]
    place = Assignment.objects.get(offer=case.offer)
    ours = ListLine.objects.filter(draft__number=2, phase="P1", direct=False).order_by("pk")[0]
    inward = Muster.objects.get(direction="in", lines__theirs=case.offer)
    outward = Muster.objects.get(direction="out", lines__ours=ours)
    who = records.identities([case.person_id, ours.person_id])
    return {
        "home": "/",
        "exchange": X,
        "register": "/register/sought?q=" + who[case.person_id].surname,
        "register-held": "/register/held?q=" + who[ours.person_id].surname,
        "person": f"/people/{case.person_id}",
        "person-held": f"/people/{ours.person_id}",
        "tracing": "/tracing",
        "pair": f"/tracing/{pair.pk}",
        "terms": f"{X}/terms",
        "lists": f"{X}/lists",
        "list-held": f"{X}/lists/2",
        "left-out": f"{X}/lists/2/left-out",
        "line-held": f"/lines/{ours.pk}",
        "rounds": f"{X}/rounds",
        "round": f"{X}/rounds/{line.list.round}",
        "reception": f"{X}/reception",
        "site": f"{X}/reception/sites/{place.site_id}",
        "handover": f"{X}/handover",
        "muster": f"{X}/handover/{inward.pk}",
        "muster-held": f"{X}/handover/{outward.pk}",
        "care": f"{X}/care",
        "case": f"/cases/{case.pk}",
        "bulletins": f"{X}/bulletins",
        "bulletin": f"{X}/bulletins/1",
        "news": "/news",
        "journal": "/journal",
    }


def shown(client: Any, pages: dict[str, str]) -> dict[str, list[str]]:
    """On which pages each of the new names can be read."""
    new = {"ours": OURS[0], "held": HELD[0]}
    asked = {"register": f"/register/sought?q={OURS[0]}", "register-held": f"/register/held?q={HELD[0]}"}
    found: dict[str, list[str]] = {which: [] for which in new}
    for name, address in (pages | asked).items():
        text = leafed(client, address)
        for which, surname in new.items():
            # A search field repeats what was asked for; that is no finding.
            if surname in text.replace(f'value="{surname}"', ""):
                found[which].append(name)
    return found


def leafed(client: Any, address: str) -> str:
    """A page and all that follow it."""
    texts: list[str] = []
    for number in range(1, 40):
        text = client.get(address + ("&" if "?" in address else "?") + f"page={number}").content.decode()
        if texts and (text == texts[-1] or f"page={number}" not in texts[-1]):
            break
        texts.append(text)
    return "".join(texts)


def correct() -> None:
    from obmin.accounts import people
    from obmin.care.models import Case
    from obmin.core.access import Role
    from obmin.negotiation.models import ListLine
    from obmin.people import register

    actor = people.holder(Role.REGISTRAR)
    returnee = Case.objects.exclude(person=None).order_by("pk")[0].person
    given = ListLine.objects.filter(draft__number=2, phase="P1", direct=False).order_by("pk")[0].person
    for person, (surname, name) in ((returnee, OURS), (given, HELD)):
        for field, value in (("surname", surname), ("given", name)):
            register.correct(person, field, value, actor=actor, reason="The paybook says so.")


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
