"""The host of a serial link, written from the clauses (docs/link.md), and a line that injures what passes."""

import gatebook_transports as lnk
from cocotb.triggers import ClockCycles
from gatebook_contract import EVENT_BYTES
from link_frames import MODULO, ahead, data, on_line, parsed, reset, stuffed, unstuffed, with_crc

#: In cycles without news from the device: after the first one something is asked for, after the last one it is stuck.
POLL_CYCLES = 3000
PATIENCE_CYCLES = 400_000
#: How often the host looks around.
STEP_CYCLES = 60


class Injuries:
    """What happens to one block on its way. share: of the blocks that something happens to."""

    def __init__(self, random_source, share):
        self.random, self.share = random_source, share
        self.done = {}

    def block(self, block):
        """Bytes and the positions of line errors that arrive in its place."""
        if self.random.random() >= self.share:
            return block, []
        kinds = ["flip", "flips", "drop", "double", "cut", "insert", "lose", "join", "line", "noise", "twice", "zero"]
        kind = self.random.choice(kinds)
        self.done[kind] = self.done.get(kind, 0) + 1
        at = self.random.randrange(len(block))
        noise = self.random.randbytes(self.random.randrange(1, 40))
        flipped = bytearray(block)
        for _ in range(1 if kind == "flip" else 9):
            flipped[self.random.randrange(len(block))] ^= 1 << self.random.randrange(8)
        return {
            "flip": (bytes(flipped), []),
            "flips": (bytes(flipped), []),
            "drop": (block[:at] + block[at + 1 :], []),  # one byte
            "double": (block[: at + 1] + block[at:], []),
            "cut": (block[:at] + b"\0", []),
            "insert": (block[:at] + noise + block[at:], []),
            "lose": (b"", []),  # all of it
            "join": (block.rstrip(b"\0"), []),  # with the next one
            "line": (block, [at]),
            "noise": (noise + block, []),
            "twice": (block + block, []),
            "zero": (block[:at] + b"\0" + block[at:], []),
        }[kind]


class Host:
    def __init__(self, port, random_source, window, events_held, share, pace=1):
        """share: of the blocks that are injured, in each direction; pace: cycles of the line's slowness, 1: none."""
        self.port, self.random, self.pace = port, random_source, pace
        self.window, self.events_held = window, events_held
        self.there, self.back = Injuries(random_source, share), Injuries(random_source, share)
        self.epoch, self.leftover = 0, b""
        self.faults = self.strangers = self.replays = 0
        self.forget()

    def forget(self):
        self.commands, self.sent, self.acked, self.credit = [], 0, 0, self.window
        self.events, self.replay, self.answered = [], False, False
        self.idle = 0
        self.stranger = False  # a frame of another epoch came after the answer to our RESET

    def put(self, frame):
        self.port.send_bytes(*self.there.block(on_line(frame)))

    def hears(self):
        """Blocks of the device, as they get here."""
        raw = self.leftover
        for frame in self.port.frames:
            raw += self.back.block(stuffed(with_crc(frame.raw)) + b"\0")[0]
        self.port.frames.clear()
        *blocks, self.leftover = raw.split(b"\0")
        for block in blocks:
            if block == b"":
                continue
            frame = unstuffed(block)
            if frame is None or len(frame) < lnk.FRAME_BYTES_MIN or with_crc(frame[:-4]) != frame:
                self.faults += 1
                self.replay = True
            else:
                yield parsed(frame)

    async def begin(self, epoch, kernel_epoch):
        """RESET until it is answered."""
        self.forget()
        self.epoch = epoch
        waited = 0
        while not self.answered:
            if waited % (POLL_CYCLES * self.pace) == 0:
                self.put(reset(epoch, kernel_epoch))
            await self.step()
            waited += STEP_CYCLES * self.pace
            assert waited < PATIENCE_CYCLES * self.pace, "RESET is not answered"

    async def step(self):
        await ClockCycles(self.port.clk, STEP_CYCLES * self.pace)
        self.idle += STEP_CYCLES * self.pace
        for frame in self.hears():
            self.handle(frame)

    def handle(self, frame):
        if frame.kind != lnk.TYPE_DATA:
            return
        if frame.epoch != self.epoch:
            self.stranger |= self.answered
            self.strangers += 1
            return
        self.answered = True
        if frame.ack != self.acked % MODULO:
            distance = (frame.ack - self.acked) % MODULO
            assert distance <= self.sent - self.acked or self.early(frame), f"ack {frame.ack}: {self.acked} {self.sent}"
            if distance <= self.sent - self.acked:
                self.acked += distance
                self.idle = 0
        if ahead(frame.credit, self.credit % MODULO):
            self.credit += (frame.credit - self.credit) % MODULO
        if frame.replay:
            self.sent = self.acked
            self.replays += 1
        expected = len(self.events) % MODULO
        if frame.seq == expected:
            self.events += frame.records
            self.idle = 0 if frame.records else self.idle
        elif ahead(frame.seq, expected):
            self.replay = True

    def early(self, frame):
        """After going back, an ack of what was sent before it; or an old frame that came twice."""
        return ahead(self.acked % MODULO, frame.ack) or (frame.ack - self.acked) % MODULO <= len(self.commands)

    def speak(self, poll=False):
        room = min(self.credit - self.sent, len(self.commands) - self.sent, lnk.COMMANDS_PER_FRAME)
        count = self.random.randint(1, room) if room > 0 else 0
        records = self.commands[self.sent : self.sent + count]
        got = len(self.events)
        self.put(
            data(self.epoch, self.sent, got, got + self.events_held, records, poll=poll, replay=self.replay)
        )
        self.sent += count
        self.replay = False

    async def run(self, commands, count, until=None):
        """Sends them all and takes `count` events. until: gives up there, for a reset in between; a share of it."""
        self.commands = list(commands)
        told, asked, patience = 0, 0, PATIENCE_CYCLES * self.pace
        while self.acked < len(self.commands) or len(self.events) < count:
            await self.step()
            if self.stranger or (until is not None and self.acked >= until * len(self.commands)):
                return
            assert self.idle < patience, f"stuck: {self.acked} of {len(commands)}, {len(self.events)} of {count}"
            if len(self.port.queue) > 600:
                continue
            if self.sent < min(len(self.commands), self.credit):
                self.speak()
                told = len(self.events)
            elif len(self.events) > told or self.replay:
                self.speak()
                told = len(self.events)
            elif self.idle - asked >= POLL_CYCLES * self.pace or self.idle < asked:
                self.speak(poll=True)
                asked = self.idle

    def check(self, expected):
        """expected: the events of all commands."""
        for at, (one, other) in enumerate(zip(expected, self.events, strict=False)):
            size = 2 * EVENT_BYTES
            assert one == other, f"event {at}: expected {one:0{size}x}, got {other:0{size}x}"
        assert len(self.events) <= len(expected), "invented events"
