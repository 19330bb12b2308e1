"""Goal: a reset in any cycle leaves nothing behind and lets nothing older through (RESET-1)."""

import os

import cocotb
from bench import SIMULATOR, cycles, rng
from kernel import Kernel, fits, must_equal
from software import answers, random_program
from vectors import read_profile

RESETS = int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1")) * {"icarus": 25, "verilator": 80}[SIMULATOR]
PROFILE = next(text for text in ("tiny", "ice40", "bare,pages=4,books_per_message=2") if fits(read_profile(text)))
LONGEST = 60


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.6])
async def resets_in_mid_traffic(dut, stall):
    random = rng()
    limits = read_profile(PROFILE)
    # Cut anew at each reset: what a stretch begins with must not matter to the next.
    program = random_program(limits, random.getrandbits(32), 0, RESETS * LONGEST)
    kernel = Kernel(dut, random, stall / 2, stall)
    kernel.start()
    epoch = random.getrandbits(32)
    await kernel.reset(epoch, limits)
    stretches, seen, sent = [], [], 0
    for _ in range(RESETS):
        kernel.send(program[sent : sent + LONGEST])
        # Often while it still clears itself, now and then when all is done.
        await cycles(dut.clk_i, random.choice([random.randrange(40), random.randrange(300), random.randrange(1500)]))
        next_epoch = random.getrandbits(32)
        commands, events = await kernel.reset(next_epoch, limits, length=random.choice([1, 1, 2, 5]))
        stretches.append((epoch, commands))
        seen.append(events)
        epoch, sent = next_epoch, sent + len(commands)
    last = program[sent : sent + 4 * LONGEST]
    kernel.send(last)
    seen.append(await kernel.all_events())
    expected = answers(limits, [*stretches, (epoch, last)])
    for at, (full, events) in enumerate(zip(expected, seen, strict=True)):
        # A reset cuts the answers off somewhere; after the last one they are complete.
        cut = full if at == len(seen) - 1 else full[: len(events)]
        must_equal(cut, events, f"seed {cocotb.RANDOM_SEED}, stretch {at} of {len(seen)}")
