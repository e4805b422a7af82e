"""The table of acts: everything that anybody can do to a record, and nothing else can be done.

The gate, the buttons, the journal's labels, the state diagrams and the tests read this one table.
`starts` are the states that the subject may be in (none: any), `ends` the state it is left in
(none: unchanged). `second` are the roles of the other person whom the act needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from obmin.core.access import Role


@dataclass(frozen=True, slots=True)
class Act:
    name: str
    label: str
    roles: frozenset[Role]
    starts: frozenset[str] = frozenset()
    ends: str | None = None
    reason: bool = False
    second: frozenset[Role] = frozenset()
    touch: bool = False  # whoever does it has just touched their security key

    @property
    def stage(self) -> str:
        return self.name.split(".")[0]


def _act(
    name: str,
    label: str,
    roles: tuple[Role, ...] | Role,
    starts: tuple[str, ...] | str = (),
    ends: str | None = None,
    *,
    reason: bool = False,
    second: tuple[Role, ...] = (),
    touch: bool = False,
) -> Act:
    return Act(
        name,
        label,
        frozenset((roles,) if isinstance(roles, Role) else roles),
        frozenset((starts,) if isinstance(starts, str) else starts),
        ends,
        reason,
        frozenset(second),
        touch,
    )


R = Role
_KEEPERS: Final = (R.ADMINISTRATOR, R.PROTECTION)
_TRACER: Final = (R.TRACING,)
_EITHER: Final = (R.TRACING, R.PROTECTION)
_FIRST: Final = (R.ADMINISTRATOR,)
_READERS_OF_LISTS: Final = (R.LISTS, R.NEGOTIATOR, R.LEGAL, R.HANDOVER, R.APPROVER)

_TABLE: Final = (
    # the ground
    _act("instance.begin", "Begin the instance", R.ADMINISTRATOR),
    _act("instance.root", "Seal the first root to its officers", R.ADMINISTRATOR),
    _act(
        "instance.rotate",
        "Draw a new root",
        R.ADMINISTRATOR,
        reason=True,
        second=(R.PROTECTION,),
        touch=True,
    ),
    _act("instance.backup", "Make a backup", R.ADMINISTRATOR),
    _act("instance.restore", "Bring the instance back from a backup", R.ADMINISTRATOR),
    _act("instance.sign-in", "Sign in", tuple(R)),
    _act("accounts.touch", "Touch the security key", tuple(R)),
    _act("accounts.enrol", "Register with a one-time code", tuple(R)),
    _act("accounts.add-key", "Register another security key", tuple(R), touch=True),
    _act("accounts.drop-key", "Take a security key off", tuple(R), touch=True),
    _act("accounts.begin", "Give the first officers their codes", R.ADMINISTRATOR),
    _act("accounts.ask", "Ask for a change of accounts", _KEEPERS, reason=True, touch=True),
    _act(
        "accounts.drop",
        "Drop what was asked for",
        (R.ADMINISTRATOR, R.PROTECTION, R.APPROVER),
        "ASKED",
        "DROPPED",
    ),
    _act("accounts.create", "Open an account", _KEEPERS, reason=True, second=_FIRST, touch=True),
    _act("accounts.appoint", "Appoint to a duty", _KEEPERS, reason=True, second=_FIRST, touch=True),
    _act(
        "accounts.recover",
        "Let somebody in again whose key is lost",
        (R.PROTECTION, R.APPROVER),
        reason=True,
        second=_KEEPERS,
        touch=True,
    ),
    _act("accounts.end", "End a duty or an account", _KEEPERS, reason=True, touch=True),
    _act("accounts.stop-key", "Stop a key that may have been copied", R.ADMINISTRATOR),
    _act("accounts.lock", "Lock an account for one network", R.ADMINISTRATOR),
    _act("accounts.unlock", "Unlock an account", R.ADMINISTRATOR, reason=True, touch=True),
    _act("alarms.acknowledge", "Say why an alarm needs nothing more", _KEEPERS, reason=True),
    _act(
        "rows.keep",
        "Keep what was changed past the gate",
        R.ADMINISTRATOR,
        reason=True,
        second=(R.PROTECTION,),
    ),
    _act(
        "journal.forget",
        "Forget an entry of the journal",
        R.PROTECTION,
        reason=True,
        second=(R.APPROVER,),
    ),
    _act(
        "journal.export",
        "Hand out the journal",
        R.AUDITOR,
        reason=True,
        second=(R.PROTECTION, R.ADMINISTRATOR),
        touch=True,
    ),
    # 1 register
    _act("register.lay-out", "Lay out a list for checking", R.REGISTRAR, ends="LAID_OUT"),
    _act("register.read", "Read a list by its columns", R.REGISTRAR, ("LAID_OUT", "READ"), "READ"),
    _act("register.drop", "Put a list away without importing it", R.REGISTRAR, ("LAID_OUT", "READ"), "DROPPED"),
    _act("register.clear", "Clear lists that lay about for a day", R.ADMINISTRATOR),
    _act("register.import", "Import a list", R.REGISTRAR),
    _act("register.take-new", "Take a doubtful row as somebody new", R.REGISTRAR, "OPEN", "NEW"),
    _act("register.take-same", "Say whom a doubtful row means", R.REGISTRAR, "OPEN", "SAME"),
    _act(
        "register.refuse-row",
        "Refuse a row of a list",
        R.REGISTRAR,
        ("OPEN", "UNREAD"),
        "REFUSED",
        reason=True,
    ),
    _act("register.take-back", "Take an import back", R.REGISTRAR, "STANDS", "TAKEN_BACK", reason=True),
    _act("register.correct", "Correct a record", (R.REGISTRAR, R.TRACING), reason=True),
    _act("register.create", "Open a record after a search", R.REGISTRAR),
    _act("register.enter", "Enter somebody captured in the register", R.REGISTRAR, "CAPTURED", "REGISTERED"),
    _act("register.open", "Open the search for somebody reported", R.REGISTRAR, "REPORTED", "OPEN"),
    _act("register.ask", "Record who asks after somebody", (R.REGISTRAR, R.FAMILY)),
    _act("register.told", "Record what a family was told", R.FAMILY, "OPEN"),
    _act("register.event", "Record an event of custody", R.REGISTRAR),
    _act("register.prepare-notices", "Put notices together for sending", R.REGISTRAR, ends="PREPARED"),
    _act("register.drop-notices", "Put a sending away unsent", R.REGISTRAR, "PREPARED", "DROPPED", reason=True),
    _act("register.send-notices", "Record that notices were sent", R.REGISTRAR, "PREPARED", "SENT"),
    _act("register.acknowledge", "Record that notices were received", R.REGISTRAR, "SENT", "ACKNOWLEDGED"),
    _act("register.withdraw", "Withdraw a notice", R.REGISTRAR, "QUEUED", "WITHDRAWN", reason=True),
    _act("register.inspect", "Record monthly inspections", R.MEDICAL),
    _act("register.suspect", "Look for one person in two records", R.REGISTRAR),
    _act("register.judge", "Say whether two records of a register are one person", R.REGISTRAR, reason=True),
    _act(
        "register.merge",
        "Merge two records",
        R.REGISTRAR,
        "ASKED",
        "MERGED",
        second=(R.REGISTRAR,),
        touch=True,
    ),
    _act(
        "register.undo",
        "Take back what was said of two records",
        R.REGISTRAR,
        ("ASKED", "STANDS", "SPLIT_ASKED"),
        "UNDONE",
        reason=True,
    ),
    _act(
        "register.ask-split",
        "Ask that a merge be undone",
        R.REGISTRAR,
        "MERGED",
        "SPLIT_ASKED",
        reason=True,
    ),
    _act(
        "register.split",
        "Undo a merge",
        R.REGISTRAR,
        "SPLIT_ASKED",
        "UNDONE",
        second=(R.REGISTRAR,),
        touch=True,
    ),
    _act(
        "register.erase",
        "Erase who a person is",
        R.PROTECTION,
        reason=True,
        second=(R.LEGAL,),
        touch=True,
    ),
    _act("register.interview", "Record private interviews", R.INTERVIEWER),
    _act("register.examine", "Record medical examinations", R.MEDICAL),
    _act("register.court", "Record court decisions", R.LEGAL),
    # 2 tracing
    _act("tracing.propose", "Propose pairs", R.TRACING),
    _act("tracing.judge", "Say whether two records are one person", R.TRACING, reason=True),
    _act("tracing.testify", "Record evidence of somebody sought", R.TRACING),
    _act("tracing.withdraw", "Withdraw evidence of somebody sought", R.TRACING, reason=True),
    _act(
        "tracing.judge-batch",
        "Read the sample of clear pairs, and confirm the rest or stop",
        R.TRACING,
        "OPEN",
        reason=True,
    ),
    _act("tracing.pfif-ask", "Ask that a tracing service be told", R.TRACING, reason=True),
    _act("tracing.pfif-drop", "Put a service's file away", _EITHER, "ASKED", "DROPPED", reason=True),
    _act(
        "tracing.pfif-out",
        "Let a service's file go",
        R.PROTECTION,
        "ASKED",
        "RELEASED",
        second=_TRACER,
        touch=True,
    ),
    _act("tracing.pfif-in", "Take in what a tracing service tells", R.TRACING, reason=True),
    _act("tracing.take-note", "Write a service's note down as evidence", R.TRACING, "OPEN", "TAKEN"),
    _act("tracing.put-note-aside", "Put a service's note aside", R.TRACING, "OPEN", "ASIDE", reason=True),
    # 3 terms
    _act("terms.open", "Open an exchange", R.NEGOTIATOR, ends="DRAFT"),
    _act("terms.draft", "Begin a draft of the terms", R.NEGOTIATOR),
    _act("terms.edit", "Edit a draft of the terms", R.NEGOTIATOR, ("DRAFT", "PROPOSED"), "DRAFT"),
    _act("terms.propose", "Propose a draft of the terms", R.NEGOTIATOR, "DRAFT", "PROPOSED", touch=True),
    _act(
        "terms.drop",
        "Put a draft of the terms away",
        (R.NEGOTIATOR, R.LEGAL),
        ("DRAFT", "PROPOSED"),
        "DROPPED",
    ),
    _act(
        "terms.adopt",
        "Adopt the terms",
        R.NEGOTIATOR,
        ("DRAFT", "TERMS_AGREED", "LISTS_OPEN"),
        "TERMS_AGREED",
        second=(R.LEGAL,),
        touch=True,
    ),
    # 4 lists
    _act("lists.compose", "Compose a list", R.LISTS, ("TERMS_AGREED", "LISTS_OPEN"), "LISTS_OPEN"),
    _act("lists.take-off", "Take a person off the list", R.LISTS, "CHECKED", "WITHDRAWN", reason=True),
    _act("lists.lock", "Put a person on the list", R.LISTS, ("TERMS_AGREED", "LISTS_OPEN"), reason=True),
    _act("lists.ban", "Keep a person off the list", R.LISTS, ("TERMS_AGREED", "LISTS_OPEN"), reason=True),
    _act("lists.move", "Move a person to another day", R.LISTS, ("TERMS_AGREED", "LISTS_OPEN"), reason=True),
    _act(
        "lists.substitute",
        "Put one person in the place of another",
        R.LISTS,
        ("TERMS_AGREED", "LISTS_OPEN"),
        reason=True,
    ),
    _act("lists.lift", "Lift an order about a person", R.LISTS, "STANDS", "LIFTED", reason=True),
    _act("lists.close", "Lock a draft for signing", R.LISTS, "COMPOSED", "LOCKED", touch=True),
    _act(
        "lists.reopen",
        "Open a locked draft again",
        (R.LISTS, R.APPROVER),
        ("LOCKED", "SIGNED"),
        "COMPOSED",
        reason=True,
    ),
    _act(
        "lists.sign",
        "Sign a locked draft",
        (R.APPROVER, R.NEGOTIATOR),
        "LOCKED",
        "SIGNED",
        second=(R.LISTS,),
        touch=True,
    ),
    _act("lists.keep-view", "Keep a view of the lists", _READERS_OF_LISTS),
    _act("lists.drop-view", "Drop a view of the lists", _READERS_OF_LISTS),
    _act("lists.ask-names", "Ask for a list with names as a file", (R.LISTS, R.NEGOTIATOR), reason=True),
    _act(
        "lists.hand-out",
        "Let a list with names go out as a file",
        (R.APPROVER, R.LEGAL),
        "ASKED",
        "GRANTED",
        second=(R.LISTS, R.NEGOTIATOR),
        touch=True,
    ),
    _act("lists.report", "Report who was passed over", R.LISTS),
    # 5 rounds
    _act(
        "rounds.wanted",
        "Send the wanted list",
        R.TRACING,
        ("TERMS_AGREED", "LISTS_OPEN"),
        second=(R.APPROVER,),
        touch=True,
    ),
    _act("rounds.propose", "Send a list", R.NEGOTIATOR, "LISTS_OPEN", second=(R.APPROVER,), touch=True),
    _act("rounds.fit", "Hold their list against the terms", R.NEGOTIATOR),
    _act(
        "rounds.answer",
        "Answer the other side's list",
        (R.NEGOTIATOR, R.TRACING),
        ("TERMS_AGREED", "LISTS_OPEN"),
        second=(R.APPROVER,),
        touch=True,
    ),
    _act(
        "rounds.receive",
        "Take in a package",
        (R.NEGOTIATOR, R.TRACING),
        ("TERMS_AGREED", "LISTS_OPEN", "LISTS_FROZEN"),
    ),
    _act(
        "rounds.freeze",
        "Lock and sign both lists",
        R.NEGOTIATOR,
        "LISTS_OPEN",
        "LISTS_FROZEN",
        second=(R.APPROVER,),
        touch=True,
    ),
    # 6 reception
    _act(
        "reception.send-summaries",
        "Send sealed medical summaries",
        R.MEDICAL,
        "LISTS_FROZEN",
        second=(R.APPROVER,),
        touch=True,
    ),
    _act("reception.take-summaries", "Take in sealed medical summaries", R.MEDICAL, "LISTS_FROZEN"),
    _act("reception.resources", "Record sites, staff and vehicles", R.PLANNER),
    _act("reception.plan", "Plan the reception", R.PLANNER),
    _act("reception.confirm", "Confirm the plan", R.PLANNER, "DRAFT", "CONFIRMED", second=(R.MEDICAL,)),
    _act("reception.guarantee", "Record a safety guarantee", R.PLANNER),
    _act("reception.ready", "Declare the exchange ready", R.PLANNER, "LISTS_FROZEN", "READY"),
    _act("reception.go", "Go", R.APPROVER, "READY", "GO", second=(R.MEDICAL, R.LEGAL), touch=True),
    # 7 handover
    _act("handover.issue", "Issue the day's manifests", R.HANDOVER, ("GO", "RUNNING"), "RUNNING"),
    _act(
        "handover.clear",
        "Confirm will and fitness before boarding",
        R.HANDOVER,
        ("GO", "RUNNING"),
        second=(R.INTERVIEWER, R.MEDICAL),
    ),
    _act("handover.merge", "Take in events of the tablets", R.HANDOVER, ("ISSUED", "CLOSED"), "ISSUED"),
    _act(
        "handover.close",
        "Close the day and sign the act",
        R.HANDOVER,
        "ISSUED",
        "CLOSED",
        second=(R.APPROVER,),
        touch=True,
    ),
    _act(
        "handover.sign",
        "Countersign, or take in the countersignature",
        R.HANDOVER,
        "CLOSED",
        "SIGNED",
        second=(R.APPROVER,),
        touch=True,
    ),
    _act("handover.complete", "Complete the exchange", R.HANDOVER, "RUNNING", "COMPLETED"),
    _act(
        "handover.reconcile",
        "Reconcile list, manifest and act",
        R.HANDOVER,
        "COMPLETED",
        "RECONCILED",
        second=(R.APPROVER,),
    ),
    # 8 care
    _act("care.open", "Open cases", R.CASE),
    _act("care.step", "Record a step of a case", (R.CASE, R.MEDICAL, R.PSYCHOLOGIST)),
    _act("care.move", "Move a case on", (R.CASE, R.MEDICAL)),
    _act("care.round", "Record a step for many", (R.CASE, R.MEDICAL, R.PSYCHOLOGIST)),
    _act("care.told", "Record that the family was told", R.FAMILY),
    # 9 bulletins
    _act("bulletins.draft", "Draft a bulletin", R.PRESS, ends="DRAFT"),
    _act("bulletins.approve", "Approve a bulletin", R.APPROVER, ("DRAFT", "APPROVED_ONCE"), touch=True),
    _act("bulletins.publish", "Publish a bulletin", R.PRESS, "APPROVED", "PUBLISHED", touch=True),
)

ACTS: Final[dict[str, Act]] = {act.name: act for act in _TABLE}
