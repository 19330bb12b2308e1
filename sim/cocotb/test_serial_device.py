"""Goal: at the pins of gb_serial_device a kernel answers as the software engine does, at 8 cycles a bit."""

import os

import cocotb
import gatebook_transports as lnk
from bench import PARAMETERS, PERIOD_NS, cycles, known, rng, start_clock
from cocotb.triggers import FallingEdge, Timer
from gatebook_contract import PROFILE_FIELDS
from link_frames import hello, on_line, parsed, read, unstuffed
from link_host import Host
from software import answers, random_program, word

SCALE = int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))
UPPER = {field: "".join(part.capitalize() for part in field.split("_")) for field in PROFILE_FIELDS}
PROFILE = {field: PARAMETERS[UPPER[field]] for field in PROFILE_FIELDS}
BIT_PS = PERIOD_NS * 1000 * PARAMETERS["ClockHz"] / PARAMETERS["Baud"]
PACE = round(10 * PARAMETERS["ClockHz"] / PARAMETERS["Baud"] / 4)


class Pins:
    """What BytePort is to the byte port: a UART whose clock is off by `off`."""

    def __init__(self, dut, random_source, off):
        self.dut, self.clk, self.random, self.bit_ps = dut, dut.clk_i, random_source, BIT_PS * (1 + off)
        self.queue, self.frames, self.block = [], [], bytearray()
        self.line_errors = 0

    def send(self, frame):
        self.send_bytes(on_line(frame))

    def send_bytes(self, raw, errors=()):
        self.queue += [(byte, int(at in errors)) for at, byte in enumerate(raw)]

    async def start(self):
        self.dut.rx_i.value, self.dut.rst_i.value = 1, 1
        await cycles(self.clk, 3)
        self.dut.rst_i.value = 0
        cocotb.start_soon(self.talk())
        cocotb.start_soon(self.listen())

    async def talk(self):
        while True:
            if not self.queue:
                await Timer(round(self.bit_ps), "ps")
                continue
            byte, error = self.queue.pop(0)
            for level in (0, *[byte >> bit & 1 for bit in range(8)], 1 - error, *[1] * error):
                self.dut.rx_i.value = level
                await Timer(round(self.bit_ps), "ps")

    async def listen(self):
        while True:
            if known(self.dut.tx_o):
                await FallingEdge(self.dut.tx_o)
            await Timer(round(1.5 * self.bit_ps), "ps")
            byte = 0
            for bit in range(8):
                byte |= known(self.dut.tx_o) << bit
                await Timer(round(self.bit_ps), "ps")
            assert known(self.dut.tx_o), "no stop bit"
            if byte != 0:
                self.block.append(byte)
            elif self.block:
                self.frames.append(parsed(unstuffed(bytes(self.block))))
                self.block.clear()


async def device(dut, share=0.0, off=0.0):
    random = rng()
    start_clock(dut.clk_i)
    dut.time_scale_i.value = 0
    host = Host(Pins(dut, random, off), random, PARAMETERS["CommandWindow"], PARAMETERS["EventWindow"], share, PACE)
    await host.port.start()
    return host


def program(host, count):
    commands = random_program(PROFILE, host.random.getrandbits(32), 0, count)
    return [*commands, word("FENCE", token=host.random.getrandbits(32))]


@cocotb.test()
@cocotb.parametrize(share=[0.0, 0.2], off=[-0.02, 0.02])
async def traffic(dut, share, off):
    """No event lost, invented, repeated or out of order; without injuries nothing is sent twice."""
    host = await device(dut, share, off)
    for epoch in range(1, 2 + SCALE):
        commands = program(host, 25)
        kernel_epoch = host.random.getrandbits(32)
        (expected,) = answers(PROFILE, [(kernel_epoch, commands)])
        await host.begin(epoch, kernel_epoch)
        await host.run(commands, len(expected))
        host.check(expected)
        assert len(host.events) == len(expected)
    if share == 0.0:
        assert (host.faults, host.replays) == (0, 0), "nothing was injured"


@cocotb.test()
async def short_frames_at_full_rate(dut):
    """The UART never has to wait for a frame: frames as short as they can be, without pause, while events are sent."""
    host = await device(dut)
    commands = [word("FENCE", token=at) for at in range(30)]
    (expected,) = answers(PROFILE, [(1, commands)])
    await host.begin(1, 1)
    port, asked = host.port, 0
    host.commands = commands
    while len(host.events) < len(expected):
        if host.sent < min(len(commands), host.credit):
            host.speak()
        else:
            host.speak(poll=True)
        for _ in range(6):
            # Without the 0x00 in front: the block before has ended with one.
            port.send_bytes(on_line(hello(asked))[1:])
            asked += 1
        while port.queue:
            for frame in [each for each in port.frames if each.kind == lnk.TYPE_IDENTITY]:
                port.frames.remove(frame)
            await host.step()
        assert asked < 5000
    host.check(expected)
    assert (host.faults, host.replays) == (0, 0), "a byte was lost"


async def register(host, address):
    host.port.send(read(address, 1))
    while not (values := [frame.value for frame in host.port.frames if frame.kind == lnk.TYPE_VALUE]):
        await cycles(host.port.clk, 100)
    return values[0]


@cocotb.test()
async def noise_at_full_rate(dut):
    """Blocks too short for a frame may come faster than they are dropped: what that costs behind them is sent again."""
    host = await device(dut)
    commands = [word("FENCE", token=at) for at in range(120)]
    (expected,) = answers(PROFILE, [(7, commands)])
    await host.begin(1, 7)
    host.commands = commands
    for _ in range(20):
        host.speak(poll=True)
        host.port.send_bytes(b"\x01\0" * 20)
        while host.port.queue:
            await host.step()
    assert len(host.events) > 10, "no events went out meanwhile"
    assert await register(host, lnk.REGISTER_LINK + lnk.COUNTER_LINE_ERRORS) > 0, "no byte was lost at the UART"
    await host.run(commands, len(expected))
    host.check(expected)
    assert len(host.events) == len(expected)
    assert host.faults == 0, "the device sent what is no frame"
