"""Goal: a best price and a signal stand on the output as many cycles after the handshake as docs/hdl.md says."""

import json

import cocotb
from bench import PARAMETERS, known, rng
from cocotb.triggers import RisingEdge
from gatebook_contract import EVENTS
from kernel import Kernel, cropped
from software import ROOT, word
from vectors import PROFILES

LONGEST = 400
STRUCTURE = ("Paged", "Pipelined", "Overlap", "SerialFee", "CrcBytes")


def promised():
    """The row of the table for a build of this structure: cycles by event, None where the table has none."""
    builds = json.loads((ROOT / "hdl" / "builds.json").read_text())
    mine = [
        name
        for name, build in builds.items()
        if all(build["structure"][field] == PARAMETERS[field] for field in STRUCTURE)
    ]
    text = (ROOT / "docs" / "hdl.md").read_text().split("<!-- output:start -->")[1].split("<!-- output:end -->")[0]
    for row in text.strip().split("\n")[2:]:
        names, top, signal = (cell.strip() for cell in row.strip("|").split("|"))
        if set(names.split(", ")) & set(mine):
            return {"TOP": int(top), "SIGNAL": int(signal) if signal else None}
    raise AssertionError(f"docs/hdl.md has no row for a build like {mine}")


def level(book, price):
    return word("LEVEL_SET", book=book, side="ASK", level=price, size=1_000_000, commit=1)


LIVE = [word(name, book=book, **more)
        for book in (0, 1)
        for name, more in (("BOOK_BEGIN", {"tick": 100}), ("BOOK_LIVE", {"commit": 1}))]
BASKET = [
    word("BASKET_CREATE", basket=0, payout=1_000_000, kind=2),
    word("BASKET_LEG", basket=0, book=0, outcome="YES"),
    word("BASKET_LEG", basket=0, book=1, outcome="YES"),
    word("BASKET_ARM", basket=0, min_edge=0, min_size=0),
]


async def cycles_to(dut, name, before, last):
    """From the handshake of `last` to the first event of this name on the output, nobody stalling."""
    kernel = Kernel(dut, rng())
    kernel.start()
    await kernel.reset(1, cropped(PROFILES["tiny"] | {"finest_tick": 100}))
    kernel.send(before)
    await kernel.all_events()
    kernel.send([last])
    while not (known(dut.cmd_valid_i) and known(dut.cmd_ready_o)):
        await RisingEdge(dut.clk_i)
    for cycle in range(1, LONGEST):
        await RisingEdge(dut.clk_i)
        if known(dut.evt_valid_o) and known(dut.evt_data_o) & 0xFF == EVENTS[name][0]:
            return cycle
    raise AssertionError(f"no {name} within {LONGEST} cycles")


@cocotb.test()
async def top_of_book(dut):
    assert await cycles_to(dut, "TOP", LIVE, level(0, 60)) == promised()["TOP"]


async def signal_of_two_legs(dut):
    assert await cycles_to(dut, "SIGNAL", [*LIVE, *BASKET, level(0, 40)], level(1, 50)) == promised()["SIGNAL"]


if PARAMETERS["Baskets"] > 0:
    signal_of_two_legs = cocotb.test()(signal_of_two_legs)
