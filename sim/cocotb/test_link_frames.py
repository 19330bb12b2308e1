"""Goal: LNK-1..LNK-5 hold at the byte port of gb_link: what is a frame, and what is dropped and counted."""

import cocotb
from bench import cycles
from gatebook_transports import *  # noqa: F403  constants alone
from link_bench import EPOCH, link, lnk
from link_frames import crc_of, data, header, hello, on_line, read, reset, stuffed, u16, with_crc


@cocotb.test()
@cocotb.parametrize(gap=[0.0, 0.8], stall=[0.0, 0.8])
async def hello_is_answered(dut, gap, stall):
    """LNK-12, before any epoch: the simplest frame there and back."""
    bench = await link(dut, gap=gap, stall=stall)
    bench.port.send(hello(0x11002200))
    frame = await bench.port.next_frame(lnk.TYPE_IDENTITY)
    assert (frame.nonce, frame.epoch) == (0x11002200, 0)
    await bench.port.silence()


@cocotb.test()
async def zeros_between_blocks(dut):
    """LNK-1: further 0x00 anywhere between blocks; one in front of what the device sends."""
    bench = await link(dut)
    bench.port.send_bytes(b"\0" * 5 + on_line(hello(1)) + b"\0" * 7 + stuffed(hello(2)) + b"\0\0")
    seen = []
    while len(seen) < 2:
        seen.append((await bench.port.next_frame(lnk.TYPE_IDENTITY)).nonce)
    assert seen == [1, 2]
    zeros = bench.port.bytes_out - 2 * (lnk.IDENTITY_BYTES + 4 + 1)
    assert zeros == 4, "a 0x00 in front of each block and one behind"
    await bench.counted()
