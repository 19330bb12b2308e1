"""A host of the BAR (docs/bar.md) on its bench: what a driver would do with the window, through AXI masters.

Written after the clauses, of which it uses the constants alone: CRCs are zlib's, offsets those that the list of blocks
gives.
"""

from itertools import repeat
from zlib import crc32

import cocotb
import gatebook_transports as link
from bench import PARAMETERS, cycles, known, rng, start_clock
from cocotb.triggers import FallingEdge, RisingEdge
from cocotbext.axi import AxiBus, AxiLiteBus, AxiLiteMaster, AxiMaster
from gatebook_contract import COMMAND_BYTES, CONTRACT_DIGEST, EVENT_BYTES, PROFILE_FIELDS

#: What the device was built for is its profile: BooksPerMessage is books_per_message.
PROFILE = {field: PARAMETERS["".join(word.capitalize() for word in field.split("_"))] for field in PROFILE_FIELDS}
LINES = PARAMETERS["Lines"]
LINE_BYTES, WORD_BYTES = link.LINE_BYTES, 4
SEED = crc32(bytes.fromhex(CONTRACT_DIGEST))
#: Accesses after which something that must come has not come.
PATIENCE = 4000
TIME_SCALE = 0x12345678
MODULO = 2**32


def number(data, offset=0, size=4):
    return int.from_bytes(data[offset : offset + size], "little")


def seal(data, seed=SEED):
    """60 bytes with their CRC behind them."""
    assert len(data) == LINE_BYTES - link.CRC_BYTES
    return data + crc32(data, seed).to_bytes(link.CRC_BYTES, "little")


def command_line(sequence, generation, commands, count=None):
    """commands: whole numbers, up to three."""
    head = (sequence % MODULO).to_bytes(4, "little") + generation.to_bytes(2, "little")
    head += (len(commands) if count is None else count).to_bytes(2, "little")
    body = b"".join(each.to_bytes(COMMAND_BYTES, "little") for each in commands)
    return seal((head + body).ljust(LINE_BYTES - link.CRC_BYTES, b"\0"))


class EventLine:
    """What stands in one line of the event ring."""

    def __init__(self, data):
        self.sequence = number(data, link.EVENT_LINE_SEQUENCE)
        self.generation = number(data, link.EVENT_LINE_GENERATION, 2)
        self.count = number(data, link.EVENT_LINE_COUNT, 2)
        self.command_lines = number(data, link.EVENT_LINE_COMMAND_LINES)
        self.zeros = number(data, link.EVENT_LINE_ZERO) | number(data, link.EVENT_LINE_ZERO_TOO)
        self.event = number(data, link.EVENT_LINE_EVENT, EVENT_BYTES)
        self.cycles = number(data, link.EVENT_LINE_CYCLES, 8)
        self.sealed = seal(data[: link.EVENT_LINE_CRC]) == data


