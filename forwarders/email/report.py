"""Collect the outcome of a mail for each recipient."""

from collections.abc import Mapping, Sequence

from forwarders.base import Failure, MessageRefused, Misconfigured, TransientFailure
from forwarders.email.compose import Recipient
from forwarders.email.failures import MailRejected, Refusal, count_refusals


class Report:
    """What was accepted and refused so far, for a destination with `total` recipients."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._accepted: set[str] = set()
        self._refused: dict[str, str] = {}
        self._open: list[Failure] = []
        self._remarks: list[str] = []

    def accept(self, to: Sequence[Recipient], refusals: Mapping[str, Refusal]) -> None:
        """Record a mail that was accepted for all of `to` except those that were refused."""
        rejected = {each.number: refusals[each.address] for each in to if each.address in refusals}
        final = {number: refusal for number, refusal in rejected.items() if refusal.final}
        later = {number: refusal for number, refusal in rejected.items() if not refusal.final}
        self._accepted.update(*(each.pending for each in to if each.address not in refusals))
        if final:
            self.refuse([each for each in to if each.number in final], count_refusals(final, self._total))
        if later:
            self.defer(TransientFailure(count_refusals(later, self._total)))

    def accept_words(
        self, to: Sequence[Recipient], refusals: Mapping[str, Refusal], rejected: MailRejected
    ) -> None:
        """Record the same of a mail in its simplified form, because the full one was rejected."""
        taken = [each for each in to if each.address not in refusals]
        self.accept([each._replace(files="") if each in taken else each for each in to], refusals)
        if not any(each.files for each in to):
            self._remarks.append(f"sent as plain text: {rejected.failure.reason}")
        elif rejected.because_of_files:
            self.refuse([each._replace(words="") for each in taken], rejected.failure.reason)
        else:
            self.defer(_for_files_alone(rejected.failure))

    def refuse(self, to: Sequence[Recipient], reason: str) -> None:
        """Record that what is pending for these recipients is refused for good."""
        self._refused |= {part: reason for each in to for part in each.pending}

    def defer(self, failure: Failure) -> None:
        """Record why something is still open."""
        self._open.append(failure)

    def conclude(self) -> str | None:
        """Return the remarks on a mail that all recipients have got.

        Raises:
            TransientFailure, Misconfigured: something is still open.
            MessageRefused: nothing is open, but something was refused for good.
        """
        if self._open and not self._accepted and not self._refused and len(self._open) == 1:
            raise self._open[0]
        reasons = [*(failure.reason for failure in self._open), *self._refused.values(), *self._remarks]
        reason = "; ".join(dict.fromkeys(reasons))
        if self._open or self._refused:
            raise self._kind()(reason, accepted=self._accepted, refused=self._refused)
        return reason or None

    def _kind(self) -> type[Failure]:
        if not self._open:
            return MessageRefused
        operators = any(isinstance(failure, Misconfigured) for failure in self._open)
        return Misconfigured if operators else TransientFailure


def _for_files_alone(failure: Failure) -> Failure:
    """Return why the files are deferred: sent alone they may be accepted."""
    return TransientFailure(failure.reason) if isinstance(failure, MessageRefused) else failure
