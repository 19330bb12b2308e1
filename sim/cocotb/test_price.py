"""Goal: gb_price turns every place of every tick into its level and its price (BOOK-3, BOOK-6)."""

import cocotb
from bench import known, settle
from gatebook_contract import PRICE_ONE, TICKS


@cocotb.test()
@cocotb.parametrize(tick=list(TICKS))
async def every_place(dut, tick):
    dut.tick_code_i.value = TICKS.index(tick)
    most = PRICE_ONE // tick - 1
    # The finest tick in steps, for time; all others whole.
    for place in {*range(0, most, 7 if tick == 1 else 1), most - 1}:
        dut.place_i.value = place
        for side, level in ((0, most - place), (1, place + 1)):
            dut.side_i.value = side
            await settle()
            assert known(dut.level_o) == level, f"side {side}, place {place}"
            assert known(dut.price_o) == level * tick, f"side {side}, place {place}"
