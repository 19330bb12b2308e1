"""The top gb_kernel on its bench: profile, reset, and both streams."""

import cocotb
from bench import PARAMETERS, cycles, known, meaningless, settle, start_clock
from cocotb.triggers import ClockCycles, RisingEdge
from gatebook_contract import PAGE_LEVELS, PRICE_ONE, PROFILE_FIELDS
from software import difference
from stream import StreamDriver, StreamMonitor

#: Cycles without any handshake after which the kernel counts as stuck: longer than clearing or one long walk takes.
PATIENCE_CYCLES = 20_000
POLL_CYCLES = 8
QUIET_CYCLES = 40
#: What the build has room for, by field of the profile. Legs have no parameter: each basket has room for all its own.
CAPACITY = {
    "books": PARAMETERS["Books"],
    "pages": PARAMETERS["Pages"],
    "baskets": PARAMETERS["Baskets"],
    "legs": PARAMETERS["Baskets"] * PARAMETERS["LegsPerBasket"],
    "legs_per_basket": PARAMETERS["LegsPerBasket"],
    "fairs": PARAMETERS["Fairs"],
    "books_per_message": PARAMETERS["BooksPerMessage"],
}


def fits(profile):
    if profile["finest_tick"] < PARAMETERS["FinestTick"]:
        return False
    # Without a page table every level has its place: such a build cannot refuse one for want of pages.
    side_pages = -(-(PRICE_ONE // profile["finest_tick"] - 1) // PAGE_LEVELS)
    if not PARAMETERS["Paged"] and profile["pages"] < profile["books"] * 2 * side_pages:
        return False
    return all(profile[field] <= room for field, room in CAPACITY.items())


def cropped(profile):
    """The largest part of the profile that fits: for programs that do not come near the limits that it cuts."""
    return profile | {field: min(profile[field], room) for field, room in CAPACITY.items()}


class Kernel:
    def __init__(self, dut, random_source, command_stall=0.0, event_stall=0.0):
        self.dut, self.clk, self.random, self.idle = dut, dut.clk_i, random_source, dut.idle_o
        self.commands = StreamDriver(
            dut.clk_i, dut.cmd_valid_i, dut.cmd_ready_o, dut.cmd_data_i, random_source, command_stall
        )
        self.events = StreamMonitor(
            dut.clk_i, dut.evt_valid_o, dut.evt_ready_i, dut.evt_data_o, random_source, event_stall
        )

    def start(self):
        """To be called once; a reset has to follow."""
        start_clock(self.clk)
        self.dut.rst_i.value = 0
        self.dut.telemetry_address_i.value = meaningless(self.random, 8)
        self.idle_epoch()
        cocotb.start_soon(self.commands.run())
        cocotb.start_soon(self.events.run())

    def idle_epoch(self):
        self.dut.rst_epoch_i.value = meaningless(self.random, 32)

    async def reset(self, epoch, profile, length=1):
        """Drops what has not passed. Returns the commands that passed before, and the events that came of them."""
        await RisingEdge(self.clk)
        self.dut.rst_i.value = 1
        self.commands.stop()
        self.events.reset_begins()
        for field in PROFILE_FIELDS:
            getattr(self.dut, f"limit_{field}_i").value = profile[field]
        for _ in range(length - 1):
            self.idle_epoch()
            await RisingEdge(self.clk)
        self.dut.rst_epoch_i.value = epoch
        await RisingEdge(self.clk)
        self.dut.rst_i.value = 0
        self.idle_epoch()
        await settle()
        self.events.reset_is_seen()
        passed = self.commands.take(), self.events.take()
        await RisingEdge(self.clk)
        assert known(self.dut.evt_valid_o) == 0, "an event is offered in the first cycle after the reset (RESET-1)"
        return passed

    def send(self, commands):
        self.commands.queue += commands

    async def all_events(self):
        """Waits until everything that was sent is done, and returns the events since the reset or the last call."""
        waited, progress = 0, None
        while self.commands.queue or not known(self.idle) or known(self.commands.valid):
            await ClockCycles(self.clk, POLL_CYCLES)
            now = (len(self.commands.sent), len(self.events.received))
            waited, progress = (waited + POLL_CYCLES, progress) if now == progress else (0, now)
            assert waited < PATIENCE_CYCLES, f"stuck after {now[0]} commands and {now[1]} events"
        count = len(self.events.received)
        await cycles(self.clk, QUIET_CYCLES)
        assert len(self.events.received) == count, f"{self.idle._path} was 1, and an event came all the same"
        self.commands.take()
        return self.events.take()


def must_equal(expected, actual, what):
    found = difference(expected, actual)
    assert found is None, f"{what}: {found}"
