"""Goal: a generation drops everything, begins anew, and never sees anything older (clauses BAR-8, BAR-9)."""

import os

import cocotb
import gatebook_transports as link
from bar import LINE_BYTES, LINES, PROFILE, command_line, started
from bench import cycles, known
from gatebook_contract import EVENTS, unpack
from kernel import must_equal
from software import answers, random_program, word

SCALE = int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))
RESETS, LENGTH = 8 * SCALE, 40
FENCE = word("FENCE")
COUNTS = ("command_lines", "event_lines", "refused_lines", "command_doorbell", "event_doorbell")


async def counts(bar):
    return [await bar.control(name) for name in COUNTS]


async def run_fences(bar, count):
    sender = cocotb.start_soon(bar.send([FENCE] * count))
    events = await bar.receive(1 + count)
    await sender
    return events


@cocotb.test()
async def power_up(dut):
    """BAR-9: generation 0, no event, no line taken, rings of zeros."""
    bar = await started(dut)
    assert await bar.control("generation") == await bar.control("generation_done") == 0
    assert await bar.read_ring(0x4000, LINES * LINE_BYTES) == bytes(LINES * LINE_BYTES)
    for generation in (0, 1):
        await bar.write_line(0, command_line(0, generation, [FENCE]))
        await bar.ring(1)
        await cycles(bar.clk, 300)
        assert (await counts(bar))[:3] == [0, 0, 0]
    assert await bar.read_ring(0x4000, LINES * LINE_BYTES) == bytes(LINES * LINE_BYTES)
    # Not even the first generation takes what was written before it.
    await bar.begin(5)
    await bar.ring(1)
    await cycles(bar.clk, 300)
    assert (await counts(bar))[:3] == [0, 1, 1]


@cocotb.test()
async def first_event(dut):
    """BAR-9: RESET_DONE with the epoch of the register, in line 0, once."""
    bar = await started(dut)
    for epoch in (0, 0xFFFFFFFF, bar.random.getrandbits(32)):
        await bar.begin(epoch)
        # generation_done says that it is there.
        line = await bar.look(0)
        assert bar.is_there(line, 0)
        name, fields = unpack(EVENTS, line.event.to_bytes(32, "little"))
        assert (name, fields["epoch"]) == ("RESET_DONE", epoch)
        assert (await counts(bar)) == [0, 1, 0, 0, 0]
        assert line.command_lines == 0
        await cycles(bar.clk, 300)
        assert await bar.control("event_lines") == 1


@cocotb.test()
async def not_a_generation(dut):
    """BAR-8: the one that stands there, 0, and more than 65535 change nothing."""
    bar = await started(dut)
    await bar.begin(5, 300)
    await run_fences(bar, 4)
    before = await counts(bar)
    assert before == [bar.written, 5, 0, bar.written, 5]
    for value in (300, 0, 65536, 65536 + 301, 300 << 16, 0xFFFFFFFF, 301 | 1 << 31):
        await bar.set_control("generation", value)
        assert await bar.control("generation") == await bar.control("generation_done") == 300, f"after {value}"
    assert await bar.counter("generations_ignored") == 7
    assert await counts(bar) == before
    assert await bar.counter("resets") == 1
    for generation in (65535, 1):
        await bar.begin(6, generation)
        assert await bar.control("generation") == generation
        assert await counts(bar) == [0, 1, 0, 0, 0]


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.4])
async def in_mid_traffic(dut, stall):
    """BAR-8: at any moment; what follows is that of a new kernel, and nothing of what was before."""
    bar = await started(dut, stall)
    cut_short = 0
    for at in range(RESETS):
        commands = random_program(PROFILE, bar.random.getrandbits(32), 0, LENGTH)
        epoch = bar.random.getrandbits(32)
        expected = answers(PROFILE, [(epoch, commands)])[0]
        await bar.begin(epoch)
        tasks = [cocotb.start_soon(bar.send(commands, bar.random.random() < 0.5))]
        if at == RESETS - 1:
            events = await bar.receive(len(expected))
            await tasks[0]
            must_equal(expected, events, f"seed {cocotb.RANDOM_SEED}, the last")
            await bar.nothing_more()
            break
        await cycles(bar.clk, bar.random.choice([0, bar.random.randrange(300), bar.random.randrange(3000)]))
        lines = min(await bar.control("event_lines"), LINES)
        for index in range(lines):
            line = await bar.look(index)
            # The ring may have come round meanwhile; what is there is right.
            assert not bar.is_there(line, index) or line.event == expected[index], f"line {index} of reset {at}"
        cut_short += lines < len(expected)
        tasks[0].cancel()
        # What was on its way arrives, in the old generation or the new one.
        await bar.rings.wait()
        await bar.words.wait()
    assert cut_short > 0


