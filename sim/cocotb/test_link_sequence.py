"""Goal: LNK-6..LNK-11 hold at the byte port of gb_link: no record lost, invented or repeated, whatever frames are."""

import cocotb
import gatebook_transports as lnk
from bench import cycles
from cocotb.triggers import RisingEdge
from link_bench import EPOCH, EVENTS_HELD, WINDOW, link
from link_frames import MODULO, read

#: What the head of gb_link says of rx_ready_o.
LONGEST_WAIT = 620


async def ready(dut, **options):
    bench = await link(dut, **options)
    await bench.begin()
    return bench


async def held_events(bench, count=EVENTS_HELD):
    """The device holds so many events and has sent them all. Returns them."""
    events = [bench.event() for _ in range(count)]
    bench.events.queue += events
    got = []
    while len(got) < count:
        frame = await bench.port.data_frame()
        assert frame.seq == len(got)
        got += frame.records
    assert got == events
    return events


async def events_again(bench, first, events):
    got = []
    while len(got) < len(events):
        frame = await bench.port.data_frame()
        assert frame.seq == (first + len(got)) % MODULO and frame.records
        got += frame.records
    assert got == events


@cocotb.test()
async def in_order(dut):
    """LNK-7: frames in order are taken, whole and in order."""
    bench = await ready(dut)
    sent = []
    for count in (1, 3, 15, 2, 16 - 1, 7):
        records = [bench.record() for _ in range(count)]
        bench.send(seq=len(sent), records=records, credit=EVENTS_HELD)
        sent += records
        frame = await bench.port.data_frame()
        assert (frame.ack, frame.replay) == (len(sent), False)
    await bench.port.silence()
    assert bench.taken() == sent
    await bench.counted(resets=1)


@cocotb.test()
@cocotb.parametrize(distance=[1, 2, 32767])
async def gap(dut, distance):
    """LNK-7, LNK-9, LNK-10: ahead of what is expected: nothing of it is taken, REPLAY is asked for, once."""
    bench = await ready(dut)
    bench.send(seq=distance, records=[1], credit=EVENTS_HELD)
    frame = await bench.port.data_frame()
    assert frame.replay and frame.ack == 0
    bench.send(poll=True, credit=EVENTS_HELD)
    assert not (await bench.port.data_frame()).replay, "a second REPLAY for one gap"
    assert bench.taken() == []
    await bench.counted(gaps=1, resets=1)


@cocotb.test()
async def empty_gap(dut):
    """LNK-7: DATA without records whose seq is ahead is a gap as well; one behind is nothing."""
    bench = await ready(dut)
    bench.send(seq=4, credit=EVENTS_HELD)
    frame = await bench.port.data_frame()
    assert frame.replay and frame.ack == 0
    bench.send(seq=MODULO - 3, credit=EVENTS_HELD)
    bench.send(seq=32768, credit=EVENTS_HELD)
    await bench.port.silence()
    await bench.counted(gaps=1, resets=1)


@cocotb.test()
@cocotb.parametrize(back=[1, 3, 5, 32768])
async def duplicate(dut, back):
    """LNK-7: what was taken already is not taken again, even where the frame ends with something new."""
    bench = await ready(dut)
    records = [bench.record() for _ in range(5)]
    bench.send(records=records, credit=EVENTS_HELD)
    await bench.port.data_frame()
    bench.send(seq=5 - back, records=[bench.record() for _ in range(7)], credit=EVENTS_HELD)
    frame = await bench.port.data_frame()
    assert (frame.ack, frame.replay) == (5, False)
    assert bench.taken() == records
    await bench.counted(duplicates=1, resets=1)


