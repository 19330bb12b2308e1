"""Goal: gb_basket_engine refuses, opens, changes and closes as `gatebook exec` does, in the promised cycles (BSK-1 to
BSK-6, MSG-4, MSG-6). The bench is publisher and table of rows: those of the TOP events, without fees."""

import os

import cocotb
from bench import PARAMETERS, known
from gatebook_contract import ENUMS, MICRO_PER_PRICE, PAYOUT_MAX, PRICE_ONE
from software import answers_by_record, word
from steps import Cut, Steps

BOOKS, BASKETS, BASKET_LEGS = (PARAMETERS[name] for name in ("Books", "Baskets", "LegsPerBasket"))
TICK = 100
RECORDS = 400 * int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))
#: Legs, legs of a basket, and the share of cycles with en_i: one case for each of the two limits.
LIMITS = [(5 * BASKETS, 2, 1.0), (BASKETS + 4, BASKET_LEGS, 0.6)]
PATIENCE_CYCLES = 300
CODES = ENUMS["ErrorCode"]
#: Refusals of BASKET_LEG that come only when the basket has been searched.
AFTER_SEARCH = {CODES[name] for name in ("LEG_DUPLICATE", "BASKET_LEGS_LIMIT", "LEGS_LIMIT")}
SEARCH = 6
PULSES = ("clear_i", "exec_valid_i", "prefetch_valid_i", "delta_valid_i", "eval_start_i")
DIFFERENCES = ("delta_yes_i", "delta_no_i", "missing_yes_i", "missing_no_i")
DATA = ("clear_index_i", "exec_record_i", "exec_book_in_range_i", "prefetch_book_i", "delta_book_i", *DIFFERENCES,
        "row_yes_valid_i", "row_yes_cost_i", "row_ask_size_i", "row_no_valid_i", "row_no_cost_i", "row_bid_size_i")


def plan(random, count):
    """Records as (name, fields): baskets come and go while their books move, in messages of several books."""
    for book in range(BOOKS):
        yield "BOOK_BEGIN", {"book": book, "tick": TICK, "commit": 1}
        yield "BOOK_LIVE", {"book": book, "commit": 1}
    for basket in range(BASKETS):
        yield "BASKET_CREATE", {"basket": basket, "payout": 1_000_000, "kind": 1 + basket % 7}
        for _ in range(random.choice([1, 2, 2, 4])):
            yield "BASKET_LEG", {"basket": basket, "book": random.randrange(BOOKS), "outcome": random.randrange(2)}
        yield "BASKET_ARM", {"basket": basket, "min_edge": -(10**6), "min_size": 0}
    for _ in range(count):
        if random.random() < 0.03:
            yield from made_afresh(random)
        name = random.choice(["LEVEL_SET"] * 40 + ["BOOK_STALE"] + ["BOOK_LIVE"] * 3 + ["BASKET_CREATE"] * 6
                             + ["BASKET_LEG"] * 12 + ["BASKET_ARM"] * 6
                             + ["BASKET_DISARM"] * 5 + ["BASKET_REMOVE"] * 4 + ["BASKET_MASK"])
        is_basket = name.startswith("BASKET")
        fields = {"basket": random.randrange(BASKETS)} if is_basket else {"book": random.randrange(BOOKS)}
        if name == "LEVEL_SET":
            size = random.choice([0, 1, 2, 3, 4, random.getrandbits(48)])
            fields |= {"side": random.randrange(2), "level": random.choice([1, 48, 50, 51, 99]), "size": size}
        if "book" in fields:
            fields["commit"] = int(random.random() < 0.6)
        elif name == "BASKET_CREATE":
            payout = random.choice([1_000_000, 2_000_000] * 3 + [1, PAYOUT_MAX, 0, PAYOUT_MAX + 1, 2**32 - 1])
            fields |= {"payout": payout, "kind": random.choice([*range(1, 8), 0, 8, 255])}
        elif name == "BASKET_LEG":
            book = random.choice([*range(BOOKS)] * 6 + [BOOKS, 0xFFFF])
            fields |= {"book": book, "outcome": random.randrange(2)}
        elif name == "BASKET_ARM":
            least = random.choice([0, 0, 0, -500_000, -500_000, 10_000, -(2**31), 2**31 - 1])
            fields |= {"min_edge": least, "min_size": random.choice([0, 0, 0, 1, 2, 2**47])}
        elif name == "BASKET_MASK":
            fields["mask_signal"] = int(random.random() < 0.3)
        yield name, fields