@cocotb.test()
async def one_after_the_other(dut):
    """BAR-8: generations written faster than they can be done: the last one counts."""
    bar = await started(dut)
    for generation in (1, 2, 3, 2, 9):
        await bar.set_control("reset_epoch", generation)
        await bar.begin_only(generation)
        assert await bar.control("generation") == generation
        assert await bar.control("generation_done") == 0
        await cycles(bar.clk, bar.random.randrange(3 * LINES))
    await bar.until(bar.is_begun, "generation_done")
    events = await run_fences(bar, 5)
    must_equal(answers(PROFILE, [(9, [FENCE] * 5)])[0], events, "the last generation")


@cocotb.test()
async def generation_used_again(dut):
    """BAR-8: lines of an earlier use of the number are dead on both sides."""
    bar = await started(dut)
    await bar.begin(5, 77)
    for index in range(LINES - 1):
        await bar.write_line(index, command_line(index, 77, [FENCE]))
    await bar.ring(LINES - 1)
    await bar.receive(LINES)
    bar.written = LINES - 1
    await bar.begin(5, 78)
    await bar.begin_only(77)
    await bar.until(bar.is_begun, "generation_done")
    # Sequence 0 was rung again: the line of the first use has the right sequence and generation.
    await bar.ring(1)
    await cycles(bar.clk, 200)
    assert await counts(bar) == [0, 1, 1, 1, 0]
    assert bar.is_there(await bar.look(0), 0)
    for index in range(1, LINES):
        assert not bar.is_there(await bar.look(index), index), f"line {index} of the first use lives"


@cocotb.test()
async def in_a_full_ring(dut):
    """BAR-8: a kernel that waits for room in the event ring is reset all the same."""
    bar = await started(dut)
    await bar.begin(5)
    sender = cocotb.start_soon(bar.send([FENCE] * (LINES + 20)))

    async def full():
        return await bar.control("event_lines") == LINES

    await bar.until(full, "a full event ring")
    sender.cancel()
    await bar.rings.wait()
    await bar.words.wait()
    await bar.begin(6)
    events = await run_fences(bar, 3)
    must_equal(answers(PROFILE, [(6, [FENCE] * 3)])[0], events, "after the full ring")


@cocotb.test()
async def while_a_line_is_refused(dut):
    """BAR-8: the wait for a doorbell ends with the generation."""
    bar = await started(dut)
    await bar.begin(5)
    await bar.ring(1)

    async def refused():
        return await bar.control("refused_lines") == 1

    await bar.until(refused, "a refusal")
    await bar.begin(6)
    assert await counts(bar) == [0, 1, 0, 0, 0]
    must_equal(answers(PROFILE, [(6, [FENCE])])[0], await run_fences(bar, 1), "after a refusal")


@cocotb.test()
async def writes_wait_for_the_wipe(dut):
    """What is written to the ring while it is wiped waits, and is there afterwards."""
    bar = await started(dut)
    await bar.begin(5)
    await bar.begin_only(2)
    # Under way while the device is at it, answered when it is done.
    await bar.write_line(0, command_line(0, 2, [FENCE]))
    await bar.until(bar.is_begun, "generation_done")
    bar.written = 1
    await bar.ring(1)
    must_equal(answers(PROFILE, [(5, [FENCE])])[0], await bar.receive(2), "the line")
    assert await bar.control("refused_lines") == 0


@cocotb.test()
async def reset_input(dut):
    """rst_i is a power-up, in the middle of everything: no handshake, no generation, counters at 0."""
    bar = await started(dut)
    await bar.begin(5)
    sender = cocotb.start_soon(bar.send([FENCE] * (LINES + 20)))
    await cycles(bar.clk, 150)
    sender.cancel()
    dut.rst_i.value = 1
    await cycles(bar.clk, 2)
    for name in ("s_axi_bvalid", "s_axi_rvalid", "s_axil_bvalid", "s_axil_rvalid"):
        assert known(getattr(dut, name)) == 0, name
    await bar.power_up()
    assert await bar.control("generation") == await bar.control("generation_done") == 0
    assert await counts(bar) == [0] * 5
    assert [await bar.counter(name) for name in link.BAR_COUNTERS] == [0] * len(link.BAR_COUNTERS)
    assert await bar.read_ring(0x4000, LINES * LINE_BYTES) == bytes(LINES * LINE_BYTES)
    bar.generation = 0
    await bar.begin(6)
    must_equal(answers(PROFILE, [(6, [FENCE])])[0], await run_fences(bar, 1), "after rst_i")