@cocotb.test()
async def overrun(dut):
    """LNK-7: more records than there is room for: none of them is taken, and those before stay whole."""
    bench = await ready(dut, kernel_stall=1.0)
    sent = [bench.record() for _ in range(WINDOW)]
    for at in range(0, WINDOW, 8):
        bench.send(seq=at, records=sent[at : at + 8], credit=EVENTS_HELD)
        frame = await bench.port.data_frame()
        assert frame.ack == at + 8
    # One is with the kernel already: there is room for one more.
    assert frame.credit == WINDOW + 1
    bench.send(seq=WINDOW, records=[bench.record() for _ in range(15)], credit=EVENTS_HELD)
    frame = await bench.port.data_frame()
    assert frame.replay and (frame.ack, frame.credit) == (WINDOW, WINDOW + 1)
    last = bench.record()
    bench.send(seq=WINDOW, records=[last], credit=EVENTS_HELD)
    assert (await bench.port.data_frame()).ack == WINDOW + 1
    bench.commands.stall = 0.0
    while len(bench.commands.received) <= WINDOW:
        await RisingEdge(dut.clk_i)
    assert bench.taken() == [*sent, last]
    bench.port.frames.clear()
    await cycles(dut.clk_i, 2000)
    bench.port.frames.clear()
    await bench.counted(overruns=1, resets=1)


@cocotb.test()
async def room_while_it_comes(dut):
    """LNK-7: a kernel that makes room while a frame without room comes in: all of it or nothing."""
    bench = await ready(dut, gap=0.5)
    expected, taken, shown = 0, [], 0
    for _ in range(120):
        bench.commands.stall = bench.random.choice([0.0, 0.9, 0.99, 1.0])
        records = [bench.record() for _ in range(bench.random.choice([1, 2, 7, 14, 15]))]
        bench.send(seq=expected, records=records, credit=EVENTS_HELD)
        while bench.port.queue:
            await RisingEdge(dut.clk_i)
        # The frame with the answer may have been preceded by one that tells credit.
        bench.send(seq=expected + len(records), poll=True, credit=EVENTS_HELD)
        while bench.port.queue:
            await RisingEdge(dut.clk_i)
        await cycles(dut.clk_i, 600)
        ack = bench.port.frames[-1].ack
        bench.port.frames.clear()
        assert ack in (expected, expected + len(records)), "a part of a frame"
        if ack != expected:
            taken += records
            expected = ack
        else:
            shown += 1
    bench.commands.stall = 0.0
    await cycles(dut.clk_i, 200)
    assert bench.taken() == taken
    assert 5 < shown < 115, "both were to be seen"


@cocotb.test()
async def ack_acts_whatever_seq(dut):
    """LNK-8: the ack and the credit of a gap, of a duplicate and of an overrun act."""
    bench = await ready(dut, kernel_stall=1.0)
    await held_events(bench)
    for at in range(0, WINDOW, 8):
        bench.send(seq=at, records=[bench.record() for _ in range(8)], credit=EVENTS_HELD)
        frame = await bench.port.data_frame()
    # One is with the kernel, which takes none: there is room for one, and two are sent.
    assert (frame.ack, frame.credit) == (WINDOW, WINDOW + 1)
    bench.events.queue += [bench.event() for _ in range(3)]
    for at, (seq, records) in enumerate(((WINDOW + 100, [1]), (WINDOW - 1, [1]), (WINDOW, [1, 2]))):
        bench.send(seq=seq, ack=at + 1, credit=EVENTS_HELD + at + 1, records=records)
        seen = []
        while not seen:
            frame = await bench.port.data_frame()
            seen = frame.records
        assert len(seen) == 1 and frame.seq == EVENTS_HELD + at
        assert frame.ack == WINDOW
    await bench.counted(gaps=1, duplicates=1, overruns=1, resets=1)


@cocotb.test()
@cocotb.parametrize(epoch=[EPOCH, EPOCH + 1])
async def ack_of_a_read(dut, epoch):
    """LNK-4, LNK-8: neither the ack nor the credit of a READ acts, and its epoch is no fault, whichever it is."""
    bench = await ready(dut)
    events = await held_events(bench)
    bench.events.queue.append(bench.event())
    bench.port.send(read(lnk.REGISTER_KERNEL, 1, epoch=epoch, ack=3, credit=EVENTS_HELD + 4))
    frame = await bench.port.next_frame(lnk.TYPE_VALUE)
    assert (frame.epoch, frame.tag) == (EPOCH, 1)
    await bench.port.silence()
    assert len(bench.events.sent) == EVENTS_HELD, "room was made for a further event"
    bench.send(ack=0, replay=True, credit=EVENTS_HELD)
    await events_again(bench, 0, events)
    await bench.port.silence()
    await bench.counted(rewinds=1, resets=1)


