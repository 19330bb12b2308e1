"""Goal: LNK-1..LNK-5 hold at the byte port of gb_link: what is a frame, and what is dropped and counted."""

import zlib

import cocotb
import gatebook_transports as lnk
from bench import PARAMETERS, cycles
from gatebook_contract import CONTRACT_DIGEST
from link_bench import EPOCH, EVENTS_HELD, WINDOW, link
from link_frames import data, header, hello, on_line, read, reset, stuffed, with_crc


def with_other_crc(frame):
    """Seeded where it should not be, and the other way round."""
    seeded = zlib.crc32(bytes.fromhex(CONTRACT_DIGEST)) if frame[0] in (lnk.TYPE_HELLO, lnk.TYPE_IDENTITY) else 0
    return frame[:-4] + zlib.crc32(frame[:-4], seeded).to_bytes(4, "little")


@cocotb.test()
@cocotb.parametrize(gap=[0.0, 0.8], stall=[0.0, 0.8])
async def hello_is_answered(dut, gap, stall):
    """LNK-12 before any epoch: the simplest frame there and back."""
    bench = await link(dut, gap=gap, stall=stall)
    bench.port.send(hello(0x11002200))
    frame = await bench.port.next_frame(lnk.TYPE_IDENTITY)
    assert (frame.nonce, frame.epoch) == (0x11002200, 0)
    await bench.port.silence()


@cocotb.test()
async def zeros_between_blocks(dut):
    """LNK-1: further 0x00 anywhere between blocks; one in front of what the device sends."""
    bench = await link(dut)
    bench.port.send_bytes(b"\0" * 5 + on_line(hello(1)))
    assert (await bench.port.next_frame(lnk.TYPE_IDENTITY)).nonce == 1
    bench.port.send_bytes(b"\0" * 7 + stuffed(hello(2)) + b"\0\0")
    assert (await bench.port.next_frame(lnk.TYPE_IDENTITY)).nonce == 2
    await bench.port.silence()
    blocks = 2 * (lnk.IDENTITY_BYTES + lnk.CRC_BYTES + 1)
    assert bench.port.bytes_out == blocks + 4, "a 0x00 in front of each block and one behind"
    await bench.counted()


def long_frame(size):
    """DATA of that many bytes without its CRC."""
    return with_crc((header(lnk.TYPE_DATA, EPOCH, 0, 0, EVENTS_HELD) + b"\x55" * size)[:size])


def past_its_end(block):
    """The last code is one too many: the bytes are those of a good frame."""
    at = 0
    while at + block[at] < len(block):
        at += block[at]
    return block[:at] + bytes([block[at] + 1]) + block[at + 1 :]


#: Blocks that are no frames, with their counter. None may be answered but by one DATA that has REPLAY set.
BAD = {
    "code_ff": ("bad_frames", b"\xff" + stuffed(hello(5))[1:]),
    "full_ff": ("bad_frames", b"\xff" + b"\x11" * 254),
    "more_ff": ("bad_frames", b"\xff" + b"\x11" * 254 + stuffed(hello(5))),
    "past_end": ("bad_frames", past_its_end(stuffed(data(EPOCH, records=[1], credit=EVENTS_HELD)))),
    "past_far": ("bad_frames", b"\x40" + stuffed(hello(5))[1:]),
    "too_long": ("bad_frames", stuffed(long_frame(250))),
    "lengthy": ("bad_frames", stuffed(b"\x11" * 700)),
    "wraps": ("bad_frames", stuffed(b"\x11\0" * 262 + hello(5))),
    "too_short": ("bad_frames", stuffed(with_crc(b"\x01\x01\0\0\0\0\0"))),
    "one_byte": ("bad_frames", b"\x01"),
    "hello_crc": ("crc_errors", stuffed(with_other_crc(hello(5)))),
    "data_crc": ("crc_errors", stuffed(with_other_crc(data(EPOCH, records=[1])))),
    "reset_crc": ("crc_errors", stuffed(with_other_crc(reset(9)))),
    "zero_crc": ("crc_errors", stuffed(data(EPOCH, records=[1])[:-4] + bytes(4))),
}


@cocotb.test()
@cocotb.parametrize(bad=list(BAD))
async def bad_blocks(dut, bad):
    """LNK-2, LNK-3, LNK-9, LNK-10: dropped whole, counted once, answered by one REPLAY; the next frame is taken."""
    bench = await link(dut)
    await bench.begin()
    counter, block = BAD[bad]
    bench.port.send_bytes(b"\0" + block + b"\0")
    frame = await bench.port.data_frame()
    assert frame.replay and (frame.seq, frame.ack, frame.credit) == (0, 0, WINDOW)
    await bench.port.silence()
    assert bench.taken() == [] and bench.resets[-1:] == [7]
    record = bench.record()
    bench.send(records=[record], credit=EVENTS_HELD)
    frame = await bench.port.data_frame()
    assert not frame.replay and frame.ack == 1
    assert bench.taken() == [record]
    await bench.counted(**{counter: 1, "resets": 1})


