"""An account as a row at rest: all of it, in about a fifth of what it takes written out.

A year of installments says the same again and again, so that the row says everything once: a word (policy, payer,
pattern, zone) is told by its place among the words, a day by its distance from the first day of the account, what
several invoices bill alike by its place among the lists. `restored` gives back the account that `at_rest` was given,
to the cent. What is seldom there (holds, write-offs, disbursements, delinquencies) stays as it is, in `rest`.
"""

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from model.billing.account_row import (
    AUTOPAY,
    KINDS,
    MIXED,
    PAID,
    PAYERS,
    STATUSES,
    STEPS,
    UNTOUCHED,
    WHOLE,
    AccountRow,
    Day,
    InstructionRow,
    InvoiceRow,
    NoAccountRow,
    Numbers,
    PaymentRow,
    Row,
)
from model.billing.invoice import Invoice, Item
from model.billing.orders import Place
from model.billing.plan import Charge, Payer
from model.billing.standing import Account, Instruction, NoAccount, Payment, State
from model.money import Money


def at_rest(state: State) -> Row:
    """What is to be stored of an account."""
    return NoAccountRow() if isinstance(state, NoAccount) else _Packing(state).row()


def restored(row: Row) -> State:
    """The account that was stored."""
    return NoAccount() if isinstance(row, NoAccountRow) else _Unpacking(row).account()


# --- away


class _Packing:
    """One account on its way to its row; words, lines and lists are numbered as they are met."""

    def __init__(self, account: Account) -> None:
        self._account = account
        first = account.instructions[0].on if account.instructions else None
        self._since = first.toordinal() if first is not None else 0
        self._words: dict[str, int] = {}
        self._lines: dict[tuple[int, int, int], int] = {}
        self._lists: dict[Numbers, int] = {}
        self._known: dict[int, int] = {}

    def row(self) -> AccountRow:
        account = self._account
        instructions = tuple([self._instruction(one) for one in account.instructions])
        invoices = self._invoices(account.invoices)
        payments, credits = self._payments(account.payments), self._payments(account.credits)
        return AccountRow(
            replace(account, instructions=(), invoices=(), payments=(), credits=()),
            self._since,
            tuple(self._words),
            tuple([number for line in self._lines for number in line]),
            tuple(self._lists),
            instructions,
            invoices,
            payments,
            credits,
        )

    def _word(self, word: str) -> int:
        return self._words.setdefault(word, len(self._words))

    def _day(self, day: date | None) -> Day:
        return None if day is None else day.toordinal() - self._since

    def _instruction(self, one: Instruction) -> InstructionRow:
        charges, payers, place = one.charges, one.payers, one.place
        return InstructionRow(
            one.instruction_id,
            self._word(one.policy_id),
            tuple([number for each in charges for number in (self._word(each.pattern), each.amount.minor)]),
            self._word(one.plan),
            AUTOPAY.index(one.autopay),
            tuple(
                [
                    number
                    for each in payers
                    for number in (self._word(each.payer_id), PAYERS.index(each.kind), each.weight)
                ]
            ),
            KINDS.index(one.kind),
            (self._day(one.on), self._day(one.starts), self._day(one.ends), self._day(one.today)),
            self._word(one.zone),
            tuple([self._word(pattern) for pattern in one.earned]),
            None if place is None else tuple([self._word(word) for word in (place.state, place.product, *place.areas)]),
        )

    def _invoices(self, invoices: Iterable[Invoice]) -> tuple[InvoiceRow, ...]:
        rows: list[InvoiceRow] = []
        before = self._since
        for place, one in enumerate(invoices):
            assert one.number == place, "an invoice is found by its number"
            due = one.due_on.toordinal()
            rows.append(
                InvoiceRow(
                    self._word(one.payer_id),
                    due - before,
                    due - one.bill_on.toordinal(),
                    STEPS.index(one.step),
                    self._list(one.items),
                    self._day(one.told_on),
                    self._day(one.drafted_on),
                )
            )
            before = due
        return tuple(rows)

    def _list(self, items: tuple[Item, ...]) -> int:
        """The place of a list. One that several invoices share is looked at once: the account keeps it alive."""
        place = self._known.get(id(items))
        if place is None:
            place = self._known[id(items)] = self._new_list(items)
        return place

    def _new_list(self, items: tuple[Item, ...]) -> int:
        numbers: list[int] = []
        for item in items:
            key = (self._word(item.policy_id), self._word(item.pattern), item.instruction)
            line = self._lines.setdefault(key, len(self._lines)) * (MIXED + 1)
            if item.credited or item.written_off or item.paid not in (0, item.amount):
                numbers += (line + MIXED, item.amount, item.paid, item.credited, item.written_off)
            else:
                numbers += (line + (PAID if item.paid else UNTOUCHED), item.amount)
        return self._lists.setdefault(tuple(numbers), len(self._lists))

    def _payments(self, payments: tuple[Payment, ...]) -> tuple[PaymentRow, ...]:
        rows: list[PaymentRow] = []
        before = ""
        for one in payments:
            alike = _alike(before, one.payment_id)
            rows.append(
                PaymentRow(
                    alike,
                    one.payment_id[alike:],
                    self._word(one.payer_id),
                    one.amount.minor,
                    STATUSES.index(one.status),
                    self._distributed(one.distributed),
                    one.unapplied.minor,
                    one.held,
                    one.disbursed,
                )
            )
            before = one.payment_id
        return tuple(rows)

    def _distributed(self, numbers: Numbers) -> Numbers:
        """Invoice, item and minor units of each part, but `WHOLE` for what an item says itself."""
        found: list[int] = []
        for place in range(0, len(numbers), 3):
            invoice, item, minor = numbers[place : place + 3]
            items = self._account.invoices[invoice].items
            found += (invoice, item, WHOLE if item < len(items) and items[item].amount == minor else minor)
        return tuple(found)


