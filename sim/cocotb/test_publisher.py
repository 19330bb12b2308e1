"""Goal: gb_publisher with gb_row_table publishes the rows, TOP events, costs and differences that follow from `gatebook
exec`, in the promised cycles (MSG-2 to MSG-4, ROW-1 to ROW-4). The bench is ladder, book table and dirty set. What a
row costs is told by fair values of 1 USD and of 0, whose signals are always open."""

import os
from dataclasses import dataclass

import cocotb
from bench import PARAMETERS, known
from gatebook_contract import MICRO_ONE, PAGE_LEVELS, PRICE_ONE, TICKS
from software import answers_by_record, word
from steps import Cut, Steps

BOOKS = 1 << PARAMETERS["BookBits"]
SERIAL, PIPELINED = PARAMETERS["SerialFee"], PARAMETERS["Pipelined"]
TICK = 50
MOST = PRICE_ONE // TICK - 1
MESSAGES = (30 if SERIAL else 70) * int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))
FIND_CYCLES = 7 if PIPELINED else 4
PATIENCE_CYCLES = 1000
PULSES = ("clear_i", "start_i", "found_valid_i", "delta_done_i", "eval_done_i", "fair_done_i", "read_i")
DATA = ("clear_index_i", "first_book_i", "count_i", "list_book_i", "found_i", "found_page_i", "found_slot_i",
        "found_size_i", "book_word_i", "has_members_i", "fair_any_i", "read_book_i")
GIVEN = ("done_o", "top_valid_o", "delta_valid_o", "eval_start_o", "fair_valid_o", "find_valid_o", "drop_o", "forget_o",
         "list_read_o", "book_read_o")
TOP_FIELDS = ("bid_price", "bid_size", "ask_price", "ask_size")
STAYS = ("list_book_i", "has_members_i")  # until the next read, the next book
EMPTY = {"bid_price": 0, "bid_size": 0, "ask_price": 0, "ask_size": 0, "yes": 0, "no": 0}
ROW = {"bid_price": "bid_price_o", "bid_size": "bid_size_o", "ask_price": "ask_price_o", "ask_size": "ask_size_o",
       "yes": "yes_cost_o", "no": "no_cost_o"}


@dataclass
class Message:
    tops: list  # TOP events
    rows: list  # of every book, afterwards
    words: list  # of the book table


def plan(random, count):
    """Messages: lists of (name, fields), the last of which commits."""
    for book in range(BOOKS):
        yield [("BOOK_BEGIN", {"book": book, "tick": TICK}), ("BOOK_LIVE", {"book": book, "commit": 1})]
    for _ in range(count):
        message = []
        for _ in range(random.choice([1, 1, 2, 6])):
            name = random.choice(["LEVEL_SET"] * 12 + ["BOOK_FEE"] * 3 + ["BOOK_STALE", "BOOK_LIVE"])
            fields = {"book": random.randrange(BOOKS)}
            if name == "LEVEL_SET":
                size = random.choice([0, 0, 1, random.getrandbits(48)])
                level = random.choice([1, 60, 100, 101, MOST])
                fields |= {"side": random.randrange(2), "level": level, "size": size}
            elif name == "BOOK_FEE":
                fields["rate"] = random.choice([0, 2**24 - 1, random.getrandbits(24)])
            message.append((name, fields))
        if random.random() < 0.2:
            masks = {"mask_top": random.randrange(2), "mask_fair": random.randrange(2)}
            message.append(("BOOK_MASK", {"book": random.randrange(BOOKS)} | masks))
        yield [*message, ("BOOK_FEE", {"book": random.randrange(BOOKS), "rate": random.getrandbits(24), "commit": 1})]


def expect(stretches):
    """Messages of each stretch. Asked twice: with the masks, for the TOP events, and without, for the rows."""
    profile = {"books": BOOKS, "pages": 4 * BOOKS, "baskets": 0, "legs": 0, "legs_per_basket": 0, "fairs": 1,
               "books_per_message": BOOKS, "finest_tick": TICK}
    bare = [[[(name, fields) for name, fields in message if name != "BOOK_MASK"] for message in stretch]
            for stretch in stretches]
    probes = [probe for book in range(BOOKS) for probe in (
        ("FAIR_SET", {"book": book, "fair": MICRO_ONE, "band": 0}), ("FAIR_SET", {"book": book, "fair": 0, "band": 0}),
        ("FAIR_CLEAR", {"book": book}))]
    digests = [("BOOK_DIGEST", {"book": book}) for book in range(BOOKS)]
    masked, told = ask(profile, stretches, digests), ask(profile, bare, probes)
    return [list(messages(one, other)) for one, other in zip(masked, told, strict=True)]


