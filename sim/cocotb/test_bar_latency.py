"""Goal: the shell takes the cycles that hdl/link says, so that the kernel is the bottleneck and not its shell.

Looks into the device: for Icarus alone, which keeps every signal."""

import cocotb
from bar import LINES, command_line, started
from bench import cycles, known
from cocotb.triggers import RisingEdge
from software import word

FENCE = word("FENCE")
LEVEL_SET = word("LEVEL_SET", book=0, side="BID", level=5, size=7)
DOORBELL_TO_COMMAND, EVENT_TO_LINE, LINE = 11, 8, 8


async def watch(dut, seen):
    """Cycle numbers of what happens."""
    at = 0
    while True:
        await RisingEdge(dut.clk_i)
        at += 1
        happens = {
            "rung": known(dut.u_control.command_rung_o),
            "command": known(dut.cmd_valid) and known(dut.cmd_ready),
            "event": known(dut.evt_valid) and known(dut.u_events.word_q) == 0,
            "line": known(dut.event_written),
        }
        for name, yes in happens.items():
            if yes:
                seen[name].append(at)


async def watched(dut):
    bar = await started(dut)
    await bar.begin(1)
    await bar.receive(1)
    seen = {"rung": [], "command": [], "event": [], "line": []}
    cocotb.start_soon(watch(dut, seen))
    return bar, seen


@cocotb.test()
async def one_line(dut):
    bar, seen = await watched(dut)
    await bar.send([FENCE])
    await bar.receive(1)
    assert seen["command"][0] - seen["rung"][0] == DOORBELL_TO_COMMAND
    assert seen["line"][0] - seen["event"][0] == EVENT_TO_LINE - 1


@cocotb.test()
async def lines_in_a_row(dut):
    """A whole ring of commands that the kernel takes one a cycle: a line in 8 cycles, as fast as they are written."""
    bar, seen = await watched(dut)
    begin = word("BOOK_BEGIN", book=0, tick=100)
    lines = [command_line(0, bar.generation, [begin, LEVEL_SET, LEVEL_SET])]
    lines += [command_line(i, bar.generation, [LEVEL_SET] * 3) for i in range(1, LINES)]
    await bar.write_ring(bar.slot(0), b"".join(lines))
    await bar.ring(LINES)
    await cycles(bar.clk, 30 * LINES)
    assert len(seen["command"]) == 3 * LINES
    # The kernel holds up what is behind BOOK_BEGIN for a moment.
    lasts = seen["command"][8::3]
    assert [b - a for a, b in zip(lasts, lasts[1:], strict=False)] == [LINE] * (LINES - 3)


@cocotb.test()
async def events_in_a_row(dut):
    """An event in 8 cycles while others wait: refusals, of which the kernel has one a cycle."""
    bar, seen = await watched(dut)
    lines = [command_line(i, bar.generation, [LEVEL_SET] * 3) for i in range(LINES)]
    await bar.write_ring(bar.slot(0), b"".join(lines))
    await bar.ring(LINES)
    await cycles(bar.clk, 10 * LINES)
    written = seen["line"]
    assert len(written) == LINES
    assert [b - a for a, b in zip(written, written[1:], strict=False)] == [EVENT_TO_LINE] * (LINES - 1)
