"""Goal: gb_fair_engine refuses, opens, changes and closes as `gatebook exec` does, in the promised cycles (FAIR-1,
FAIR-2, MSG-4, BOOK-8). The bench is the table of rows: those of the TOP events, without fees."""

import os

import cocotb
from bench import PARAMETERS, known
from gatebook_contract import ENUMS, FAIR_MAX, MICRO_PER_PRICE, PRICE_ONE
from software import answers_by_record, word
from steps import Cut, Steps

BOOKS = PARAMETERS["Books"]
TICK = 100
RECORDS = 600 * int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))
CYCLES = {  # after the start, as the header has them: signals by kind, and the end
    "eval": {8: 4, 9: 5, "done": 5},
    "FAIR_SET": {8: 5, 9: 6, "done": 6},
    "FAIR_CLEAR": {8: 4, 9: 5, "done": 5},
}
NOTHING_TO_EVALUATE, REFUSAL = 2, 3
PATIENCE_CYCLES = 20
PULSES = ("clear_i", "exec_valid_i", "eval_valid_i")
DATA = ("clear_index_i", "exec_record_i", "eval_book_i", "mask_i", "row_yes_valid_i", "row_yes_cost_i",
        "row_ask_size_i", "row_no_valid_i", "row_no_cost_i", "row_bid_size_i")


def plan(random, count):
    """Records as (name, fields): every book goes up and down around its fair value, in messages of one book."""
    for book in range(BOOKS):
        yield "BOOK_BEGIN", {"book": book, "tick": TICK, "commit": 1}
        yield "BOOK_LIVE", {"book": book, "commit": 1}
    for _ in range(count):
        book = random.randrange(BOOKS)
        name = random.choice(["LEVEL_SET"] * 16 + ["FAIR_SET"] * 5
                             + ["FAIR_CLEAR", "BOOK_MASK", "BOOK_STALE", "BOOK_LIVE"])
        fields = {"book": book} | ({"commit": 1} if name in ("LEVEL_SET", "BOOK_STALE", "BOOK_LIVE") else {})
        if name == "LEVEL_SET":
            size = random.choice([0, 1, 2, 3, random.getrandbits(48)])
            fields |= {"side": random.randrange(2), "level": random.choice([1, 49, 50, 51, 99]), "size": size}
        elif name == "FAIR_SET":
            fair = random.choice([490_000, 500_000, 510_000] * 3 + [0, FAIR_MAX, random.randint(0, FAIR_MAX)])
            band = random.choice([0, 0, 0, 1, 10_000, 20_000, 500_000, FAIR_MAX])
            over = random.choice([0] * 6 + [1, 2, 3])
            fields["fair"] = random.choice([FAIR_MAX + 1, 2**31, 2**32 - 1]) if over & 1 else fair
            fields["band"] = random.choice([FAIR_MAX + 1, 2**20, 2**32 - 1]) if over & 2 else band
        elif name == "BOOK_MASK":
            fields["mask_fair"] = random.randrange(2)
        yield name, fields


def expect(limit, stretches):
    """For each record of each stretch: the error, the row of its book afterwards, and its signals."""
    profile = {"books": BOOKS, "pages": 2 * BOOKS, "baskets": 0, "legs": 0, "legs_per_basket": 0, "fairs": limit,
               "books_per_message": 1, "finest_tick": TICK}
    programs = [[word(name, **fields) for name, fields in stretch] for stretch in stretches]
    return [[told(caused) for caused in answer] for answer in answers_by_record(profile, programs)]


def told(caused):
    error = next((fields["error"] for name, fields in caused if name == "REFUSED"), 0)
    row = next((fields for name, fields in caused if name == "TOP"), None)
    signals = [(fields["kind"], fields["action"], fields["id"], fields["edge"], fields["size"])
               for name, fields in caused if name == "SIGNAL"]
    return error, row, signals


def row_inputs(top):
    """The row of a TOP event as the row table gives it; nobody may look at what is absent (ROW-3 with a rate of 0)."""
    inputs = {"row_yes_valid_i": int(top["ask_price"] != 0), "row_no_valid_i": int(top["bid_price"] != 0)}
    if top["ask_price"]:
        inputs |= {"row_yes_cost_i": MICRO_PER_PRICE * top["ask_price"], "row_ask_size_i": top["ask_size"]}
    if top["bid_price"]:
        cost = MICRO_PER_PRICE * (PRICE_ONE - top["bid_price"])
        inputs |= {"row_no_cost_i": cost, "row_bid_size_i": top["bid_size"]}
    return inputs


