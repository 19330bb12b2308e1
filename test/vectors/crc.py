"""CRC values of the vectors, by Python's zlib over records packed with struct: no code of the project takes part.

The expected events of a vector are worked out by hand, all but the CRCs of FENCE and BOOK_DIGEST. This script packs
the events that the vector states (and the commands, for the records that REFUSED events repeat) with formats of its
own, written from the tables of docs/contract.md.

    python3 test/vectors/crc.py           checks every vector file; exit code 1 and a list when something differs
    python3 test/vectors/crc.py --write   fills in the CRCs and lays the files out, one record a line

Fields that only this script reads:
    digest_levels   one list for each BOOK_DIGEST event: [side, level, size], in the order of clause INT-4
    fence_bases     one pair for each FENCE event: [position of the first event that counts, CRC before it];
                    without it the events since the last RESET_DONE count, from CRC 0
"""

import json
import pathlib
import struct
import sys
import zlib

# Of what travels below the contract: no programs with events.
TRANSPORTS = ("link.json", "bar.json")
ERRORS = (
    "UNKNOWN_OPCODE RESERVED_BITS BOOK_RANGE TICK_INVALID TICK_TOO_FINE BOOK_STATE LEVEL_RANGE MESSAGE_LIMIT "
    "PAGE_LIMIT BASKET_RANGE BASKET_EXISTS BASKET_ABSENT BASKET_ARMED BASKET_NO_LEGS KIND_INVALID PAYOUT_RANGE "
    "LEG_DUPLICATE BASKET_LEGS_LIMIT LEGS_LIMIT FAIR_RANGE BAND_RANGE FAIR_LIMIT FAIR_ABSENT NOT_RESTORING "
    "IN_RESTORE RESTORE_FAILED COUNTS_MISSING"
).split()
KINDS = (
    "CROSS COMPLEMENT_LONG COMPLEMENT_SHORT MULTI_LONG MULTI_SHORT IMPLICATION TWO_VENUE FAIR_BUY FAIR_SELL"
).split()
ACTIONS = ["OPEN", "CHANGE", "CLOSE"]
STATES = ["EMPTY", "BUILDING", "LIVE", "STALE"]
BOOK_OPCODES = {"BOOK_BEGIN": 1, "BOOK_LIVE": 2, "BOOK_STALE": 3, "LEVEL_SET": 4, "BOOK_FEE": 5}
BASKET_OPCODES = {"BASKET_DISARM": 0x23, "BASKET_REMOVE": 0x24}


def u48(value):
    """Six bytes, little-endian."""
    return struct.pack("<IH", value & 0xFFFFFFFF, value >> 32)


def code(names, value, first=1):
    """The number of an enum value that is given by name or number."""
    return names.index(value) + first if isinstance(value, str) else value


def pack_event(e):
    """32 bytes of an expected event."""
    kind = e["type"]
    if kind == "RESET_DONE":
        return struct.pack("<BBHI24x", 6, 0, 0, e["epoch"])
    command = u48(e["command"])
    if kind == "TOP":
        head = struct.pack("<BBHHH", 1, 0, e["book"], e["bid_price"], e["ask_price"])
        return head + command + b"\0\0" + u48(e["bid_size"]) + b"\0\0" + u48(e["ask_size"]) + b"\0\0"
    if kind == "SIGNAL":
        head = struct.pack("<BBHi", 2, code(ACTIONS, e["action"]), e["id"], e["edge"])
        return head + command + bytes([code(KINDS, e["kind"]), 0]) + u48(e["size"]) + bytes(10)
    if kind == "REFUSED":
        head = struct.pack("<BBHI", 3, code(ERRORS, e["error"]), e["id"], e["restore_record"])
        return head + command + bytes([code(ERRORS, e["restore_error"]), 0]) + bytes.fromhex(e["record"])
    if kind == "FENCE":
        head = struct.pack("<BBHI", 4, 0, 0, e["token"])
        return head + command + b"\0\0" + u48(e["records"]) + u48(e["events"]) + struct.pack("<I", e["crc"])
    if kind == "BOOK_DIGEST":
        head = struct.pack("<BBHI", 5, code(STATES, e["state"], 0), e["book"], e["crc"])
        masks = (1 if e.get("mask_top") else 0) | (2 if e.get("mask_fair") else 0)
        rate = struct.pack("<I", e["rate"] | masks << 24)
        return head + command + struct.pack("<HHH", e["tick"], e["bids"], e["asks"]) + rate + bytes(8)
    raise ValueError(f"unknown event {kind}")


