"""The guards that no agreement can switch off. A clause that breaks one is refused with the article named.

A historic agreement is not refused: it is written and verified as history and can never be composed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from obmin.core.errors import Problem
from obmin.core.terms.model import (
    HELD,
    RECEIVED,
    Act,
    Agreement,
    All,
    Any,
    Clause,
    Count,
    Every,
    Flow,
    Form,
    Hostilities,
    Is,
    Judged,
    Known,
    Linear,
    Modality,
    Not,
    Order,
    Predicate,
    Priority,
    Relation,
    Tagged,
    Total,
    Track,
    Within,
)
from obmin.core.terms.predicates import leaves
from obmin.core.terms.report import Report, flow_of, forms
from obmin.core.terms.standard import FORBIDDEN, FORBIDDEN_GROUNDS, MAY_BE_DEMANDED, PROTECTED

PRICE: Final = "Fourth Geneva Convention Art. 34, Additional Protocol I Art. 75; I-9"
DIRECT: Final = "Third Geneva Convention Art. 109(1); I-2, I-3"
ENDED: Final = "Third Geneva Convention Art. 118; I-4"
_LIVING: Final = frozenset({Track.MILITARY, Track.RETAINED, Track.CIVILIAN, Track.UNDETERMINED, Track.PEOPLE})
# tracks that a soldier's quota may hold: doubtful status is treated as military (Art. 5)
_SOLDIERS: Final = frozenset({Track.MILITARY, Track.UNDETERMINED})


def law(agreement: Agreement) -> list[Problem]:
    """Every clause that waives a right, with the article; nothing for a historic agreement."""
    if agreement.historic:
        return []
    found: list[Problem] = []
    for position, version in enumerate(agreement.versions):
        r = Report(agreement, version, position)
        for clause in version.clauses:
            for key, form in forms(clause):
                _form(r, clause, key, form)
            _conditional(r, clause)
        found += r.problems
    return list(dict.fromkeys(found))


def _form(r: Report, c: Clause, key: str, form: Form) -> None:
    flow = flow_of(form)
    if flow is not None:
        _flow(r, c, key, flow)
    for pred in _predicates(form):
        _grounds(r, c, key, pred)
    match form:
        case Count():
            _count(r, c, key, form)
        case Total():
            _total(r, c, key, form)
        case Every():
            _every(r, c, key, form)
        case Act():
            _act(r, c, key, form)
        case Order():
            _order(r, c, key, form)
        case Priority():
            for sort_key in form.keys:
                if sort_key.column is not None:
                    _ground(r, c, key, sort_key.column)


def _predicates(form: Form) -> Iterator[Predicate]:
    flow = flow_of(form)
    if flow is not None:
        yield flow.who
    if isinstance(form, Every):
        yield form.that
    if isinstance(form, Priority):
        yield from (k.who for k in form.keys if k.who is not None)


# -- grounds, will, fitness ---------------------------------------------------------------------------------


def _grounds(r: Report, c: Clause, key: str, pred: Predicate) -> None:
    for leaf in leaves(pred):
        inner = leaf.of if isinstance(leaf, Judged) else leaf
        if isinstance(inner, Is | Within | Known | Tagged):
            _ground(r, c, key, inner.column)
        if isinstance(inner, Tagged):
            for word in inner.words:
                _ground(r, c, key, word)


def _ground(r: Report, c: Clause, key: str, word: str) -> None:
    if any(ground in word.lower() for ground in FORBIDDEN_GROUNDS):
        r.clause(
            c, key, f"reads {word}",
            "nothing about religion, ethnicity or political opinion (Third Geneva Convention Art. 16; I-25)",
        )  # fmt: skip


def asserted(pred: Predicate, *, so: bool = True) -> Iterator[tuple[Is, bool]]:
    """Every equality of a predicate, and whether it is demanded (True) or denied (False)."""
    match pred:
        case Is():
            yield pred, so
        case Not(of=inner):
            yield from asserted(inner, so=not so)
        case Judged(of=inner):
            yield from asserted(inner, so=so)
        case All(of=of) | Any(of=of):
            for part in of:
                yield from asserted(part, so=so)
        case _:
            return


def _demands(pred: Predicate, column: str, values: frozenset[str]) -> bool:
    return any(i.column == column and so and set(i.values) & values for i, so in asserted(pred))


def _flow(r: Report, c: Clause, key: str, flow: Flow) -> None:
    if flow.event not in (RECEIVED, "released"):
        return
    without = any(i.column == "will" and not so and "consents" in i.values for i, so in asserted(flow.who))
    if without or _demands(flow.who, "will", frozenset({"refuses", "undecided", "unknown"})):
        r.clause(c, f"{key}.who", "takes people who have not agreed to go", _rule("refused"))
    if _demands(flow.who, "fitness", frozenset({"unfit", "exam-refused"})):
        r.clause(c, f"{key}.who", "takes people who are not fit to travel", _rule("examined"))
    if _demands(flow.who, "dp_consent", frozenset({"refused"})) or _demands(
        flow.who, "own_consent", frozenset({"refused"})
    ):
        expected = "consent of the Detaining Power and the convict (Third Geneva Convention Art. 115; I-6)"
        r.clause(c, f"{key}.who", "takes prosecuted people without consent", expected)


def _rule(event: str) -> str:
    return PROTECTED[event]


# -- tracks and prices ------------------------------------------------------------------------------------


def _count(r: Report, c: Clause, key: str, count: Count) -> None:
    flow = count.flow
    if flow.event in (RECEIVED, HELD) and not flow.outside:
        _tracks(r, c, key, flow)
    if _takes_direct(flow.who):
        _direct(r, c, key, count)
    terms = [t for b in (count.amount.low, count.amount.high) if isinstance(b, Linear) for t in b.terms]
    if terms or count.value:
        _priced(r, c, key, flow, "a ratio" if terms else "a value in units")
    known = {k.id: k.form for k in r.version.clauses}
    for term in terms:
        base = known.get(term.of)
        if isinstance(base, Count):
            _priced(r, c, key, base.flow, f"the base {term.of} of a ratio")
            _after_the_end(r, c, key, "a ratio")
    if r.agreement.hostilities is Hostilities.CEASED and count.amount.high is not None and _living(flow):
        r.clause(
            c,
            key,
            "a ceiling on those who go home",
            f"everybody, without delay ({ENDED})",
        )


def _living(flow: Flow) -> bool:
    return not flow.tracks or bool(set(flow.tracks) & _LIVING)


def _tracks(r: Report, c: Clause, key: str, flow: Flow) -> None:
    if not flow.tracks or Track.PEOPLE in flow.tracks:
        found = "a count that does not say whether soldiers or civilians are meant"
        r.clause(c, key, found, f"track: one track, with a quota of its own ({PRICE})")
        return
    groups = {"soldiers" if t in _SOLDIERS else t.value for t in flow.tracks}
    if len(groups) > 1:
        found = "one number over " + ", ".join(t.value for t in flow.tracks)
        r.clause(
            c, f"{key}.track", found, f"a quota of its own for each, and a total as a reported sum ({PRICE})"
        )


def _takes_direct(pred: Predicate) -> bool:
    return _demands(pred, "health", frozenset({"direct"}))


def _direct(r: Report, c: Clause, key: str, count: Count) -> None:
    if count.amount.high is not None:
        r.clause(
            c,
            key,
            "a ceiling on direct medical cases",
            f"whatever the number: all, or at_least ({DIRECT})",
        )
    if count.value or any(b.terms for b in (count.amount.low, count.amount.high) if b is not None):
        r.clause(c, key, "a price on direct medical cases", f"nothing in return for them ({DIRECT})")


def _priced(r: Report, c: Clause, key: str, flow: Flow, what: str) -> None:
    if not flow.tracks or set(flow.tracks) - {Track.MILITARY}:
        kinds = ", ".join(t.value for t in flow.tracks) or "people of any kind"
        r.clause(c, key, f"{what} runs on {kinds}", f"ratios and values on able-bodied soldiers only ({PRICE})")
    for leaf in leaves(flow.who):
        inner = leaf.of if isinstance(leaf, Judged) else leaf
        if (
            isinstance(inner, Within)
            and inner.column == "age"
            and inner.high is not None
            and float(inner.high) <= 18
        ):
            r.clause(c, key, f"{what} runs on minors", f"no price on a child ({PRICE})")
    if _demands(flow.who, "health", frozenset({"direct", "neutral", "wounded", "sick"})):
        r.clause(c, key, f"{what} runs on the wounded or sick", f"nothing in return for them ({DIRECT})")


def _after_the_end(r: Report, c: Clause, key: str, what: str) -> None:
    if r.agreement.hostilities is Hostilities.CEASED:
        r.clause(
            c, key, f"{what} after hostilities have ceased", f"release without anything in return ({ENDED})"
        )


def _total(r: Report, c: Clause, key: str, total: Total) -> None:
    known = {k.id: k.form for k in r.version.clauses}
    tracks = {t for n in total.of if isinstance(f := known.get(n), Count) for t in f.flow.tracks}
    if tracks & {Track.REMAINS, Track.THINGS} and tracks & _LIVING:
        r.clause(
            c,
            f"{key}.of",
            "a sum over the living and the dead, or things",
            f"sums of people alive only ({PRICE})",
        )


# -- what is true of each, acts, order ------------------------------------------------------------------------


def _every(r: Report, c: Clause, key: str, form: Every) -> None:
    wrong = {
        "will": (frozenset({"refuses", "undecided", "unknown"}), _rule("refused")),
        "fitness": (frozenset({"unfit", "exam-refused"}), _rule("examined")),
    }
    for equal, so in asserted(form.that):
        if equal.column in wrong and so and set(equal.values) & wrong[equal.column][0]:
            r.clause(
                c, f"{key}.that", f"demands {equal.column}: {', '.join(equal.values)}", wrong[equal.column][1]
            )
        if equal.column == "will" and not so and "consents" in equal.values:
            r.clause(c, f"{key}.that", "keeps back those who want to go", _rule("refused"))
        if equal.column == "judicial" and not so and "disciplinary" in equal.values:
            expected = "a disciplinary penalty holds nobody back (Third Geneva Convention Art. 115; I-7)"
            r.clause(c, f"{key}.that", "keeps back people under a disciplinary penalty", expected)
        if equal.column == "health" and not so and "direct" in equal.values:
            r.clause(
                c,
                f"{key}.that",
                "keeps back direct medical cases",
                f"they go as soon as they are fit ({DIRECT})",
            )
        if equal.column == "category" and not so and "retained" in equal.values and not form.flow.tracks:
            expected = (
                "medical and religious staff go home if not indispensable (First Geneva Convention Art. 30)"
            )
            r.clause(c, f"{key}.that", "keeps back medical and religious staff", expected)
    for leaf in leaves(form.that):
        if isinstance(leaf, Known) and leaf.column not in MAY_BE_DEMANDED:
            expected = (
                "only name, rank, birth date and number may be demanded (Third Geneva Convention Art. 17; I-15)"
            )
            r.clause(c, f"{key}.that", f"demands that {leaf.column} is known", expected)


def _act(r: Report, c: Clause, key: str, act: Act) -> None:
    if act.modality is Modality.NEVER and act.event in PROTECTED:
        r.clause(c, f"{key}.event", f"forbids “{r.agreement.words(act.event).en}”", PROTECTED[act.event])
    if act.modality is Modality.MUST and act.event in FORBIDDEN:
        r.clause(c, f"{key}.event", f"demands “{r.agreement.words(act.event).en}”", FORBIDDEN[act.event])


def _flows(r: Report, names: tuple[str, ...]) -> list[Flow]:
    known = {k.id: k.form for k in r.version.clauses}
    found: list[Flow] = []
    for name in names:
        form = known.get(name)
        if isinstance(form, Total):
            found += _flows(r, form.of)
        elif form is not None and (flow := flow_of(form)) is not None:
            found.append(flow)
    return found


def _order(r: Report, c: Clause, key: str, order: Order) -> None:
    if order.relation is Relation.TOGETHER:
        return
    first, then = _flows(r, order.first), _flows(r, order.then)
    if any(Track.THINGS in f.tracks for f in first) and any(_living(f) and f.event == RECEIVED for f in then):
        expected = "nobody is held for payment (Additional Protocol I Art. 75(2)(c); I-9)"
        r.clause(c, key, "people leave only after things have come", expected)
    if any(_takes_direct(f.who) for f in then):
        r.clause(
            c, key, "direct medical cases wait for something", f"they go as soon as they are fit ({DIRECT})"
        )
    if any(f.event == RECEIVED for f in first) and any(f.event == RECEIVED for f in then):
        _after_the_end(r, c, key, "one release waits for another")


def _conditional(r: Report, c: Clause) -> None:
    if c.form is None:
        return
    flow = flow_of(c.form)
    if flow is None or flow.event != RECEIVED or isinstance(c.form, Act):
        return
    for key, events in (("if", c.given), ("unless", c.unless)):
        if not events:
            continue
        if _takes_direct(flow.who):
            r.clause(
                c,
                key,
                "direct medical cases hang on a condition",
                f"they go as soon as they are fit ({DIRECT})",
            )
        if isinstance(c.form, Count):
            _after_the_end(r, c, key, "a release hangs on a condition")
