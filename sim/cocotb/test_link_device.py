"""Goal: behind gb_link_device a kernel answers as the software engine does, whatever happens to the line."""

import os

import cocotb
import gatebook_transports as lnk
from bench import PARAMETERS, cycles, rng, start_clock
from cocotb.triggers import RisingEdge
from gatebook_contract import EVENTS, PROFILE_FIELDS, unpack
from link_frames import hello
from link_host import Host
from link_line import BytePort
from software import answers, random_program, word

SCALE = int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))

UPPER = {field: "".join(part.capitalize() for part in field.split("_")) for field in PROFILE_FIELDS}
PROFILE = {field: PARAMETERS[UPPER[field]] for field in PROFILE_FIELDS}


async def device(dut, gap=0.0, stall=0.0, share=0.0):
    random = rng()
    start_clock(dut.clk_i)
    dut.time_scale_i.value = 0
    port = BytePort(dut, random, gap, stall)
    host = Host(port, random, PARAMETERS["CommandWindow"], PARAMETERS["EventWindow"], share)
    await port.start()
    return host


def program(host, count):
    commands = random_program(PROFILE, host.random.getrandbits(32), 0, count)
    return [*commands, word("FENCE", token=host.random.getrandbits(32))]


@cocotb.test()
async def identity_says_the_profile(dut):
    """LNK-12: eight u32 in the order of the profile table, board and commit as they were given."""
    host = await device(dut)
    host.port.send(hello(77))
    raw = (await host.port.next_frame(lnk.TYPE_IDENTITY)).raw
    words = [int.from_bytes(raw[at : at + 4], "little") for at in range(lnk.IDENTITY_PROFILE, lnk.IDENTITY_CLOCK_HZ, 4)]
    assert words == list(PROFILE.values())
    assert raw[lnk.IDENTITY_BOARD :][:16] == b"bench" + bytes(11)
    assert raw[lnk.IDENTITY_COMMIT :][:20] == bytes(range(1, 21))
    assert len(raw) == lnk.IDENTITY_BYTES


@cocotb.test()
@cocotb.parametrize(share=[0.0, 0.1, 0.4], stall=[0.0, 0.7])
async def traffic(dut, share, stall):
    """No event lost, invented, repeated or out of order; resets of the host and of the device in mid-traffic."""
    host = await device(dut, gap=stall, stall=stall, share=share)
    epoch, kinds = 0, ["full", "cut", "device"]
    seen = dict.fromkeys(kinds, 0)
    for turn in range(5 * SCALE):
        commands = program(host, host.random.choice([20, 60, 120]))
        epoch = epoch % 65_535 + 1
        kernel_epoch = host.random.getrandbits(32)
        (expected,) = answers(PROFILE, [(kernel_epoch, commands)])
        await host.begin(epoch, kernel_epoch)
        kind = kinds[turn % len(kinds)]
        seen[kind] += 1
        await host.run(commands, len(expected), until=None if kind == "full" else host.random.random())
        host.check(expected)
        if kind == "full":
            assert len(host.events) == len(expected)
            assert host.acked == len(commands)
        elif kind == "device":
            dut.rst_i.value = 1
            await cycles(dut.clk_i, host.random.randrange(1, 4))
            dut.rst_i.value = 0
            host.port.block.clear()
    assert min(seen.values()) > 0, f"not every kind of reset occurred: {seen}"
    if share == 0.0:
        assert (host.faults, host.replays) == (0, 0), "nothing was injured"
    else:
        assert host.there.done and host.back.done
    cocotb.log.info(f"{seen} there {host.there.done} back {host.back.done} replays {host.replays}")


@cocotb.test()
async def device_begins_anew(dut):
    """LNK-14: a device that was reset answers with epoch 0; its host notices by that."""
    host = await device(dut)
    commands = program(host, 100)
    await host.begin(1, 1)
    await host.run(commands, 10**9, until=0.3)
    dut.rst_i.value = 1
    await cycles(dut.clk_i, 2)
    dut.rst_i.value = 0
    host.port.block.clear()
    del host.port.queue[1:]  # but for the byte that is offered
    await host.run(commands, 10**9)
    assert host.stranger


@cocotb.test()
async def never_reads(dut):
    """A host that takes no byte for a while loses none; the device refuses nothing meanwhile but what has no room."""
    host = await device(dut)
    commands = program(host, 60)
    (expected,) = answers(PROFILE, [(3, commands)])
    await host.begin(2, 3)
    host.port.stall = 1.0
    host.commands = commands
    for _ in range(8):
        host.speak()
        await host.step()
    await cycles(dut.clk_i, 5000)
    host.port.stall = 0.0
    await host.run(commands, len(expected))
    host.check(expected)
    assert len(host.events) == len(expected)
    kinds = {unpack(EVENTS, event.to_bytes(32, "little"))[0] for event in host.events}
    assert {"RESET_DONE", "FENCE"} <= kinds
    await RisingEdge(dut.clk_i)
