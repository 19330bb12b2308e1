"""Goal: gb_decode finds the error that `gatebook exec` reports, for every opcode and every reserved bit (REC-2, REC-3,
REC-5), and names the book of every record that has one."""

import cocotb
from bench import known, rng, settle
from gatebook_contract import COMMANDS, ENUMS, RESERVED
from software import answers_by_record, word

PROFILE = {"books": 5, "pages": 4, "baskets": 3, "legs": 4, "legs_per_basket": 2, "fairs": 1, "books_per_message": 2,
           "finest_tick": 10}
CODES = ENUMS["ErrorCode"]
OPCODES = {code: name for name, (code, _) in COMMANDS.items()}
#: What the record alone tells. BOOK_RANGE of these two comes behind other refusals, from whoever executes them.
BY_DECODE = {CODES[name] for name in ("UNKNOWN_OPCODE", "RESERVED_BITS", "BOOK_RANGE", "BASKET_RANGE")}
BOOK_LATER = ("BASKET_LEG", "BOOK_DIGEST")


async def check(dut, records):
    dut.limit_books_i.value, dut.limit_baskets_i.value = PROFILE["books"], PROFILE["baskets"]
    counts = {}
    for record, caused in zip(records, answers_by_record(PROFILE, [records])[0], strict=True):
        name = OPCODES.get(record & 0xFF)
        refused = next((fields["error"] for event, fields in caused if event == "REFUSED"), 0)
        late = refused == CODES["BOOK_RANGE"] and name in BOOK_LATER
        error = 0 if late or refused not in BY_DECODE else refused
        dut.record_i.value = record
        await settle()
        assert known(dut.error_o) == error, f"{name} {record:032x}"
        layout = COMMANDS[name][1] if name else {}
        if "book" in layout:
            book = record >> layout["book"][0] & 0xFFFF
            assert known(dut.book_o) == book, f"{name} {record:032x}"
            assert known(dut.book_in_range_o) == int(book < PROFILE["books"])
        if refused == CODES["BOOK_RANGE"]:
            assert known(dut.book_in_range_o) == 0
        counts[refused] = counts.get(refused, 0) + 1
    return counts


@cocotb.test()
async def every_reserved_bit(dut):
    records = [RESERVED[name] & 1 << bit | COMMANDS[name][0] for name in COMMANDS for bit in range(8, 128)]
    # Accepted, it would mute what follows.
    records = [record for record in records if record != word("RESTORE_BEGIN")]
    counts = await check(dut, records)
    assert counts[CODES["RESERVED_BITS"]] == sum(mask.bit_count() for mask in RESERVED.values())


@cocotb.test()
async def every_opcode_and_its_ranges(dut):
    random = rng()
    records = [opcode | random.getrandbits(120) << 8 for opcode in range(256) for _ in range(2)]
    records += [opcode for opcode in range(256) if opcode not in OPCODES]
    for name, (_, layout) in COMMANDS.items():
        ids = [field for field in ("book", "basket") if field in layout]
        for field in ids:
            for value in (0, PROFILE["books"] - 1, PROFILE["books"], PROFILE["baskets"], 0x100, 0xFFFF):
                records.append(word(name, **{other: 0 for other in ids} | {field: value}))
        if not ids and name != "RESTORE_BEGIN":
            records.append(word(name))
    random.shuffle(records)
    counts = await check(dut, [*records, word("RESTORE_BEGIN")])
    assert BY_DECODE <= set(counts), "each of its refusals came up"
