"""The top gb_link on its bench: a byte port, and in the place of the kernel two streams and its reset."""

import cocotb
import gatebook_transports as lnk
from bench import PARAMETERS, known, meaningless, rng, start_clock
from cocotb.triggers import RisingEdge
from link_frames import MODULO, data, reset
from link_line import BytePort
from stream import StreamDriver, StreamMonitor

#: What becomes of a block that comes in: one of these and no other counts it.
FATES = ("bad_frames", "line_errors", "crc_errors", "unknown_frames", "wrong_epochs", "gaps", "duplicates", "overruns")
WINDOW, EVENTS_HELD = PARAMETERS["CommandWindow"], PARAMETERS["EventWindow"]
EPOCH = 0x1234


class Link:
    def __init__(self, dut, gap=0.0, stall=0.0, kernel_stall=0.0):
        self.dut, self.random = dut, rng()
        start_clock(dut.clk_i)
        self.port = BytePort(dut, self.random, gap, stall)
        self.commands = StreamMonitor(
            dut.clk_i, dut.cmd_valid_o, dut.cmd_ready_i, dut.cmd_data_o, self.random, kernel_stall
        )
        self.events = StreamDriver(dut.clk_i, dut.evt_valid_i, dut.evt_ready_o, dut.evt_data_i, self.random)
        self.resets = []  # epochs of the kernel
        dut.telemetry_data_i.value = meaningless(self.random, 64)
        dut.time_scale_i.value = 0

    async def start(self):
        await self.port.start()
        cocotb.start_soon(self.commands.run())
        cocotb.start_soon(self.events.run())
        cocotb.start_soon(self.watch_resets())
        cocotb.start_soon(self.telemetry())
        await RisingEdge(self.dut.clk_i)
        self.commands.reset_is_seen()

    async def watch_resets(self):
        while True:
            await RisingEdge(self.dut.clk_i)
            if known(self.dut.kernel_reset_o):
                self.resets.append(known(self.dut.kernel_epoch_o))
                self.commands.reset_begins()
                self.events.stop()
            else:
                self.commands.reset_is_seen()

    async def telemetry(self):
        """Register n is n, and its upper half a clock, the same in each of its bytes."""
        now = 0
        while True:
            await RisingEdge(self.dut.clk_i)
            address = self.dut.telemetry_address_o.value
            if address.is_resolvable:
                self.dut.telemetry_data_i.value = 0x01010101 * now << 32 | address.to_unsigned()
            now = (now + 1) % 256

    async def begin(self, epoch=EPOCH, kernel_epoch=7):
        """A new epoch, with its answer taken."""
        self.port.send(reset(epoch, kernel_epoch))
        frame = await self.port.data_frame()
        assert (frame.epoch, frame.seq, frame.ack, frame.credit) == (epoch, 0, 0, WINDOW), frame
        assert not frame.records and not frame.replay

    def send(self, epoch=EPOCH, **fields):
        self.port.send(data(epoch, **fields))

    def record(self):
        return self.random.getrandbits(128)

    def event(self):
        return self.random.getrandbits(256)

    async def counted(self, **expected):
        """The counters of the link, those that are not named being 0. frames_received counts every other block."""
        received = await self.port.register(lnk.REGISTER_LINK + lnk.COUNTER_FRAMES_RECEIVED)
        others = sum(expected.get(name, 0) for name in FATES)
        assert received == (self.port.blocks_in - others) % MODULO, f"{received} of {self.port.blocks_in} blocks"
        counters = await self.port.counters()
        for name in ("frames_received", "frames_sent"):
            counters.pop(name)
        assert counters == dict.fromkeys(counters, 0) | expected, counters

    def taken(self):
        return self.commands.take()


async def link(dut, **options):
    """On its feet, in the epoch of power-up."""
    found = Link(dut, **options)
    await found.start()
    return found


__all__ = ["EPOCH", "EVENTS_HELD", "WINDOW", "Link", "link", "lnk"]
