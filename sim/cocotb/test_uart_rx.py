"""Goal: gb_uart_rx takes bytes from a line whose clock is not its own (LNK-1), and says so where it cannot."""

import cocotb
from bench import PARAMETERS, PERIOD_NS, cycles, known, rng, start_clock
from cocotb.triggers import RisingEdge, Timer

#: Of the line, in ps, where the sender's clock is right.
BIT_PS = PERIOD_NS * 1000 * PARAMETERS["ClockHz"] / PARAMETERS["Baud"]
#: What the head of gb_uart_rx says of a sender that is off.
TOLERANCE = 0.0375


class Line:
    def __init__(self, dut):
        self.dut, self.random = dut, rng()
        self.received = []
        self.taking = True

    async def start(self):
        start_clock(self.dut.clk_i)
        self.dut.rx_i.value, self.dut.rst_i.value, self.dut.rx_ready_i.value = 1, 1, 0
        await cycles(self.dut.clk_i, 3)
        self.dut.rst_i.value = 0
        cocotb.start_soon(self.run())
        # Edges fall anywhere between those of the clock.
        await Timer(self.random.randrange(1, 99_999), "ps")

    async def run(self):
        ready = False
        while True:
            await RisingEdge(self.dut.clk_i)
            if known(self.dut.rx_valid_o) and ready:
                self.received.append((known(self.dut.rx_data_o), known(self.dut.rx_error_o)))
            # A byte may wait for all but as long as the next one takes.
            ready = self.taking and self.random.random() < 0.3
            self.dut.rx_ready_i.value = int(ready)

    async def put(self, levels, off=0.0):
        """Bits of the line, each a bit time long; off: how much longer than it should be."""
        begun, now = 0, 0
        for at, level in enumerate(levels):
            self.dut.rx_i.value = level
            now = round((at + 1) * BIT_PS * (1 + off))
            await Timer(now - begun, "ps")
            begun = now

    async def send(self, raw, off=0.0, stop=1, idle=0):
        """Bytes without a gap between them but for `idle` bits."""
        await self.put([bit for byte in raw for bit in (*bits_of(byte), stop, *[1] * idle)], off)

    async def take(self):
        """What came in until the line has been quiet for two bytes."""
        await Timer(round(20 * BIT_PS), "ps")
        received, self.received = self.received, []
        return received


def bits_of(byte):
    return [0, *[byte >> bit & 1 for bit in range(8)]]


#: What a clock that is off hurts most: long runs, and edges everywhere.
HARD = bytes([0x00, 0xFF, 0x55, 0xAA, 0x0F, 0xF0, 0x80, 0x01, 0x7F, 0xFE])


async def all_right(line, raw, off):
    await line.send(raw, off)
    await line.put([1] * 12)
    return await line.take() == [(byte, 0) for byte in raw]


@cocotb.test()
async def any_byte(dut):
    """All bytes, back to back and with gaps, at any phase of the clock."""
    line = Line(dut)
    await line.start()
    raw = bytes(range(256))
    assert await all_right(line, raw, 0.0)
    for _ in range(40):
        raw = line.random.randbytes(3)
        await line.send(raw, idle=line.random.randrange(4))
        await line.put([1] * line.random.randrange(2, 5), off=line.random.random())
        assert await line.take() == [(byte, 0) for byte in raw]


@cocotb.test()
async def other_clocks(dut):
    """Bytes back to back from a sender that is off by up to the stated tolerance, at many phases."""
    line = Line(dut)
    await line.start()
    for step in range(-8, 9):
        for _ in range(6):
            assert await all_right(line, HARD, TOLERANCE * step / 8), f"off by {TOLERANCE * step / 8:.2%}"


@cocotb.test()
async def sweep(dut):
    """Where bytes break: the log names it; inside of 2 % they must not, which is twice what two crystals differ."""
    line = Line(dut)
    await line.start()
    broken = []
    for thousandths in range(-60, 61, 5):
        good = [await all_right(line, HARD, thousandths / 1000) for _ in range(5)]
        if not all(good):
            broken.append(thousandths / 10)
    cocotb.log.info(f"broken at {broken} %")
    assert all(abs(off) > 100 * TOLERANCE for off in broken), broken
    assert -6.0 in broken and 6.0 in broken, "nothing breaks: the line of the bench is not as far off as it says"


@cocotb.test()
async def missing_stop_bit(dut):
    """An error with the byte; the line has to become idle before the next one begins."""
    line = Line(dut)
    await line.start()
    await line.send(b"\xa5", stop=0)
    await line.put([1] * 3)
    await line.send(b"\x3c")
    assert await line.take() == [(0xA5, 1), (0x3C, 0)]


@cocotb.test()
async def a_break(dut):
    """A line that is 0 for long is one byte with an error, not many."""
    line = Line(dut)
    await line.start()
    await line.put([0] * 50)
    await line.put([1] * 2)
    await line.send(b"\x77")
    assert await line.take() == [(0, 1), (0x77, 0)]


@cocotb.test()
async def a_glitch(dut):
    """A start bit that is over by its middle was none, and hides no byte behind it."""
    line = Line(dut)
    await line.start()
    for share in (0.05, 0.2, 0.3):
        line.dut.rx_i.value = 0
        await Timer(round(BIT_PS * share), "ps")
        await line.put([1] * 2)
        assert await line.take() == []
        await line.send(b"\x99")
        assert await line.take() == [(0x99, 0)]


@cocotb.test()
async def not_taken(dut):
    """A byte that is not taken in the time of the next one is lost, and the next one carries an error."""
    line = Line(dut)
    await line.start()
    line.taking = False
    await cycles(dut.clk_i, 2)
    await line.send(b"\x11\x22\x33")
    assert line.received == []
    line.taking = True
    await line.put([1] * 4)
    await line.send(b"\x44")
    assert await line.take() == [(0x33, 1), (0x44, 0)]
