"""Goal: no page is held twice, exactly limit_pages_i can be, and one given back serves the next record (BOOK-6)."""

import cocotb
from bench import PARAMETERS, cycles, known, meaningless, rng, start_clock
from cocotb.triggers import RisingEdge

PAGES, PAGE_BITS = PARAMETERS["Pages"], PARAMETERS["PageBits"]


async def clear(dut, limit):
    dut.limit_pages_i.value = limit
    dut.en_i.value = 1
    dut.clear_i.value = 1
    dut.take_i.value = 0
    dut.give_i.value = 0
    await cycles(dut.clk_i, 1)
    dut.clear_i.value = 0


@cocotb.test()
@cocotb.parametrize(limit=[0, 1, 2, PAGES - 1, PAGES])
async def pages_are_held_once(dut, limit):
    random = rng()
    start_clock(dut.clk_i)
    dut.give_page_i.value = meaningless(random, PAGE_BITS)
    await cycles(dut.clk_i, 1)
    await clear(dut, limit)
    held = []
    wish, wish_until = 0.5, 0
    for cycle in range(2000):
        await RisingEdge(dut.clk_i)
        # What the last cycle drove passes with this edge, and shows in the cycle that begins: nothing is driven in it.
        dut.take_i.value = 0
        dut.give_i.value = 0
        dut.en_i.value = int(random.random() < 0.5)
        dut.give_page_i.value = meaningless(random, PAGE_BITS)
        await RisingEdge(dut.clk_i)
        assert known(dut.full_o) == (len(held) == limit), f"{len(held)} of {limit} pages are held"
        if len(held) < limit:
            page = known(dut.page_o)
            assert page < PAGES and page not in held, f"page {page} is offered; held: {held}"
        if cycle >= wish_until:  # long enough one way to come to either end
            wish, wish_until = random.choice([0.1, 0.5, 0.9]), cycle + random.randrange(4 * PAGES)
        enabled = random.random() < 0.8
        dut.en_i.value = int(enabled)
        if random.random() < wish:
            if len(held) < limit:
                dut.take_i.value = 1
                if enabled:
                    held.append(page)
        elif held:
            position = random.randrange(len(held))
            dut.give_i.value = 1
            dut.give_page_i.value = held[position]
            if enabled:
                held.pop(position)


@cocotb.test()
async def a_page_serves_again_in_the_next_cycle(dut):
    random = rng()
    start_clock(dut.clk_i)
    dut.give_page_i.value = meaningless(random, PAGE_BITS)
    await clear(dut, 1)
    dut.en_i.value = 1
    for _ in range(5):
        await RisingEdge(dut.clk_i)
        assert known(dut.full_o) == 0
        page = known(dut.page_o)
        dut.take_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.take_i.value = 0
        dut.give_i.value = 1
        dut.give_page_i.value = page
        await RisingEdge(dut.clk_i)
        assert known(dut.full_o) == 1
        dut.give_i.value = 0
        dut.give_page_i.value = meaningless(random, PAGE_BITS)
