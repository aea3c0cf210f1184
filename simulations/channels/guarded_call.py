"""A call behind its guards: each link has a breaker and a limit, each receiver a rate, and each of them is a switch.

    send --limit of the link--> a thread --breaker of the link--> rate of the receiver --> receiver works --> answer
              |                                 |                           |
              +-- full: given up                +-- open: given up          +-- told when to come again

A breaker gives a call up at once where too many before it failed, so that the threads of its sender stay free for
others; a limit (bulkhead) bounds how many of them one link can hold; a receiver that is asked faster than it can work
says when to come again, and its caller does as it is told (X8, X16). The machines are those of model.resilience. Given
up means what it means for any call: lost, or kept by the outbox and tried again later.

How many calls open a breaker, for how long, and how much a link may hold are assumptions, as the threads are.
"""

from collections import deque

from msgspec import Struct

from fixtures.variates import Variates
from model.resilience import breaker, concurrency, token_bucket
from model.resilience.breaker import BreakerPolicy, Rejected
from model.resilience.concurrency import ConcurrencyPolicy, Occupied
from model.resilience.retry import Attempted, TryAgain, after_failure
from model.resilience.token_bucket import Bucket, BucketPolicy
from model.vocabulary import Context
from simulations.channels.call import REFUSED_AFTER, RETRY, Attempt, Call, CallChannel
from simulations.channels.message import CONTEXTS, Deliver, Lose, Message
from simulations.engine import SECOND, Clock, TimeoutLane

BREAKER = BreakerPolicy(window=20, least_calls=10, failures_percent=50, pause=30 * SECOND, probes=2)
LIMIT = ConcurrencyPolicy(running=8, waiting=1000, retry_after=SECOND)
"""Half of its sender's threads, for one of the links that share them."""
RATE = BucketPolicy(tokens=120, period=SECOND, most=240)
"""Three quarters of what a receiver can do: eight threads, a twentieth of a second each."""


class Guards(Struct, frozen=True):
    """None leaves a guard away."""

    breaker: BreakerPolicy | None = None
    limit: ConcurrencyPolicy | None = None
    rate: BucketPolicy | None = None


class Shed:
    """How often each guard stepped in."""

    __slots__ = ("by_breaker", "by_limit", "by_rate")

    def __init__(self) -> None:
        self.by_breaker = 0
        self.by_limit = 0
        self.by_rate = 0


class Link:
    """From one context to another: the state of its guards, and the calls that wait for a place."""

    __slots__ = ("breaker", "occupied", "row")

    def __init__(self) -> None:
        self.breaker: breaker.State = breaker.Closed()
        self.occupied = Occupied()
        self.row = deque[Call]()


class GuardedAttempt(Attempt):
    """A try that the breaker permitted in some `generation` of it."""

    __slots__ = ("generation",)

    def __init__(self, call: Call, lane: TimeoutLane[Attempt], generation: int) -> None:
        super().__init__(call, lane)
        self.generation = generation


class GuardedCallChannel(CallChannel):
    """Every context calls every other directly, behind guards."""

    def __init__(
        self,
        clock: Clock,
        variates: Variates,
        deliver: Deliver,
        *,
        lose: Lose | None,
        guards: Guards,
        contexts: tuple[Context, ...] = CONTEXTS,
    ) -> None:
        super().__init__(clock, variates, deliver, lose=lose, contexts=contexts)
        self.guards = guards
        self.shed = Shed()
        self.links = {(sender, to): Link() for sender in contexts for to in contexts}
        self._buckets: dict[Context, Bucket] = {}

    def send(self, message: Message) -> None:
        limit = self.guards.limit
        if limit is None:
            super().send(message)
            return
        link = self._link(message)
        after = concurrency.entered(limit, link.occupied)
        if isinstance(after, Rejected):
            self.shed.by_limit += 1
            self._lose_or_keep(message)
            return
        waits = after.waiting > link.occupied.waiting
        link.occupied = after
        if waits:
            link.row.append(Call(message))
        else:
            super().send(message)

    def _link(self, message: Message) -> Link:
        return self.links[message.sender, message.to]

    def _attempt(self, call: Call) -> None:
        call.attempts += 1
        generation = self._permitted(call.message)
        if generation is None:
            self.shed.by_breaker += 1
            self._give_up(call)
        elif self._down:
            self._clock.call_in(REFUSED_AFTER, self._refused, (call, generation))
        elif (retry_after := self._too_fast(call.message.to)) is not None:
            self.shed.by_rate += 1
            self._clock.call_in(REFUSED_AFTER, self._told_to_wait, (call, generation, retry_after))
        else:
            self.callees[call.message.to].put(GuardedAttempt(call, self._lane, generation))

    def _permitted(self, message: Message) -> int | None:
        """The generation of the breaker to which the outcome belongs; None where the call is not to be made."""
        if self.guards.breaker is None:
            return 0
        link = self._link(message)
        after = breaker.permitted(self.guards.breaker, link.breaker, now=self._clock.tick)
        if isinstance(after, Rejected):
            return None
        link.breaker = after
        return after.generation

    def _too_fast(self, to: Context) -> int | None:
        """In how many ticks the receiver would take a call, when it does not take one now."""
        rate, now = self.guards.rate, self._clock.tick
        if rate is None:
            return None
        bucket = self._buckets.get(to) or token_bucket.full_bucket(rate, now=now)
        after = token_bucket.taken(rate, bucket, now=now)
        if isinstance(after, Rejected):
            return after.retry_after
        self._buckets[to] = after
        return None

    def _answered(self, attempt: Attempt) -> None:
        if attempt.timer.pending:
            self._went_well(attempt.call.message, _generation(attempt))
        super()._answered(attempt)

    def _timed_out(self, attempt: Attempt) -> None:
        self._went_wrong(attempt.call.message, _generation(attempt))
        super()._timed_out(attempt)

    def _refused(self, refused: tuple[Call, int]) -> None:
        call, generation = refused
        self._went_wrong(call.message, generation)
        self._failed(call)

    def _told_to_wait(self, told: tuple[Call, int, int]) -> None:
        """The receiver has answered, so that it is well; its caller comes again when it was told to, or later."""
        call, generation, retry_after = told
        self._went_well(call.message, generation)
        now = self._clock.tick
        again = after_failure(RETRY, Attempted(call.attempts, call.message.sent), now=now, variate=0.0)
        if isinstance(again, TryAgain):
            self._clock.call_at(max(again.at, now + retry_after), self._attempt, call)
        else:
            self._give_up(call)

    def _went_well(self, message: Message, generation: int) -> None:
        if self.guards.breaker is not None:
            link = self._link(message)
            link.breaker = breaker.succeeded(self.guards.breaker, link.breaker, generation=generation)

    def _went_wrong(self, message: Message, generation: int) -> None:
        if self.guards.breaker is not None:
            link, now = self._link(message), self._clock.tick
            link.breaker = breaker.failed(self.guards.breaker, link.breaker, generation=generation, now=now)

    def _release(self, call: Call) -> None:
        super()._release(call)
        limit = self.guards.limit
        if limit is None:
            return
        link = self._link(call.message)
        link.occupied = concurrency.left(limit, link.occupied)
        if len(link.row) > link.occupied.waiting:
            following = link.row.popleft()
            self._callers_of(following.message).put(following)


def _generation(attempt: Attempt) -> int:
    return attempt.generation if isinstance(attempt, GuardedAttempt) else 0
