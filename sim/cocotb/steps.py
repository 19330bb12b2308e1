"""Cycle by cycle, for modules that stand still without en_i: what counts is driven, all else has no meaning."""

from bench import meaningless, rng, settle, start_clock
from cocotb.triggers import RisingEdge


class Cut(Exception):
    """The cycle in which the bench wants to reset has come."""


class Steps:
    """Base of a bench. pulses: inputs that say that something happens, 0 unless given; data: those that belong to one
    of them, meaningless unless given."""

    def __init__(self, dut, enabled_share, pulses, data):
        self.dut, self.random, self.enabled_share = dut, rng(), enabled_share
        self.idle = {name: 0 for name in pulses} | {name: self.blank(name) for name in data}
        blank = {name: self.blank(name) for name in (*pulses, *data)}
        self.frozen = [blank, blank | {name: 1 for name in pulses}]  # without en_i nobody may look, whatever it is
        self.driven = {}
        self.left = None  # cycles until a Cut
        start_clock(dut.clk_i)

    def blank(self, name):
        return meaningless(self.random, len(getattr(self.dut, name)))

    def drive(self, inputs):
        for name, value in inputs.items():
            if self.driven.get(name) is not value:
                getattr(self.dut, name).value = value
                self.driven[name] = value

    async def begin(self, inputs, keep=None):
        """Into the next cycle with en_i, until its outputs stand. Any number of cycles without en_i comes before it, in
        which the inputs have no meaning, but for those of `keep`."""
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Cut
        while self.random.random() >= self.enabled_share:
            self.drive(self.random.choice(self.frozen) | (keep or {}) | {"en_i": 0})
            await settle()
            self.look_frozen()
            await self.end()
        self.drive(inputs | {"en_i": 1})
        await settle()

    def look_frozen(self):
        """To be overridden: a look at the outputs in a cycle without en_i."""

    async def end(self):
        await RisingEdge(self.dut.clk_i)

    async def reset(self):
        """Ends in the first cycle after it."""
        self.left = None
        self.drive(self.frozen[0] | {"en_i": self.random.getrandbits(1)})
        self.dut.rst_i.value = 1
        for _ in range(self.random.choice([1, 1, 3])):
            await RisingEdge(self.dut.clk_i)
        self.dut.rst_i.value = 0
