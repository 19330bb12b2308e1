"""Goal: gb_telemetry counts the pulses of the bench and keeps last, largest, smallest and number of the times between
acceptance and end for each kind of record, back-pressure left out; an address is answered one cycle later."""

import os

import cocotb
from bench import cycles, known, meaningless, rng, settle, start_clock
from cocotb.triggers import RisingEdge
from gatebook_contract import COMMANDS

CYCLES = 4000 * int(os.environ.get("GATEBOOK_COCOTB_SCALE", "1"))
#: The order of the command table is the order of the kinds.
KINDS = {code: kind for kind, (code, _) in enumerate(COMMANDS.values())}
LEVEL_SET = COMMANDS["LEVEL_SET"][0]
COMMITTING, FIRST_TOP, FIRST_SIGNAL, NO_KIND = 19, 20, 21, 31
FIRST_LATENCY = 32


class Account:
    """Counts what was given, not how the module goes about it."""

    def __init__(self):
        self.counters = [0] * 6  # records, events, cycles, busy, frozen, waited
        self.times = {}

    def sample(self, kind, time):
        self.times.setdefault(kind, []).append(time)

    def at(self, address):
        if address < 6:
            return self.counters[address]
        times = self.times.get(address - FIRST_LATENCY, [])
        if not times:
            return 0
        return times[-1] << 48 | max(times) << 32 | min(times) << 16 | min(len(times), 0xFFFF)


async def reset(dut, random):
    dut.rst_i.value = 1
    for name in ("finish_i", "top_i", "signal_i", "en_i", "idle_i", "waiting_i", "emitted_i"):
        getattr(dut, name).value = meaningless(random, 1)
    await cycles(dut.clk_i, 1)
    dut.rst_i.value = 0
    dut.telemetry_address_i.value = 2
    return Account()


async def records(dut, random, account, share, count):
    """Records one behind the other: each may bring a TOP and signals up to its end."""
    left, accepted_at, seen, opcode, commits = 0, 0, set(), 0, 0
    late = False  # a first event came in the cycle of the end: the next cycle brings neither an event nor an end
    for _ in range(count):
        enabled = random.random() < share
        if left == 0:
            opcode = random.choice([*KINDS, LEVEL_SET, LEVEL_SET, 0x55])
            commits, left, seen = random.randrange(2), random.choice([2, 5, 20] if late else [1, 2, 5, 20]), set()
            accepted_at = (known(dut.now_o) - random.randrange(300)) % 2**16
        finish = left == 1
        given = {"idle_i": random.randrange(2), "waiting_i": random.randrange(2), "emitted_i": random.randrange(2),
                 "en_i": int(enabled)}
        pulses = {"finish_i": int(finish), "top_i": int(random.random() < 0.2), "signal_i": 0}
        pulses["signal_i"] = int(not pulses["top_i"] and random.random() < 0.2)  # one token a cycle
        if late:
            pulses = pulses | {"top_i": 0, "signal_i": 0}
        if not enabled:
            pulses = {name: random.randrange(2) for name in pulses}
        for name, value in (given | pulses).items():
            getattr(dut, name).value = value
        dut.opcode_i.value = opcode if finish and enabled else meaningless(random, 8)
        dut.commits_i.value = commits if finish and enabled else meaningless(random, 1)
        dut.accepted_at_i.value = accepted_at
        await settle()
        time = (known(dut.now_o) - accepted_at) % 2**16
        await RisingEdge(dut.clk_i)
        await settle()
        for at, counts in ((1, given["emitted_i"]), (2, 1), (3, not given["idle_i"]), (4, not enabled),
                           (5, given["waiting_i"])):
            account.counters[at] += counts
        if enabled:
            left, late = left - 1, False
            for pulse, kind in (("top_i", FIRST_TOP), ("signal_i", FIRST_SIGNAL)):
                if pulses[pulse] and kind not in seen:
                    account.sample(kind, time)
                    seen.add(kind)
                    late = finish
            if finish:
                account.counters[0] += 1
                kind = COMMITTING if opcode == LEVEL_SET and commits else KINDS.get(opcode, NO_KIND)
                account.sample(kind, time)


async def rest(dut, account):
    """Until the last sample is counted; idle, enabled."""
    for name, value in {"en_i": 1, "idle_i": 1, "waiting_i": 0, "emitted_i": 0, "finish_i": 0, "top_i": 0,
                        "signal_i": 0}.items():
        getattr(dut, name).value = value
    await cycles(dut.clk_i, 4)
    await settle()
    account.counters[2] += 4


async def check(dut, random, account):
    for address in random.sample(range(256), 256):
        dut.telemetry_address_i.value = address
        # A frozen core is read as well; it counts cycles all the same.
        frozen = random.randrange(2)
        dut.en_i.value = 1 - frozen
        expected = account.at(address)
        await RisingEdge(dut.clk_i)
        await settle()
        account.counters[2] += 1
        account.counters[4] += frozen
        assert known(dut.telemetry_data_o) == expected, f"address {address}"


@cocotb.test()
@cocotb.parametrize(share=[1.0, 0.5])
async def counts_and_times(dut, share):
    random = rng()
    start_clock(dut.clk_i)
    await cycles(dut.clk_i, 1)
    account = await reset(dut, random)
    await settle()
    for _ in range(3):
        await records(dut, random, account, share, CYCLES // 6)
        await rest(dut, account)
        await check(dut, random, account)
        assert account.times[FIRST_TOP] and account.times[FIRST_SIGNAL]
        account = await reset(dut, random)  # in the middle of a record; it clears everything
        await settle()
        await rest(dut, account)
        await check(dut, random, account)
