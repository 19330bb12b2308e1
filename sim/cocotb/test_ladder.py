"""Goal: gb_ladder and gb_digest say what `gatebook exec` says of the same levels: which set changes something and which
finds no page, the best level after each, the digest of a book (BOOK-2 to BOOK-6, INT-4); each in its promised cycle."""

import os
from collections import deque
from dataclasses import dataclass

import cocotb
from bench import PARAMETERS, known
from gatebook_contract import PAGE_LEVELS, PRICE_ONE, TICKS
from software import answers_by_record, word
from steps import Cut, Steps

TICK = 25
MOST = PRICE_ONE // TICK - 1  # levels of a side
BOOKS = 1 << PARAMETERS["BookBits"]
OTHER_BOOK = BOOKS  # known to `gatebook exec` alone
PAGED, OVERLAP = PARAMETERS["Paged"], PARAMETERS["Overlap"]
SET_CYCLES = 4 if PAGED else 3
FIND_CYCLES = 7 if PARAMETERS["Pipelined"] else 4
PATIENCE_CYCLES = 3000
OPERATIONS = 240 * int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))
#: Without a page table nothing is ever refused for want of pages.
LIMITS = [0, 1, 3, PARAMETERS["Pages"]] if PAGED else [(BOOKS + 1) * 2 * PARAMETERS["SidePages"]]
#: Pages, and the share of cycles with en_i.
CASES = [(limit, share) for limit in LIMITS for share in (1.0, 0.6) if limit == LIMITS[-1] or share == 1.0]
#: Inputs that say that something is to be done, and those that count only then.
PULSES = ("clear_i", "set_valid_i", "find_valid_i", "start_i", "hold_i")
DATA = ("clear_index_i", "set_side_i", "set_page_i", "set_slot_i", "set_size_i", "commit_i", "find_side_i", "wipe_i",
        "book_i")


@dataclass
class Operation:
    """What is done, and what must come of it."""

    kind: str
    book: int = 0
    side: int = 0
    level: int = 0
    size: int = 0
    commit: bool = True
    gap: int = 0
    sides: tuple = ()
    changed: bool = False
    full: bool = False
    expected: object = None


def plan(random, count):
    """Sets in runs, mostly on few levels, so that one comes upon another in each stage; then finds, walks, wipes."""
    hot = []
    while count > 0:
        hot = [(random.randrange(BOOKS), random.randrange(2), random.randint(1, MOST))
               for _ in range(random.choice([1, 2, 3, 8]))]
        crowded = random.random() < 0.5  # neighbours: one leaf, or one page
        for _ in range(random.choice([3, 8, 20])):
            book, side, level = random.choice(hot)
            if crowded:
                level = min(MOST, max(1, level + random.randrange(-20, 21)))
            size = random.choice([0, 0, 0, 1, 2, random.getrandbits(48)])
            count -= 1
            yield Operation("set", book, side, level, size, random.random() < 0.8, random.choice([0, 0, 0, 1, 2, 5]))
        kind = random.choice(["find", "find", "find", "digest", "digest", "wipe"])
        # A find of its last books shows the rest behind the levels that were just removed.
        sides = tuple((random.choice([hot[0][0], random.randrange(BOOKS)]), random.randrange(2))
                      for _ in range(random.choice([1, 2, 5])))
        yield Operation(kind, random.choice(hot)[0], sides=sides)


def records(operation):
    """The same for `gatebook exec`. A message may touch one book: a set behind a change of another book is refused as
    MESSAGE_LIMIT exactly if it would change a size (BOOK-4)."""
    book = operation.book
    if operation.kind == "set":
        level = {"book": book, "side": operation.side, "level": operation.level, "size": operation.size}
        yield word("BOOK_FEE", book=OTHER_BOOK)
        yield word("LEVEL_SET", **level)
        yield word("BOOK_FEE", book=OTHER_BOOK, commit=1)
        if operation.commit:
            yield word("LEVEL_SET", commit=1, **level)
    elif operation.kind == "digest":
        yield word("BOOK_DIGEST", book=book)
    elif operation.kind == "wipe":
        yield word("BOOK_DIGEST", book=book)
        yield word("BOOK_BEGIN", book=book, tick=TICK, commit=1)
        yield word("BOOK_LIVE", book=book, commit=1)


def expect(limit, stretches):
    """Fills in what `gatebook exec` answers. stretches: lists of operations, each from cleared memories."""
    profile = {"books": BOOKS + 1, "pages": limit, "baskets": 0, "legs": 0, "legs_per_basket": 0, "fairs": 0,
               "books_per_message": 1, "finest_tick": TICK}
    opening = [word(name, book=book, commit=1, **more)
               for book in range(BOOKS)
               for name, more in (("BOOK_BEGIN", {"tick": TICK}), ("BOOK_LIVE", {}))]
    programs = [[list(records(each)) for each in stretch] for stretch in stretches]
    found = answers_by_record(profile, [opening + sum(program, []) for program in programs])
    for stretch, program, answer in zip(stretches, programs, found, strict=True):
        best = {}  # price and size by (book, side): the last TOP
        at = len(opening)
        for operation, commands in zip(stretch, program, strict=True):
            events = [event for caused in answer[at : at + len(commands)] for event in caused]
            at += len(commands)
            fill_in(operation, events, best)


def fill_in(operation, events, best):
    errors = [fields["error"] for name, fields in events if name == "REFUSED"]
    assert set(errors) <= {8, 9}, "MESSAGE_LIMIT or PAGE_LIMIT, no other"
    operation.changed, operation.full = 8 in errors, 9 in errors
    for name, fields in events:
        if name == "TOP":
            best[fields["book"], 0] = (fields["bid_price"], fields["bid_size"])
            best[fields["book"], 1] = (fields["ask_price"], fields["ask_size"])
        if name == "BOOK_DIGEST":
            operation.expected = (fields["bids"], fields["asks"], fields["crc"])
    if operation.kind == "find":
        operation.expected = [best.get(side, (0, 0)) for side in operation.sides]