def made_afresh(random):
    """A basket that may have been open, masked and armed begins again with nothing of it."""
    basket = {"basket": random.randrange(BASKETS)}
    yield "BASKET_MASK", basket | {"mask_signal": 1}
    yield "BASKET_REMOVE", basket
    yield "BASKET_CREATE", basket | {"payout": 2_000_000, "kind": 7}
    yield "BASKET_LEG", basket | {"book": random.randrange(BOOKS), "outcome": random.randrange(2)}
    yield "BASKET_ARM", basket | {"min_edge": 0, "min_size": 0}


def expect(legs, legs_per_basket, stretches):
    """For each record of each stretch: the error, the rows that it publishes, its signals."""
    profile = {"books": BOOKS, "pages": 2 * BOOKS, "baskets": BASKETS, "legs": legs, "legs_per_basket": legs_per_basket,
               "fairs": 0, "books_per_message": BOOKS, "finest_tick": TICK}
    programs = [[word(name, **fields) for name, fields in stretch] for stretch in stretches]
    return [[told(caused) for caused in answer] for answer in answers_by_record(profile, programs)]


def told(caused):
    error = next((fields["error"] for name, fields in caused if name == "REFUSED"), 0)
    tops = [fields for name, fields in caused if name == "TOP"]
    signals = [tuple(fields[key] for key in ("action", "id", "edge", "kind", "size"))
               for name, fields in caused if name == "SIGNAL"]
    return error, tops, signals


def costs(top):
    """Of YES and of NO, None where absent (ROW-3 with a rate of 0)."""
    yes = MICRO_PER_PRICE * top["ask_price"] if top["ask_price"] else None
    no = MICRO_PER_PRICE * (PRICE_ONE - top["bid_price"]) if top["bid_price"] else None
    return yes, no


