"""Goal: gb_front gives every record the error that `gatebook exec` reports for it, and the ladder the sets that are in
order, each in its promised cycle, and lets a record in when it may come (REC-5, BOOK-1, BOOK-3, BOOK-6)."""

import os
from collections import deque
from dataclasses import dataclass

import cocotb
from bench import PARAMETERS, known
from gatebook_contract import COMMANDS, ENUMS, PAGE_LEVELS, PRICE_ONE, RESERVED, TICKS
from software import answers_by_record, word
from steps import Cut, Steps

BOOKS, BASKETS = 6, 5
BOOK_BITS, PAGED, PIPELINED, OVERLAP = (PARAMETERS[name] for name in ("BookBits", "Paged", "Pipelined", "Overlap"))
RETIRE = 4 + PAGED + PIPELINED
SET = 1 + PIPELINED
RECORDS = 200 * int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))
#: The finest tick, whose pages the address of the ladder has room for.
FINEST = {7: [1, 25], 3: [10], 1: [100]}[PARAMETERS["SidePageBits"]]
CODES = ENUMS["ErrorCode"]
OPCODES = {code: name for name, (code, _) in COMMANDS.items()}
#: The rest is for whoever executes the record; so is the book of these two.
BY_FRONT = {CODES[name] for name in ("UNKNOWN_OPCODE", "RESERVED_BITS", "BOOK_RANGE", "TICK_INVALID", "TICK_TOO_FINE",
                                     "BOOK_STATE", "LEVEL_RANGE", "BASKET_RANGE")}
BOOK_LATER = ("BASKET_LEG", "BOOK_DIGEST")
TOUCHING = [name for name, (_, layout) in COMMANDS.items() if "commit" in layout]
PULSES = ("valid_i", "release_i")
DATA = ("record_i", "now_i", "book_word_i")


@dataclass
class Record:
    value: int
    error: int = 0
    words: tuple = ()  # of the book table, before it
    at: int = 0  # now_i when it was accepted

    def __post_init__(self):
        self.opcode = OPCODES.get(self.value & 0xFF)
        commits = self.value >> COMMANDS["LEVEL_SET"][1]["commit"][0] & 1
        self.blocks = not OVERLAP or self.opcode != "LEVEL_SET" or bool(commits)
        self.book_low = self.field("LEVEL_SET", "book") % (1 << BOOK_BITS)  # where most commands have it

    def field(self, name, field):
        lsb, bits, *_ = COMMANDS[name][1][field]
        return self.value >> lsb & ((1 << bits) - 1)


def plan(random, finest, count):
    """Records that come near every limit, most of them LEVEL_SETs; the books change their states all the time."""
    for _ in range(count):
        name = random.choice(["LEVEL_SET"] * 30 + ["BOOK_BEGIN", "BOOK_LIVE", "BOOK_STALE"] * 4 + list(COMMANDS))
        fields = {}
        for field, (_, bits, signed, enum) in COMMANDS[name][1].items():
            fields[field] = random.getrandbits(bits - 1) if signed or enum else random.getrandbits(bits)
        fields["book"] = random.choice([*range(BOOKS)] * 4 + [BOOKS, BOOKS + 1, 0x100, 0xFFFF])
        fields["basket"] = random.choice([*range(BASKETS), BASKETS, 0x100])
        fields["tick"] = random.choice([*TICKS, finest, finest, 100, 0, 2, 0x100, 0xFFFF])
        most = PRICE_ONE // random.choice([tick for tick in TICKS if tick >= finest]) - 1
        fields["level"] = random.choice([1, most, random.randint(1, most), most + 1, 0, 0x4001, 0x8000 + most])
        if name == "LEVEL_SET":
            fields |= {"commit": int(random.random() < 0.1), "side": random.randrange(2)}
        value = word(name, **{key: fields[key] for key in COMMANDS[name][1]})
        if random.random() < 0.04:
            value ^= 1 << random.randrange(128)
        if random.random() < 0.02:
            value = random.getrandbits(128)
        # Accepted, it would mute the refusals of all that follows; test_decode has it.
        yield Record(value if value != word("RESTORE_BEGIN") else value | RESERVED["RESTORE_BEGIN"])


def expect(finest, stretches):
    """Fills in the errors, and the words of the book table, which BOOK_DIGEST tells."""
    profile = {"books": BOOKS, "pages": 4, "baskets": BASKETS, "legs": 4, "legs_per_basket": 2, "fairs": 1,
               "books_per_message": 2, "finest_tick": finest}
    digests = [word("BOOK_DIGEST", book=book) for book in range(BOOKS)]
    programs = [sum(([record.value, *digests] for record in stretch), []) for stretch in stretches]
    for stretch, caused in zip(stretches, answers_by_record(profile, programs), strict=True):
        words = (0,) * BOOKS
        for at, record in enumerate(stretch):
            own, *told = caused[at * (1 + BOOKS) : (at + 1) * (1 + BOOKS)]
            refused = next((fields["error"] for event, fields in own if event == "REFUSED"), 0)
            late = refused == CODES["BOOK_RANGE"] and record.opcode in BOOK_LATER
            record.error = refused if refused in BY_FRONT and not late else 0
            record.words = words
            words = tuple(word_of(events[-1][1]) for events in told)


def word_of(digest):
    """As gb_book_word.vh lays it out."""
    code = TICKS.index(digest["tick"]) if digest["tick"] else 0
    masks = digest["mask_top"] << 29 | digest["mask_fair"] << 30
    return digest["state"] | code << 2 | digest["rate"] << 5 | masks