@cocotb.test()
async def bit_flips(dut):
    """LNK-3: a frame with any one bit of it flipped does nothing; most of them are CRC errors."""
    bench = await link(dut)
    await bench.begin()
    block = stuffed(data(EPOCH, records=[bench.record()], credit=EVENTS_HELD))
    for bit in range(8 * len(block)):
        injured = bytearray(block)
        injured[bit // 8] ^= 1 << bit % 8
        bench.port.send_bytes(b"\0" + injured + b"\0")
        while bench.port.queue:
            await bench.port.data_frame()
    # Answers that fell due together were one.
    await cycles(dut.clk_i, 2000)
    assert bench.taken() == []
    bench.port.frames.clear()
    counters = await bench.port.counters()
    # A byte that becomes 0x00 makes two blocks of one; the READs up to here are counted as well.
    assert counters["crc_errors"] + counters["bad_frames"] >= 8 * len(block)
    assert counters["frames_received"] == 1 + 1 + list(counters).index("frames_received"), counters


@cocotb.test()
@cocotb.parametrize(at=[0, 3, 15, 16])
async def line_errors(dut, at):
    """LNK-2: a block with a byte whose stop bit was missing, though its bytes are those of a good frame."""
    bench = await link(dut)
    await bench.begin()
    block = stuffed(data(EPOCH, records=[bench.record()], credit=EVENTS_HELD))
    bench.port.send_bytes(b"\0" + block + b"\0", errors=[1 + at])
    assert (await bench.port.data_frame()).replay
    assert bench.taken() == []
    await bench.counted(line_errors=1, resets=1)


@cocotb.test()
async def break_on_the_line(dut):
    """LNK-1, LNK-2: a 0x00 without its stop bit ends no block; with it begins one, which the next 0x00 ends."""
    bench = await link(dut)
    await bench.begin()
    bench.port.send_bytes(b"\0", errors=[0])
    await bench.port.silence()
    bench.port.send(hello(3))
    seen = [await bench.port.next_frame(), await bench.port.next_frame()]
    assert sorted(frame.kind for frame in seen) == [lnk.TYPE_IDENTITY, lnk.TYPE_DATA]
    await bench.counted(line_errors=1, resets=1)


UNKNOWN = {
    "no_type": with_crc(header(0x14, EPOCH) + bytes(4)),
    "zero": with_crc(bytes(13)),
    "identity": with_crc(bytes([lnk.TYPE_IDENTITY]) + bytes(99)),
    "value": with_crc(header(lnk.TYPE_VALUE, EPOCH) + bytes(12)),
    "flag_hello": with_crc(bytes([0x41]) + hello(1)[1:-4]),
    "flag_read": with_crc(header(0x52, EPOCH) + bytes(4)),
    "flag_reset": with_crc(header(0x90, 5) + bytes(4)),
    "bit_5": with_crc(header(0x31, EPOCH)),
    "hello_long": with_crc(hello(1)[:-4] + b"\x01"),
    "reset_long": with_crc(reset(5)[:-4] + b"\0"),
    "reset_none": with_crc(header(lnk.TYPE_RESET, 5)),
    "reset_zero": reset(0),
    "read_short": with_crc(read(1, 2)[:-5]),
    "data_short": with_crc(data(EPOCH)[:-5]),
    "data_part": with_crc(data(EPOCH, records=[1])[:-5]),
    "data_more": with_crc(data(EPOCH, records=[1])[:-4] + b"\x01"),
    "data_other": with_crc(header(lnk.TYPE_DATA, 77) + b"\x01"),
}


@cocotb.test()
@cocotb.parametrize(unknown=list(UNKNOWN))
async def unknown_frames(dut, unknown):
    """LNK-4, LNK-13: right CRC, but no type that a device knows, or no length or flags of it: counted, no answer."""
    bench = await link(dut)
    await bench.begin()
    bench.port.send(UNKNOWN[unknown])
    await bench.port.silence()
    assert bench.taken() == [] and bench.resets[-1:] == [7]
    await bench.counted(unknown_frames=1, resets=1)


@cocotb.test()
async def sizes(dut):
    """LNK-5: every number of commands that a frame can hold, and of events."""
    bench = await link(dut)
    await bench.begin()
    sent = []
    for count in range(1, lnk.COMMANDS_PER_FRAME + 1):
        records = [bench.record() for _ in range(count)]
        bench.send(seq=len(sent), records=records, credit=EVENTS_HELD)
        sent += records
        assert (await bench.port.data_frame()).ack == len(sent)
    assert bench.taken() == sent
    got, expected = 0, [bench.event() for _ in range(20)]
    bench.events.queue += expected
    counts = set()
    while got < len(expected):
        frame = await bench.port.data_frame()
        assert frame.seq == got
        assert frame.records == expected[got : got + len(frame.records)]
        got += len(frame.records)
        counts.add(len(frame.records))
        bench.send(seq=len(sent), ack=got, credit=got + EVENTS_HELD)
    assert max(counts) <= lnk.EVENTS_PER_FRAME
    await bench.counted(resets=1)


@cocotb.test()
async def identity(dut):
    """LNK-12: what the device says of itself, in the frozen layout."""
    bench = await link(dut)
    dut.time_scale_i.value = 0x0A0B0C0D
    bench.port.send(hello(0xDEADBEEF))
    raw = (await bench.port.next_frame(lnk.TYPE_IDENTITY)).raw
    number = lambda name, size: int.from_bytes(raw[getattr(lnk, f"IDENTITY_{name}") :][:size], "little")  # noqa: E731
    assert (raw[0], raw[1]) == (lnk.TYPE_IDENTITY, lnk.LINK_VERSION)
    assert raw[lnk.IDENTITY_CONTRACT_DIGEST :][:8].hex() == CONTRACT_DIGEST
    assert number("CLOCK_HZ", 4) == PARAMETERS["ClockHz"] and number("BAUD", 4) == PARAMETERS["Baud"]
    assert (number("COMMAND_WINDOW", 2), number("EVENT_WINDOW", 2)) == (WINDOW, EVENTS_HELD)
    assert number("TIME_SCALE", 4) == 0x0A0B0C0D
    assert number("NONCE", 4) == 0xDEADBEEF
