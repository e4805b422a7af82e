"""Rows whose content only the keeper opens, and which root is in force."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.db import models

from obmin.core.secrecy import Class


class Sealed(models.Model):
    """A row with a secret content: a frozen dataclass, `HOLDS`, sealed as one cell of the class `CLASS`.

    `sealed` is the cell, `wrapped` its own key under the key of the class; empty once the row was shredded.
    What stands in further columns is not secret. `BOUND` names the columns that tell the row from every
    other; they are bound into the cell, so that a ciphertext copied into another row does not open. `ABOUT`
    leads to the person that the row tells of, where it has no column for them: who erases them shreds it.
    """

    CLASS: ClassVar[Class]
    HOLDS: ClassVar[type[Any]]
    BOUND: ClassVar[tuple[str, ...]] = ("pk",)
    ABOUT: ClassVar[str] = ""

    wrapped = models.BinaryField(max_length=40)
    sealed = models.BinaryField()

    class Meta:
        abstract = True


class Root(models.Model):
    """The root key in force, by number. `check_value` tells it from any other; it does not reveal it."""

    number = models.PositiveIntegerField(primary_key=True)
    check_value = models.CharField(max_length=32)
    since = models.DateTimeField()


class Secret(Sealed):
    """A secret of the instance itself, by its purpose. The act that lays down the root writes them all."""

    CLASS = Class.INSTANCE
    HOLDS = bytes

    purpose = models.CharField(primary_key=True, max_length=40)


def sealed_models() -> list[type[Sealed]]:
    """Every model whose rows the keeper seals."""
    return [model for model in apps.get_models() if issubclass(model, Sealed)]
