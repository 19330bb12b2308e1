"""Goal: what the window of the BAR shows, and what reads and writes of its words do (clauses BAR-1 to BAR-4)."""

import cocotb
import gatebook_transports as link
from bar import LINE_BYTES, LINES, MODULO, PATIENCE, PROFILE, TIME_SCALE, EventLine, command_line, number, started
from bench import PARAMETERS, cycles
from gatebook_contract import CONTRACT_DIGEST, PROFILE_FIELDS
from software import answers, random_program, word

CONTROL = ("reset_epoch", "generation", "generation_done", "command_lines", "event_lines", "refused_lines")
DOORBELLS = ("command_doorbell", "event_doorbell")
FENCE = word("FENCE")


def hexadecimal(parameter):
    """Of a parameter as Verilog writes it, as bytes; the first in the lowest bits."""
    width, digits = parameter.split("'h")
    return int(digits, 16).to_bytes(int(width) // 8, "little")


async def state(bar):
    return [await bar.control(name) for name in (*CONTROL, *DOORBELLS)]


async def fences(bar, count):
    """That many lines of one FENCE each; their events are left where they are."""
    for _ in range(count):
        await bar.write_line(bar.written, command_line(bar.written, bar.generation, [FENCE]))
        bar.written += 1
    await bar.ring(bar.written)

    async def taken():
        return await bar.control("event_lines") == 1 + bar.written

    await bar.until(taken, "the event of the last fence")


@cocotb.test()
async def block_list(dut):
    """BAR-1: a host finds identity, rings, control and registers by the list alone."""
    bar = await started(dut)
    blocks = await bar.blocks()
    kinds = [kind for _, kind, _, _ in blocks]
    assert sorted(kinds) == sorted(
        [
            link.BLOCK_IDENTITY,
            link.BLOCK_COMMAND_RING,
            link.BLOCK_EVENT_RING,
            link.BLOCK_CONTROL,
            link.BLOCK_REGISTERS,
        ]
    )
    assert all(version == 1 for _, _, version, _ in blocks)
    at = {kind: at + link.BLOCK_BYTES for at, kind, _, _ in blocks}
    start = at[link.BLOCK_IDENTITY]
    identity = b"".join(
        [(await bar.word(start + each)).to_bytes(4, "little") for each in range(0, link.IDENTITY_BLOCK_BYTES, 4)]
    )
    assert number(identity, link.IDENTITY_BLOCK_BAR_VERSION) == link.BAR_VERSION
    digest = identity[link.IDENTITY_BLOCK_CONTRACT_DIGEST :][:8]
    assert digest.hex() == CONTRACT_DIGEST
    profile = [number(identity, link.IDENTITY_BLOCK_PROFILE + 4 * each) for each in range(8)]
    assert profile == [PROFILE[field] for field in PROFILE_FIELDS]
    assert number(identity, link.IDENTITY_BLOCK_CLOCK_HZ) == PARAMETERS["ClockHz"]
    assert number(identity, link.IDENTITY_BLOCK_TIME_SCALE) == TIME_SCALE
    assert identity[link.IDENTITY_BLOCK_BOARD :][:16] == b"bench".ljust(16, b"\0") == hexadecimal(
        PARAMETERS["BoardName"]
    )
    assert identity[link.IDENTITY_BLOCK_COMMIT :][:20] == bytes(range(1, 21)) == hexadecimal(PARAMETERS["Commit"])
    assert bar.places["commands"] == link.MAP_COMMAND_RING and bar.places["events"] == link.MAP_EVENT_RING
    assert bar.places["commands_doorbell"] == bar.places["control"] + link.CONTROL_COMMAND_DOORBELL
    assert bar.places["events_doorbell"] == bar.places["control"] + link.CONTROL_EVENT_DOORBELL
    count = await bar.word(at[link.BLOCK_REGISTERS] + link.REGISTERS_BLOCK_COUNT)
    assert count == link.REGISTER_LINK + len(link.BAR_COUNTERS)


@cocotb.test()
async def nothing_reads_as_zero(dut):
    """BAR-2, BAR-3: holes, the command ring, and to each slave the half of the other are zeros, and are answered."""
    bar = await started(dut, 0.3)
    await bar.begin(7)
    await fences(bar, 3)
    end = max(at for at, _, _, _ in await bar.blocks()) + link.BLOCK_BYTES + link.REGISTERS_BLOCK_BYTES
    registers = bar.places["registers"] + 8 * (link.REGISTER_LINK + len(link.BAR_COUNTERS))
    holes = [end, 0xFFC, 0x1018, 0x1100, 0x1FFC, registers, registers + 4, 0x3FFC, 0x4000, 0x8000, 0xBFFC, 0xFFFC]
    holes += [bar.random.randrange(0x4000, 0x10000, 4) for _ in range(10)]
    for hole in holes:
        assert await bar.word(hole) == 0, f"the word at {hole:#x}"
    outside = [0, 0x1000, 0x2000, 0x3FF8, 0x4000 + LINES * LINE_BYTES, 0x8000, 0x8008, 0xFFF8]
    outside += [bar.random.randrange(0x8000, 0x10000, 8) for _ in range(10)]
    for hole in outside:
        assert await bar.read_ring(hole, 8) == bytes(8), f"the beat at {hole:#x}"
    across = await bar.read_ring(0x4000 + LINES * LINE_BYTES - 64, 128)
    assert across[64:] == bytes(64)


@cocotb.test()
async def reads_have_no_effect(dut):
    """BAR-2: whoever reads everything, twice, in any width, finds the same, and leaves it so."""
    bar = await started(dut)
    await bar.begin(7)
    await fences(bar, 4)
    await cycles(bar.clk, 200)
    words = [*range(0, 0xC0, 4), *range(0x1000, 0x1100, 4), *range(0x2800, 0x2870, 4)]

    async def everything():
        ring = [await bar.read_ring(0x4000 + LINE_BYTES * line, LINE_BYTES) for line in range(LINES)]
        return [await bar.word(each) for each in words], ring

    before, counted = await everything(), await state(bar)
    assert await everything() == before
    for size in (0, 1, 2, 3):
        assert await bar.read_ring(0x4000, LINE_BYTES * LINES, size=size) == b"".join(before[1])
    assert await state(bar) == counted
    assert [EventLine(each).sequence for each in before[1][:5]] == [0, 1, 2, 3, 4]
    assert all(EventLine(each).sealed for each in before[1][:5])


@cocotb.test()
async def parts_of_words_change_nothing(dut):
    """BAR-3: a write of a part of a register is answered and does nothing; it is counted."""
    bar = await started(dut)
    await bar.begin(7)
    await fences(bar, 2)
    before, count = await state(bar), 0
    for name in (*CONTROL, *DOORBELLS):
        place = bar.places["control"] + getattr(link, f"CONTROL_{name.upper()}")
        for start, size in [(0, 1), (1, 1), (2, 1), (3, 1), (0, 2), (1, 2), (2, 2), (0, 3), (1, 3)]:
            # What would be accepted as a whole word.
            await bar.write_bytes(place + start, bytes([2, 0, 0, 0])[start : start + size])
            count += 1
    assert await state(bar) == before
    assert await bar.counter("partial_writes") == count
    # Each half of it may be written to the next word: of both a part is written.
    await bar.write_bytes(bar.places["control"] + 2, bytes([9, 9, 9, 9]))
    assert await state(bar) == before
    assert await bar.counter("partial_writes") == count + 2


@cocotb.test()
async def what_is_not_writable(dut):
    """BAR-3: words that cannot be written are answered and stay; so do beats beside the command ring."""
    bar = await started(dut, 0.3)
    await bar.begin(7)
    await fences(bar, 2)
    before, identity = await state(bar), [await bar.word(each) for each in range(0, 0xB0, 4)]
    ring = await bar.read_ring(0x4000, LINES * LINE_BYTES)
    places = [0, 4, 0x20, 0x60, 0x1008, 0x100C, 0x1010, 0x1014, 0x1018, 0x1044, 0x1100, 0x1140, 0x2000, 0x2800, 0x2830]
    places += [0x4000, 0x8000, 0x9040, 0xFFFC]
    for place in places:
        await bar.write_word(place, 3)
    assert await bar.counter("stray_writes") == len(places)
    beats = 0
    for place in (0x0, 0x1000, 0x1040, 0x2000, 0x4000, 0x4008, 0x8000 + LINES * LINE_BYTES, 0xC000, 0xFFC0):
        await bar.write_ring(place, bytes([3]) * 32)
        beats += 4
    assert await bar.counter("stray_beats") == beats
    assert await state(bar) == before
    assert [await bar.word(each) for each in range(0, 0xB0, 4)] == identity
    assert await bar.read_ring(0x4000, LINES * LINE_BYTES) == ring
    # The last beat inside, the first one outside.
    edge = 0x8000 + LINES * LINE_BYTES - 8
    await bar.write_ring(edge, bytes([3]) * 16)
    assert await bar.counter("stray_beats") == beats + 1


@cocotb.test()
async def epoch_is_kept(dut):
    """reset_epoch reads as it was written, and writing it alone resets nothing."""
    bar = await started(dut)
    await bar.begin(7)
    for value in (0, MODULO - 1, 0x12345678):
        await bar.set_control("reset_epoch", value)
        assert await bar.control("reset_epoch") == value
    assert await bar.control("generation_done") == bar.generation == 1
    assert await bar.counter("resets") == 1


@cocotb.test()
async def command_doorbell(dut):
    """BAR-4: repeated, coalesced, behind, too far ahead."""
    bar = await started(dut)
    await bar.begin(7)
    await fences(bar, 3)
    ignored = 0

    async def becomes(value, index):
        await bar.ring(value)
        assert await bar.control("command_doorbell") == index % MODULO, f"after {value}"

    await becomes(3, 3)
    for value in (2, 0, -1, 3 + LINES + 1, 3 + 2**31, 3 - 2**31, MODULO - LINES):
        await becomes(value, 3)
        ignored += 1
    assert await bar.counter("doorbells_ignored") == ignored
    assert await bar.control("refused_lines") == 0
    # As far ahead as the ring has lines is right: the lines are refused, for nobody wrote them.
    await becomes(3 + LINES, 3 + LINES)
    await becomes(3 + LINES - 1, 3 + LINES)
    assert await bar.counter("doorbells_ignored") == ignored + 1
    assert await bar.control("command_lines") == 3


@cocotb.test()
async def event_doorbell(dut):
    """BAR-4: what is behind, or ahead of event_lines, frees nothing."""
    bar = await started(dut)
    await bar.begin(7)
    await fences(bar, 4)
    assert await bar.control("event_lines") == 5

    async def becomes(value, index):
        await bar.write_word(bar.places["events_doorbell"], value)
        assert await bar.control("event_doorbell") == index, f"after {value}"

    await becomes(3, 3)
    await becomes(3, 3)
    for value in (2, 0, -1, 6, 3 + LINES, 3 + 2**31, MODULO - 1):
        await becomes(value, 3)
    assert await bar.counter("doorbells_ignored") == 7
    await becomes(5, 5)
    await becomes(4, 5)


@cocotb.test()
async def telemetry_and_counters(dut):
    """The register window shows the kernel's telemetry, and what the shell counted."""
    bar = await started(dut)
    await bar.begin(7)
    commands = random_program(PROFILE, bar.random.getrandbits(32), 0, 60)
    expected = answers(PROFILE, [(7, commands)])[0]
    sender = cocotb.start_soon(bar.send(commands))
    await bar.receive(len(expected))
    await sender
    # RESET_DONE is no event of the count (clause REC-6 and docs/hdl.md: it passes as any other there).
    assert await bar.register(0) == len(commands)
    assert await bar.register(1) == len(expected)
    cycles_before = await bar.register(2)
    assert 0 < cycles_before < await bar.register(2)
    assert await bar.counter("events_written") == len(expected)
    assert await bar.counter("lines_taken") == bar.written == await bar.control("command_lines")
    assert await bar.counter("resets") == 1
    # In both halves of 64 bits: samples of FENCE or any other record stand in the upper part of its register too.
    kinds = [await bar.register(32 + kind) for kind in range(20)]
    assert sum(each & 0xFFFF for each in kinds) == len(commands)
    assert any(each >> 32 for each in kinds)


@cocotb.test()
async def lines_on_top(dut):
    """connected_o since the first generation, activity_o once for each line either way, fault_o once a refusal."""
    bar = await started(dut)
    seen = {"activity_o": 0, "fault_o": 0}

    async def count():
        while True:
            await cycles(bar.clk, 1)
            for name in seen:
                seen[name] += int(getattr(dut, name).value)

    cocotb.start_soon(count())
    assert dut.connected_o.value == 0
    await bar.begin(7)
    assert dut.connected_o.value == 1
    await fences(bar, 3)
    await bar.ring(4)
    for _ in range(PATIENCE):
        if await bar.control("refused_lines") == 1:
            break
    # Two lines may come in one cycle, but here each fence waits for the one before.
    assert seen["fault_o"] == 1
    assert seen["activity_o"] == 3 + 4