class Baskets(Steps):
    def __init__(self, dut, enabled_share, legs, legs_per_basket):
        super().__init__(dut, enabled_share, PULSES, DATA)
        dut.limit_legs_i.value, dut.limit_legs_per_basket_i.value = legs, legs_per_basket

    async def restart(self, with_reset):
        if with_reset:
            await self.reset()
        self.row_inputs, self.working = {}, False
        for index in range(max(2 * BOOKS, BASKETS)):
            await self.step(clear_i=1, clear_index_i=index)
        self.rows = [{"ask_price": 0, "bid_price": 0} for _ in range(BOOKS)]
        self.legs = [set() for _ in range(BASKETS)]  # as far as they were accepted: for the cycles alone

    def row_of(self, book):
        """As the row table gives it; nobody may look at what is absent."""
        (yes, no), top = costs(self.rows[book]), self.rows[book]
        inputs = {"row_yes_valid_i": int(yes is not None), "row_no_valid_i": int(no is not None)}
        if yes is not None:
            inputs |= {"row_yes_cost_i": yes, "row_ask_size_i": top["ask_size"]}
        if no is not None:
            inputs |= {"row_no_cost_i": no, "row_bid_size_i": top["bid_size"]}
        return inputs

    async def step(self, **inputs):
        """One cycle with en_i. Returns the signal that it brings, or None."""
        await self.begin(self.idle | self.row_inputs | inputs)
        if known(self.dut.row_read_o):
            self.row_inputs = self.row_of(known(self.dut.row_book_o))
        ends = self.dut.exec_done_o, self.dut.delta_done_o, self.dut.eval_done_o
        self.done = tuple(known(handle) for handle in ends)
        signal = None
        if known(self.dut.signal_valid_o):
            edge = known(self.dut.signal_edge_o)
            signal = (known(self.dut.signal_action_o), known(self.dut.signal_id_o), edge - (edge >> 31 << 32),
                      known(self.dut.signal_kind_o), known(self.dut.signal_size_o))
        assert self.working or (signal is None and not any(self.done)), "nobody has asked"
        await self.end()
        return signal

    async def work(self, start, held):
        """Returns its cycles and its signals."""
        self.working = True
        await self.step(**start, **held)
        signals = []
        for cycle in range(1, PATIENCE_CYCLES):
            signal = await self.step(**held)
            if signal:
                signals.append(signal)
            if any(self.done):
                self.working = False
                starts = [name in start for name in ("exec_valid_i", "delta_valid_i", "eval_start_i")]
                assert self.done == tuple(map(int, starts))
                return cycle, signals
        raise AssertionError("it does not end")

    def members(self, basket):
        return len({book for book, _ in self.legs[basket]})

    async def execute(self, name, fields, error):
        held = {"exec_record_i": word(name, **fields)}
        if name == "BASKET_LEG":
            held["exec_book_in_range_i"] = int(fields["book"] < BOOKS)
        cycles, signals = await self.work({"exec_valid_i": 1}, held)
        assert known(self.dut.exec_error_o) == error, (name, fields)
        basket = fields["basket"]
        members = self.members(basket)
        if name == "BASKET_LEG" and (error == 0 or error in AFTER_SEARCH):
            assert SEARCH <= cycles <= SEARCH + members
        elif name == "BASKET_ARM" and error == 0:
            assert cycles == 7 + members if signals and signals[0][0] < 3 else cycles in (7, 7 + members)
        else:
            assert cycles == 3 + (5 * members if name == "BASKET_REMOVE" and error == 0 else 0)
        if error == 0 and name == "BASKET_LEG":
            self.legs[basket].add((fields["book"], fields["outcome"]))
        if error == 0 and name == "BASKET_REMOVE":
            self.legs[basket] = set()
        return signals

    async def publish(self, tops):
        """Both phases; now and then a book is published that is as it was."""
        rows = {top["book"]: top for top in tops}
        for book in range(BOOKS):
            if self.random.random() < 0.1:
                rows.setdefault(book, self.rows[book])
        watched = False
        for book, row in rows.items():
            watched |= await self.phase_one(book, row)
        if not watched:
            return []
        await self.pause()
        cycles, signals = await self.work({"eval_start_i": 1}, {})
        assert cycles >= 4 or cycles == 1 and not signals
        return signals

    async def phase_one(self, book, row):
        """Returns whether the baskets were told."""
        hinted = self.random.choice([None, None, 1, 2, 3, 4, 6])  # cycles before
        hint = book if self.random.random() < 0.9 else self.random.randrange(BOOKS)  # it may be wrong
        if hinted is not None:
            await self.step(prefetch_valid_i=1, prefetch_book_i=hint)
            for _ in range(hinted - 1):
                await self.step()
        members = sum(any(each == book for each, _ in legs) for legs in self.legs)
        misled = hinted is not None and hint != book
        if misled:
            hinted = None
        if hinted is not None and hinted > 3:
            assert known(self.dut.prefetch_any_o) == int(members > 0)
            if members == 0 and self.random.random() < 0.5:
                self.rows[book] = row
                return False
        (old_yes, old_no), (yes, no) = costs(self.rows[book]), costs(row)
        values = ((yes or 0) - (old_yes or 0), (no or 0) - (old_no or 0),
                  (yes is None) - (old_yes is None), (no is None) - (old_no is None))
        self.rows[book] = row
        held = dict(zip(DIFFERENCES, values, strict=True), delta_book_i=book)
        cycles, signals = await self.work({"delta_valid_i": 1}, held)
        assert not signals
        best = max(1, members)
        # Without the head at hand it is read first; behind what a wrong hint of the cycle before is still reading.
        most = best if hinted is not None and hinted >= 2 else best + 2 + misled
        assert best <= cycles <= most, (cycles, best, hinted, misled)
        return True

    async def pause(self):
        for _ in range(self.random.choice([0, 0, 1, 3])):
            await self.step()

    async def run(self, stretch, answers):
        for (name, fields), (error, tops, signals) in zip(stretch, answers, strict=True):
            is_basket = name.startswith("BASKET")
            found = await (self.execute(name, fields, error) if is_basket else self.publish(tops))
            assert found == signals, (name, fields)
            await self.pause()


