"""Goal: gb_bar_burst gives the beats of AXI4 bursts of every kind, in order, whatever waits."""

import cocotb
from bench import cycles, known, rng, start_clock
from stream import StreamMonitor

BURSTS = 400
FIXED, INCR, WRAP = range(3)
BUS_BYTES = 8
FIELDS = {"id": 8, "address": 16, "length": 8, "size": 3, "kind": 2}


def beats(burst):
    """(address, id, last) of each beat, after the formulas of AXI4, A3.4.1."""
    start, count, size = burst["address"], burst["length"] + 1, 1 << burst["size"]
    aligned = start // size * size
    boundary = start // (size * count) * (size * count)
    found = []
    for beat in range(count):
        address = start
        if beat > 0 and burst["kind"] != FIXED:
            address = aligned + beat * size
        if burst["kind"] == WRAP and address >= boundary + size * count:
            address -= size * count
        found.append((address, burst["id"], int(beat == count - 1)))
    return found


def random_burst(random):
    kind, size = random.randrange(3), random.randrange(4)
    count = random.choice([2, 4, 8, 16]) if kind == WRAP else random.randrange(1, 17)
    if kind == INCR and random.random() < 0.05:
        count = random.randrange(17, 257)
    address = random.randrange(1 << 16)
    if kind == WRAP:
        address = address >> size << size
    if kind == INCR:
        # A burst stays within 4 KiB.
        count = min(count, (4096 - address % 4096 + (1 << size) - 1) >> size)
    return {"id": random.randrange(256), "address": address, "length": count - 1, "size": size, "kind": kind}


class Beats(StreamMonitor):
    """The three outputs of a beat as one."""

    def __init__(self, dut, random_source, stall):
        self.dut = dut
        super().__init__(
            dut.clk_i, dut.beat_valid_o, dut.beat_ready_i, dut.beat_address_o, random_source, stall
        )

    def look(self, held, is_ready):
        before = len(self.received)
        now = super().look(held, is_ready)
        if len(self.received) > before:
            self.received[-1] = (self.received[-1], known(self.dut.beat_id_o), known(self.dut.beat_last_o))
        return now


async def offer(dut, burst):
    for name in FIELDS:
        getattr(dut, f"{name}_i").value = burst[name]
    dut.valid_i.value = 1
    await cycles(dut.clk_i, 1)
    while not known(dut.ready_o):
        await cycles(dut.clk_i, 1)
    dut.valid_i.value = 0


async def reset(dut):
    start_clock(dut.clk_i)
    dut.valid_i.value = 0
    dut.beat_ready_i.value = 0
    dut.rst_i.value = 1
    await cycles(dut.clk_i, 2)
    dut.rst_i.value = 0
    await cycles(dut.clk_i, 1)


@cocotb.test()
@cocotb.parametrize(before=[0.0, 0.6], behind=[0.0, 0.6])
async def bursts(dut, before, behind):
    random = rng()
    await reset(dut)
    monitor = Beats(dut, random, behind)
    monitor.reset_is_seen()
    cocotb.start_soon(monitor.run())
    expected = []
    for _ in range(BURSTS):
        burst = random_burst(random)
        expected += beats(burst)
        await offer(dut, burst)
        while random.random() < before:
            await cycles(dut.clk_i, 1)
    for _ in range(20 * 256):
        if len(monitor.received) == len(expected):
            break
        await cycles(dut.clk_i, 1)
    assert monitor.received == expected, f"seed {cocotb.RANDOM_SEED}"
    await cycles(dut.clk_i, 20)
    assert monitor.received == expected, "a beat more"


@cocotb.test()
async def without_a_gap(dut):
    """One beat a cycle, over the end of a burst too."""
    await reset(dut)
    dut.beat_ready_i.value = 1
    for _ in range(4):
        await offer(dut, {"id": 1, "address": 0x40, "length": 7, "size": 3, "kind": INCR})
    # Two bursts wait while the first ones pass.
    for beat in range(16):
        assert known(dut.beat_valid_o) == 1, f"gap before beat {beat}"
        await cycles(dut.clk_i, 1)