def ask(profile, stretches, questions):
    """For each message of each stretch its events, and those of the questions behind it."""
    programs = [[word(name, **fields) for message in stretch for name, fields in (*message, *questions)]
                for stretch in stretches]
    found = []
    for stretch, answer in zip(stretches, answers_by_record(profile, programs), strict=True):
        records = iter(answer)
        found.append([tuple([event for _ in part for event in next(records)] for part in (message, questions))
                      for message in stretch])
    return found


def messages(masked, told):
    rows = [EMPTY] * BOOKS
    for (events, digests), (all_events, signals) in zip(masked, told, strict=True):
        rows = list(rows)
        for name, fields in all_events:
            if name == "TOP":
                rows[fields["book"]] = {key: fields.get(key, 0) for key in EMPTY}
        for book in range(BOOKS):
            rows[book] = rows[book] | {"yes": 0, "no": 0}
        for _, fields in signals:
            if fields["kind"] == 8 and fields["action"] == 1:
                rows[fields["id"]]["yes"] = MICRO_ONE - fields["edge"]
            if fields["kind"] == 9 and fields["action"] == 1:
                rows[fields["id"]]["no"] = MICRO_ONE - fields["edge"]
        words = [digest["state"] | (TICKS.index(digest["tick"]) if digest["tick"] else 0) << 2 | digest["rate"] << 5
                 | digest["mask_top"] << 29 | digest["mask_fair"] << 30 for _, digest in digests]
        yield Message([fields for name, fields in events if name == "TOP"], rows, words)