def pack_command(c):
    """16 bytes of a command; None for a control."""
    if "control" in c:
        return None
    if "raw" in c:
        return bytes.fromhex(c["raw"])
    op = c["op"]
    commit = 1 if c.get("commit") else 0
    if op == "LEVEL_SET":
        flags = commit | (2 if c["side"] == "ASK" else 0)
        return struct.pack("<BBHI", 4, flags, c["book"], c["level"]) + u48(c["size"]) + b"\0\0"
    if op in BOOK_OPCODES:
        return struct.pack("<BBHI8x", BOOK_OPCODES[op], commit, c["book"], c.get("tick", c.get("rate", 0)))
    if op == "BOOK_MASK":
        masks = (1 if c.get("mask_top") else 0) | (2 if c.get("mask_fair") else 0)
        return struct.pack("<BBHI8x", 6, 0, c["book"], masks)
    if op == "BASKET_CREATE":
        return struct.pack("<BBHIB7x", 0x20, 0, c["basket"], c["payout"], code(KINDS, c["kind"]))
    if op == "BASKET_LEG":
        return struct.pack("<BBHI8x", 0x21, 2 if c["outcome"] == "NO" else 0, c["basket"], c["book"])
    if op == "BASKET_ARM":
        return struct.pack("<BBHi", 0x22, 0, c["basket"], c["min_edge"]) + u48(c["min_size"]) + b"\0\0"
    if op in BASKET_OPCODES:
        return struct.pack("<BBH12x", BASKET_OPCODES[op], 0, c["basket"])
    if op == "BASKET_MASK":
        return struct.pack("<BBHI8x", 0x25, 0, c["basket"], 1 if c.get("mask_signal") else 0)
    if op == "FAIR_SET":
        return struct.pack("<BBHII4x", 0x40, 0, c["book"], c["fair"], c["band"])
    if op == "FAIR_CLEAR":
        return struct.pack("<BBH12x", 0x41, 0, c["book"])
    if op == "RESTORE_BEGIN":
        return struct.pack("<B15x", 0xE0)
    if op == "RESTORE_COUNTS":
        return struct.pack("<BB", 0xE1, 0) + u48(c["index"]) + u48(c["events"]) + b"\0\0"
    if op == "RESTORE_END":
        return struct.pack("<B3xI8x", 0xE2, c["crc"])
    if op == "FENCE":
        return struct.pack("<B3xI8x", 0xF0, c["token"])
    if op == "BOOK_DIGEST":
        return struct.pack("<BBH12x", 0xF1, 0, c["book"])
    raise ValueError(f"unknown command {op}")


def levels_crc(levels):
    """Clause INT-4: u16 (level, plus 0x8000 for an ask), u48 size, for each level."""
    return zlib.crc32(b"".join(struct.pack("<H", level | (0x8000 if side == "ASK" else 0)) + u48(size)
                               for side, level, size in levels))


def faults_of(vector, write):
    """What differs from the CRCs worked out here; with `write` it is put right instead."""
    faults = []

    def settle(event, value):
        if event["crc"] != value and not write:
            faults.append(f"{vector['name']}: {event['type']} of command {event['command']}: crc is not {value}")
        event["crc"] = value

    events = vector["events"]
    digests = iter(vector.get("digest_levels", []))
    bases = iter(vector.get("fence_bases", []))
    records = [pack_command(c) for c in vector["commands"]]
    start = 0
    for position, event in enumerate(events):
        if event["type"] == "RESET_DONE":
            start = position + 1
        if event["type"] == "BOOK_DIGEST":
            settle(event, levels_crc(next(digests)))
        if event["type"] == "FENCE":
            first, crc = next(bases) if "fence_bases" in vector else (start, 0)
            settle(event, zlib.crc32(b"".join(map(pack_event, events[first:position])), crc))
        if event["type"] == "REFUSED" and bytes.fromhex(event["record"]) not in records:
            faults.append(f"{vector['name']}: {event['record']} is no command of the vector")
    if list(digests) or list(bases):
        faults.append(f"{vector['name']}: more digest_levels or fence_bases than events")
    return faults


def layout(vectors):
    """One record a line, so that a vector reads as a transcript."""
    text = []
    for vector in vectors:
        lines = []
        for key, value in vector.items():
            if key in ("commands", "events"):
                rows = ",\n".join("      " + json.dumps(row) for row in value)
                lines.append(f'    "{key}": [\n{rows}\n    ]' if value else f'    "{key}": []')
            else:
                lines.append(f"    {json.dumps(key)}: {json.dumps(value)}")
        text.append("  {\n" + ",\n".join(lines) + "\n  }")
    return "[\n" + ",\n".join(text) + "\n]\n"


def main():
    write = "--write" in sys.argv[1:]
    faults = []
    for path in sorted(pathlib.Path(__file__).parent.glob("*.json")):
        if path.name in TRANSPORTS:
            continue
        vectors = json.loads(path.read_text())
        for vector in vectors:
            faults += faults_of(vector, write)
        if write:
            path.write_text(layout(vectors))
    print("\n".join(faults) if faults else "every CRC and refused record agrees")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
