"""Goal: gb_uart_tx puts bytes on the line as LNK-1 says, at the rate that it was built for, without gaps."""

import cocotb
from bench import PARAMETERS, cycles, known, meaningless, rng, start_clock
from cocotb.triggers import RisingEdge

BIT_CYCLES = PARAMETERS["ClockHz"] / PARAMETERS["Baud"]
#: What the head of gb_uart_rx says of its rate, and of that of gb_uart_tx.
ROUNDING = 0.00013


class Sender:
    def __init__(self, dut):
        self.dut, self.random, self.queue, self.levels = dut, rng(), [], []
        self.idle_share = 0.0

    async def start(self):
        start_clock(self.dut.clk_i)
        self.dut.rst_i.value, self.dut.tx_valid_i.value = 1, 0
        await cycles(self.dut.clk_i, 2)
        self.dut.rst_i.value = 0
        cocotb.start_soon(self.run())

    async def run(self):
        offered = False
        while True:
            await RisingEdge(self.dut.clk_i)
            self.levels.append(known(self.dut.tx_o))
            if offered and known(self.dut.tx_ready_o):
                self.queue.pop(0)
                offered = False
            if not offered:
                offered = bool(self.queue) and self.random.random() >= self.idle_share
                self.dut.tx_valid_i.value = int(offered)
                self.dut.tx_data_i.value = self.queue[0] if offered else meaningless(self.random, 8)

    async def done(self):
        while self.queue:
            await RisingEdge(self.dut.clk_i)
        await cycles(self.dut.clk_i, round(12 * BIT_CYCLES))


def heard(levels):
    """Bytes on the line, by a receiver that looks at the middle of each bit; and where each began."""
    found, at = [], 0
    while 0 in levels[at:]:
        at = levels.index(0, at)
        bits = [levels[at + round((bit + 0.5) * BIT_CYCLES - 0.5)] for bit in range(10)]
        assert bits[0] == 0 and bits[9] == 1, f"at {at}: {bits}"
        found.append((at, sum(bit << place for place, bit in enumerate(bits[1:9]))))
        at += round(9.5 * BIT_CYCLES)
    return found


@cocotb.test()
async def back_to_back(dut):
    """Bytes that wait follow one another without a gap, and a thousand bits take the time of a thousand bits."""
    sender = Sender(dut)
    await sender.start()
    raw = list(range(256))
    sender.queue += raw
    await sender.done()
    found = heard(sender.levels)
    assert [byte for _, byte in found] == raw
    starts = [at for at, _ in found]
    for count, at in enumerate(starts):
        late = at - starts[0] - 10 * count * BIT_CYCLES
        assert abs(late) <= 1 + ROUNDING * (at - starts[0]), f"byte {count}"


@cocotb.test()
async def with_pauses(dut):
    """After silence too each bit has its length; the line is 1 in between."""
    sender = Sender(dut)
    await sender.start()
    sender.idle_share = 0.97
    raw = [sender.random.getrandbits(8) for _ in range(80)]
    sender.queue += raw
    await sender.done()
    assert [byte for _, byte in heard(sender.levels)] == raw


@cocotb.test()
async def bit_lengths(dut):
    """No bit is shorter or longer than a cycle more or less."""
    sender = Sender(dut)
    await sender.start()
    sender.queue += [0x55] * 50
    await sender.done()
    levels = sender.levels[sender.levels.index(0) :]
    lengths, run = [], 1
    for one, other in zip(levels, levels[1:], strict=False):
        if one == other:
            run += 1
        else:
            lengths.append(run)
            run = 1
    assert len(lengths) == 500 - 1
    assert all(abs(length - BIT_CYCLES) < 1 for length in lengths), set(lengths)