@cocotb.test()
@cocotb.parametrize((("legs", "most", "share"), LIMITS))
async def as_the_software(dut, legs, most, share):
    baskets = Baskets(dut, share, legs, most)
    stretches = [list(plan(baskets.random, RECORDS)) for _ in range(2)]
    answers = expect(legs, most, stretches)
    actions = {signal[0] for answer in answers for _, _, signals in answer for signal in signals}
    assert len(actions) == 3, "signals open, change and close"
    limit = CODES["BASKET_LEGS_LIMIT" if most < BASKET_LEGS else "LEGS_LIMIT"]
    assert any(error == limit for answer in answers for error, _, _ in answer), "the limit is met"
    await baskets.restart(with_reset=True)
    await baskets.run(stretches[0], answers[0])
    await baskets.restart(with_reset=False)  # as RESTORE_BEGIN does
    await baskets.run(stretches[1], answers[1])


@cocotb.test()
async def resets_in_mid_traffic(dut):
    legs = 3 * BASKETS
    baskets = Baskets(dut, 0.8, legs, BASKET_LEGS)
    stretches = [list(plan(baskets.random, 60)) for _ in range(RECORDS // 30)]
    answers = expect(legs, BASKET_LEGS, stretches)
    for stretch, answer in zip(stretches, answers, strict=True):
        await baskets.restart(with_reset=True)
        baskets.left = baskets.random.randrange(500)
        try:
            await baskets.run(stretch, answer)
        except Cut:
            pass
    await baskets.restart(with_reset=True)
    await baskets.run(stretches[-1], answers[-1])


@cocotb.test()
@cocotb.parametrize(books=sorted({1, 2, BOOKS}))
async def the_cycles_of_one_basket(dut, books):
    """From the difference of the last book to the signal, as the header has it."""
    baskets = Baskets(dut, 1.0, BASKETS, BASKET_LEGS)
    stretch = [(name, {"book": book, "commit": 1} | more)
               for book in range(books) for name, more in (("BOOK_BEGIN", {"tick": TICK}), ("BOOK_LIVE", {}))]
    stretch += [("BASKET_CREATE", {"basket": 0, "payout": PAYOUT_MAX, "kind": 1})]
    stretch += [("BASKET_LEG", {"basket": 0, "book": book, "outcome": 0}) for book in range(books)]
    stretch += [("BASKET_ARM", {"basket": 0})]
    stretch += [("LEVEL_SET", {"book": book, "side": 1, "level": 50, "size": size, "commit": 1})
                for size in (1, 0) for book in range(books)]
    answers = expect(BASKETS, BASKET_LEGS, [stretch])[0]
    await baskets.restart(with_reset=True)
    for (name, fields), (error, tops, signals) in zip(stretch, answers, strict=True):
        if name.startswith("BASKET"):
            await baskets.execute(name, fields, error)
        for top in tops:
            await baskets.phase_one(top["book"], top)
            cycles, found = await baskets.work({"eval_start_i": 1}, {})
            assert found == signals
            if signals:
                assert cycles == (4 if signals[0][0] == ENUMS["SignalAction"]["CLOSE"] else 4 + books)
    assert answers[-1 - books][2], "the basket opened"