@cocotb.test()
@cocotb.parametrize(ack=[EVENTS_HELD + 1, 1000, 32768, MODULO - 1])
async def ack_of_nothing(dut, ack):
    """LNK-8: an ack that is not between the last one and the last event sent does nothing, nor does its REPLAY."""
    bench = await ready(dut)
    events = await held_events(bench)
    bench.events.queue.append(bench.event())
    bench.send(ack=ack, replay=True, credit=EVENTS_HELD + 4)
    await bench.port.silence()
    bench.send(ack=0, replay=True, credit=EVENTS_HELD)
    await events_again(bench, 0, events)
    assert len(bench.events.sent) == EVENTS_HELD, "room was made for a further event"
    await bench.counted(rewinds=1, resets=1)


@cocotb.test()
async def ack_of_the_unsent(dut):
    """LNK-8: events that the device holds, but has not sent for want of credit, cannot be acknowledged."""
    bench = await ready(dut)
    await held_events(bench)
    bench.send(ack=EVENTS_HELD, credit=EVENTS_HELD)
    bench.events.queue += [bench.event() for _ in range(EVENTS_HELD)]
    await cycles(dut.clk_i, 1000 + 50 * EVENTS_HELD)
    later = list(bench.events.sent[EVENTS_HELD:])
    assert len(later) == EVENTS_HELD
    bench.send(ack=EVENTS_HELD + 2, credit=EVENTS_HELD)
    await bench.port.silence()
    bench.send(ack=EVENTS_HELD, credit=2 * EVENTS_HELD)
    await events_again(bench, EVENTS_HELD, later)


@cocotb.test()
async def credit_of_the_host(dut):
    """LNK-8: EVENT_WINDOW events before the first frame of the host, then never one that is not behind the credit."""
    bench = await ready(dut)
    await held_events(bench)
    bench.events.queue += [bench.event() for _ in range(4 * EVENTS_HELD)]
    bench.send(ack=EVENTS_HELD, credit=EVENTS_HELD)
    await bench.port.silence()
    got = credit = EVENTS_HELD
    while got < 4 * EVENTS_HELD:
        credit += bench.random.choice([1, 1, 2, 5, EVENTS_HELD])
        bench.send(ack=got, credit=credit)
        # Less than that takes nothing back.
        bench.send(ack=got, credit=credit - 1)
        limit = min(credit, 5 * EVENTS_HELD)
        while got < limit:
            frame = await bench.port.data_frame()
            assert frame.seq == got
            got += len(frame.records)
            assert got <= credit, "an event beyond the credit"
            bench.send(ack=got, credit=credit)
        await bench.port.silence()


@cocotb.test()
async def replay(dut):
    """LNK-9: REPLAY is granted always, from the ack of its frame; what was acknowledged is gone."""
    bench = await ready(dut)
    events = await held_events(bench)
    for ack in (0, 0, 3, EVENTS_HELD - 1):
        bench.send(ack=ack, replay=True, credit=EVENTS_HELD)
        await events_again(bench, ack, events[ack:])
    bench.send(ack=EVENTS_HELD, replay=True, credit=EVENTS_HELD)
    await bench.port.silence()
    bench.send(ack=2, replay=True, credit=EVENTS_HELD)
    await bench.port.silence()
    await bench.counted(rewinds=5, resets=1)


@cocotb.test()
async def ack_of_what_is_sent_again(dut):
    """LNK-8, LNK-9: acknowledged while the device goes back: it goes on behind it."""
    bench = await ready(dut)
    events = await held_events(bench)
    bench.port.stall = 1.0
    bench.send(ack=0, replay=True, credit=EVENTS_HELD)
    await cycles(dut.clk_i, 700)
    # Seven are in the frame that waits for the line; the next one would follow.
    bench.send(ack=EVENTS_HELD, credit=EVENTS_HELD)
    await cycles(dut.clk_i, 700)
    bench.port.stall = 0.0
    await events_again(bench, 0, events[: lnk.EVENTS_PER_FRAME])
    await bench.port.silence()
    await bench.counted(rewinds=1, resets=1)


