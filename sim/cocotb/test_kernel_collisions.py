"""Goal: no event depends on what a memory gives to a read in the cycle of a write to the same word.

gb_ram_1r1w promises nothing there (docs/hdl.md, rule 5). This build has a memory that gives X or noise in its place:
X that anybody works on, and a decision made by noise, end in an event that differs or is not known in every bit.
"""

import os

import cocotb
from bench import PARAMETERS, known, rng, settle
from gatebook_contract import PRICE_ONE, command
from kernel import Kernel, fits, must_equal
from software import answers, random_program
from vectors import read_profile

LENGTH = 250 * int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))
BURSTS, SETS = 12 * int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1")), 40
PROFILE = next(text for text in ("tiny", "ice40,fairs=2") if fits(read_profile(text)))
#: Shares of cycles in which the command stream and the event stream stall.
STALLS = {"flowing": (0.0, 0.0), "both": (0.3, 0.5)}
#: Without overlap no set is in flight while another reads, and the ladder has nothing to forward.
OVERLAP = PARAMETERS["Overlap"] != 0
LADDER = ("u_summary", "u_page", "u_leaf", "u_size")


def collisions(dut):
    """Reads so far, by memory of the ladder, in the cycle of a write to the same word."""
    return {name: known(getattr(dut.u_ladder, name).collisions) for name in LADDER}


async def run(dut, limits, commands, stalls, what):
    random = rng()
    kernel = Kernel(dut, random, *STALLS[stalls])
    kernel.start()
    epoch = random.getrandbits(32)
    await kernel.reset(epoch, limits)
    kernel.send(commands)
    must_equal(answers(limits, [(epoch, commands)])[0], await kernel.all_events(), what)


@cocotb.test()
async def programs(dut):
    limits = read_profile(PROFILE)
    commands = random_program(limits, rng("program").getrandbits(32), 0, LENGTH)
    await run(dut, limits, commands, "flowing", f"seed {cocotb.RANDOM_SEED}, {PROFILE}")


@cocotb.test()
@cocotb.parametrize(stalls=list(STALLS))
async def bursts(dut, stalls):
    """Sets of a few levels, one a cycle: with overlap each memory of the ladder is read in the cycle of a write."""
    limits = read_profile(PROFILE)
    await settle()  # of a first test: what the memories count from is not there before
    before = collisions(dut)
    await run(dut, limits, level_bursts(rng("bursts"), limits), stalls, f"seed {cocotb.RANDOM_SEED}, bursts")
    found = {name: count - before[name] for name, count in collisions(dut).items()}
    enough = [count >= 4 if OVERLAP else count == 0 for count in found.values()]
    assert all(enough), f"reads in the cycle of a write: {found}"


def level_bursts(random, limits):
    tick = limits["finest_tick"]
    last = PRICE_ONE // tick - 1
    words = [command("BOOK_BEGIN", book=book, tick=tick, commit=1) for book in (1, 2)]
    for _ in range(BURSTS):
        # Every page of the book is back before a burst, which then asks for more than the profile has now and then.
        words += [command("BOOK_BEGIN", book=0, tick=tick), command("BOOK_LIVE", book=0)]
        first = random.randrange(last)
        # Of one group, of the next one and of another page, where there is any.
        levels = [1 + (first + step) % last for step in (0, 0, 0, 1, 16, 128)]
        for _ in range(SETS):
            book = random.choices((0, 1, 2), (10, 1, 1))[0]
            flags = {"side": int(random.random() < 0.2), "commit": int(random.random() < 0.04)}
            words.append(
                command("LEVEL_SET", book=book, **flags, level=random.choice(levels), size=random.choice([0, 1, 2]))
            )
        words.append(command("BOOK_DIGEST", book=0))
    words += [command("BOOK_LIVE", book=1, commit=1), command("BOOK_DIGEST", book=1)]
    return [int.from_bytes(word, "little") for word in words]
