"""Goal: gb_kernel gives every event of every vector, whatever the streams do meanwhile."""

import cocotb
from bench import BENCH, rng
from gatebook_contract import EVENTS, pack
from kernel import Kernel, cropped, must_equal
from vectors import File, load

#: Shares of cycles in which the command stream and the event stream stall.
STALLS = {"flowing": (0.0, 0.0), "stalling": (0.3, 0.5)}
#: A module in the place of one of the design's shows without stalls what it does.
CASES = ["flowing"] if "replace" in BENCH else list(STALLS)
FIRST_EPOCH = 0x5EED


@cocotb.test()
@cocotb.parametrize(file=list(File), stalls=CASES)
async def vectors(dut, file, stalls):
    kernel = Kernel(dut, rng(), *STALLS[stalls])
    kernel.start()
    for vector in load(file):
        for epoch, commands, events in vector["stretches"]:
            first = FIRST_EPOCH if epoch is None else epoch
            await kernel.reset(first, cropped(vector["profile"]))
            done = [int.from_bytes(pack(EVENTS, 32, "RESET_DONE", epoch=first), "little")] if epoch is None else []
            kernel.send(commands)
            must_equal(done + events, await kernel.all_events(), f"{file.value}: {vector['name']}")