@cocotb.test()
async def answers(dut):
    """LNK-10, LNK-11: records and POLL are answered; what has neither is not, and several at once by one frame."""
    bench = await ready(dut)
    bench.send(credit=EVENTS_HELD)
    await bench.port.silence()
    bench.send(poll=True, credit=EVENTS_HELD)
    assert (await bench.port.data_frame()).records == []
    await bench.port.silence()
    bench.port.stall = 1.0
    for at in range(5):
        bench.send(seq=at, records=[at], credit=EVENTS_HELD)
    bench.send(seq=5, poll=True, credit=EVENTS_HELD)
    await cycles(dut.clk_i, 3000)
    bench.port.stall = 0.0
    frames = [await bench.port.data_frame(), await bench.port.data_frame()]
    assert [frame.ack for frame in frames] == [1, 5]
    await bench.port.silence()


@cocotb.test()
async def credit_is_told(dut):
    """LNK-10: when a quarter of the window has become free since the credit was told."""
    bench = await ready(dut, kernel_stall=1.0)
    sent = [bench.record() for _ in range(WINDOW)]
    for at in range(0, WINDOW, 8):
        bench.send(seq=at, records=sent[at : at + 8], credit=EVENTS_HELD)
        told = (await bench.port.data_frame()).credit
    assert told == WINDOW + 1
    for taken in range(1, WINDOW):
        bench.commands.stall = 0.0
        await RisingEdge(dut.clk_i)
        bench.commands.stall = 1.0
        await cycles(dut.clk_i, 5)
        while len(bench.commands.received) < taken:
            bench.commands.stall = 0.0
            await RisingEdge(dut.clk_i)
            bench.commands.stall = 1.0
            await cycles(dut.clk_i, 3)
        await cycles(dut.clk_i, 700)
        count = len(bench.commands.received)
        free = WINDOW + min(count + 1, WINDOW)
        if free - told >= WINDOW // 4:
            told = (await bench.port.data_frame()).credit
            assert told == free
        assert not bench.port.frames, f"{count} taken, {told} told: {bench.port.frames}"
    bench.commands.stall = 0.0
    await cycles(dut.clk_i, 10)
    assert bench.taken() == sent


@cocotb.test()
async def never_acknowledged(dut):
    """A host that acknowledges nothing stops the events, not the commands, HELLO, READ and RESET."""
    bench = await ready(dut)
    events = await held_events(bench)
    bench.events.queue += [bench.event() for _ in range(5)]
    sent = [bench.record() for _ in range(3 * WINDOW)]
    for at in range(0, len(sent), 6):
        bench.send(seq=at, records=sent[at : at + 6])
        assert (await bench.port.data_frame()).ack == at + 6
    assert bench.taken() == sent
    assert await bench.port.register(lnk.REGISTER_KERNEL + 3) % 2**32 == 3
    assert len(bench.events.sent) == len(events), "an event was taken for which there is no room"
    await bench.begin(EPOCH + 1, 9)


@cocotb.test()
async def longest_wait(dut):
    """How long a byte waits for its turn at most, as the heads of gb_link and gb_link_engine say."""
    bench = await ready(dut)
    got = 0
    for _ in range(6):
        bench.port.stall = 1.0
        bench.events.queue += [bench.event() for _ in range(EVENTS_HELD)]
        await cycles(dut.clk_i, 1500)
        # While one frame waits for the line the other events come in; they follow together.
        bench.port.stall = 0.0
        for _ in range(8):
            bench.send(ack=got, credit=got + EVENTS_HELD)
        await cycles(dut.clk_i, 6000)
        for frame in bench.port.frames:
            got = max(got, frame.seq + len(frame.records))
        bench.port.frames.clear()
        bench.send(ack=got, credit=got + EVENTS_HELD)
    cocotb.log.info(f"a byte waited for {bench.port.longest_wait} cycles")
    assert 100 < bench.port.longest_wait <= LONGEST_WAIT