class Publisher(Steps):
    def __init__(self, dut, enabled_share):
        super().__init__(dut, enabled_share, PULSES, DATA)

    async def restart(self):
        await self.reset()
        self.rows, self.fair_any = [EMPTY] * BOOKS, 0
        self.answers = {}  # inputs by the number of cycles until they are due
        self.kept = {}  # inputs that stay until they are replaced
        self.quiet = True
        for index in range(2 * BOOKS):
            await self.step(clear_i=1, clear_index_i=index)

    def later(self, cycles, **inputs):
        self.answers[cycles] = self.answers.get(cycles, {}) | inputs

    async def step(self, **inputs):
        due = self.answers.get(0, {})
        self.answers = {cycles - 1: each for cycles, each in self.answers.items() if cycles}
        self.kept |= {name: value for name, value in due.items() if name in STAYS}
        await self.begin(self.idle | self.kept | due | inputs)
        pulses = {name for name in GIVEN if known(getattr(self.dut, name))}
        assert not (self.quiet and pulses), pulses
        if not self.quiet:
            self.look(pulses)
        await self.end()

    def look(self, pulses):
        """The part of dirty set, book table, ladder and detectors."""
        self.cycle += 1
        assert ("done_o" in pulses) == ("forget_o" in pulses)
        if "list_read_o" in pulses:
            at = known(self.dut.list_index_o)  # also behind the last book, for nothing
            self.later(0, list_book_i=self.books[at] if at < len(self.books) else self.idle["list_book_i"])
        book = known(self.dut.book_o) if pulses & {"drop_o", "find_valid_o", "book_read_o", "delta_valid_o",
                                                   "fair_valid_o"} else None
        if "drop_o" in pulses:
            self.kept.pop("has_members_i", None)
            self.dropped.append(book)
            self.later(2, has_members_i=int(book in self.watched))
        if "book_read_o" in pulses:
            self.later(0, book_word_i=self.message.words[book])
        if "find_valid_o" in pulses:
            self.later(FIND_CYCLES - 1, found_valid_i=1, **self.found(book, known(self.dut.find_ask_o)))
        if "top_valid_o" in pulses:
            values = [known(getattr(self.dut, f"top_{key}_o")) for key in TOP_FIELDS]
            self.tops.append((self.dropped[-1], *values))
            self.top_cycles.append(self.cycle)
        if "delta_valid_o" in pulses:
            self.deltas.append((book, *(signed(getattr(self.dut, name)) for name in
                                        ("delta_yes_o", "delta_no_o", "missing_yes_o", "missing_no_o"))))
            self.later(self.random.choice([0, 0, 2]), delta_done_i=1)
        if "eval_start_o" in pulses:
            self.evaluations += 1
            self.later(self.random.choice([0, 0, 3]), eval_done_i=1)
        if "fair_valid_o" in pulses:
            self.fairs.append((book, known(self.dut.fair_mask_o)))
            self.later(self.random.choice([1, 4]), fair_done_i=1)
        self.done = "done_o" in pulses

    def found(self, book, ask):
        """What the ladder finds; for a book that is not LIVE it does not matter."""
        if self.message.words[book] & 3 != 2:
            return {}
        row = self.message.rows[book]
        price, size = (row["ask_price"], row["ask_size"]) if ask else (row["bid_price"], row["bid_size"])
        if not price:
            return {"found_i": 0}
        page, slot = divmod(price // TICK - 1 if ask else MOST - price // TICK, PAGE_LEVELS)
        return {"found_i": 1, "found_page_i": page, "found_slot_i": slot, "found_size_i": size}

    def compose(self, message):
        """The books of the message: those that changed, in the order of their TOP events, and others."""
        books = list(dict.fromkeys(top["book"] for top in message.tops))
        for book in self.random.sample(range(BOOKS), BOOKS):
            if book not in books and (message.rows[book] != self.rows[book] or self.random.random() < 0.2):
                books.insert(self.random.randint(0, len(books)), book)
        return books

    async def publish(self, message):
        self.message, self.books = message, self.compose(message)
        self.watched = {book for book in range(BOOKS) if self.random.random() < 0.5}
        self.fair_any = int(self.random.random() < 0.4)
        self.tops, self.top_cycles, self.deltas, self.fairs, self.dropped = [], [], [], [], []
        self.evaluations, self.cycle, self.done = 0, -1, False
        if not self.books:
            return
        self.quiet = False
        self.kept = {"first_book_i": self.books[0], "count_i": len(self.books), "fair_any_i": self.fair_any}
        await self.step(start_i=1)
        while not self.done:
            await self.step()
            assert self.cycle < PATIENCE_CYCLES, "it does not end"
        self.quiet, self.kept = True, {}
        self.check()
        while known(self.dut.costs_pending_o):
            await self.step()
        self.rows = message.rows
        for book in self.random.sample(range(BOOKS), BOOKS):
            await self.step(read_i=1, read_book_i=book)
            await self.step()
            assert {key: known(getattr(self.dut, port)) for key, port in ROW.items()} == self.rows[book]

    def check(self):
        assert self.dropped == self.books
        expected = [(top["book"], *(top[key] for key in TOP_FIELDS)) for top in self.message.tops]
        assert self.tops == expected
        if self.tops and self.tops[0][0] == self.books[0]:
            assert self.top_cycles[0] == 6 + (4 if PIPELINED else 0)
        told = [book for book in self.books if SERIAL or self.fair_any or book in self.watched]
        assert self.deltas == [(book, *self.differences(book)) for book in told]
        assert self.evaluations == int(bool(told))
        masks = [self.message.words[book] >> 30 & 1 for book in self.books]
        assert self.fairs == (list(zip(self.books, masks, strict=True)) if self.fair_any else [])
        if not told:  # as many cycles as the books take to be found
            assert self.cycle == len(self.books) * (6 + (4 if PIPELINED else 0))

    def differences(self, book):
        old, new = self.rows[book], self.message.rows[book]
        return (new["yes"] - old["yes"], new["no"] - old["no"],
                (new["yes"] == 0) - (old["yes"] == 0), (new["no"] == 0) - (old["no"] == 0))


def signed(handle):
    value = handle.value
    assert value.is_resolvable, f"{handle._path} = {value}"
    return value.to_signed()


@cocotb.test()
@cocotb.parametrize(share=[1.0, 0.6])
async def as_the_software(dut, share):
    publisher = Publisher(dut, share)
    stretch = list(plan(publisher.random, MESSAGES))
    expected = expect([stretch])[0]
    await publisher.restart()
    for message in expected:
        await publisher.publish(message)


@cocotb.test()
async def resets_in_mid_traffic(dut):
    publisher = Publisher(dut, 0.8)
    stretches = [list(plan(publisher.random, 8)) for _ in range(8)]
    for expected in expect(stretches):
        await publisher.restart()
        publisher.left = publisher.random.randrange(300)
        try:
            for message in expected:
                await publisher.publish(message)
        except Cut:
            pass
