"""The byte port of a link on its bench: bytes with line errors in, frames out, both with random stalls."""

import cocotb
import gatebook_transports as lnk
from bench import cycles, known, meaningless
from cocotb.triggers import RisingEdge
from link_frames import on_line, parsed, read, unstuffed

#: Longer than a frame of the longest kind takes to be answered, with every stall that the benches have.
PATIENCE_CYCLES = 40_000
#: Longer than anything that is due takes to begin.
QUIET_CYCLES = 700


class BytePort:
    """Sends what is queued and takes frames apart. What comes out has to be well-formed: nothing injures it."""

    def __init__(self, dut, random_source, gap=0.0, stall=0.0):
        """gap: share of the cycles without a byte for the device; stall: in which it may not send one."""
        self.dut, self.clk, self.random, self.gap, self.stall = dut, dut.clk_i, random_source, gap, stall
        self.queue = []  # (byte, error)
        self.frames, self.block = [], bytearray()
        self.bytes_in = self.bytes_out = 0
        self.blocks_in, self.in_block = 0, False
        self.waited = self.longest_wait = 0
        self.tags = 0
        self.dut.tx_ready_i.value = 0
        self.idle()

    def idle(self):
        self.dut.rx_valid_i.value = 0
        self.dut.rx_data_i.value = meaningless(self.random, 8)
        self.dut.rx_error_i.value = meaningless(self.random, 1)

    def send(self, frame):
        self.send_bytes(on_line(frame))

    def send_bytes(self, raw, errors=()):
        """errors: positions of bytes whose stop bit is missing."""
        self.queue += [(byte, int(at in errors)) for at, byte in enumerate(raw)]

    async def run(self):
        offered, is_ready, held = False, False, None
        while True:
            await RisingEdge(self.clk)
            if offered:
                if known(self.dut.rx_ready_o):
                    self.passed(*self.queue.pop(0))
                    offered, self.waited = False, 0
                    self.bytes_in += 1
                else:
                    self.waited += 1
                    self.longest_wait = max(self.longest_wait, self.waited)
            held = self.look(is_ready, held)
            if not offered:
                offered = bool(self.queue) and self.random.random() >= self.gap
                if offered:
                    self.dut.rx_valid_i.value = 1
                    self.dut.rx_data_i.value, self.dut.rx_error_i.value = self.queue[0]
                else:
                    self.idle()
            is_ready = self.random.random() >= self.stall
            self.dut.tx_ready_i.value = int(is_ready)

    def passed(self, byte, error):
        """LNK-1, LNK-2: a 0x00 that came whole ends a block, if there is one."""
        ends = byte == 0 and not error
        self.blocks_in += self.in_block and ends
        self.in_block = not ends

    def look(self, is_ready, held):
        """Returns the byte that still waits."""
        if not known(self.dut.tx_valid_o):
            assert held is None, "tx_valid_o fell before the byte was taken"
            return None
        byte = known(self.dut.tx_data_o)
        assert held is None or held == byte, "tx_data_o moved while it waited"
        if not is_ready:
            return byte
        self.bytes_out += 1
        if byte != 0:
            self.block.append(byte)
        elif self.block:
            self.frames.append(parsed(unstuffed(bytes(self.block))))
            self.block.clear()
        return None

    async def next_frame(self, kind=None):
        """The next frame that came out, or has come out already."""
        waited = 0
        while not self.frames:
            await RisingEdge(self.clk)
            waited += 1
            assert waited < PATIENCE_CYCLES, "no frame"
        frame = self.frames.pop(0)
        assert kind is None or frame.kind == kind, f"type {frame.kind:#x}, expected {kind:#x}"
        return frame

    async def data_frame(self):
        return await self.next_frame(lnk.TYPE_DATA)

    async def silence(self):
        """Until all is sent, and for so long that anything due would have begun. Fails where a frame comes."""
        while self.queue:
            await RisingEdge(self.clk)
        await cycles(self.clk, QUIET_CYCLES)
        assert not self.frames and not self.block, f"{self.frames} {self.block.hex()}"

    async def register(self, address):
        """READ and its VALUE; any other frame on the way is a fault."""
        self.tags = (self.tags + 1) % 65_536
        self.send(read(address, self.tags))
        frame = await self.next_frame(lnk.TYPE_VALUE)
        assert (frame.address, frame.tag) == (address, self.tags)
        return frame.value

    async def counters(self):
        names = [name for name in dir(lnk) if name.startswith("COUNTER_")]
        places = {name.removeprefix("COUNTER_").lower(): getattr(lnk, name) for name in names}
        return {name: await self.register(lnk.REGISTER_LINK + at) for name, at in places.items()}

    async def start(self):
        """The reset of the board, and what runs from then on."""
        self.dut.rst_i.value = 1
        await cycles(self.clk, 3)
        self.dut.rst_i.value = 0
        cocotb.start_soon(self.run())
