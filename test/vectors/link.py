"""Vectors of the serial link, by Python's struct and zlib and a COBS encoder of its own: no code of the project.

The layouts are written from the tables of docs/link.md. The contract digest is the one fact taken from the project: it
stands in docs/contract.md, and with another contract all frames but HELLO and IDENTITY get another CRC.

    python3 test/vectors/link.py           checks test/vectors/link.json; exit code 1 when something differs
    python3 test/vectors/link.py --write   writes it

A frame: `fields` of its layout, `records` (hex), `frame` (hex, with its CRC), `line` (hex, with its 0x00). A damaged
block: `line` as it comes, and the counter that it must go into at a device, and at a host.
"""

import json
import pathlib
import re
import struct
import sys
import zlib

HERE = pathlib.Path(__file__).parent
FILE = HERE / "link.json"
PAGE = HERE.parent.parent / "docs" / "contract.md"
POLL, REPLAY = 0x40, 0x80


def contract_digest():
    """The digest as docs/contract.md shows it."""
    return re.search(r"\b[0-9a-f]{16}\b", PAGE.read_text()).group(0)


def with_crc(body, seed):
    return body + struct.pack("<I", zlib.crc32(seed + body))


def cobs(frame):
    """Groups of bytes that are not zero, each behind its length plus one; the zeros between them are left out."""
    out = b""
    for group in frame.split(b"\0"):
        assert len(group) < 254
        out += bytes([len(group) + 1]) + group
    return out + b"\0"


def header(kind, epoch, seq, ack, credit):
    return struct.pack("<BHHHH", kind, epoch, seq, ack, credit)


def frames(digest):
    """name, fields, records, bytes before the CRC, seed."""
    seed = bytes.fromhex(digest)
    for name, nonce in (("HELLO", 0x12345678), ("HELLO with zeros", 0), ("HELLO of ones", 0xFFFFFFFF)):
        yield name, {"type": "HELLO", "nonce": nonce}, [], struct.pack("<BBHI", 1, 1, 0, nonce), b""
    for name, epoch, scale, board, commit in (
        ("IDENTITY of a board", 0x0102, 0, "ulx3s", "00112233445566778899aabbccddeeff01234567"),
        ("IDENTITY of a simulation since power-up", 0, 20000, "sixteen-chars-16", "00" * 20),
    ):
        profile = [32, 64, 16, 64, 8, 4, 16, 10]
        fields = {
            "type": "IDENTITY", "link_version": 1, "epoch": epoch, "nonce": 0xCAFE0001, "contract_digest": digest,
            "profile": profile, "clock_hz": 62500000, "baud": 3000000, "command_window": 64, "event_window": 16,
            "time_scale": scale, "board": board, "commit": commit,
        }
        body = struct.pack("<BBHI", 2, 1, epoch, 0xCAFE0001) + seed + struct.pack("<8I", *profile)
        body += struct.pack("<IIHHI", 62500000, 3000000, 64, 16, scale) + board.encode().ljust(16, b"\0")
        yield name, fields, [], body + bytes.fromhex(commit), b""
    fields = {"type": "RESET", "epoch": 0xFFFE, "seq": 0, "ack": 0, "credit": 4096, "kernel_epoch": 0x80000001}
    yield "RESET", fields, [], header(0x10, 0xFFFE, 0, 0, 4096) + struct.pack("<I", 0x80000001), seed
    for name, kind, bits, count, size in (
        ("DATA without records", "DATA", 0, 0, 16),
        ("DATA with POLL", "DATA", POLL, 0, 16),
        ("DATA with REPLAY", "DATA", REPLAY, 0, 16),
        ("DATA with POLL, REPLAY and a command", "DATA", POLL | REPLAY, 1, 16),
        ("DATA with two commands", "DATA", 0, 2, 16),
        ("DATA with fifteen commands, the longest frame", "DATA", 0, 15, 16),
        ("DATA with fifteen commands of zeros", "DATA", 0, -15, 16),
        ("DATA with one event", "DATA", 0, 1, 32),
        ("DATA with seven events and REPLAY", "DATA", REPLAY, 7, 32),
        ("DATA with seven events of zeros", "DATA", 0, -7, 32),
    ):
        records = [bytes((1 + 7 * i + 3 * j) % 251 if count > 0 else 0 for j in range(size)) for i in range(abs(count))]
        fields = {"type": kind, "poll": bool(bits & POLL), "replay": bool(bits & REPLAY), "epoch": 0x0100,
                  "seq": 0xFFFF, "ack": 0x8000, "credit": 0x00FF, "size": size}
        body = header(0x11 | bits, 0x0100, 0xFFFF, 0x8000, 0x00FF) + b"".join(records)
        yield name, fields, [record.hex() for record in records], body, seed
    fields = {"type": "READ", "epoch": 7, "seq": 1, "ack": 2, "credit": 3, "address": 0x010B, "tag": 0xBEEF}
    yield "READ", fields, [], header(0x12, 7, 1, 2, 3) + struct.pack("<HH", 0x010B, 0xBEEF), seed
    value = 0x0123456789ABCDEF
    fields = {"type": "VALUE", "epoch": 7, "seq": 4, "ack": 5, "credit": 6, "address": 0x0000, "tag": 0x0001,
              "value": str(value)}
    yield "VALUE", fields, [], header(0x13, 7, 4, 5, 6) + struct.pack("<HHQ", 0, 1, value), seed


