"""Goal: gb_ram_1r1w gives the old word to a read in the cycle of a write, holds it, and stands still without en_i."""

import cocotb
from bench import PARAMETERS, known, meaningless, rng, start_clock
from cocotb.triggers import RisingEdge

WIDTH, DEPTH, ADDRESS_BITS = (PARAMETERS[name] for name in ("Width", "Depth", "AddressBits"))


@cocotb.test()
async def against_a_list(dut):
    random = rng()
    start_clock(dut.clk_i)
    words = [None] * DEPTH  # None: never written
    expected = None
    for _ in range(3000):
        enabled, reads, writes = (random.random() < share for share in (0.8, 0.6, 0.6))
        read_address, write_address = random.randrange(DEPTH), random.randrange(DEPTH)
        if random.random() < 0.3:
            read_address = write_address
        data = random.getrandbits(WIDTH)
        dut.en_i.value = int(enabled)
        dut.read_i.value = int(reads)
        dut.write_i.value = int(writes)
        dut.read_address_i.value = read_address if reads else meaningless(random, ADDRESS_BITS)
        dut.write_address_i.value = write_address if writes else meaningless(random, ADDRESS_BITS)
        dut.write_data_i.value = data if writes else meaningless(random, WIDTH)
        await RisingEdge(dut.clk_i)
        if expected is not None:
            assert known(dut.read_data_o) == expected
        if enabled and reads:
            expected = words[read_address]
        if enabled and writes:
            words[write_address] = data
