"""Goal: command lines reach the kernel, events the host, in order, once and whole, whatever either side does to them
(clauses BAR-3, BAR-5 to BAR-7)."""

import os

import cocotb
import gatebook_transports as link
from bar import LINE_BYTES, LINES, MODULO, PROFILE, command_line, seal, started
from bench import cycles
from gatebook_contract import EVENTS, unpack
from kernel import must_equal
from software import answers, random_program, word

SCALE = int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))
LENGTH = 120 * SCALE
FENCE = word("FENCE")
#: First byte and bytes of each part of a command line that has two commands.
PARTS = {
    "sequence": (link.COMMAND_LINE_SEQUENCE, 4),
    "generation": (link.COMMAND_LINE_GENERATION, 2),
    "count": (link.COMMAND_LINE_COUNT, 2),
    "first": (link.COMMAND_LINE_COMMANDS, 16),
    "second": (link.COMMAND_LINE_COMMANDS + 16, 16),
    "absent": (link.COMMAND_LINE_COMMANDS + 32, 16),
    "zero": (link.COMMAND_LINE_ZERO, 4),
    "crc": (link.COMMAND_LINE_CRC, 4),
}


async def begun(dut, stall=0.0, epoch=1):
    bar = await started(dut, stall)
    await bar.begin(epoch)
    return bar


async def refusals(bar, count):
    async def counted():
        return await bar.control("refused_lines") >= count

    await bar.until(counted, f"refusal {count}")
    await cycles(bar.clk, 60)
    assert await bar.control("refused_lines") == count


async def whole_program(bar, commands, epoch, torn=False):
    expected = answers(PROFILE, [(epoch, commands)])[0]
    sender = cocotb.start_soon(bar.send(commands, torn))
    events = await bar.receive(len(expected), torn, lazy=0.5)
    await sender
    must_equal(expected, events, f"seed {cocotb.RANDOM_SEED}")
    await bar.nothing_more()


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.5], torn=[0, 1])
async def programs(dut, stall, torn):
    """BAR-5, BAR-6: the events of the software engine, lines whole or in pieces, with and without stalls."""
    bar = await started(dut, stall)
    commands = random_program(PROFILE, bar.random.getrandbits(32), 0, LENGTH)
    epoch = bar.random.getrandbits(32)
    await bar.begin(epoch)
    await whole_program(bar, commands, epoch, torn == 1)


