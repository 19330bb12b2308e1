"""Goal: LNK-12..LNK-15 hold at the byte port of gb_link: HELLO, RESET and READ pass in any state."""

import cocotb
import gatebook_transports as lnk
from bench import cycles
from link_bench import EPOCH, EVENTS_HELD, WINDOW, link
from link_frames import data, hello, read, reset


@cocotb.test()
async def power_up(dut):
    """LNK-14: epoch 0: HELLO and READ are answered, DATA as a frame of a wrong epoch; no event is sent."""
    bench = await link(dut)
    bench.events.queue += [bench.event() for _ in range(3)]
    for epoch, poll, records in ((0, True, []), (0, False, []), (0, False, [1, 2]), (3, False, [])):
        bench.send(epoch, poll=poll, records=records, credit=EVENTS_HELD)
        frame = await bench.port.data_frame()
        assert (frame.epoch, frame.records, frame.replay, frame.ack) == (0, [], False, 0)
    bench.port.send(hello(1))
    assert (await bench.port.next_frame(lnk.TYPE_IDENTITY)).epoch == 0
    assert await bench.port.register(lnk.REGISTER_KERNEL + 9) % 2**32 == 9
    assert bench.taken() == []
    await bench.counted(wrong_epochs=4)


@cocotb.test()
async def begins(dut):
    """LNK-13: everything is dropped, both numberings begin at 0, the kernel is reset with its epoch."""
    bench = await link(dut, kernel_stall=1.0)
    await bench.begin(kernel_epoch=0x89ABCDEF)
    bench.send(records=[bench.record() for _ in range(9)], credit=EVENTS_HELD)
    await bench.port.data_frame()
    bench.events.queue += [bench.event() for _ in range(EVENTS_HELD)]
    await cycles(dut.clk_i, 4000)
    bench.port.frames.clear()
    await bench.begin(EPOCH + 1, 0x01020304)
    bench.commands.stall = 0.0
    assert bench.resets[-1] == 0x01020304 and 0x89ABCDEF in bench.resets
    bench.taken()
    await bench.port.silence()
    record, events = bench.record(), [bench.event() for _ in range(2)]
    bench.send(EPOCH + 1, records=[record], credit=EVENTS_HELD)
    frame = await bench.port.data_frame()
    assert (frame.epoch, frame.ack, frame.seq, frame.credit) == (EPOCH + 1, 1, 0, WINDOW + 1)
    bench.events.queue += events
    got = []
    while len(got) < 2:
        frame = await bench.port.data_frame()
        assert frame.seq == len(got)
        got += frame.records
    assert got == events and bench.taken() == [record]
    await bench.counted(resets=2)


@cocotb.test()
async def repeated(dut):
    """LNK-13: a RESET of the current epoch resets nothing and is answered like POLL."""
    bench = await link(dut)
    await bench.begin()
    record = bench.record()
    bench.send(records=[record], credit=EVENTS_HELD)
    assert (await bench.port.data_frame()).ack == 1
    resets = len(bench.resets)
    bench.port.send(reset(EPOCH, 99))
    frame = await bench.port.data_frame()
    assert (frame.epoch, frame.ack, frame.records) == (EPOCH, 1, [])
    await bench.port.silence()
    assert len(bench.resets) == resets and bench.taken() == [record]
    await bench.counted(resets=1)


@cocotb.test()
async def frame_on_the_line(dut):
    """LNK-13: a frame that is on the line is ended in the old epoch, whole."""
    bench = await link(dut)
    await bench.begin()
    bench.port.stall = 1.0
    bench.events.queue += [bench.event()]
    await cycles(dut.clk_i, 600)
    event = bench.events.sent[0]
    bench.port.send(reset(EPOCH + 5, 1))
    await cycles(dut.clk_i, 900)
    bench.port.stall = 0.0
    old, new = await bench.port.data_frame(), await bench.port.data_frame()
    assert (old.epoch, old.records) == (EPOCH, [event])
    assert (new.epoch, new.seq, new.records) == (EPOCH + 5, 0, [])
    await bench.port.silence()


@cocotb.test()
async def wrong_epoch(dut):
    """LNK-4, LNK-10, LNK-14: DATA of another epoch acts in nothing, is counted and answered."""
    bench = await link(dut)
    await bench.begin()
    bench.events.queue += [bench.event()]
    event = (await bench.port.data_frame()).records
    for epoch in (EPOCH ^ 1, EPOCH ^ 0x100, 0):
        bench.send(epoch, ack=1, replay=True, records=[1], credit=EVENTS_HELD)
        frame = await bench.port.data_frame()
        assert (frame.epoch, frame.ack, frame.seq, frame.records) == (EPOCH, 0, 1, [])
    bench.send(ack=0, replay=True, credit=EVENTS_HELD)
    assert (await bench.port.data_frame()).records == event
    assert bench.taken() == []
    await bench.counted(wrong_epochs=3, resets=1, rewinds=1)