class Bar:
    """stall: share of the cycles in which each channel of each slave is held up by this side."""

    def __init__(self, dut, random_source, stall=0.0):
        self.dut, self.clk, self.random = dut, dut.clk_i, random_source
        self.generation, self.written, self.read_lines = 0, 0, 0
        self.command_lines_seen, self.cycles_seen = 0, 0
        start_clock(dut.clk_i)
        dut.rst_i.value = 1
        dut.time_scale_i.value = TIME_SCALE
        self.rings = AxiMaster(AxiBus.from_prefix(dut, "s_axi"), dut.clk_i, dut.rst_i)
        self.words = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk_i, dut.rst_i)
        self.stall(stall)

    def stall(self, share):
        for master in (self.rings, self.words):
            for end in (master.write_if.aw_channel, master.write_if.w_channel, master.write_if.b_channel) + (
                master.read_if.ar_channel,
                master.read_if.r_channel,
            ):
                end.clear_pause_generator()
                end.pause = False
                if share > 0:
                    end.set_pause_generator(self.random.random() < share for _ in repeat(None))

    async def power_up(self):
        self.dut.rst_i.value = 1
        await cycles(self.clk, 3)
        await FallingEdge(self.clk)
        self.dut.rst_i.value = 0
        await RisingEdge(self.clk)
        self.places = await self.find_places()

    # ---- words ----

    async def word(self, offset):
        answer = await self.words.read(offset, WORD_BYTES)
        assert answer.resp == 0, f"read of {offset:#x} is answered with {answer.resp}"
        return number(answer.data)

    async def write_word(self, offset, value):
        await self.write_bytes(offset, (value % MODULO).to_bytes(WORD_BYTES, "little"))

    async def write_bytes(self, offset, data):
        answer = await self.words.write(offset, data)
        assert answer.resp == 0, f"write of {offset:#x} is answered with {answer.resp}"

    async def control(self, name):
        return await self.word(self.places["control"] + getattr(link, f"CONTROL_{name.upper()}"))

    async def set_control(self, name, value):
        await self.write_word(self.places["control"] + getattr(link, f"CONTROL_{name.upper()}"), value)

    async def register(self, index):
        low = await self.word(self.places["registers"] + 8 * index)
        return low | await self.word(self.places["registers"] + 8 * index + 4) << 32

    async def counter(self, name):
        return await self.register(link.REGISTER_LINK + getattr(link, f"BAR_COUNTER_{name.upper()}"))

    async def blocks(self):
        """(offset, type, version, offset of the next) of each block, as a host walks the list."""
        assert await self.word(0) == link.BAR_MAGIC
        at, found = WORD_BYTES, []
        while at != 0:
            head = await self.word(at)
            following = await self.word(at + link.BLOCK_NEXT)
            assert following == 0 or following > at, f"the block at {at:#x} has its next at {following:#x}"
            found.append((at, head & 0xFFFF, head >> 16, following))
            at = following
        return found

    async def find_places(self):
        """Where rings, doorbells and registers lie."""
        places = {}
        for at, kind, _, _ in await self.blocks():
            body = at + link.BLOCK_BYTES
            if kind in (link.BLOCK_COMMAND_RING, link.BLOCK_EVENT_RING):
                name = "commands" if kind == link.BLOCK_COMMAND_RING else "events"
                places[name] = await self.word(body + link.RING_BLOCK_OFFSET)
                places[f"{name}_doorbell"] = await self.word(body + link.RING_BLOCK_DOORBELL)
                assert await self.word(body + link.RING_BLOCK_LINES) == LINES
            elif kind == link.BLOCK_CONTROL:
                places["control"] = await self.word(body + link.CONTROL_BLOCK_OFFSET)
            elif kind == link.BLOCK_REGISTERS:
                places["registers"] = await self.word(body + link.REGISTERS_BLOCK_OFFSET)
        return places

    # ---- generations ----

    async def begin(self, epoch, generation=None):
        """Resets, and waits until it is done."""
        await self.set_control("reset_epoch", epoch)
        await self.begin_only(self.generation % 65535 + 1 if generation is None else generation)
        await self.until(self.is_begun, "generation_done")

    async def begin_only(self, generation):
        self.generation = generation
        self.written, self.read_lines, self.command_lines_seen, self.cycles_seen = 0, 0, 0, 0
        await self.set_control("generation", generation)

    async def is_begun(self):
        return await self.control("generation_done") == self.generation

    async def until(self, condition, what):
        for _ in range(PATIENCE):
            if await condition():
                return
        raise AssertionError(f"{what} does not come")

    # ---- command lines ----

    def slot(self, index):
        return self.places["commands"] + index % LINES * LINE_BYTES

    async def write_ring(self, offset, data, size=None):
        answer = await self.rings.write(offset, data, awid=self.random.randrange(256), size=size)
        assert answer.resp == 0, f"write of {offset:#x} is answered with {answer.resp}"

    async def read_ring(self, offset, count, size=None):
        answer = await self.rings.read(offset, count, arid=self.random.randrange(256), size=size)
        assert answer.resp == 0, f"read of {offset:#x} is answered with {answer.resp}"
        return answer.data

    async def write_line(self, index, data, torn=False):
        """torn: in pieces of any size, in any order, some of them wrong at first, some twice."""
        if not torn:
            await self.write_ring(self.slot(index), data)
            return
        cuts = sorted(self.random.sample(range(1, LINE_BYTES), self.random.randrange(1, 9)))
        pieces = [(start, data[start:end]) for start, end in zip([0, *cuts], [*cuts, LINE_BYTES], strict=True)]
        before = [(start, self.random.randbytes(len(piece))) for start, piece in pieces if self.random.random() < 0.3]
        again = [piece for piece in pieces if self.random.random() < 0.3]
        after = pieces + again
        self.random.shuffle(after)
        for start, piece in before + after:
            await self.write_ring(self.slot(index) + start, piece)

    async def ring(self, index):
        await self.write_word(self.places["commands_doorbell"], index)

    async def room(self):
        return LINES - (self.written - await self.control("command_lines")) % MODULO

    async def send(self, commands, torn=False):
        """All commands, in lines of one to three; doorbells for one or several lines, some of them twice."""
        left = list(commands)
        while left:
            room = await self.room()
            lines = 0
            while left and lines < room:
                taken = self.random.choice([1, 2, 3, 3, 3])
                await self.write_line(self.written, command_line(self.written, self.generation, left[:taken]), torn)
                del left[:taken]
                self.written += 1
                lines += 1
                if self.random.random() < 0.3:
                    break
            if lines > 0:
                await self.ring(self.written)
                if torn and self.random.random() < 0.3:
                    await self.ring(self.written)

    # ---- event lines ----

    async def look(self, index, torn=False):
        """The line as it stands there now."""
        place = self.places["events"] + index % LINES * LINE_BYTES
        if not torn:
            return EventLine(await self.read_ring(place, LINE_BYTES))
        cuts = sorted(self.random.sample(range(1, LINE_BYTES), self.random.randrange(1, 5)))
        pieces = list(zip([0, *cuts], [*cuts, LINE_BYTES], strict=True))
        self.random.shuffle(pieces)
        data = bytearray(LINE_BYTES)
        for start, end in pieces:
            data[start:end] = await self.read_ring(place + start, end - start)
        return EventLine(bytes(data))

    def is_there(self, line, index):
        if not line.sealed or line.sequence != index % MODULO or line.generation != self.generation:
            return False
        # What the CRC covers is right then.
        assert (line.count, line.zeros) == (1, 0), f"line {index}: count {line.count}, zeros {line.zeros:#x}"
        assert line.command_lines >= self.command_lines_seen, f"line {index}: command_lines fell"
        assert line.cycles > self.cycles_seen, f"line {index}: cycles fell"
        self.command_lines_seen, self.cycles_seen = line.command_lines, line.cycles
        return True

    async def receive(self, count, torn=False, lazy=0.0):
        """The next `count` events. lazy: share of the lines after which the doorbell is not rung yet."""
        found, rung = [], self.read_lines
        idle = 0
        while len(found) < count:
            line = await self.look(self.read_lines, torn)
            if self.is_there(line, self.read_lines):
                found.append(line.event)
                self.read_lines += 1
                idle = 0
            else:
                idle += 1
                assert idle < PATIENCE, f"after {len(found)} of {count} events"
            behind = (self.read_lines - rung) % MODULO
            if behind > 0 and (self.random.random() >= lazy or idle > 0 or behind == LINES):
                rung = self.read_lines
                await self.write_word(self.places["events_doorbell"], rung)
        await self.write_word(self.places["events_doorbell"], self.read_lines)
        return found

    async def nothing_more(self, wait=300):
        """After what was received comes nothing."""
        await cycles(self.clk, wait)
        assert await self.control("event_lines") == self.read_lines % MODULO, "an event more than expected"
        assert not self.is_there(await self.look(self.read_lines), self.read_lines)


async def started(dut, stall=0.0):
    """A host whose device has been powered up."""
    bar = Bar(dut, rng(), stall)
    cocotb.start_soon(hold_rules(dut))
    await bar.power_up()
    return bar


async def hold_rules(dut):
    """What a slave offers stays as it is until it is taken (AXI4, A3.2.1). Runs along with a test."""
    channels = {
        "s_axi_b": ("id", "resp"),
        "s_axi_r": ("id", "data", "resp", "last"),
        "s_axil_b": ("resp",),
        "s_axil_r": ("data", "resp"),
    }
    offered = dict.fromkeys(channels)
    while True:
        await RisingEdge(dut.clk_i)
        for channel, payload in channels.items():
            valid, ready = getattr(dut, f"{channel}valid"), getattr(dut, f"{channel}ready")
            if known(dut.rst_i) or not known(valid):
                assert offered[channel] is None or known(dut.rst_i), f"{channel}valid fell before it was taken"
                offered[channel] = None
                continue
            now = [known(getattr(dut, f"{channel}{name}")) for name in payload]
            assert offered[channel] in (None, now), f"{channel} moved while it was held up: {offered[channel]}, {now}"
            offered[channel] = None if known(ready) else now
