from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AuditConfig(AppConfig):
    name = "obmin.audit"
    label = "audit"

    def ready(self) -> None:
        pre_migrate.connect(_before, sender=self)
        post_migrate.connect(_after, sender=self)


def _before(*, plan: list[Any] | None = None, **_: object) -> None:
    from obmin.audit import start

    if plan:
        start.before_upgrade()


def _after(**_: object) -> None:
    from obmin.audit import start

    start.after_upgrade()