@cocotb.test()
async def last_of_several(dut):
    """LNK-12, LNK-15: of several that wait for an answer the last one is answered."""
    bench = await link(dut)
    await bench.begin()
    bench.port.stall = 1.0
    bench.port.send(hello(2))
    await cycles(dut.clk_i, 600)
    for at in range(3, 6):
        bench.port.send(hello(at))
        bench.port.send(read(at, at))
    await cycles(dut.clk_i, 3000)
    bench.port.stall = 0.0
    seen = []
    while len(seen) < 3 or bench.port.frames:
        seen.append(await bench.port.next_frame())
        await cycles(dut.clk_i, 400)
    identities = [frame.nonce for frame in seen if frame.kind == lnk.TYPE_IDENTITY]
    assert identities == [2, 5]
    assert [frame.tag for frame in seen if frame.kind == lnk.TYPE_VALUE] == [5]
    await bench.port.silence()


@cocotb.test()
async def everything_full(dut):
    """RESET, HELLO and READ pass while both buffers are full and there is no credit."""
    bench = await link(dut, kernel_stall=1.0)
    await bench.begin()
    for at in range(0, WINDOW, 8):
        bench.send(seq=at, records=[bench.record() for _ in range(8)])
        await bench.port.data_frame()
    bench.send(seq=WINDOW, records=[bench.record()])
    await bench.port.data_frame()
    bench.events.queue += [bench.event() for _ in range(2 * EVENTS_HELD)]
    await cycles(dut.clk_i, 6000)
    bench.port.frames.clear()
    bench.port.send(hello(8))
    assert (await bench.port.next_frame(lnk.TYPE_IDENTITY)).nonce == 8
    assert await bench.port.register(lnk.REGISTER_KERNEL + 200) % 2**32 == 200
    await bench.begin(EPOCH + 1)
    bench.commands.stall = 0.0
    bench.taken()
    record = bench.record()
    bench.send(EPOCH + 1, records=[record], credit=EVENTS_HELD)
    assert (await bench.port.data_frame()).ack == 1
    assert bench.taken() == [record]


@cocotb.test()
async def registers(dut):
    """LNK-15: VALUE in any epoch, with the register's number of one cycle; 0 where there is none."""
    bench = await link(dut)
    await bench.begin()
    for address in (0, 1, 77, 255):
        value = await bench.port.register(address)
        assert value % 2**32 == address
        high = value >> 32
        assert high % 0x01010101 == 0, f"{high:#x}: bytes of different cycles"
    for address in (0x10C, 0x11F, 0x1FF, 0x200, 0x8001, 0xFFFF):
        assert await bench.port.register(address) == 0, hex(address)
    bench.port.send(read(1, 2, epoch=EPOCH + 3))
    frame = await bench.port.next_frame(lnk.TYPE_VALUE)
    assert (frame.epoch, frame.tag) == (EPOCH, 2)
    bench.port.send(data(EPOCH, poll=True, credit=EVENTS_HELD))
    await bench.port.data_frame()
    counters = await bench.port.counters()
    # A READ is received before it reads, and its VALUE is sent after.
    assert counters["frames_received"] == 17 and counters["frames_sent"] == 17, counters


@cocotb.test()
async def everything_gets_its_turn(dut):
    """A flood of HELLO and READ keeps no DATA from the line, and a flood of events no IDENTITY and no VALUE."""
    bench = await link(dut)
    await bench.begin()
    sent = [bench.event() for _ in range(40)]
    bench.events.queue += sent
    got, asked = [], 0
    answers = {lnk.TYPE_IDENTITY: 0, lnk.TYPE_VALUE: 0}
    while len(got) < len(sent):
        for _ in range(3):
            bench.port.send(hello(asked))
            bench.port.send(read(asked % 256, asked))
        asked += 1
        bench.send(ack=len(got), credit=len(got) + EVENTS_HELD)
        while bench.port.queue:
            await cycles(dut.clk_i, 1)
        for frame in bench.port.frames:
            if frame.kind == lnk.TYPE_DATA and frame.records:
                assert frame.seq == len(got)
                got += frame.records
            elif frame.kind != lnk.TYPE_DATA:
                answers[frame.kind] += 1
        bench.port.frames.clear()
        assert asked < 200, f"{len(got)} events beside {answers} answers"
    assert got == sent and min(answers.values()) > 10, answers


@cocotb.test()
@cocotb.parametrize(epoch=[0, EPOCH])
async def floods_without_events(dut, epoch):
    """LNK-12, LNK-15: while nothing else is to be sent, IDENTITY and VALUE keep each other from the line as little."""
    bench = await link(dut)
    if epoch != 0:
        await bench.begin(epoch)
    order = []
    for flood, single, awaited in ((hello(1), read(5, 5), lnk.TYPE_VALUE), (read(1, 1), hello(5), lnk.TYPE_IDENTITY)):
        for _ in range(10):
            bench.port.send(flood)
        bench.port.send(single)
        for _ in range(60):
            bench.port.send(flood)
        while bench.port.queue:
            await cycles(dut.clk_i, 1)
        order = [frame.kind for frame in bench.port.frames]
        assert awaited in order and len(order) > 20, order
        # Ten were asked for before it, and the one that was on its way then is followed by it.
        assert order.index(awaited) <= 12, order
        await cycles(dut.clk_i, 1000)
        bench.port.frames.clear()
