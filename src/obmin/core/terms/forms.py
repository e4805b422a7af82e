"""From the words of a file to the parts of the model: flows, amounts, moments, predicates, forms."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Final, cast

from obmin.core.errors import Problem
from obmin.core.terms.model import (
    EVERYBODY,
    Act,
    All,
    Amount,
    Any,
    Count,
    Every,
    Flow,
    Form,
    Is,
    Judged,
    Key,
    Known,
    Linear,
    Modality,
    Moment,
    Not,
    Order,
    Predicate,
    Priority,
    Relation,
    Tagged,
    Term,
    Text,
    Total,
    Track,
    Within,
)
from obmin.core.terms.places import Spot
from obmin.core.terms.predicates import DERIVED, bound_kind

FORMS: Final = ("count", "total", "every", "none", "must", "may", "never", "order", "priority")
_BOUNDS: Final = ("from", "above", "to", "below")
_NESTED: Final = ("all", "any", "not", "matches", "judged_on")


class Builder:
    """Builds parts from spots whose shape the schema has passed; collects what is still wrong."""

    def __init__(self, file: str, definitions: object = None) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.definitions = cast(dict[str, Spot], definitions.value) if isinstance(definitions, Spot) else {}
        self.open_definitions: tuple[str, ...] = ()

    def complain(self, spot: Spot, found: str, expected: str) -> None:
        self.problems.append(Problem(self.file, spot.line, spot.column, found, expected))

    # -- plain values

    def items(self, spot: Spot | None) -> list[Spot]:
        return cast(list[Spot], spot.value) if spot is not None else []

    def pairs(self, spot: Spot | None) -> list[tuple[str, Spot]]:
        return list(cast(dict[str, Spot], spot.value).items()) if spot is not None else []

    def text(self, spot: Spot) -> str:
        return str(spot.plain())

    def words(self, spot: Spot | None) -> Text:
        if spot is None:
            return Text("")
        if isinstance(spot.value, dict):
            uk = spot.value.get("uk")
            return Text(self.text(spot.value["en"]), self.text(uk) if uk is not None else "")
        return Text(self.text(spot))

    def day(self, spot: Spot) -> date:
        if isinstance(spot.value, date):
            return spot.value
        try:
            return date.fromisoformat(self.text(spot))
        except ValueError:
            self.complain(spot, self.text(spot), "a day that exists, such as 2025-05-16")
            return date(1, 1, 1)

    def ids(self, spot: Spot | None) -> tuple[str, ...]:
        if spot is None:
            return ()
        return (
            tuple(self.text(s) for s in self.items(spot))
            if isinstance(spot.value, list)
            else (self.text(spot),)
        )

    codes = ids

    def tracks(self, spot: Spot | None) -> tuple[Track, ...]:
        return tuple(Track(t) for t in self.ids(spot))

    def moment(self, spot: Spot | None) -> Moment | None:
        if spot is None:
            return None
        if isinstance(spot.value, dict):
            keys = spot.value
            days = int(cast(int, keys["days"].value)) if "days" in keys else 0
            hours = int(cast(int, keys["hours"].value)) if "hours" in keys else 0
            return Moment(after=self.text(keys["after"]), days=days, hours=hours)
        return Moment(day=self.day(spot))

    # -- amounts and flows

    def flow(self, spot: Spot) -> Flow:
        keys = cast(dict[str, Spot], spot.value)
        return Flow(
            holders=self.codes(keys.get("from")),
            receivers=self.codes(keys.get("to")),
            tracks=self.tracks(keys.get("track")),
            who=self.predicate(keys.get("who")),
            named=tuple(self.text(s) for s in self.items(keys.get("named"))),
            event=self.text(keys["event"]) if "event" in keys else "received",
            outside=bool(keys["outside"].value) if "outside" in keys else False,
        )

    def linear(self, spot: Spot) -> Linear:
        if not isinstance(spot.value, dict):
            return Linear(Fraction(str(spot.value)))
        keys = spot.value
        terms = []
        for item in self.items(keys["each"]):
            inner = cast(dict[str, Spot], item.value)
            terms.append(Term(Fraction(str(inner["times"].value)), self.text(inner["of"])))
        plus = Fraction(str(keys["plus"].value)) if "plus" in keys else Fraction(0)
        return Linear(plus, tuple(terms))

    def amount(self, spot: Spot) -> Amount:
        if not isinstance(spot.value, dict):
            n = self.linear(spot)
            return Amount(low=n, high=n)
        keys = spot.value
        given = [k for k in ("exactly", "at_least", "at_most", "about", "all", "open") if k in keys]
        if not given:
            self.complain(spot, "no amount", "exactly, at_least, at_most, about, all or open: true")
        elif len(given) > 1 and set(given) != {"at_least", "at_most"}:
            self.complain(spot, ", ".join(given), "one of them (only at_least and at_most go together)")
        if "about" in keys and "judge" not in keys:
            self.complain(
                keys["about"], "about without a judge", "judge: the code of whoever says if it was met"
            )
        low = high = None
        if "exactly" in keys:
            low = high = self.linear(keys["exactly"])
        else:
            low = self.linear(keys["at_least"]) if "at_least" in keys else None
            high = self.linear(keys["at_most"]) if "at_most" in keys else None
        return Amount(
            low=low,
            high=high,
            about=Fraction(str(keys["about"].value)) if "about" in keys else None,
            judge=self.text(keys["judge"]) if "judge" in keys else None,
            population=self.text(keys["all"]) if "all" in keys else None,
        )

    def by_phase(self, spot: Spot | None) -> tuple[tuple[str, Amount], ...]:
        return tuple((k, self.amount(s)) for k, s in self.pairs(spot))

    # -- forms

    def form(self, kind: str, spot: Spot) -> Form:
        keys = cast(dict[str, Spot], spot.value)
        match kind:
            case "count":
                return self._count(spot, keys)
            case "total":
                return Total(self.ids(keys["of"]), self.amount(spot), self.by_phase(keys.get("phases")))
            case "every":
                return Every(self.flow(spot), self.predicate(keys["that"]))
            case "none":
                return Every(self.flow(spot), Not(self.predicate(keys["that"])))
            case "order":
                return Order(
                    Relation(self.text(keys["how"])),
                    self.ids(keys["first"]),
                    self.ids(keys["then"]),
                    int(cast(int, keys["hours"].value)) if "hours" in keys else 0,
                )
            case "priority":
                return Priority(self.flow(spot), tuple(self._key(s) for s in self.items(keys["keys"])))
            case _:
                return Act(
                    Modality(kind),
                    self.text(keys["event"]),
                    self.codes(keys.get("by")),
                    self.codes(keys.get("toward")),
                    self.flow(keys["for_each"]) if "for_each" in keys else None,
                )

    def _count(self, spot: Spot, keys: dict[str, Spot]) -> Count:
        return Count(
            flow=self.flow(spot),
            amount=self.amount(spot),
            by_phase=self.by_phase(keys.get("phases")),
            per_day=bool(keys["per_day"].value) if "per_day" in keys else False,
            value=self.text(keys["value"]) if "value" in keys else None,
            excuses=self.ids(keys.get("excused_by")),
            selected_by=self.codes(keys.get("selected_by")),
            approved_by=self.codes(keys.get("approved_by")),
        )

    def _key(self, spot: Spot) -> Key:
        keys = cast(dict[str, Spot], spot.value)
        if ("who" in keys) == ("column" in keys):
            self.complain(spot, ", ".join(keys) or "an empty key", "either who, or column with first")
        if "who" in keys:
            return Key(who=self.predicate(keys["who"]))
        column = self.text(keys["column"]) if "column" in keys else ""
        return Key(column=column, descending="first" in keys and self.text(keys["first"]) == "highest")

    # -- predicates

    def predicate(self, spot: Spot | None) -> Predicate:
        if spot is None:
            return EVERYBODY
        if not isinstance(spot.value, dict):
            self.complain(spot, self.text(spot), "a mapping of columns to values")
            return EVERYBODY
        parts = [p for key, child in spot.value.items() if (p := self._part(key, child)) is not None]
        whole: Predicate = parts[0] if len(parts) == 1 else All(tuple(parts))
        if "judged_on" in spot.value:
            return Judged(whole, self.day(spot.value["judged_on"]))
        return whole

    def _part(self, key: str, spot: Spot) -> Predicate | None:
        if key not in _NESTED:
            return self._column(key, spot)
        if key == "judged_on":
            return None
        if key == "not":
            return Not(self.predicate(spot))
        if key == "matches":
            return self._defined(spot)
        if not isinstance(spot.value, list):
            self.complain(spot, self.text(spot), f"a list of predicates under {key}")
            return None
        inner = tuple(self.predicate(s) for s in spot.value)
        return All(inner) if key == "all" else Any(inner)

    def _defined(self, spot: Spot) -> Predicate | None:
        name = self.text(spot)
        if name not in self.definitions:
            known = ", ".join(self.definitions) or "none is declared"
            self.complain(spot, f"the definition {name}", f"a name under definitions ({known})")
            return None
        if name in self.open_definitions:
            self.complain(spot, f"the definition {name} inside itself", "a definition that ends")
            return None
        self.open_definitions = (*self.open_definitions, name)
        inner = self.predicate(self.definitions[name])
        self.open_definitions = self.open_definitions[:-1]
        return inner

    def _column(self, column: str, spot: Spot) -> Predicate | None:
        match spot.value:
            case list():
                return self._values(column, spot, tuple(self.text(s) for s in spot.value))
            case dict():
                return self._bounds(column, spot, spot.value)
            case None:
                self.complain(spot, f"nothing under {column}", "a value, a list of values, or bounds")
                return None
            case _:
                return self._values(column, spot, (self.text(spot),))

    def _values(self, column: str, spot: Spot, values: tuple[str, ...]) -> Predicate | None:
        if column in DERIVED:
            self.complain(spot, f"{column}: {', '.join(values)}", "bounds, such as {from: 18, to: 25}")
            return None
        return Is(column, values)

    def _bounds(self, column: str, spot: Spot, keys: dict[str, Spot]) -> Predicate | None:
        if set(keys) == {"has"}:
            return Tagged(self.ids(keys["has"]), column)
        if set(keys) == {"known"}:
            known = Known(DERIVED.get(column, column))
            return known if keys["known"].value is True else Not(known)
        if set(keys) == {"not"}:
            return Not(Is(column, self.ids(keys["not"])))
        low = keys.get("from") or keys.get("above")
        high = keys.get("to") or keys.get("below")
        clash = {"from", "above"} <= set(keys) or {"to", "below"} <= set(keys)
        if not keys or set(keys) - set(_BOUNDS) or clash:
            self.complain(spot, ", ".join(keys), "from or above, to or below; or has, not, known alone")
            return None
        for bound in (low, high):
            if bound is not None and not bound_kind(column, self.text(bound)):
                self.complain(bound, self.text(bound), f"a bound that fits {column}")
                return None
        return Within(
            column,
            self.text(low) if low is not None else None,
            self.text(high) if high is not None else None,
            "above" not in keys,
            "below" not in keys,
        )
