"""What every bench needs: its clock, its own random numbers, and values that mean nothing on idle inputs."""

import json
import os
import random

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge, Timer
from cocotb.types import LogicArray

SIMULATOR = os.environ["GATEBOOK_SIMULATOR"]
#: Icarus knows X; Verilator gets random bits in its place.
FOUR_STATE = SIMULATOR == "icarus"
BENCH = json.loads(os.environ["GATEBOOK_BENCH"])
TOP, PARAMETERS = BENCH["top"], BENCH["parameters"]
PERIOD_NS = 10


def rng(name=""):
    """Equal seeds, equal numbers; cocotb.RANDOM_SEED is another for each test already."""
    return random.Random(f"{cocotb.RANDOM_SEED}:{name}")


def start_clock(clk):
    Clock(clk, PERIOD_NS, unit="ns").start(start_high=False)


async def cycles(clk, count):
    for _ in range(count):
        await RisingEdge(clk)


def meaningless(random_source, width):
    """What an input carries in a cycle in which nobody may look at it."""
    if FOUR_STATE:
        return LogicArray("X" * width)
    return LogicArray.from_unsigned(random_source.getrandbits(width), width)


def known(handle):
    """The value of a signal as a whole number; fails where a bit of it is X or Z."""
    value = handle.value
    assert value.is_resolvable, f"{handle._path} = {value}: not every bit is known"
    return int(value) if not isinstance(value, LogicArray) else value.to_unsigned()


async def settle():
    """Long enough for combinational outputs to follow their inputs."""
    await Timer(1, "ns")