def place_of(side, level):
    """{page, slot} as BOOK-6 counts them."""
    return divmod(level - 1 if side else MOST - level, PAGE_LEVELS)


class Ladder(Steps):
    def __init__(self, dut, enabled_share, limit):
        super().__init__(dut, enabled_share, PULSES, DATA)
        self.forget()
        dut.tick_code_i.value = TICKS.index(TICK)
        dut.limit_pages_i.value = limit if PAGED else self.blank("limit_pages_i")

    def forget(self):
        self.sets, self.finds = deque(), deque()  # [operation or (side, (price, size)), age]
        self.walking = False

    async def step(self, **inputs):
        """One cycle with en_i and what it shows."""
        inputs = self.idle | inputs
        retiring = self.sets and self.sets[0][1] == SET_CYCLES
        if retiring:
            inputs["commit_i"] = int(self.sets[0][0].commit)
        # One set at a time keeps its inputs until it is retired.
        await self.begin(inputs, {} if OVERLAP else {name: inputs[name] for name in DATA})
        if retiring:
            self.check_set(self.sets.popleft()[0])
        assert known(self.dut.found_valid_o) == int(bool(self.finds) and self.finds[0][1] == FIND_CYCLES)
        if known(self.dut.found_valid_o):
            self.check_find(*self.finds.popleft()[0])
        self.walk_done, self.digest_done = known(self.dut.walk_done_o), known(self.dut.digest_done_o)
        assert self.walking or not (self.walk_done or self.digest_done)
        await self.end()
        for flying in (*self.sets, *self.finds):
            flying[1] += 1

    def check_set(self, operation):
        assert known(self.dut.changed_o) == operation.changed, operation
        full = known(self.dut.full_o)
        # Whether there would have been a page for a set that is refused for another reason, nobody can ask.
        assert not operation.commit or full == operation.full, operation

    def check_find(self, side, expected):
        price, size = expected
        assert known(self.dut.found_o) == int(price != 0)
        if price:
            found = known(self.dut.found_page_o), known(self.dut.found_slot_o)
            assert found == place_of(side, price // TICK), f"side {side}: best price {price}"
            assert known(self.dut.found_size_o) == size

    async def drain(self):
        while self.sets or self.finds:
            await self.step()

    async def set(self, operation):
        for _ in range(operation.gap):
            await self.step()
        page, slot = place_of(operation.side, operation.level)
        inputs = {"set_side_i": operation.book * 2 + operation.side, "set_page_i": page, "set_slot_i": slot,
                  "set_size_i": operation.size}
        self.sets.append([operation, 0])
        await self.step(set_valid_i=1, **inputs)
        while self.sets and not OVERLAP:
            await self.step(**inputs)

    async def find(self, operation):
        await self.drain()
        for (book, side), expected in zip(operation.sides, operation.expected, strict=True):
            self.finds.append([(side, expected), 0])
            await self.step(find_valid_i=1, find_side_i=book * 2 + side)
        await self.drain()

    async def walk(self, operation, wipe):
        """Returns the cycles to walk_done_o."""
        await self.drain()
        self.walking = True
        await self.step(start_i=1, wipe_i=wipe, book_i=operation.book)
        cycles = None
        for cycle in range(1, PATIENCE_CYCLES):
            await self.step(hold_i=int(self.random.random() < 0.3))
            if self.walk_done:
                assert cycles is None, "done once"
                cycles = cycle
            if self.walk_done if wipe else self.digest_done:
                self.walking = False
                return cycles
        raise AssertionError("the walk does not end")

    async def wipe(self, operation):
        cycles = await self.walk(operation, 1)
        # Pages are given back only where there is a page table.
        empty = not PAGED or operation.expected == (0, 0, 0)
        assert cycles == 7 if empty else cycles <= 7 + 2 * 2 * PARAMETERS["SidePages"], cycles

    async def digest(self, operation):
        await self.walk(operation, 0)
        for _ in range(self.random.randrange(3)):
            await self.step()
        found = tuple(known(handle) for handle in (self.dut.bids_o, self.dut.asks_o, self.dut.crc_o))
        assert found == operation.expected, operation

    async def clear(self):
        for index in range(2 * BOOKS):
            await self.step(clear_i=1, clear_index_i=index)

    async def reset(self):
        await super().reset()
        self.forget()
        await self.clear()

    async def run(self, operations):
        for operation in operations:
            await getattr(self, operation.kind)(operation)
        await self.drain()


@cocotb.test()
@cocotb.parametrize((("limit", "share"), CASES))
async def as_the_software(dut, limit, share):
    ladder = Ladder(dut, share, limit)
    stretches = [list(plan(ladder.random, OPERATIONS // 2)) for _ in range(2)]
    expect(limit, stretches)
    assert any(operation.changed for operation in stretches[0])
    await ladder.reset()
    await ladder.run(stretches[0])
    await ladder.clear()  # as RESTORE_BEGIN does, without a reset
    await ladder.run(stretches[1])


@cocotb.test()
async def resets_in_mid_traffic(dut):
    limit = LIMITS[-1]
    ladder = Ladder(dut, 0.8, limit)
    stretches = [list(plan(ladder.random, 40)) for _ in range(OPERATIONS // 20)]
    expect(limit, stretches)
    for stretch in stretches:
        await ladder.reset()
        ladder.left = ladder.random.randrange(200)
        try:
            await ladder.run(stretch)
        except Cut:
            pass
    await ladder.reset()
    ladder.left = None
    await ladder.run(stretches[-1])
