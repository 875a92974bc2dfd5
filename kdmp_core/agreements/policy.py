"""Who is enough: what a round's answers amount to under the event's policy. Pure.

A round ends when all have answered, or by a coordinator's close or the deadline once the policy is met: nobody
is shut out at the k-th signature (design.md §2). The counterpart must always sign, and two parties must stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from kdmp_core.errors import InvalidInput
from kdmp_core.lifecycle import ANSWERED, SignatoryState

FEWEST_PARTIES = 2
DEFAULT_DEADLINE_DAYS = 14
LONGEST_DEADLINE_DAYS = 90


@dataclass(frozen=True)
class SigningPolicy:
    """The event's rule. `effective_when`: all, or counterpart_plus (and at least `enough` of the first side).

    `on_decline`: stop (one refusal ends the round) or drop (who refuses is left out, the text unchanged).
    """

    effective_when: Literal["all", "counterpart_plus"] = "all"
    enough: int = 1
    on_decline: Literal["stop", "drop"] = "stop"
    deadline_days: int = DEFAULT_DEADLINE_DAYS
    reminder_days: tuple[int, ...] = (3, 7)

    @classmethod
    def of(cls, policy: Mapping[str, Any]) -> SigningPolicy:
        """Read the `signing` part of an event's policy; what is missing has its default.

        Raises InvalidInput for a value the rule does not know.
        """
        given = dict(policy.get("signing", {}))
        given["reminder_days"] = tuple(given.get("reminder_days", cls.reminder_days))
        rule = cls(**given)
        known = rule.effective_when in {"all", "counterpart_plus"} and rule.on_decline in {"stop", "drop"}
        if not known or not 1 <= rule.deadline_days <= LONGEST_DEADLINE_DAYS or rule.enough < 1:
            raise InvalidInput("policy.unknown")
        return rule


@dataclass(frozen=True)
class Answer:
    """One signatory's standing in the round: on which side, in which state."""

    side: str
    state: SignatoryState


def declined(answers: Iterable[Answer]) -> bool:
    """Whether somebody has refused."""
    return any(answer.state is SignatoryState.DECLINED for answer in answers)


def all_answered(answers: Iterable[Answer]) -> bool:
    """Whether nothing more is awaited from anybody."""
    return all(answer.state in ANSWERED for answer in answers)


def met(policy: SigningPolicy, answers: Iterable[Answer]) -> bool:
    """Whether the signatures so far are enough for the agreement to come into force."""
    left_out = {SignatoryState.DROPPED} | ({SignatoryState.DECLINED} if policy.on_decline == "drop" else set())
    asked = [answer for answer in answers if answer.state is not SignatoryState.DELEGATED]
    signed = [answer for answer in asked if answer.state is SignatoryState.SIGNED]
    first = [answer for answer in signed if answer.side == "first"]
    counterpart = [answer for answer in asked if answer.side == "second"]
    with_counterpart = bool(counterpart) and all(answer.state is SignatoryState.SIGNED for answer in counterpart)
    if len(signed) < FEWEST_PARTIES or not with_counterpart:
        return False
    if policy.effective_when == "counterpart_plus":
        return len(first) >= policy.enough
    return all(answer.state in {SignatoryState.SIGNED, *left_out} for answer in asked)


def outcome(
    policy: SigningPolicy, answers: Iterable[Answer], deadline: datetime | None, now: datetime
) -> Literal["complete", "close", "fail", "lapse"] | None:
    """Say which move ends the round now, or None when it goes on. A deadline is an exclusive instant."""
    answers = tuple(answers)
    if declined(answers) and policy.on_decline == "stop":
        return "fail"
    enough = met(policy, answers)
    if enough and all_answered(answers):
        return "complete"
    if deadline is not None and now >= deadline:
        return "close" if enough else "lapse"
    if all_answered(answers):
        return "fail"
    return None


def next_look(policy: SigningPolicy, sent: datetime, deadline: datetime, now: datetime) -> datetime:
    """Give the next instant at which the clock must look at a round: a reminder's day, else the deadline."""
    reminders = (sent + timedelta(days=days) for days in sorted(policy.reminder_days))
    return min((at for at in reminders if now < at < deadline), default=deadline)