class Front(Steps):
    def __init__(self, dut, enabled_share, stall, finest):
        super().__init__(dut, enabled_share, PULSES, DATA)
        self.stall = stall
        dut.limit_books_i.value, dut.limit_baskets_i.value = BOOKS, BASKETS
        dut.limit_finest_tick_i.value = finest

    async def reset(self):
        await super().reset()
        self.flying = deque()  # [record, age]
        self.last = None  # the record at record_o
        self.ready, self.release_in = 0, self.random.randrange(5)

    async def run(self, records):
        waiting, offered = deque(records), None
        while waiting or offered or self.flying or self.release_in is not None:
            if offered is None and waiting and self.random.random() >= self.stall:
                offered = waiting.popleft()
            if await self.step(offered):
                offered = None

    async def step(self, offered):
        """One cycle with en_i. Returns whether the record was accepted."""
        if self.flying and self.flying[0][1] == RETIRE and self.flying[0][0].blocks:
            self.release_in = self.random.choice([0, 0, 1, 4])
        releases = self.release_in == 0
        inputs = self.idle | {"release_i": int(releases)}
        if offered:
            inputs |= {"valid_i": 1, "record_i": offered.value, "now_i": self.random.getrandbits(16)}
        # The table has the word one cycle after it was asked. One record at a time finds it there until it retires.
        for record, age in self.flying:
            if (age == 1 or not OVERLAP) and record.book_low < BOOKS:
                inputs["book_word_i"] = record.words[record.book_low]
        await self.begin(inputs, {} if OVERLAP else {"book_word_i": inputs["book_word_i"]})
        accepted = bool(offered and self.ready)
        self.check_input(offered, accepted)
        self.check_outputs()
        await self.end()
        for flying in self.flying:
            flying[1] += 1
        if self.flying and self.flying[0][1] > RETIRE:
            self.last = self.flying.popleft()[0]
        if accepted:
            offered.at = inputs["now_i"]
            self.flying.append([offered, 1])
            if not OVERLAP:
                self.last = None
        if accepted and offered.blocks:
            self.ready = 0
        elif releases:
            self.ready = 1
        if self.release_in is not None:
            self.release_in = None if releases else self.release_in - 1
        return accepted

    def look_frozen(self):
        assert known(self.dut.ready_o) == 0, "a record that is offered now would be lost"

    def check_input(self, offered, accepted):
        assert known(self.dut.ready_o) == self.ready
        assert known(self.dut.book_read_o) == int(accepted)
        if accepted:
            assert known(self.dut.book_address_o) == offered.book_low
        assert known(self.dut.empty_o) == int(not self.flying)

    def check_outputs(self):
        at = {age: record for record, age in self.flying}
        assert known(self.dut.dirty_read_o) == int(RETIRE - 1 in at)
        if RETIRE - 1 in at and at[RETIRE - 1].error == 0 and at[RETIRE - 1].opcode in TOUCHING:
            assert known(self.dut.dirty_address_o) == at[RETIRE - 1].book_low
        self.check_set(at.get(SET))
        assert known(self.dut.valid_o) == int(RETIRE in at)
        if RETIRE in at:
            self.check_retiring(at[RETIRE])
        elif self.last:
            assert known(self.dut.record_o) == self.last.value, "it stays until the next one is there"

    def check_set(self, record):
        enters = record is not None and record.opcode == "LEVEL_SET" and record.error == 0
        assert known(self.dut.set_valid_o) == int(enters)
        if enters:
            tick = TICKS[record.words[record.book_low] >> 2 & 7]
            level, side = record.field("LEVEL_SET", "level"), record.field("LEVEL_SET", "side")
            place = divmod(level - 1 if side else PRICE_ONE // tick - 1 - level, PAGE_LEVELS)
            assert known(self.dut.set_side_o) == record.book_low * 2 + side
            assert (known(self.dut.set_page_o), known(self.dut.set_slot_o)) == place
            assert known(self.dut.set_size_o) == record.field("LEVEL_SET", "size")

    def check_retiring(self, record):
        assert known(self.dut.error_o) == record.error, f"{record.opcode} {record.value:032x}"
        assert known(self.dut.record_o) == record.value
        assert known(self.dut.accepted_at_o) == record.at
        layout = COMMANDS[record.opcode][1] if record.opcode else {}
        if "book" in layout:
            book = record.field(record.opcode, "book")
            assert known(self.dut.book_in_range_o) == int(book < BOOKS)
            assert known(self.dut.book_o) == book % (1 << BOOK_BITS)
            if book < BOOKS and record.opcode != "BASKET_LEG":
                assert known(self.dut.book_word_o) == record.words[book]
        if record.opcode == "BOOK_BEGIN" and record.error == 0:
            assert known(self.dut.tick_code_o) == TICKS.index(record.field("BOOK_BEGIN", "tick"))


@cocotb.test()
@cocotb.parametrize(finest=FINEST, share=[1.0, 0.5])
async def every_kind_of_record(dut, finest, share):
    front = Front(dut, share, 0.0 if share == 1.0 else 0.3, finest)
    records = list(plan(front.random, finest, RECORDS))
    expect(finest, [records])
    assert len({record.error for record in records} & BY_FRONT) >= 6
    await front.reset()
    await front.run(records)


@cocotb.test()
async def resets_in_mid_traffic(dut):
    front = Front(dut, 0.8, 0.1, FINEST[0])
    stretches = [list(plan(front.random, FINEST[0], 15)) for _ in range(RECORDS // 8)]
    expect(FINEST[0], stretches)
    for stretch in stretches:
        await front.reset()
        front.left = front.random.randrange(70)
        try:
            await front.run(stretch)
        except Cut:
            pass
    await front.reset()
    await front.run(stretches[-1])
