"""Goal: gb_find_first names the lowest set bit of any word, and says when there is none."""

import cocotb
from bench import PARAMETERS, known, rng, settle

WIDTH = PARAMETERS["Width"]


async def check(dut, word):
    dut.bits_i.value = word
    await settle()
    assert known(dut.found_o) == (word != 0), f"{word:#x}"
    if word != 0:
        lowest = (word & -word).bit_length() - 1
        assert known(dut.index_o) == lowest, f"{word:#x}: {known(dut.index_o)}, not {lowest}"


@cocotb.test()
async def every_single_bit_and_none(dut):
    await check(dut, 0)
    for bit in range(WIDTH):
        await check(dut, 1 << bit)
        await check(dut, ((1 << WIDTH) - 1) ^ ((1 << bit) - 1))


@cocotb.test()
async def random_words(dut):
    random = rng()
    for _ in range(500):
        word = random.getrandbits(WIDTH) & random.getrandbits(WIDTH) & random.getrandbits(WIDTH)
        await check(dut, word & ~((1 << random.randrange(WIDTH)) - 1))
