"""Goal: behind gb_bar_split two slaves are one memory, in which what was written first is there first."""

from itertools import repeat

import cocotb
from bench import cycles, known, rng, start_clock
from cocotb.triggers import FallingEdge, RisingEdge, with_timeout
from cocotbext.axi import AxiBus, AxiLiteBus, AxiLiteRam, AxiMaster, AxiRam

WINDOW = 0x10000
#: Registers below, rings from here on (docs/bar.md).
RINGS = 0x4000
ACCESSES = 400
LONGEST = 96
SLVERR = 2


class Window:
    """Masters, both memories behind the splitter, and what they must hold."""

    def __init__(self, dut, stall):
        self.dut, self.random = dut, rng()
        start_clock(dut.clk_i)
        dut.refuse_i.value = 0
        dut.rst_i.value = 1
        self.master = AxiMaster(AxiBus.from_prefix(dut, "s_axi"), dut.clk_i, dut.rst_i)
        self.ring = AxiRam(AxiBus.from_prefix(dut, "ring"), dut.clk_i, dut.rst_i, size=WINDOW)
        self.lite = AxiLiteRam(AxiLiteBus.from_prefix(dut, "lite"), dut.clk_i, dut.rst_i, size=WINDOW)
        self.expected = bytearray(WINDOW)
        for end in (self.master, self.ring, self.lite):
            for channel in (end.write_if.aw_channel, end.write_if.w_channel, end.write_if.b_channel) + (
                end.read_if.ar_channel,
                end.read_if.r_channel,
            ):
                if stall > 0:
                    channel.set_pause_generator(self.random.random() < stall for _ in repeat(None))

    async def start(self):
        await cycles(self.dut.clk_i, 3)
        await FallingEdge(self.dut.clk_i)
        self.dut.rst_i.value = 0
        await cycles(self.dut.clk_i, 2)
        cocotb.start_soon(hold_order(self.dut))

    def place(self):
        """An address and a length on one side of the border, near it now and then."""
        low, high = self.random.choice([(0, RINGS), (RINGS, WINDOW), (RINGS - 64, RINGS), (RINGS, RINGS + 64)])
        length = self.random.choice([1, 2, 4, 8, 64, self.random.randint(1, LONGEST)])
        length = min(length, high - low)
        return self.random.randint(low, high - length), length

    def line(self):
        """Where a line of the command ring is written, and what."""
        return RINGS + 64 * self.random.randrange((WINDOW - RINGS) // 64), self.random.randbytes(64)

    def write(self, address, data, size=None):
        self.expected[address : address + len(data)] = data
        return self.master.init_write(address, data, size=size)

    def held(self):
        return self.lite.read(0, RINGS) + self.ring.read(RINGS, WINDOW - RINGS)


async def hold_order(dut):
    """One write at a time; no read is taken beside it; nothing reaches the registers while the rings owe an answer. A
    read waits for two writes at most, the one under way and one that waits as long, once those before it are read."""
    under_way, ring_under_way, reading, overtaken = 0, 0, 0, 0
    while True:
        await RisingEdge(dut.clk_i)
        passes = {
            name: known(getattr(dut, f"{name}valid")) == 1 and known(getattr(dut, f"{name}ready")) == 1
            for name in ("s_axi_aw", "s_axi_b", "s_axi_ar", "s_axi_r", "ring_aw", "ring_b", "lite_aw")
        }
        assert not (passes["s_axi_ar"] and (under_way > 0 or passes["s_axi_aw"])), "a read beside a write"
        assert not (passes["lite_aw"] and ring_under_way > 0), "a register is written while a ring owes an answer"
        under_way += passes["s_axi_aw"] - passes["s_axi_b"]
        ring_under_way += passes["ring_aw"] - passes["ring_b"]
        assert under_way in (0, 1), f"{under_way} writes at a time"
        waits = known(dut.s_axi_arvalid) == 1 and not passes["s_axi_ar"] and reading == 0
        overtaken = overtaken + passes["s_axi_aw"] if waits else 0
        assert overtaken <= 2, f"{overtaken} writes before a read"
        reading += passes["s_axi_ar"] - (passes["s_axi_r"] and known(dut.s_axi_rlast) == 1)


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.4])
async def memory(dut, stall):
    """Accesses of every size, narrow ones too: each read gives what was written before it was asked for."""
    window = Window(dut, stall)
    await window.start()
    for _ in range(ACCESSES):
        address, length = window.place()
        size = window.random.choice([None, 0, 1, 2, 3])
        if window.random.random() < 0.5:
            answer = window.write(address, window.random.randbytes(length), size)
            await answer.wait()
            assert answer.data.resp == 0
        else:
            answer = await window.master.read(address, length, size=size)
            expected = bytes(window.expected[address : address + length])
            assert answer.data == expected, f"{address:#x}: {answer.data.hex()} is not {expected.hex()}"
            assert answer.resp == 0
    assert window.held() == window.expected


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.4])
async def posted(dut, stall):
    """As a host posts them: writes and reads follow each other without waiting, and no read disturbs a write."""
    window = Window(dut, stall)
    await window.start()
    for _ in range(ACCESSES // 20):
        posted_ones = []
        for _ in range(window.random.randint(1, 8)):
            address, length = window.place()
            posted_ones.append(window.write(address, window.random.randbytes(length)))
            if window.random.random() < 0.5:
                posted_ones.append(window.master.init_read(*window.place()))
        for each in posted_ones:
            await each.wait()
        assert window.held() == window.expected


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.4])
async def read_beside_writes(dut, stall):
    """A read comes though the host never stops writing: it waits for two writes at most, and does not hold them up."""
    window = Window(dut, stall)
    await window.start()
    written = 0

    async def write_on():
        nonlocal written
        under_way = [window.write(*window.line()) for _ in range(2)]
        while True:
            # The next one waits while this one is answered, so that there is no moment without one.
            await under_way.pop(0).wait()
            written += 1
            under_way.append(window.write(*window.line()))

    writer = cocotb.start_soon(write_on())
    await cycles(dut.clk_i, 50)
    for _ in range(20):
        before = written
        for place in (RINGS + 64 * window.random.randrange(256), 4 * window.random.randrange(RINGS // 4)):
            answer = window.master.init_read(place, 4)
            await with_timeout(answer.wait(), 20, "us")
        assert written - before > 1, "reads keep writes from the window"
    writer.cancel()


@cocotb.test()
async def refused(dut):
    """An error of the registers is an error of the whole access, and not of the next one."""
    window = Window(dut, 0.0)
    await window.start()
    dut.refuse_i.value = 1
    assert (await window.master.write(0x1000, bytes(4))).resp == SLVERR
    assert (await window.master.read(0x1000, 16)).resp == SLVERR
    assert (await window.master.write(RINGS, bytes(64))).resp == 0
    dut.refuse_i.value = 0
    assert (await window.master.write(0x1000, bytes(4))).resp == 0
    assert (await window.master.read(0x1000, 16)).resp == 0
