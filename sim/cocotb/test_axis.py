"""Goal: gatebook_axis gives the events of the software engine under the rules of AXI4-Stream, resets included."""

import os

import cocotb
from bench import PARAMETERS, cycles, known, meaningless, rng, settle, start_clock
from cocotb.triggers import RisingEdge
from gatebook_contract import COMMAND_BYTES, PROFILE_FIELDS
from kernel import Kernel, must_equal
from software import answers, random_program
from stream import StreamDriver, StreamMonitor

SCALE = int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))
LENGTH, RESETS, LONGEST = 250 * SCALE, 15 * SCALE, 60
#: What the wrapper was built for is its profile: BooksPerMessage is books_per_message.
PROFILE = {field: PARAMETERS["".join(word.capitalize() for word in field.split("_"))] for field in PROFILE_FIELDS}
#: Shares of cycles in which the command stream and the event stream stall.
STALLS = {"flowing": (0.0, 0.0), "commands": (0.7, 0.0), "events": (0.0, 0.7), "both": (0.5, 0.5)}


class Hesitant(StreamMonitor):
    """Is never ready before something is offered: what waits for it waits for ever."""

    def becomes_ready(self, held):
        return held is not None and super().becomes_ready(held)


class Wrapper(Kernel):
    """The kernel behind the names of AXI4-Stream."""

    def __init__(self, dut, random_source, command_stall=0.0, event_stall=0.0, monitor=StreamMonitor):
        self.dut, self.clk, self.random, self.idle = dut, dut.aclk, random_source, dut.idle
        self.commands = StreamDriver(
            dut.aclk,
            dut.s_axis_cmd_tvalid,
            dut.s_axis_cmd_tready,
            dut.s_axis_cmd_tdata,
            random_source,
            command_stall,
        )
        self.events = monitor(
            dut.aclk,
            dut.m_axis_evt_tvalid,
            dut.m_axis_evt_tready,
            dut.m_axis_evt_tdata,
            random_source,
            event_stall,
        )

    def start(self):
        """To be called once; a reset has to follow."""
        start_clock(self.clk)
        self.dut.aresetn.value = 0
        self.dut.telemetry_address.value = meaningless(self.random, 8)
        self.dut.s_axis_cmd_tlast.value = meaningless(self.random, 1)
        self.idle_epoch()
        cocotb.start_soon(self.commands.run())
        cocotb.start_soon(self.events.run())
        cocotb.start_soon(self.each_event_is_a_packet())

    def idle_epoch(self):
        self.dut.rst_epoch.value = meaningless(self.random, 32)

    async def each_event_is_a_packet(self):
        while True:
            await RisingEdge(self.clk)
            if known(self.dut.m_axis_evt_tvalid):
                assert known(self.dut.m_axis_evt_tlast) == 1, "an event is not the last transfer of its packet"

    async def reset(self, epoch, length=2):
        """Drops what has not passed. Returns the commands that passed before, and the events that came of them."""
        await RisingEdge(self.clk)
        self.dut.aresetn.value = 0
        self.commands.stop()
        self.events.reset_begins()
        await settle()
        passed = self.commands.take(), self.events.take()
        for left in reversed(range(length)):
            # Whoever sends may not be in reset itself: what it offers goes nowhere.
            self.commands.queue = [self.random.getrandbits(8 * COMMAND_BYTES)] if self.random.random() < 0.5 else []
            if left == 0:
                self.dut.rst_epoch.value = epoch
            await self.shut_cycle()
        self.dut.aresetn.value = 1
        self.idle_epoch()
        self.commands.stop()
        self.events.reset_is_seen()
        await self.shut_cycle()
        await settle()
        assert self.commands.take() == [], "a command passed while aresetn was 0"
        assert self.events.take() == [], "an event passed while aresetn was 0"
        return passed

    async def shut_cycle(self):
        """One cycle to its end, in which nothing may pass."""
        await RisingEdge(self.clk)
        assert known(self.dut.s_axis_cmd_tready) == 0, "TREADY is 1 in reset"
        assert known(self.dut.m_axis_evt_tvalid) == 0, "TVALID is 1 in reset"


async def run_program(dut, stalls, monitor):
    random = rng()
    commands = random_program(PROFILE, random.getrandbits(32), 0, LENGTH)
    epoch = random.getrandbits(32)
    wrapper = Wrapper(dut, random, *stalls, monitor)
    wrapper.start()
    await wrapper.reset(epoch, length=random.choice([2, 3, 16]))
    wrapper.send(commands)
    events = await wrapper.all_events()
    must_equal(answers(PROFILE, [(epoch, commands)])[0], events, f"seed {cocotb.RANDOM_SEED}")


@cocotb.test()
@cocotb.parametrize(stalls=list(STALLS))
async def programs(dut, stalls):
    await run_program(dut, STALLS[stalls], StreamMonitor)


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.6])
async def valid_does_not_wait_for_ready(dut, stall):
    """All events come, although TREADY is 0 until TVALID is 1."""
    await run_program(dut, (0.0, stall), Hesitant)


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.6])
async def resets_in_mid_traffic(dut, stall):
    """RESET_DONE with the epoch is the first event after each reset, and what follows knows of nothing older."""
    random = rng()
    program = random_program(PROFILE, random.getrandbits(32), 0, RESETS * LONGEST)
    wrapper = Wrapper(dut, random, stall / 2, stall)
    wrapper.start()
    epoch = random.getrandbits(32)
    await wrapper.reset(epoch)
    stretches, seen, sent = [], [], 0
    for _ in range(RESETS):
        wrapper.send(program[sent : sent + LONGEST])
        # Now and then while it still clears itself, or when all is done.
        await cycles(dut.aclk, random.choice([random.randrange(40), random.randrange(300), random.randrange(1500)]))
        next_epoch = random.getrandbits(32)
        # One cycle is less than the wrapper asks for, and enough.
        commands, events = await wrapper.reset(next_epoch, length=random.choice([1, 2, 3, 16]))
        stretches.append((epoch, commands))
        seen.append(events)
        epoch, sent = next_epoch, sent + len(commands)
    last = program[sent : sent + 4 * LONGEST]
    wrapper.send(last)
    seen.append(await wrapper.all_events())
    expected = answers(PROFILE, [*stretches, (epoch, last)])
    assert any(0 < len(events) < len(full) for full, events in zip(expected, seen, strict=True)), "none was cut short"
    for at, (full, events) in enumerate(zip(expected, seen, strict=True)):
        # A reset cuts the answers off somewhere; after the last one they are complete.
        cut = full if at == len(seen) - 1 else full[: len(events)]
        must_equal(cut, events, f"seed {cocotb.RANDOM_SEED}, stretch {at} of {len(seen)}")
