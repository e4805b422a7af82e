"""Parts of an agreement as phrases in English and Ukrainian."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from obmin.core.terms.model import (
    RECEIVED,
    Agreement,
    All,
    Amount,
    Any,
    Flow,
    Is,
    Judged,
    Key,
    Known,
    Linear,
    Moment,
    Not,
    Phase,
    Predicate,
    Tagged,
    Text,
    Window,
    Within,
)
from obmin.core.terms.wording import TRACK_WORDS, both, joined

COLUMNS: Final = {
    "age": both("age in years", "вік у роках"),
    "captive_days": both("days in captivity", "днів у полоні"),
    "birth_date": both("date of birth", "дата народження"),
    "captured_on": both("day of capture", "день полону"),
    "sex": both("sex", "стать"),
    "category": both("category", "категорія"),
    "health": both("health", "стан здоров'я"),
    "fitness": both("fitness to travel", "здатність їхати"),
    "will": both("will", "воля"),
    "judicial": both("court", "суд"),
    "rank_code": both("rank", "звання"),
    "rank": both("rank as written", "звання, як записано"),
    "citizenship": both("citizenship", "громадянство"),
    "branch": both("branch of service", "рід військ"),
    "unit": both("unit", "підрозділ"),
    "region": both("region", "область"),
    "facility": both("place of detention", "місце тримання"),
    "name": both("name", "ім'я"),
    "id": both("identifier", "ідентифікатор"),
    "tags": both("marks", "позначки"),
    "group": both("group", "група"),
}
VALUES: Final = {
    ("sex", "1"): both("men", "чоловіки"),
    ("sex", "2"): both("women", "жінки"),
    ("health", "direct"): both("direct medical case (Art. 110)", "прямий медичний випадок (ст. 110)"),
    ("health", "neutral"): both(
        "case for a neutral country (Art. 110)", "випадок для нейтральної країни (ст. 110)"
    ),
    ("health", "wounded"): both("wounded", "поранені"),
    ("health", "sick"): both("sick", "хворі"),
    ("will", "consents"): both("agreed to go", "згодні їхати"),
    ("will", "refuses"): both("refused to go", "відмовилися їхати"),
    ("judicial", "pending"): both("prosecution pending", "триває переслідування"),
    ("judicial", "convicted"): both("convicted", "засуджені"),
    ("judicial", "disciplinary"): both("disciplinary penalty", "дисциплінарне стягнення"),
    ("judicial", "none"): both("no case", "без справи"),
    ("health", "none"): both("nothing found", "нічого не виявлено"),
    ("health", "unknown"): both("not known", "невідомо"),
    ("will", "undecided"): both("undecided", "не вирішили"),
    ("will", "unknown"): both("not asked yet", "ще не опитані"),
    ("category", "military"): both("soldiers", "військові"),
    ("category", "civilian"): both("civilians", "цивільні"),
    ("category", "retained"): both("medical and religious staff", "медичний і духовний персонал"),
    ("category", "undetermined"): both("status not determined", "статус не визначено"),
    ("fitness", "seated"): both("fit to travel seated", "здатні їхати сидячи"),
    ("fitness", "assisted"): both("fit to travel with help", "здатні їхати з допомогою"),
    ("fitness", "stretcher"): both("fit to travel on a stretcher", "здатні їхати на ношах"),
    ("fitness", "intensive"): both("fit to travel with intensive care", "здатні їхати з інтенсивною терапією"),
    ("fitness", "unfit"): both("not fit to travel", "не здатні їхати"),
    ("branch", "navy"): both("navy", "флот"),
    ("branch", "army"): both("army", "сухопутні війська"),
}


def column(name: str) -> Text:
    return COLUMNS.get(name, Text(name.replace("_", " "), name.replace("_", " ")))


def value(name: str, text: str) -> Text:
    return VALUES.get((name, text), Text(text, text))


def quoted(text: Text) -> Text:
    return both(f"“{text.en}”", f"«{text.uk or text.en}»")


def number(value: Fraction) -> Text:
    """1,000 in English; 1 000 with a space that does not break in Ukrainian."""
    said = f"{int(value):,}" if value.denominator == 1 else f"{float(value):g}"
    uk = said.replace(",", "\N{NO-BREAK SPACE}") if value.denominator == 1 else said.replace(".", ",")
    return both(said, uk)


# -- who ---------------------------------------------------------------------------------------------


def predicate(pred: Predicate) -> Text:
    match pred:
        case Is(column=name, values=values):
            listed = joined([value(name, v) for v in values], " or ", " або ")
            return both(f"{column(name).en}: {listed.en}", f"{column(name).uk}: {listed.uk}")
        case Within():
            return _within(pred)
        case Tagged(words=words, column=name):
            return both(f"{column(name).en}: {' or '.join(words)}", f"{column(name).uk}: {' або '.join(words)}")
        case Known(column=name):
            return both(f"{column(name).en} is known", f"відомо: {column(name).uk}")
        case Not(of=inner):
            said = predicate(inner)
            return both(f"not ({said.en})", f"не ({said.uk})")
        case All(of=of):
            if not of:
                return both("everybody", "усі")
            return joined([predicate(p) for p in of], "; and ", "; і ")
        case Any(of=of):
            said = joined([predicate(p) for p in of], "; or ", "; або ")
            return both(f"({said.en})", f"({said.uk})")
        case Judged(of=inner, day=day):
            said = predicate(inner)
            return both(f"{said.en}, judged on {day}", f"{said.uk}, станом на {day}")


def _within(pred: Within) -> Text:
    name = column(pred.column)
    en, uk = [name.en], [name.uk]
    if pred.low is not None:
        en.append(f"from {pred.low}" if pred.low_in else f"above {pred.low}")
        uk.append(f"від {pred.low} включно" if pred.low_in else f"понад {pred.low}")
    if pred.high is not None:
        en.append(f"up to and including {pred.high}" if pred.high_in else f"below {pred.high}")
        uk.append(f"до {pred.high} включно" if pred.high_in else f"менше ніж {pred.high}")
    return both(" ".join(en), " ".join(uk))


def names(agreement: Agreement, codes: Sequence[str], en: str = "and", uk: str = "і") -> Text:
    if not codes:
        return both("anyone", "будь-хто")
    found = [agreement.words(c) for c in codes]
    return joined([Text(t.en, t.uk or t.en) for t in found], f" {en} ", f" {uk} ")


def _way(agreement: Agreement, f: Flow) -> Text:
    if not f.holders and not f.receivers:
        return both("whoever holds and receives", "хто б не тримав і не приймав")
    if len(f.holders) > 1 and set(f.holders) == set(f.receivers):
        between = names(agreement, f.holders)
        return both(f"any way between {between.en}", f"у будь-якому напрямку: {between.uk}")
    holders, receivers = names(agreement, f.holders, "or", "або"), names(agreement, f.receivers, "or", "або")
    return both(f"{holders.en} → {receivers.en}", f"{holders.uk} → {receivers.uk}")


def flow(agreement: Agreement, f: Flow) -> Text:
    """`from Russia to Ukraine, soldiers (age …)`."""
    way = _way(agreement, f)
    if f.event != RECEIVED:
        event = quoted(agreement.words(f.event))
        way = both(f"{event.en}, {way.en}", f"{event.uk}, {way.uk}")
    kinds = joined([TRACK_WORDS[t] for t in f.tracks], " or ", " або ") if f.tracks else both("people", "люди")
    en, uk = f"{way.en}: {kinds.en}", f"{way.uk}: {kinds.uk}"
    if f.who != All(()):
        said = predicate(f.who)
        en, uk = f"{en} ({said.en})", f"{uk} ({said.uk})"
    if f.named:
        listed = ", ".join(f.named)
        en, uk = f"{en}, by name: {listed}", f"{uk}, поіменно: {listed}"
    if f.outside:
        en, uk = f"{en}, outside the count", f"{uk}, поза рахунком"
    return both(en, uk)


# -- how much and when ---------------------------------------------------------------------------------


def linear(bound: Linear) -> Text:
    parts = [] if bound.terms and not bound.constant else [number(bound.constant)]
    for term in bound.terms:
        times = number(term.times)
        parts.append(
            both(f"{times.en} for each under clause {term.of}", f"{times.uk} за кожного за пунктом {term.of}")
        )
    return joined(parts, " + ", " + ")


def amount(agreement: Agreement, a: Amount) -> Text:
    if a.population is not None:
        p = agreement.population(a.population)
        holders = names(agreement, p.held_by, "or", "або")
        who = predicate(p.who)
        when = moment(agreement, p.as_of) if p.as_of is not None else both("an undated day", "недатований день")
        by = names(agreement, p.confirmed_by)
        seal_en = f", confirmed by {by.en}" if p.confirmed_by else ""
        seal_uk = f", підтверджені: {by.uk}" if p.confirmed_by else ""
        return both(
            f"all whom {holders.en} held on {when.en} ({who.en}{seal_en})",
            f"усі, кого тримає {holders.uk} станом на {when.uk} ({who.uk}{seal_uk})",
        )
    if a.about is not None:
        judge = names(agreement, (a.judge or "",))
        n = number(a.about)
        return both(f"about {n.en}, as {judge.en} judges", f"близько {n.uk}, на розсуд: {judge.uk}")
    if a.low is not None and a.high is not None:
        if a.low == a.high:
            said = linear(a.low)
            return both(f"exactly {said.en}", f"рівно {said.uk}")
        low, high = linear(a.low), linear(a.high)
        return both(f"{low.en} to {high.en}", f"від {low.uk} до {high.uk}")
    if a.low is not None:
        said = linear(a.low)
        return both(f"at least {said.en}", f"щонайменше {said.uk}")
    if a.high is not None:
        said = linear(a.high)
        return both(f"at most {said.en}", f"щонайбільше {said.uk}")
    return both("a number left open", "кількість лишили відкритою")


def moment(agreement: Agreement, m: Moment) -> Text:
    if m.day is not None:
        return both(m.day.isoformat(), m.day.isoformat())
    known = any(c.id == m.after for v in agreement.versions for c in v.clauses)
    anchor = (
        both(f"clause {m.after} is met", f"виконано пункт {m.after}")
        if known
        else quoted(agreement.words(m.after or ""))
    )
    spans_en, spans_uk = [], []
    if m.days:
        spans_en.append(f"{m.days} days")
        spans_uk.append(f"{m.days} дн")
    if m.hours:
        spans_en.append(f"{m.hours} hours")
        spans_uk.append(f"{m.hours} год")
    if not spans_en:
        return both(f"the moment of {anchor.en}", f"момент: {anchor.uk}")
    return both(f"{' '.join(spans_en)} after {anchor.en}", f"{' '.join(spans_uk)} після: {anchor.uk}")


def window(agreement: Agreement, w: Window) -> Text:
    """Empty where the window is open on both sides."""
    if w.start is not None and w.start == w.end:
        said = moment(agreement, w.start)
        return both(f"on {said.en}", f"дата: {said.uk}")
    en, uk = [], []
    if w.start is not None:
        said = moment(agreement, w.start)
        en.append(f"not before {said.en}")
        uk.append(f"не раніше: {said.uk}")
    if w.end is not None:
        said = moment(agreement, w.end)
        en.append(f"at the latest {said.en}")
        uk.append(f"найпізніше: {said.uk}")
    return both(", ".join(en), ", ".join(uk))


def phase(agreement: Agreement, p: Phase) -> Text:
    when = window(agreement, p.window)
    label = f" ({p.label.en})" if p.label.en else ""
    label_uk = f" ({p.label.uk or p.label.en})" if p.label.en else ""
    hoped = both(", hoped for, not promised", ", сподівана дата, не обіцяна") if p.forecast else both("", "")
    return both(
        f"{p.id}{label}: {when.en or 'no day'}{hoped.en}",
        f"{p.id}{label_uk}: {when.uk or 'без дати'}{hoped.uk}",
    )


def key(k: Key) -> Text:
    if k.who is not None:
        said = predicate(k.who)
        return both(f"first those with {said.en}", f"спершу ті, у кого {said.uk}")
    name = column(k.column or "")
    if k.descending:
        return both(f"{name.en}, highest first", f"{name.uk}, від найбільшого")
    return both(f"{name.en}, lowest first", f"{name.uk}, від найменшого")