@cocotb.test()
async def programs_beside_reads(dut):
    """BAR-2: whoever reads everywhere in the window meanwhile changes nothing."""
    bar = await begun(dut, 0.2)
    stop = False

    async def read_anywhere():
        while not stop:
            if bar.random.random() < 0.5:
                await bar.word(bar.random.choice([0x1000, 0x2000, 0x2800]) + bar.random.randrange(0, 0x80, 4))
            else:
                await bar.read_ring(0x4000 + bar.random.randrange(LINES * LINE_BYTES - 32), 32)

    reader = cocotb.start_soon(read_anywhere())
    await whole_program(bar, random_program(PROFILE, bar.random.getrandbits(32), 0, LENGTH // 2), 1)
    stop = True
    await reader


@cocotb.test()
async def narrow_and_unaligned(dut):
    """BAR-3: lines written in beats of 1, 2, 4 and 8 bytes from any byte on."""
    bar = await begun(dut, 0.2)
    for size in (0, 1, 2, 3):
        data = command_line(bar.written, bar.generation, [FENCE])
        cut = bar.random.randrange(1, LINE_BYTES)
        await bar.write_ring(bar.slot(bar.written) + cut, data[cut:], size=size)
        await bar.write_ring(bar.slot(bar.written), data[:cut], size=size)
        bar.written += 1
        await bar.ring(bar.written)
    must_equal(answers(PROFILE, [(1, [FENCE] * 4)])[0], await bar.receive(5), "four fences")
    assert await bar.control("refused_lines") == 0


@cocotb.test()
async def coalesced_lines(dut):
    """BAR-3: several lines in one burst; some written long before their doorbell."""
    bar = await begun(dut)
    commands = random_program(PROFILE, bar.random.getrandbits(32), 0, 3 * LINES)[: 3 * LINES]
    expected = answers(PROFILE, [(1, commands)])[0]
    lines = [command_line(i, bar.generation, commands[3 * i : 3 * i + 3]) for i in range(LINES)]
    await bar.write_ring(bar.slot(0), b"".join(lines))
    assert await bar.control("command_lines") == 0
    receiver = cocotb.start_soon(bar.receive(len(expected)))
    for index in range(1, LINES + 1):
        if bar.random.random() < 0.5 or index == LINES:
            await bar.ring(index)
    must_equal(expected, await receiver, "lines in one burst")


@cocotb.test()
async def flipped_bits(dut):
    """BAR-5: a line with one wrong bit in any part is never executed, refused once, and taken when written again."""
    bar = await begun(dut)
    await bar.receive(1)
    count, sent = 0, 0
    for part, (start, size) in PARTS.items():
        for bit in bar.random.sample(range(8 * size), min(3 * SCALE, 8 * size)):
            good = command_line(bar.written, bar.generation, [FENCE, FENCE])
            wrong = bytearray(good)
            wrong[start + bit // 8] ^= 1 << bit % 8
            await bar.write_line(bar.written, bytes(wrong))
            await bar.ring(bar.written + 1)
            count += 1
            await refusals(bar, count)
            assert await bar.control("command_lines") == bar.written, f"{part}, bit {bit}: taken"
            assert await bar.control("event_lines") == bar.read_lines, f"{part}, bit {bit}: executed"
            await bar.write_line(bar.written, good)
            bar.written += 1
            await bar.ring(bar.written)
            sent += 2
            found = [unpack(EVENTS, each.to_bytes(32, "little")) for each in await bar.receive(2)]
            assert [fields["command"] for _, fields in found] == [sent - 2, sent - 1]
    assert await bar.counter("crc_refusals") == count
    assert await bar.counter("stale_refusals") == await bar.counter("form_refusals") == 0


@cocotb.test()
async def sealed_but_wrong(dut):
    """BAR-5, BAR-7: a right CRC does not make up for another field that is wrong; nor does one of another seed."""
    bar = await begun(dut)
    sequence, generation = bar.written, bar.generation
    two = command_line(sequence, generation, [FENCE, FENCE])
    behind = bytearray(two[:60])
    behind[link.COMMAND_LINE_COMMANDS + 32 + bar.random.randrange(16)] = 1
    zero = bytearray(two[:60])
    zero[link.COMMAND_LINE_ZERO + bar.random.randrange(4)] = 0x80
    stale = [command_line(sequence + off, generation, [FENCE]) for off in (1, -1, LINES, -LINES, 2**16, 2**31)]
    stale += [command_line(sequence, other, [FENCE]) for other in (0, generation + 1, generation | 0x8000, 0xFFFF)]
    form = [command_line(sequence, generation, [FENCE] * 3, count) for count in (0, 1, 2, 4, 7, 0x103, 0xFFFF)]
    form += [seal(bytes(behind)), seal(bytes(zero)), command_line(sequence, generation, [], 0)]
    other = [seal(two[:60], 0), seal(two[:60], 0xFFFFFFFF), bytes(64), b"\xff" * 64]
    count = 0
    for line in (*stale, *form, *other):
        await bar.write_line(sequence, line)
        await bar.ring(sequence + 1)
        count += 1
        await refusals(bar, count)
    assert await bar.control("command_lines") == 0
    assert await bar.control("event_lines") == 1
    assert await bar.counter("stale_refusals") == len(stale)
    assert await bar.counter("form_refusals") == len(form)
    assert await bar.counter("crc_refusals") == len(other)
    await bar.write_line(sequence, two)
    bar.written = 1
    await bar.ring(1)
    must_equal(answers(PROFILE, [(1, [FENCE, FENCE])])[0], await bar.receive(3), "the right line at last")


@cocotb.test()
async def refused_until_rung(dut):
    """BAR-5: a refused line is looked at once for each doorbell, whatever its value; nothing behind it is taken."""
    bar = await begun(dut)
    lines = [command_line(i, bar.generation, [FENCE]) for i in range(5)]
    for index in (0, 1, 3, 4):
        await bar.write_line(index, lines[index])
    await bar.ring(5)
    await refusals(bar, 1)
    await cycles(bar.clk, 300)
    assert await bar.control("refused_lines") == 1
    for count, value in enumerate((5, 0, 4, LINES + 3, -1), 2):
        await bar.ring(value)
        await refusals(bar, count)
    # Once more for each that comes while line 2 is being looked at, or line 3 behind it, which is right.
    for gap in range(1, 2 * LINE_BYTES // 8):
        first = bar.words.init_write(bar.places["commands_doorbell"], bytes([5, 0, 0, 0]))
        await cycles(bar.clk, gap)
        await bar.ring(5)
        await first.wait()
        count += 2
        await refusals(bar, count)
    assert await bar.control("command_lines") == 2
    # Writing the line alone is not enough: the doorbell says that it is whole.
    await bar.write_line(2, lines[2])
    await cycles(bar.clk, 300)
    assert await bar.control("command_lines") == 2
    bar.written = 5
    await bar.ring(5)
    must_equal(answers(PROFILE, [(1, [FENCE] * 5)])[0], await bar.receive(6), "after the repair")
    assert await bar.control("refused_lines") == count


@cocotb.test()
async def refused_lines_is_about_command_lines(dut):
    """BAR-5: a wrong line behind others that wait for the kernel is not refused before its turn."""
    bar = await begun(dut)
    lines = [command_line(i, bar.generation, [FENCE] * 3) for i in range(LINES)]
    await bar.write_ring(bar.slot(0), b"".join(lines))
    await bar.ring(LINES)

    async def stuck():
        return await bar.control("event_lines") == LINES

    # Nothing is read: events fill their ring, and the kernel stands still.
    await bar.until(stuck, "a full event ring")
    await cycles(bar.clk, 200)
    # Two lines are checked ahead; the one behind them has not been looked at.
    wrong = await bar.control("command_lines") + 2
    assert wrong < LINES
    damaged = bytearray(lines[wrong])
    damaged[20] ^= 4
    await bar.write_line(wrong, bytes(damaged))
    # For each event that leaves the kernel goes on a little, and stands still again.
    events = []
    for _ in range(1 + 3 * wrong):
        events += await bar.receive(1)
        await cycles(bar.clk, 60)
        if await bar.control("refused_lines") != 0:
            assert await bar.control("command_lines") == wrong, "refused before its turn"
    await refusals(bar, 1)
    assert await bar.control("command_lines") == wrong
    await bar.write_line(wrong, lines[wrong])
    await bar.ring(LINES)
    bar.written = LINES
    events += await bar.receive(3 * (LINES - wrong))
    must_equal(answers(PROFILE, [(1, [FENCE] * 3 * LINES)])[0], events, "with one line repaired")
    await bar.nothing_more()


@cocotb.test()
async def stale_laps(dut):
    """BAR-5: a doorbell for a line that was not written finds that of the lap before, and refuses it."""
    bar = await begun(dut)
    sent = [FENCE] * (3 * LINES + 3)
    sender = cocotb.start_soon(bar.send(sent))
    await bar.receive(1 + len(sent))
    await sender
    lost = bar.written
    assert lost > LINES
    await bar.ring(lost + 1)
    await refusals(bar, 1)
    assert await bar.counter("stale_refusals") == 1
    assert await bar.control("command_lines") == lost
    await bar.write_line(lost, command_line(lost, bar.generation, [FENCE]))
    bar.written += 1
    await bar.ring(lost + 1)
    await bar.receive(1)
    await bar.nothing_more()


@cocotb.test()
async def full_event_ring(dut):
    """BAR-6: the kernel waits as long as nobody reads; nothing is overwritten, nothing lost."""
    bar = await begun(dut)
    commands = [FENCE] * (LINES + 40)
    expected = answers(PROFILE, [(1, commands)])[0]
    sender = cocotb.start_soon(bar.send(commands))

    async def full():
        return await bar.control("event_lines") == LINES

    await bar.until(full, "a full event ring")
    await cycles(bar.clk, 2000)
    assert await bar.control("event_lines") == LINES
    assert await bar.counter("event_waits") > 1000
    for index in range(LINES):
        line = await bar.look(index)
        assert line.sealed and line.sequence == index and line.event == expected[index]
    # One line read, one line more.
    assert (await bar.receive(1)) == expected[:1]
    await cycles(bar.clk, 200)
    assert await bar.control("event_lines") == LINES + 1
    assert (await bar.look(LINES)).sequence == LINES
    events = expected[:1] + await bar.receive(len(expected) - 1)
    await sender
    must_equal(expected, events, "after the wait")
    await bar.nothing_more()


@cocotb.test()
async def repaired_while_it_runs(dut):
    """BAR-5: a host that tears lines now and then, and repairs what is refused, loses nothing and repeats nothing."""
    bar = await begun(dut, 0.3)
    commands = random_program(PROFILE, bar.random.getrandbits(32), 0, LENGTH)
    expected = answers(PROFILE, [(1, commands)])[0]
    receiver = cocotb.start_soon(bar.receive(len(expected), lazy=0.3))
    lines = [command_line(i, bar.generation, commands[2 * i : 2 * i + 2]) for i in range((len(commands) + 1) // 2)]
    written, known_refusals = 0, 0
    while (taken := await bar.control("command_lines")) < len(lines):
        if (refused := await bar.control("refused_lines")) != known_refusals:
            known_refusals = refused
            await bar.write_line(taken, lines[taken])
            await bar.ring(written)
        if written < len(lines) and written - taken < LINES:
            data = lines[written]
            if bar.random.random() < 0.2:
                cut = bar.random.randrange(LINE_BYTES)
                data = data[:cut] + bar.random.randbytes(LINE_BYTES - cut)
            await bar.write_line(written, data)
            written += 1
            await bar.ring(written)
    must_equal(expected, await receiver, f"seed {cocotb.RANDOM_SEED}")
    assert known_refusals > 0
    await bar.nothing_more()


@cocotb.test()
async def sequence_numbers(dut):
    """BAR-6: every event line carries what was taken before it, and time that goes forward."""
    bar = await begun(dut)
    for count in range(1, 4):
        await bar.send([FENCE])
        await bar.receive(2 if count == 1 else 1)
        assert bar.command_lines_seen == count % MODULO