def _alike(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    place = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        place += 1
    return place


# --- and back


class _Unpacking:
    """One row on its way back; what is equal is made once, as it was kept."""

    def __init__(self, row: AccountRow) -> None:
        self._row = row
        self._words = row.words
        self._currency = row.rest.unapplied.currency
        self._nothing = Money(0, self._currency)

    def account(self) -> Account:
        row = self._row
        invoices = self._invoices()
        return replace(
            row.rest,
            instructions=tuple([self._instruction(one) for one in row.instructions]),
            invoices=invoices,
            payments=self._payments(row.payments, invoices),
            credits=self._payments(row.credits, invoices),
        )

    def _day(self, day: Day) -> date | None:
        return None if day is None else date.fromordinal(day + self._row.since)

    def _money(self, minor: int) -> Money:
        return Money(minor, self._currency) if minor else self._nothing

    def _instruction(self, one: InstructionRow) -> Instruction:
        words, charges, payers = self._words, one.charges, one.payers
        place = [words[place] for place in one.place or ()]
        on, starts, ends, today = [self._day(day) for day in one.days]
        return Instruction(
            one.instruction_id,
            words[one.policy],
            tuple([Charge(words[charges[k]], self._money(charges[k + 1])) for k in range(0, len(charges), 2)]),
            words[one.plan],
            AUTOPAY[one.autopay],
            tuple([Payer(words[payers[k]], PAYERS[payers[k + 1]], payers[k + 2]) for k in range(0, len(payers), 3)]),
            KINDS[one.kind],
            on,
            starts,
            ends,
            words[one.zone],
            today,
            tuple([words[pattern] for pattern in one.earned]),
            Place(place[0], place[1], tuple(place[2:])) if place else None,
        )

    def _invoices(self) -> tuple[Invoice, ...]:
        lists = [self._items(numbers) for numbers in self._row.lists]
        found: list[Invoice] = []
        due = self._row.since
        for number, one in enumerate(self._row.invoices):
            due += one.due
            found.append(
                Invoice(
                    number,
                    self._words[one.payer],
                    date.fromordinal(due - one.lead),
                    date.fromordinal(due),
                    STEPS[one.step],
                    lists[one.items],
                    self._day(one.told),
                    self._day(one.drafted),
                )
            )
        return tuple(found)

    def _items(self, numbers: Numbers) -> tuple[Item, ...]:
        words, lines = self._words, self._row.lines
        found: list[Item] = []
        place = 0
        while place < len(numbers):
            line, how = divmod(numbers[place], MIXED + 1)
            amount = numbers[place + 1]
            policy, pattern, instruction = lines[3 * line : 3 * line + 3]
            paid, credited, written_off = amount if how == PAID else 0, 0, 0
            if how == MIXED:
                paid, credited, written_off = numbers[place + 2 : place + 5]
            place += 5 if how == MIXED else 2
            found.append(Item(words[policy], words[pattern], amount, paid, credited, written_off, instruction))
        return tuple(found)

    def _payments(self, rows: tuple[PaymentRow, ...], invoices: tuple[Invoice, ...]) -> tuple[Payment, ...]:
        found: list[Payment] = []
        before = ""
        for one in rows:
            before = before[: one.alike] + one.ending
            found.append(
                Payment(
                    before,
                    self._words[one.payer],
                    self._money(one.minor),
                    STATUSES[one.status],
                    _distributed(invoices, one.parts),
                    self._money(one.unapplied),
                    one.held,
                    one.disbursed,
                )
            )
        return tuple(found)


def _distributed(invoices: tuple[Invoice, ...], numbers: Numbers) -> Numbers:
    found: list[int] = []
    for place in range(0, len(numbers), 3):
        invoice, item, minor = numbers[place : place + 3]
        found += (invoice, item, invoices[invoice].items[item].amount if minor == WHOLE else minor)
    return tuple(found)
