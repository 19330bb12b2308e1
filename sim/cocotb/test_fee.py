"""Goal: both fee units give ceil(rate * P * (10,000 - P) / 2^32) when they promise to, frozen or not (ROW-3)."""

import cocotb
from bench import TOP, known, meaningless, rng, start_clock
from cocotb.triggers import RisingEdge
from gatebook_contract import FEE_RATE_MAX, PRICE_ONE

LATENCY, COUNT = {"gb_fee_parallel": (4, 3000), "gb_fee_serial": (40, 150)}[TOP]
#: 2^16 * 2^12 * 5904 = 369 * 2^32: one of the few products that leave nothing to round.
EXACT = [(4096, 1 << 16), (4096, 3 << 16), (5904, 1 << 16)]
EDGES = [(0, FEE_RATE_MAX), (1, 0), (1, 1), (5000, FEE_RATE_MAX), (9999, FEE_RATE_MAX), (9999, 1), (1, FEE_RATE_MAX)]


def fee(price, rate):
    return -(-rate * price * (PRICE_ONE - price) // 2**32)


@cocotb.test()
@cocotb.parametrize(enabled_share=[1.0, 0.6], request_share=[1.0, 0.4])
async def fees(dut, enabled_share, request_share):
    random = rng()
    wanted = EXACT + EDGES
    wanted += [(random.randrange(PRICE_ONE), random.getrandbits(random.randrange(1, 25))) for _ in range(COUNT)]
    start_clock(dut.clk_i)
    dut.rst_i.value, dut.en_i.value, dut.valid_i.value = 1, 1, 0
    dut.price_i.value, dut.rate_i.value = meaningless(random, 14), meaningless(random, 24)
    await RisingEdge(dut.clk_i)
    dut.rst_i.value = 0
    enabled, offered, time = 1, None, 0  # time: cycles of en_i
    due, last = [], None  # due: (time, fee) in order
    while wanted or due or offered:
        await RisingEdge(dut.clk_i)
        if enabled:
            time += 1
            if known(dut.valid_o):
                at, last = due.pop(0)
                assert time == at, f"the fee came in cycle {time}, not {at}"
            assert not due or due[0][0] > time, f"no fee came in cycle {time}"
            if offered is not None and known(dut.ready_o):
                due.append((time + LATENCY, fee(*offered)))
                offered = None
        if last is not None and not known(dut.valid_o):
            assert known(dut.fee_o) == last
        enabled = int(random.random() < enabled_share)
        dut.en_i.value = enabled
        if offered is None and wanted and random.random() < request_share:
            offered = wanted.pop(0)
        dut.valid_i.value = int(offered is not None)
        price, rate = offered or (meaningless(random, 14), meaningless(random, 24))
        dut.price_i.value, dut.rate_i.value = price, rate