class Fair(Steps):
    def __init__(self, dut, enabled_share, limit):
        super().__init__(dut, enabled_share, PULSES, DATA)
        dut.limit_fairs_i.value = limit

    async def restart(self, with_reset):
        if with_reset:
            await self.reset()
        self.row_due, self.working = None, False
        for index in range(2 * BOOKS):
            await self.step(clear_i=1, clear_index_i=index)
        self.rows = {book: {"ask_price": 0, "bid_price": 0} for book in range(BOOKS)}
        self.masks, self.holders = [0] * BOOKS, set()

    async def step(self, **inputs):
        """One cycle with en_i. Returns the signal that it brings, or None."""
        if self.row_due is not None:
            inputs |= row_inputs(self.rows[self.row_due])
        await self.begin(self.idle | inputs)
        self.row_due = known(self.dut.row_book_o) if known(self.dut.row_read_o) else None
        self.done = known(self.dut.exec_done_o), known(self.dut.eval_done_o)
        signal = None
        if known(self.dut.signal_valid_o):
            edge = known(self.dut.signal_edge_o)
            signal = (known(self.dut.signal_kind_o), known(self.dut.signal_action_o), known(self.dut.signal_id_o),
                      edge - (edge >> 31 << 32), known(self.dut.signal_size_o))
        assert self.working or (signal is None and self.done == (0, 0)), "nobody has asked"
        await self.end()
        return signal

    async def work(self, start, held):
        """Returns its cycles and its signals, each with its cycle."""
        self.working = True
        await self.step(**start, **held)
        signals = []
        for cycle in range(1, PATIENCE_CYCLES):
            signal = await self.step(**held)
            if signal:
                signals.append((cycle, signal))
            if self.done != (0, 0):
                self.working = False
                assert self.done == (int("exec_valid_i" in start), int("eval_valid_i" in start))
                return cycle, signals
        raise AssertionError("it does not end")

    async def run(self, stretch, answers):
        for (name, fields), (error, row, signals) in zip(stretch, answers, strict=True):
            book = fields["book"]
            if name in ("FAIR_SET", "FAIR_CLEAR"):
                held = {"exec_record_i": word(name, **fields), "mask_i": self.masks[book]}
                found = await self.work({"exec_valid_i": 1}, held)
                assert known(self.dut.exec_error_o) == error, (name, fields)
                timing = CYCLES[name] if error == 0 else {"done": REFUSAL}
                if error == 0:
                    (self.holders.add if name == "FAIR_SET" else self.holders.remove)(book)
            else:
                if name == "BOOK_MASK":
                    self.masks[book] = fields["mask_fair"]
                self.rows[book] = row or self.rows[book]
                found = await self.work({"eval_valid_i": 1, "eval_book_i": book}, {"mask_i": self.masks[book]})
                timing = CYCLES["eval"] if book in self.holders else {"done": NOTHING_TO_EVALUATE}
            assert found == (timing["done"], [(timing[each[0]], each) for each in signals]), (name, fields)
            for _ in range(self.random.choice([0, 0, 1, 3])):
                await self.step()
            assert known(self.dut.any_o) == int(bool(self.holders))


@cocotb.test()
@cocotb.parametrize((("limit", "share"), [(1, 1.0), (BOOKS - 1, 0.5), (BOOKS, 1.0), (BOOKS, 0.5)]))
async def as_the_software(dut, limit, share):
    fair = Fair(dut, share, limit)
    stretches = [list(plan(fair.random, RECORDS // 2)) for _ in range(2)]
    answers = expect(limit, stretches)
    errors = {error for answer in answers for error, _, _ in answer}
    names = ["FAIR_RANGE", "BAND_RANGE", "FAIR_ABSENT"] + (["FAIR_LIMIT"] if limit < BOOKS else [])
    assert {ENUMS["ErrorCode"][name] for name in names} <= errors, "each of its refusals comes up"
    seen = {signal[:2] for answer in answers for _, _, signals in answer for signal in signals}
    assert limit == 1 or len(seen) == 6, "both kinds open, change and close"
    await fair.restart(with_reset=True)
    await fair.run(stretches[0], answers[0])
    await fair.restart(with_reset=False)  # as RESTORE_BEGIN does
    await fair.run(stretches[1], answers[1])


@cocotb.test()
async def resets_in_mid_traffic(dut):
    fair = Fair(dut, 0.8, BOOKS)
    stretches = [list(plan(fair.random, 30)) for _ in range(RECORDS // 40)]
    answers = expect(BOOKS, stretches)
    for stretch, answer in zip(stretches, answers, strict=True):
        await fair.restart(with_reset=True)
        fair.left = fair.random.randrange(250)
        try:
            await fair.run(stretch, answer)
        except Cut:
            pass
    await fair.restart(with_reset=True)
    await fair.run(stretches[-1], answers[-1])
