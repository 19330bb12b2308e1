"""Goal: gb_stage hands an item on after one cycle with en_i, or at once without a register; a reset drops it."""

import cocotb
from bench import PARAMETERS, known
from steps import Steps

WIDTH, REGISTERED, GATED = (PARAMETERS[name] for name in ("Width", "Registered", "Gated"))


@cocotb.test()
@cocotb.parametrize(share=[1.0, 0.5])
async def items(dut, share):
    steps = Steps(dut, share, ("valid_i",), ("data_i",))
    await steps.reset()
    behind = None  # the item of the cycle before
    for _ in range(400):
        if REGISTERED and steps.random.random() < 0.05:
            await steps.reset()
            behind = None
        item = steps.random.choice([None, steps.random.getrandbits(WIDTH)])
        inputs = {} if item is None else {"valid_i": 1, "data_i": item}
        unused = steps.random.getrandbits(WIDTH)
        if item is None and not GATED:
            inputs["data_i"] = unused  # taken without valid_i as well
        await steps.begin(steps.idle | inputs)
        expected = behind if REGISTERED else (item, item)
        assert known(dut.valid_o) == int(expected is not None and expected[0] is not None)
        if expected is not None and expected[1] is not None:
            assert known(dut.data_o) == expected[1]
        await steps.end()
        # Of a gated one the data stays until the next item, which nobody is promised.
        behind = (item, unused if item is None and not GATED else item)
