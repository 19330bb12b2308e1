"""Goal: LNK-6 where the indices pass 2^16; on Icarus, whose model lets a bench set them."""

import cocotb
from bench import cycles
from link_bench import EVENTS_HELD, WINDOW, link
from link_frames import MODULO


@cocotb.test()
async def indices_wrap(dut):
    """LNK-6: all indices pass 2^16, set shortly before by hand."""
    bench = await link(dut)
    await bench.begin()
    near = MODULO - 24
    # The model of Icarus lets the bench reach into the memory of the program: .ram in gb_link_program.asm.
    for place, value in ((2, near), (4, near + WINDOW), (6, near), (8, near), (10, near), (12, near + EVENTS_HELD)):
        dut.u_engine.u_ram.g_any.words[place].value = value % 256
        dut.u_engine.u_ram.g_any.words[place + 1].value = value // 256 % 256
    for pointer in ("written_q", "next_q", "kept_q"):
        getattr(dut.u_events, pointer).value = near % (2 * EVENTS_HELD)
    events = [bench.event() for _ in range(60)]
    bench.events.queue += events
    sent, got = [], []
    bench.send(seq=near, ack=near, credit=near + EVENTS_HELD, poll=True)
    while len(got) < len(events) or len(sent) < len(events):
        frame = await bench.port.data_frame()
        assert not frame.replay and frame.seq == (near + len(got)) % MODULO
        assert frame.records == events[len(got) : len(got) + len(frame.records)]
        assert (near + len(sent) - frame.ack) % MODULO <= 6
        assert (frame.credit - frame.ack) % MODULO <= WINDOW
        got += frame.records
        records = [bench.record() for _ in range(3)]
        bench.send(seq=near + len(sent), ack=near + len(got), credit=near + len(got) + EVENTS_HELD, records=records)
        sent += records
    await cycles(dut.clk_i, 2000)
    bench.port.frames.clear()
    assert bench.taken() == sent
    await bench.counted(resets=1)
