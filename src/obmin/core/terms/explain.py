"""The whole agreement in plain words, generated from the file, and two versions compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, assert_never

from obmin.core.terms import phrases
from obmin.core.terms.model import (
    Act,
    Agreement,
    Amount,
    Answer,
    Clause,
    Count,
    Every,
    Form,
    Hostilities,
    Modality,
    Not,
    Order,
    Party,
    Priority,
    Relation,
    Said,
    Text,
    Total,
    Version,
)
from obmin.core.terms.wording import ROLES, both, joined

GUARDS: Final = (
    both(
        "Nobody goes who has not agreed in a private interview; whoever refuses stays without any ill effect.",
        "Ніхто не їде без згоди, даної наодинці; хто відмовився, лишається без жодних наслідків.",
    ),
    both(
        "Direct medical cases (Art. 110) go home besides, outside every count, whatever the number.",
        "Прямі медичні випадки (ст. 110) їдуть додому поза будь-яким рахунком, скільки б їх не було.",
    ),
    both("Nobody travels who is not fit to travel.", "Ніхто не їде, якщо не здатний їхати."),
    both(
        "Whom a court holds moves only with the recorded consents; a disciplinary penalty holds nobody.",
        "Кого утримує суд, їде лише із записаними згодами; дисциплінарне стягнення нікого не утримує.",
    ),
    both(
        "Soldiers, civilians, medical and religious staff and remains are counted apart;"
        " nobody is given in return for somebody of another kind.",
        "Військових, цивільних, медичний і духовний персонал та останки рахують окремо;"
        " нікого не віддають за людину іншої категорії.",
    ),
    both(
        "Once active hostilities have ceased everybody goes home without anything in return (Art. 118).",
        "Коли активні бойові дії припинено, усі їдуть додому без жодних умов (ст. 118).",
    ),
)


def explain(agreement: Agreement, language: str = "en", version: int | None = None) -> str:
    """Plain text of one version (the latest unless told), `language` `en` or `uk`.

    Raises ValueError for another language, KeyError for a version that does not exist.
    """
    if language not in ("en", "uk"):
        raise ValueError(f"no words in {language}: en or uk")
    v = agreement.version(version)
    parts = (_head(agreement, v), _phases(agreement, v), _clauses(agreement, v), _talks(agreement))
    lines = [*(line for part in parts for line in part), *_guards(agreement)]
    return "\n".join(line.in_language(language).rstrip() for line in lines).strip() + "\n"


def _head(a: Agreement, v: Version) -> list[Text]:
    lines = [a.title, both("=" * 8, "=" * 8)]
    concluded = both(f"Concluded: {a.concluded}", f"Укладено: {a.concluded}")
    lines.append(both(f"{concluded.en}. {a.place.en}", f"{concluded.uk}. {a.place.uk or a.place.en}"))
    if a.parent:
        lines.append(both(f"Continues the agreement {a.parent}.", f"Продовжує угоду {a.parent}."))
    lines.append(both("Parties: ", "Сторони: ") if not a.parties else _who("Parties", "Сторони", a.parties))
    if a.actors:
        lines.append(_who("Others", "Інші учасники", a.actors))
    if a.hostilities is Hostilities.CEASED:
        lines.append(both("Active hostilities have ceased.", "Активні бойові дії припинено."))
    if a.historic:
        why = a.historic_reason
        lines.append(
            both(
                f"Kept as history: it is verified, never composed or carried out. {why.en}",
                f"Зберігається як історія: її перевіряють, але списків за нею не складають. {why.uk or why.en}",
            )
        )
    total = len(a.versions)
    head = both(
        f"Version {v.number} of {total}, agreed {v.agreed}",
        f"Версія {v.number} з {total}, узгоджена {v.agreed}",
    )
    basis = both(f" ({v.basis.en})", f" ({v.basis.uk or v.basis.en})") if v.basis.en else both("", "")
    lines += [both(f"{head.en}{basis.en}.", f"{head.uk}{basis.uk}."), both("", " ")]
    return lines


def _who(en: str, uk: str, parties: Sequence[Party]) -> Text:
    said = []
    for p in parties:
        roles = joined([ROLES.get(r, Text(r, r)) for r in p.roles])
        one = both(f"{p.name.en} [{p.code}]", f"{p.name.uk or p.name.en} [{p.code}]")
        if p.roles:
            one = both(f"{one.en} ({roles.en})", f"{one.uk} ({roles.uk})")
        if not p.signs:
            one = both(f"{one.en}, does not sign", f"{one.uk}, не підписує")
        said.append(one)
    listed = joined(said, "; ", "; ")
    return both(f"{en}: {listed.en}.", f"{uk}: {listed.uk}.")


def _phases(a: Agreement, v: Version) -> list[Text]:
    lines: list[Text] = []
    if v.phases:
        lines.append(both("Phases:", "Черги:"))
        lines += [_item(phrases.phase(a, p)) for p in v.phases]
    if v.beside:
        lines.append(both("Besides, outside every count:", "Крім того, поза будь-яким рахунком:"))
        lines += [_item(phrases.flow(a, f)) for f in v.beside]
    return [*lines, both("", " ")] if lines else []


def _item(text: Text) -> Text:
    return both(f"  - {text.en}", f"  - {text.uk or text.en}")


def _clauses(a: Agreement, v: Version) -> list[Text]:
    lines = [both("Clauses:", "Пункти:")]
    for c in v.clauses:
        lines.append(both(f"{c.id}. {c.says.en}", f"{c.id}. {c.says.uk or c.says.en}"))
        lines += [_item(t) for t in clause(a, c)]
    return [*lines, both("", " ")]


def clause(a: Agreement, c: Clause) -> list[Text]:
    """What the file makes of a clause: its form, when it binds, other readings."""
    if c.form is None:
        why = c.unsaid
        return [both(f"Not said in the language: {why.en}", f"Мовою угод не висловлено: {why.uk or why.en}")]
    lines = form(a, c.form)
    when = phrases.window(a, c.window)
    if when.en:
        lines.append(both(f"When: {when.en}.", f"Коли: {when.uk}."))
    for events, en, uk in (
        (c.given, "Binds only after", "Зобов'язує лише після"),
        (c.unless, "No longer binds after", "Більше не зобов'язує після"),
        (c.sealed, "Numbers stay secret until", "Числа таємні до"),
    ):
        if events:
            listed = joined([phrases.quoted(a.words(e)) for e in events])
            lines.append(both(f"{en} {listed.en}.", f"{uk}: {listed.uk}."))
    if c.owed_by:
        owed = phrases.names(a, c.owed_by)
        lines.append(both(f"Answerable: {owed.en}.", f"Відповідає: {owed.uk}."))
    for r in c.readings:
        by = phrases.names(a, (r.by,))
        said = joined(form(a, r.form), " ", " ")
        lines.append(both(f"As {by.en} reads it: {said.en}", f"Як це розуміє {by.uk}: {said.uk}"))
    return lines


def form(a: Agreement, f: Form) -> list[Text]:
    """A form as sentences."""
    match f:
        case Count():
            return _count(a, f)
        case Total():
            return _total(a, f)
        case Every():
            return [_every(a, f)]
        case Act():
            return [_act(a, f)]
        case Order():
            return [_order(a, f)]
        case Priority():
            return [_priority(a, f)]
        case _:
            assert_never(f)


def _count(a: Agreement, f: Count) -> list[Text]:
    flow, amount = phrases.flow(a, f.flow), phrases.amount(a, f.amount)
    en, uk = f"{flow.en}: {amount.en}", f"{flow.uk}: {amount.uk}"
    if f.value is not None:
        unit = a.table(f.value).unit
        en, uk = f"{en}, in units of value ({unit.en})", f"{uk}, в одиницях вартості ({unit.uk or unit.en})"
    if f.per_day:
        en, uk = f"{en}, each day", f"{uk}, щодня"
    lines = [both(f"{en}.", f"{uk}.")]
    lines += _by_phase(a, f.by_phase)
    if f.selected_by:
        who = phrases.names(a, f.selected_by)
        lines.append(both(f"Names picked by: {who.en}.", f"Імена обирає: {who.uk}."))
    if f.approved_by:
        who = phrases.names(a, f.approved_by)
        lines.append(both(f"Names need the consent of: {who.en}.", f"Імена погоджує: {who.uk}."))
    if f.excuses:
        listed = joined([phrases.quoted(a.words(e)) for e in f.excuses])
        lines.append(both(f"A shortfall is excused by {listed.en}.", f"Нестачу виправдовує: {listed.uk}."))
    return lines


def _by_phase(a: Agreement, by_phase: Sequence[tuple[str, Amount]]) -> list[Text]:
    if not by_phase:
        return []
    said = [(p, phrases.amount(a, amount)) for p, amount in by_phase]
    en = "; ".join(f"{p}: {t.en}" for p, t in said)
    uk = "; ".join(f"{p}: {t.uk}" for p, t in said)
    return [both(f"By phase: {en}.", f"За чергами: {uk}.")]


def _total(a: Agreement, f: Total) -> list[Text]:
    amount, of = phrases.amount(a, f.amount), ", ".join(f.of)
    line = both(
        f"Clauses {of} together: {amount.en}. More under one does not make up for fewer under another.",
        f"Пункти {of} разом: {amount.uk}. Більше за одним пунктом не заступає нестачі за іншим.",
    )
    return [line, *_by_phase(a, f.by_phase)]


def _every(a: Agreement, f: Every) -> Text:
    flow = phrases.flow(a, f.flow)
    if isinstance(f.that, Not):
        said = phrases.predicate(f.that.of)
        return both(f"{flow.en}: nobody with {said.en}.", f"{flow.uk}: нікого, у кого {said.uk}.")
    said = phrases.predicate(f.that)
    return both(f"{flow.en}: of each is true: {said.en}.", f"{flow.uk}: про кожного правда: {said.uk}.")


def _act(a: Agreement, f: Act) -> Text:
    who, event = phrases.names(a, f.actors), phrases.quoted(a.words(f.event))
    words = {
        Modality.MUST: both("must", "має забезпечити"),
        Modality.MAY: both("may", "має право"),
        Modality.NEVER: both("never", "ніколи"),
    }[f.modality]
    en, uk = f"{who.en} {words.en}: {event.en}", f"{who.uk}, {words.uk}: {event.uk}"
    if f.toward:
        toward = phrases.names(a, f.toward)
        en, uk = f"{en}, toward {toward.en}", f"{uk}, щодо: {toward.uk}"
    if f.for_each is not None:
        flow = phrases.flow(a, f.for_each)
        en, uk = f"{en}, for each person of {flow.en}", f"{uk}, для кожної особи: {flow.uk}"
    return both(f"{en}.", f"{uk}.")


def _order(a: Agreement, f: Order) -> Text:
    first, then = _things(a, f.first), _things(a, f.then)
    match f.relation:
        case Relation.BEFORE:
            return both(
                f"{first.en} is complete before {then.en} begins.",
                f"{first.uk} завершується до початку: {then.uk}.",
            )
        case Relation.TOGETHER:
            near = (
                both(f"within {f.hours} hours", f"у межах {f.hours} годин")
                if f.hours
                else both("on one day", "одного дня")
            )
            return both(
                f"{first.en} and {then.en} begin {near.en}.", f"{first.uk} і {then.uk} починаються {near.uk}."
            )
        case Relation.IN_TURN:
            return both(
                f"{first.en} and {then.en} take turns, the first begins.",
                f"{first.uk} і {then.uk} чергуються, перше починає.",
            )


def _things(a: Agreement, ids: Sequence[str]) -> Text:
    clauses = {c.id for v in a.versions for c in v.clauses}
    said = [both(f"clause {i}", f"пункт {i}") if i in clauses else phrases.quoted(a.words(i)) for i in ids]
    return joined(said, " and ", " і ")


def _priority(a: Agreement, f: Priority) -> Text:
    flow = phrases.flow(a, f.flow)
    keys = joined([phrases.key(k) for k in f.keys], ", then ", ", потім ")
    return both(f"{flow.en}: in the order {keys.en}.", f"{flow.uk}: у порядку {keys.uk}.")


_ANSWERS: Final = {
    Answer.ACCEPTED: both("accepted", "прийнято"),
    Answer.REFUSED: both("refused", "відхилено"),
    Answer.OPEN: both("left open", "лишено без відповіді"),
}


def _talks(a: Agreement) -> list[Text]:
    """The sessions behind the agreement: what was said there binds nobody."""
    if not a.talks:
        return []
    lines = [both("Talks (nothing here binds):", "Переговори (тут ніщо не зобов'язує):")]
    for talk in a.talks:
        when = both(f"{talk.day}, ", f"{talk.day}, ") if talk.day else both("", "")
        where = (
            both(f"{talk.place.en}: ", f"{talk.place.uk or talk.place.en}: ") if talk.place.en else both("", "")
        )
        says = both(f"{when.en}{where.en}{talk.says.en}", f"{when.uk}{where.uk}{talk.says.uk or talk.says.en}")
        lines.append(_item(says))
        if talk.delegations:
            came = joined(list(talk.delegations), "; ", "; ")
            lines.append(_item(both(f"Delegations: {came.en}.", f"Делегації: {came.uk}.")))
        lines += [_item(_proposed(a, one)) for one in talk.proposals]
        lines += [_item(_claimed(a, one)) for one in talk.claims]
    return [*lines, both("", " ")]


def _proposed(a: Agreement, one: Said) -> Text:
    by, answer = phrases.names(a, (one.by,)), _ANSWERS[one.answer or Answer.OPEN]
    says = phrases.quoted(one.says)
    return both(f"{by.en} proposed: {says.en} ({answer.en}).", f"{by.uk} пропонує: {says.uk} ({answer.uk}).")


def _claimed(a: Agreement, one: Said) -> Text:
    by, says = phrases.names(a, (one.by,)), phrases.quoted(one.says)
    source = f" ({one.source})" if one.source else ""
    return both(f"{by.en} claims: {says.en}{source}.", f"{by.uk} стверджує: {says.uk}{source}.")


def _guards(a: Agreement) -> list[Text]:
    if a.historic:
        return []
    return [both("Whatever the clauses say:", "Що б не казали пункти:"), *(_item(g) for g in GUARDS)]


# -- two versions -------------------------------------------------------------------------------------


def diff(
    old: Agreement, new: Agreement, old_version: int | None = None, new_version: int | None = None
) -> list[Text]:
    """What changed from one version to another, one sentence each; both may be of the same agreement."""
    a, b = old.version(old_version), new.version(new_version)
    lines: list[Text] = []
    before, after = {c.id: c for c in a.clauses}, {c.id: c for c in b.clauses}
    for id_, c in before.items():
        if id_ not in after:
            lines.append(
                both(
                    f"Clause {id_} no longer holds: {c.says.en}",
                    f"Пункт {id_} більше не діє: {c.says.uk or c.says.en}",
                )
            )
    for id_, c in after.items():
        said = joined(clause(new, c), " ", " ")
        if id_ not in before:
            lines.append(both(f"New clause {id_}: {said.en}", f"Новий пункт {id_}: {said.uk}"))
            continue
        was = joined(clause(old, before[id_]), " ", " ")
        if was != said:
            lines.append(
                both(
                    f"Clause {id_} was: {was.en} Now: {said.en}", f"Пункт {id_} був: {was.uk} Тепер: {said.uk}"
                )
            )
        elif before[id_].says != c.says:
            lines.append(
                both(
                    f"Clause {id_} is worded anew: {c.says.en}",
                    f"Пункт {id_} викладено по-новому: {c.says.uk or c.says.en}",
                )
            )
    return lines + _other_changes(old, a, new, b)


def _other_changes(old: Agreement, a: Version, new: Agreement, b: Version) -> list[Text]:
    lines: list[Text] = []
    phases_a, phases_b = {p.id: p for p in a.phases}, {p.id: p for p in b.phases}
    for id_ in dict.fromkeys([*phases_a, *phases_b]):
        was, now = phases_a.get(id_), phases_b.get(id_)
        if was == now:
            continue
        said = phrases.phase(new, now) if now is not None else both(f"{id_}: no longer", f"{id_}: скасовано")
        if was is not None and now is not None:
            before = phrases.phase(old, was)
            said = both(f"{before.en} → {said.en}", f"{before.uk} → {said.uk}")
        lines.append(both(f"Phase {said.en}", f"Черга {said.uk}"))
    if a.beside != b.beside:
        listed = joined([phrases.flow(new, f) for f in b.beside], "; ", "; ")
        lines.append(
            both(f"Outside every count: {listed.en or 'nobody'}.", f"Поза рахунком: {listed.uk or 'нікого'}.")
        )
    if old.hostilities is not new.hostilities:
        lines.append(both(f"Hostilities: {new.hostilities}.", f"Бойові дії: {new.hostilities}."))
    return lines
