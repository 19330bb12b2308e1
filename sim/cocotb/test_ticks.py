"""Goal: gb_ticks takes the ticks of the contract and no others, and gives back what each code stands for."""

import cocotb
from bench import known, settle
from gatebook_contract import PRICE_ONE, TICKS


@cocotb.test()
async def every_code(dut):
    dut.tick_i.value = 0
    for code, tick in enumerate(TICKS):
        dut.code_i.value = code
        await settle()
        assert known(dut.tick_o) == tick
        assert known(dut.max_level_o) == PRICE_ONE // tick - 1


@cocotb.test()
async def ticks_and_what_is_none(dut):
    dut.code_i.value = 0
    near = {tick ^ (1 << bit) for tick in TICKS for bit in range(16)}
    for tick in sorted({*range(1200), 0xFFFF, 10_000, *near}):
        dut.tick_i.value = tick
        await settle()
        assert known(dut.valid_o) == (tick in TICKS), f"tick {tick}"
        if tick in TICKS:
            assert known(dut.code_o) == TICKS.index(tick)
