"""Goal: gb_event_queue gives every event once, in order, with the count and CRC of INT-1 and INT-2."""

import re
import zlib

import cocotb
from bench import known, meaningless, rng, start_clock
from cocotb.triggers import RisingEdge
from gatebook_contract import COUNTER_MODULO, EVENT_BYTES, EVENTS
from software import ROOT
from stream import StreamMonitor

TOKENS = {
    name: int(code)
    for name, code in re.findall(r"TOKEN_(\w+) = 3'd(\d)", (ROOT / "hdl" / "rtl" / "gb_tokens.vh").read_text())
}
FENCE_EVENTS, FENCE_CRC = (EVENTS["FENCE"][1][field] for field in ("events", "crc"))


def filled(word, field, value):
    lsb, bits = field[:2]
    mask = (1 << bits) - 1
    return word & ~(mask << lsb) | (value & mask) << lsb


class Expected:
    """What comes out for the tokens that went in."""

    def __init__(self):
        self.events, self.count, self.crc = [], 0, 0

    def emit(self, event):
        self.events.append(event)
        self.count = (self.count + 1) % COUNTER_MODULO
        self.crc = zlib.crc32(event.to_bytes(EVENT_BYTES, "little"), self.crc)

    def token(self, kind, data):
        if kind == "EVENT":
            self.emit(data)
        elif kind == "FENCE":
            self.emit(filled(filled(data, FENCE_EVENTS, self.count), FENCE_CRC, self.crc))
        elif kind == "RAW":
            self.events.append(data)
        elif kind == "SET":
            self.count, self.crc = data % 2**48, (data >> 48) % 2**32
        else:
            self.count, self.crc = 0, 0


@cocotb.test()
@cocotb.parametrize(token_share=[1.0, 0.3], stall=[0.0, 0.5, 0.9])
async def tokens(dut, token_share, stall):
    random = rng()
    start_clock(dut.clk_i)
    monitor = StreamMonitor(dut.clk_i, dut.evt_valid_o, dut.evt_ready_i, dut.evt_data_o, random, stall)
    dut.rst_i.value, dut.token_valid_i.value = 1, 0
    dut.token_kind_i.value, dut.token_data_i.value = meaningless(random, 3), meaningless(random, 256)
    await RisingEdge(dut.clk_i)
    dut.rst_i.value = 0
    await RisingEdge(dut.clk_i)
    monitor.reset_is_seen()
    cocotb.start_soon(monitor.run())
    expected, left, quiet, offered = Expected(), 200, 0, None
    while quiet < 60:
        await RisingEdge(dut.clk_i)
        # What en_o says here held in the cycle that has just ended: a token is taken in such cycles only.
        if offered is not None and known(dut.en_o):
            expected.token(*offered)
            offered = None
            left -= 1
        if offered is None and left > 0 and random.random() < token_share:
            kind = random.choice(["EVENT"] * 12 + ["FENCE"] * 4 + ["RAW", "SET", "CLEAR"])
            offered = kind, random.getrandbits(256)
        dut.token_valid_i.value = int(offered is not None)
        dut.token_kind_i.value = TOKENS[offered[0]] if offered else meaningless(random, 3)
        dut.token_data_i.value = offered[1] if offered else meaningless(random, 256)
        quiet = quiet + 1 if left == 0 and known(dut.empty_o) else 0
    assert len(monitor.received) == len(expected.events)
    for at, (one, other) in enumerate(zip(expected.events, monitor.received, strict=True)):
        assert one == other, f"event {at}: expected {one:064x}, got {other:064x}"