def damaged(digest):
    """name, clauses, bytes of the line, counter at a device, counter at a host."""
    seed = bytes.fromhex(digest)
    data = with_crc(header(0x11, 1, 0, 0, 64), seed)
    line = cobs(data)
    flipped = bytes([line[0], line[1] ^ 4]) + line[2:]
    yield "a flipped bit", ["LNK-3"], flipped, "crc_errors", "crc_errors"
    yield "a code past the end", ["LNK-2"], bytes([len(line) + 9]) + line[1:], "bad_frames", "bad_frames"
    yield "a code of 0xff", ["LNK-2"], b"\xff" + b"\x01" * 254 + b"\0", "bad_frames", "bad_frames"
    # Right in every other respect: only its length is wrong.
    yield "eleven bytes", ["LNK-2"], cobs(with_crc(b"\x01\x01\x01\x01\x01\x01\x01", b"")), "bad_frames", "bad_frames"
    long = with_crc(header(0x11, 1, 0, 0, 64) + b"\x01" * 241, seed)
    assert len(long) == 254
    yield "254 bytes", ["LNK-2"], cobs(long), "bad_frames", "bad_frames"
    other = cobs(with_crc(header(0x11, 1, 0, 0, 64), b"\0" * 8))
    yield "the seed of another contract", ["LNK-3"], other, "crc_errors", "crc_errors"
    yield "the seed of HELLO", ["LNK-3"], cobs(with_crc(header(0x11, 1, 0, 0, 64), b"")), "crc_errors", "crc_errors"
    hello = struct.pack("<BBHI", 1, 1, 0, 5)
    yield "a HELLO with the seed of the contract", ["LNK-3"], cobs(with_crc(hello, seed)), "crc_errors", "crc_errors"
    unknown = "unknown_frames"
    for name, body, where in (
        ("an unknown type", header(0x14, 1, 0, 0, 64), "both"),
        ("HELLO at a host", hello, "host"),
        ("half a command", header(0x11, 1, 0, 0, 64) + b"\x01" * 8, "both"),
        ("sixteen bytes, half an event", header(0x11, 1, 0, 0, 64) + b"\x01" * 16, "host"),
        ("eight events' worth less one command", header(0x11, 1, 0, 0, 64) + b"\x01" * 240, "host"),
        ("RESET with a flag", header(0x10 | POLL, 1, 0, 0, 64) + b"\x01\x01\x01\x01", "both"),
        ("RESET of epoch 0", header(0x10, 0, 0, 0, 64) + b"\x01\x01\x01\x01", "both"),
        ("RESET without its epoch of the kernel", header(0x10, 1, 0, 0, 64), "both"),
        ("READ at a host", header(0x12, 1, 0, 0, 64) + b"\x01\x01\x01\x01", "host"),
        ("VALUE at a device", header(0x13, 1, 0, 0, 64) + b"\x01" * 12, "device"),
        ("VALUE with a flag", header(0x13 | REPLAY, 1, 0, 0, 64) + b"\x01" * 12, "both"),
    ):
        line = cobs(with_crc(body, b"" if body[0] in (1, 2) else seed))
        at = [unknown if where in (side, "both") else None for side in ("device", "host")]
        yield name, ["LNK-4", "LNK-5"], line, at[0], at[1]


def build():
    digest = contract_digest()
    made = []
    for name, fields, records, body, seed in frames(digest):
        frame = with_crc(body, seed)
        line = cobs(frame)
        assert len(line) == len(frame) + 2
        made.append({"name": name, "fields": fields, "records": records, "frame": frame.hex(), "line": line.hex()})
    bad = [
        {"name": name, "clauses": clauses, "line": line.hex(), "device": device, "host": host}
        for name, clauses, line, device, host in damaged(digest)
    ]
    origin = "test/vectors/link.py: Python's struct and zlib, COBS by splitting at the zeros; from docs/link.md"
    return {"origin": origin, "contract_digest": digest, "frames": made, "damaged": bad}


def text(vectors):
    """One frame a line, so that a change shows as one."""
    parts = [f'  "origin": {json.dumps(vectors["origin"])},', f'  "contract_digest": "{vectors["contract_digest"]}",']
    for key, end in (("frames", ","), ("damaged", "")):
        rows = ",\n".join("    " + json.dumps(row) for row in vectors[key])
        parts.append(f'  "{key}": [\n{rows}\n  ]{end}')
    return "{\n" + "\n".join(parts) + "\n}\n"


def main():
    made = text(build())
    if "--write" in sys.argv[1:]:
        FILE.write_text(made)
    elif FILE.read_text() != made:
        sys.exit(f"{FILE.name} is not what link.py makes: python3 test/vectors/link.py --write")


if __name__ == "__main__":
    main()
