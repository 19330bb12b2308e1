"""Goal: command lines reach the kernel, events the host, in order, once and whole, whatever either side does to them."""

import cocotb
from bar import PROFILE, Bar, hold_rules
from bench import rng
from kernel import must_equal
from software import answers, random_program

LENGTH = 120


async def started(dut, stall=0.0):
    bar = Bar(dut, rng(), stall)
    cocotb.start_soon(hold_rules(dut))
    await bar.power_up()
    return bar


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.5], torn=[0, 1])
async def programs(dut, stall, torn):
    """BAR-5, BAR-6: the events of the software engine, lines whole or in pieces, with and without stalls."""
    bar = await started(dut, stall)
    commands = random_program(PROFILE, bar.random.getrandbits(32), 0, LENGTH)
    epoch = bar.random.getrandbits(32)
    expected = answers(PROFILE, [(epoch, commands)])[0]
    await bar.begin(epoch)
    sender = cocotb.start_soon(bar.send(commands, torn == 1))
    events = await bar.receive(len(expected), torn == 1, lazy=0.5)
    await sender
    must_equal(expected, events, f"seed {cocotb.RANDOM_SEED}")
    await bar.nothing_more()
