"""Goal: on random programs gb_kernel gives the events of the software engine to the byte, under any stalls (REC-1)."""

import os
from enum import Enum

import cocotb
from bench import SIMULATOR, rng
from kernel import Kernel, fits, must_equal
from software import answers, random_program
from vectors import read_profile

#: Campaigns run longer than `npm test`.
LENGTH = int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1")) * {"icarus": 250, "verilator": 1000}[SIMULATOR]


class Profile(Enum):
    """As an enumeration, for the names of the tests."""

    TINY = "tiny"
    SHORT_OF_PAGES = "tiny,books_per_message=1,pages=2"
    SHORT_OF_LEGS = "tiny,legs=3,legs_per_basket=2,fairs=1"
    BARE = "bare"
    UP5K = "bare,pages=4,books_per_message=2"
    ICE40 = "ice40"
    ICE40_AND_FAIRS = "ice40,fairs=2"


#: Shares of cycles in which the command stream and the event stream stall.
STALLS = {"flowing": (0.0, 0.0), "events": (0.0, 0.7), "both": (0.5, 0.3)}
#: Icarus takes ten times as long: there only the first profile that fits meets all of them.
FITTING = [each for each in Profile if fits(read_profile(each.value))]
CASES = [
    (profile, stalls)
    for profile in FITTING
    for stalls in STALLS
    if SIMULATOR == "verilator" or profile == FITTING[0] or stalls == "both"
]


@cocotb.test()
@cocotb.parametrize((("profile", "stalls"), CASES))
async def programs(dut, profile, stalls):
    random = rng()
    limits = read_profile(profile.value)
    commands = random_program(limits, random.getrandbits(32), 0, LENGTH)
    epoch = random.getrandbits(32)
    kernel = Kernel(dut, random, *STALLS[stalls])
    kernel.start()
    await kernel.reset(epoch, limits, length=random.choice([1, 1, 3]))
    kernel.send(commands)
    events = await kernel.all_events()
    must_equal(answers(limits, [(epoch, commands)])[0], events, f"seed {cocotb.RANDOM_SEED}, {profile.value}")
