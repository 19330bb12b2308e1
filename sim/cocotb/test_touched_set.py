"""Goal: gb_touched_set gives back each id of the set once, in ascending order, however it was filled (MSG-4)."""

import cocotb
from bench import PARAMETERS, known, meaningless, rng, settle, start_clock
from cocotb.triggers import RisingEdge

BASKETS, BASKET_BITS = PARAMETERS["Baskets"], PARAMETERS["BasketBits"]
PATIENCE_CYCLES = 500


class Bench:
    """Drives one cycle at a time; in cycles without en_i the inputs stay, and nothing may happen."""

    def __init__(self, dut, enabled_share):
        self.dut, self.random, self.enabled_share = dut, rng(), enabled_share
        start_clock(dut.clk_i)

    def drive(self, insert=None, take_first=0, take_next=0, clear=0):
        self.dut.insert_i.value = int(insert is not None)
        self.dut.insert_id_i.value = meaningless(self.random, BASKET_BITS) if insert is None else insert
        self.dut.take_first_i.value, self.dut.take_next_i.value = take_first, take_next
        self.dut.clear_i.value = clear

    async def step(self):
        """Up to the end of the next cycle with en_i."""
        while True:
            enabled = int(self.random.random() < self.enabled_share)
            self.dut.en_i.value = enabled
            await RisingEdge(self.dut.clk_i)
            if enabled:
                return

    async def fill(self, count):
        """Returns the set."""
        ids = set()
        for _ in range(count):
            each = self.random.randrange(BASKETS)
            ids.add(each)
            self.drive(insert=each)
            await settle()
            assert known(self.dut.first_found_o) == 1
            assert known(self.dut.first_id_o) == min(ids), "the one that is being inserted counts already"
            await self.step()
        self.drive()
        return ids

    async def empty(self, expected):
        """Takes everything out; expected: a set that is not empty."""
        await settle()
        found = [known(self.dut.first_id_o)]
        self.drive(take_first=1)
        await self.step()
        self.drive()
        for _ in range(PATIENCE_CYCLES):
            await settle()
            if known(self.dut.empty_o):
                break
            take = known(self.dut.next_valid_o) and self.random.random() < 0.7
            if take:
                found.append(known(self.dut.next_id_o))
            self.drive(take_next=int(take))
            await self.step()
            self.drive()
        assert found == sorted(expected)


@cocotb.test()
@cocotb.parametrize(enabled_share=[1.0, 0.5])
async def filled_and_emptied(dut, enabled_share):
    bench = Bench(dut, enabled_share)
    bench.drive()
    dut.rst_i.value = 1
    await RisingEdge(dut.clk_i)
    dut.rst_i.value = 0
    for round_number in range(120):
        await settle()
        assert known(dut.empty_o) == 1
        ids = await bench.fill(bench.random.choice([1, 2, BASKETS, bench.random.randrange(1, 3 * BASKETS)]))
        if round_number % 7 == 6:
            bench.drive(clear=1)
            await bench.step()
            bench.drive()
        else:
            await bench.empty(ids)
