"""Frames of the serial link as bytes, written from the clauses (docs/link.md): COBS, CRC, layouts."""

import zlib
from dataclasses import dataclass, field

import gatebook_transports as lnk
from gatebook_contract import COMMAND_BYTES, CONTRACT_DIGEST, EVENT_BYTES

MODULO = 1 << 16
HALF = 1 << 15
UNSEEDED = (lnk.TYPE_HELLO, lnk.TYPE_IDENTITY)


def ahead(a, b):
    """LNK-6: whether index a is ahead of b."""
    return 1 <= (a - b) % MODULO < HALF


def crc_of(frame, seeded):
    return zlib.crc32(frame, zlib.crc32(bytes.fromhex(CONTRACT_DIGEST)) if seeded else 0).to_bytes(4, "little")


def with_crc(frame):
    return frame + crc_of(frame, frame[0] not in UNSEEDED)


def stuffed(frame):
    """One COBS block without its 0x00. Codes of 0xff come out for frames that are too long alone."""
    block = bytearray()
    for run in frame.split(b"\0"):
        while len(run) >= 254:
            block += b"\xff" + run[:254]
            run = run[254:]
        block += bytes([len(run) + 1]) + run
    return bytes(block)


def unstuffed(block):
    """The frame, or None where a code is 0xff or points past the end."""
    frame, at = bytearray(), 0
    while at < len(block):
        code = block[at]
        if code in (0, 0xFF) or at + code > len(block):
            return None
        frame += (b"\0" if at > 0 else b"") + block[at + 1 : at + code]
        at += code
    return bytes(frame)


def on_line(frame):
    """A whole frame with its CRC, as a sender puts it on a line that may have been silent."""
    return b"\0" + stuffed(frame) + b"\0"


def u16(value):
    return (value % MODULO).to_bytes(2, "little")


def hello(nonce, version=lnk.LINK_VERSION):
    return with_crc(bytes([lnk.TYPE_HELLO, version, 0, 0]) + nonce.to_bytes(4, "little"))


def header(kind, epoch, seq=0, ack=0, credit=0):
    return bytes([kind]) + u16(epoch) + u16(seq) + u16(ack) + u16(credit)


def reset(epoch, kernel_epoch=0):
    return with_crc(header(lnk.TYPE_RESET, epoch) + kernel_epoch.to_bytes(4, "little"))


def read(address, tag, epoch=0, ack=0, credit=0):
    return with_crc(header(lnk.TYPE_READ, epoch, 0, ack, credit) + u16(address) + u16(tag))


def data(epoch, seq=0, ack=0, credit=0, records=(), poll=False, replay=False):
    """records: whole numbers of 128 bits."""
    kind = lnk.TYPE_DATA | lnk.FLAG_POLL * poll | lnk.FLAG_REPLAY * replay
    body = b"".join(record.to_bytes(COMMAND_BYTES, "little") for record in records)
    return with_crc(header(kind, epoch, seq, ack, credit) + body)


@dataclass
class Frame:
    """What the device sent. kind: without flags."""

    kind: int
    epoch: int
    raw: bytes
    replay: bool = False
    seq: int = 0
    ack: int = 0
    credit: int = 0
    records: list = field(default_factory=list)
    nonce: int = 0
    address: int = 0
    tag: int = 0
    value: int = 0


def parsed(frame):
    """Of the device: fails where it is none that a device may send."""
    assert frame is not None, "a block that is not COBS"
    assert lnk.FRAME_BYTES_MIN <= len(frame) <= lnk.FRAME_BYTES_MAX, f"{len(frame)} bytes"
    assert with_crc(frame[:-4]) == frame, f"CRC of {frame.hex()}"
    body = frame[:-4]
    number = lambda at, size=2: int.from_bytes(body[at : at + size], "little")  # noqa: E731
    kind = body[0]
    if kind == lnk.TYPE_IDENTITY:
        assert len(body) == lnk.IDENTITY_BYTES
        return Frame(kind, number(lnk.IDENTITY_EPOCH), body, nonce=number(lnk.IDENTITY_NONCE, 4))
    seq, ack, credit = number(lnk.HEADER_SEQ), number(lnk.HEADER_ACK), number(lnk.HEADER_CREDIT)
    found = Frame(kind, number(lnk.HEADER_EPOCH), body, False, seq, ack, credit)
    rest = body[lnk.HEADER_BYTES :]
    if kind == lnk.TYPE_VALUE:
        assert len(rest) == lnk.VALUE_BYTES
        found.address, found.tag, found.value = number(9), number(11), number(13, 8)
        return found
    assert kind & ~lnk.FLAG_REPLAY == lnk.TYPE_DATA, f"type {kind:#x}"
    assert len(rest) % EVENT_BYTES == 0 and len(rest) // EVENT_BYTES <= lnk.EVENTS_PER_FRAME
    found.kind, found.replay = lnk.TYPE_DATA, kind != lnk.TYPE_DATA
    found.records = [int.from_bytes(rest[i : i + EVENT_BYTES], "little") for i in range(0, len(rest), EVENT_BYTES)]
    return found
