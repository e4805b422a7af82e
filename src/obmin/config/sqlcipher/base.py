"""Django's SQLite on SQLCipher: another library under the same words, and a key before the first of them."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterable, Mapping
from itertools import tee
from typing import Any

from django.conf import settings
from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3._functions import register as register_functions  # type: ignore[import-untyped]
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from obmin.files import cipher

Database: Any = cipher.module()

Database.register_converter("bool", b"1".__eq__)
Database.register_converter("date", lambda raw: parse_date(raw.decode()))
Database.register_converter("time", lambda raw: parse_time(raw.decode()))
Database.register_converter("datetime", lambda raw: parse_datetime(raw.decode()))
Database.register_converter("timestamp", lambda raw: parse_datetime(raw.decode()))
Database.register_adapter(decimal.Decimal, str)
Database.register_adapter(datetime.date, datetime.date.isoformat)
Database.register_adapter(datetime.datetime, lambda moment: moment.isoformat(" "))


_Cursor: Any = Database.Cursor


class Cursor(_Cursor):  # type: ignore[misc]
    """Takes parameters as the framework writes them."""

    convert_query = base.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, Mapping) else None
        return super().execute(self.convert_query(query, param_names=names), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        ahead, rows = tee(iter(param_list))
        first = next(ahead, None)
        names = list(first) if isinstance(first, Mapping) else None
        return super().executemany(self.convert_query(query, param_names=names), rows)


class DatabaseWrapper(base.DatabaseWrapper):
    """The engine of an encrypted file. Its key comes from the home's own words about itself."""

    Database = Database
    init_commands: list[str]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        secret = cipher.key(settings.OBMIN)
        connection = Database.connect(**conn_params)
        try:
            cipher.unlock(connection, secret)
        except BaseException:
            connection.close()
            raise
        register_functions(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA legacy_alter_table = OFF")
        for command in filter(str.strip, self.init_commands):
            connection.execute(command)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ARG002 - Django's signature
        return self.connection.cursor(factory=Cursor)
