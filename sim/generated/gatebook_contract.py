"""Generated from src/contract/definition.ts by `npm run generate`. Do not edit.

Record layouts of the gatebook kernel contract: tables, pack and unpack.
"""

CONTRACT_DIGEST = "2e0f32c12d22c828"
COMMAND_BYTES = 16
EVENT_BYTES = 32
PRICE_ONE = 10000  # price of a certain share, in 1e-4 USD: 1 USD
MICRO_PER_PRICE = 100  # micro (1e-6 USD) in one price unit (1e-4 USD)
MICRO_ONE = 1000000  # micro in 1 USD: what a winning share pays
PAGE_LEVELS = 128  # levels in one page
SIZE_MAX = 281474976710655  # largest size, in 1e-6 share
FEE_RATE_MAX = 16777215  # largest fee rate, in 2^-32 micro per P*(10,000-P)
PAYOUT_MAX = 256000000  # largest payout of a basket, in micro a share
FAIR_MAX = 1000000  # largest fair value and largest band, in micro
COUNTER_MODULO = 281474976710656  # record index and event count wrap here
TICKS = (1, 10, 25, 50, 100, 1000)
PROFILE_FIELDS = ("books", "pages", "baskets", "legs", "legs_per_basket", "fairs", "books_per_message", "finest_tick")

ENUMS = {
    "BookState": {
        "EMPTY": 0,
        "BUILDING": 1,
        "LIVE": 2,
        "STALE": 3,
    },
    "Side": {
        "BID": 0,
        "ASK": 1,
    },
    "Outcome": {
        "YES": 0,
        "NO": 1,
    },
    "SignalKind": {
        "CROSS": 1,
        "COMPLEMENT_LONG": 2,
        "COMPLEMENT_SHORT": 3,
        "MULTI_LONG": 4,
        "MULTI_SHORT": 5,
        "IMPLICATION": 6,
        "TWO_VENUE": 7,
        "FAIR_BUY": 8,
        "FAIR_SELL": 9,
    },
    "SignalAction": {
        "OPEN": 1,
        "CHANGE": 2,
        "CLOSE": 3,
    },
    "ErrorCode": {
        "UNKNOWN_OPCODE": 1,
        "RESERVED_BITS": 2,
        "BOOK_RANGE": 3,
        "TICK_INVALID": 4,
        "TICK_TOO_FINE": 5,
        "BOOK_STATE": 6,
        "LEVEL_RANGE": 7,
        "MESSAGE_LIMIT": 8,
        "PAGE_LIMIT": 9,
        "BASKET_RANGE": 10,
        "BASKET_EXISTS": 11,
        "BASKET_ABSENT": 12,
        "BASKET_ARMED": 13,
        "BASKET_NO_LEGS": 14,
        "KIND_INVALID": 15,
        "PAYOUT_RANGE": 16,
        "LEG_DUPLICATE": 17,
        "BASKET_LEGS_LIMIT": 18,
        "LEGS_LIMIT": 19,
        "FAIR_RANGE": 20,
        "BAND_RANGE": 21,
        "FAIR_LIMIT": 22,
        "FAIR_ABSENT": 23,
        "NOT_RESTORING": 24,
        "IN_RESTORE": 25,
        "RESTORE_FAILED": 26,
        "COUNTS_MISSING": 27,
    },
}

# name: (code, {field: (lsb, bits, signed, enum)})
COMMANDS = {
    "BOOK_BEGIN": (
        0x01,
        {
            "commit": (8, 1, False, ""),
            "book": (16, 16, False, ""),
            "tick": (32, 16, False, ""),
        },
    ),
    "BOOK_LIVE": (
        0x02,
        {
            "commit": (8, 1, False, ""),
            "book": (16, 16, False, ""),
        },
    ),
    "BOOK_STALE": (
        0x03,
        {
            "commit": (8, 1, False, ""),
            "book": (16, 16, False, ""),
        },
    ),
    "LEVEL_SET": (
        0x04,
        {
            "commit": (8, 1, False, ""),
            "side": (9, 1, False, "Side"),
            "book": (16, 16, False, ""),
            "level": (32, 16, False, ""),
            "size": (64, 48, False, ""),
        },
    ),
    "BOOK_FEE": (
        0x05,
        {
            "commit": (8, 1, False, ""),
            "book": (16, 16, False, ""),
            "rate": (32, 24, False, ""),
        },
    ),
    "BOOK_MASK": (
        0x06,
        {
            "book": (16, 16, False, ""),
            "mask_top": (32, 1, False, ""),
            "mask_fair": (33, 1, False, ""),
        },
    ),
    "BASKET_CREATE": (
        0x20,
        {
            "basket": (16, 16, False, ""),
            "payout": (32, 32, False, ""),
            "kind": (64, 8, False, "SignalKind"),
        },
    ),
    "BASKET_LEG": (
        0x21,
        {
            "outcome": (9, 1, False, "Outcome"),
            "basket": (16, 16, False, ""),
            "book": (32, 16, False, ""),
        },
    ),
    "BASKET_ARM": (
        0x22,
        {
            "basket": (16, 16, False, ""),
            "min_edge": (32, 32, True, ""),
            "min_size": (64, 48, False, ""),
        },
    ),
    "BASKET_DISARM": (
        0x23,
        {
            "basket": (16, 16, False, ""),
        },
    ),
    "BASKET_REMOVE": (
        0x24,
        {
            "basket": (16, 16, False, ""),
        },
    ),
    "BASKET_MASK": (
        0x25,
        {
            "basket": (16, 16, False, ""),
            "mask_signal": (32, 1, False, ""),
        },
    ),
    "FAIR_SET": (
        0x40,
        {
            "book": (16, 16, False, ""),
            "fair": (32, 32, False, ""),
            "band": (64, 32, False, ""),
        },
    ),
    "FAIR_CLEAR": (
        0x41,
        {
            "book": (16, 16, False, ""),
        },
    ),
    "RESTORE_BEGIN": (
        0xe0,
        {
        },
    ),
    "RESTORE_COUNTS": (
        0xe1,
        {
            "index": (16, 48, False, ""),
            "events": (64, 48, False, ""),
        },
    ),
    "RESTORE_END": (
        0xe2,
        {
            "crc": (32, 32, False, ""),
        },
    ),
    "FENCE": (
        0xf0,
        {
            "token": (32, 32, False, ""),
        },
    ),
    "BOOK_DIGEST": (
        0xf1,
        {
            "book": (16, 16, False, ""),
        },
    ),
}

EVENTS = {
    "TOP": (
        0x01,
        {
            "book": (16, 16, False, ""),
            "bid_price": (32, 16, False, ""),
            "ask_price": (48, 16, False, ""),
            "command": (64, 48, False, ""),
            "bid_size": (128, 48, False, ""),
            "ask_size": (192, 48, False, ""),
        },
    ),
    "SIGNAL": (
        0x02,
        {
            "action": (8, 8, False, "SignalAction"),
            "id": (16, 16, False, ""),
            "edge": (32, 32, True, ""),
            "command": (64, 48, False, ""),
            "kind": (112, 8, False, "SignalKind"),
            "size": (128, 48, False, ""),
        },
    ),
    "REFUSED": (
        0x03,
        {
            "error": (8, 8, False, "ErrorCode"),
            "id": (16, 16, False, ""),
            "restore_record": (32, 32, False, ""),
            "command": (64, 48, False, ""),
            "restore_error": (112, 8, False, ""),
            "record": (128, 128, False, ""),
        },
    ),
    "FENCE": (
        0x04,
        {
            "token": (32, 32, False, ""),
            "command": (64, 48, False, ""),
            "records": (128, 48, False, ""),
            "events": (176, 48, False, ""),
            "crc": (224, 32, False, ""),
        },
    ),
    "BOOK_DIGEST": (
        0x05,
        {
            "state": (8, 8, False, "BookState"),
            "book": (16, 16, False, ""),
            "crc": (32, 32, False, ""),
            "command": (64, 48, False, ""),
            "tick": (112, 16, False, ""),
            "bids": (128, 16, False, ""),
            "asks": (144, 16, False, ""),
            "rate": (160, 24, False, ""),
            "mask_top": (184, 1, False, ""),
            "mask_fair": (185, 1, False, ""),
        },
    ),
    "RESET_DONE": (
        0x06,
        {
            "epoch": (32, 32, False, ""),
        },
    ),
}

# Bits of a command that must be 0 (clause REC-3).
RESERVED = {
    "BOOK_BEGIN": 0xffffffffffffffffffff00000000fe00,
    "BOOK_LIVE": 0xffffffffffffffffffffffff0000fe00,
    "BOOK_STALE": 0xffffffffffffffffffffffff0000fe00,
    "LEVEL_SET": 0xffff000000000000ffff00000000fc00,
    "BOOK_FEE": 0xffffffffffffffffff0000000000fe00,
    "BOOK_MASK": 0xfffffffffffffffffffffffc0000ff00,
    "BASKET_CREATE": 0xffffffffffffff00000000000000ff00,
    "BASKET_LEG": 0xffffffffffffffffffff00000000fd00,
    "BASKET_ARM": 0xffff000000000000000000000000ff00,
    "BASKET_DISARM": 0xffffffffffffffffffffffff0000ff00,
    "BASKET_REMOVE": 0xffffffffffffffffffffffff0000ff00,
    "BASKET_MASK": 0xfffffffffffffffffffffffe0000ff00,
    "FAIR_SET": 0xffffffff00000000000000000000ff00,
    "FAIR_CLEAR": 0xffffffffffffffffffffffff0000ff00,
    "RESTORE_BEGIN": 0xffffffffffffffffffffffffffffff00,
    "RESTORE_COUNTS": 0xffff000000000000000000000000ff00,
    "RESTORE_END": 0xffffffffffffffff00000000ffffff00,
    "FENCE": 0xffffffffffffffff00000000ffffff00,
    "BOOK_DIGEST": 0xffffffffffffffffffffffff0000ff00,
}


def pack(table, size, name, /, **fields):
    """Bytes of a record of `table` (COMMANDS or EVENTS); absent fields are 0, enums by name or number."""
    code, layout = table[name]
    word = code
    for key, value in fields.items():
        lsb, bits, signed, enum = layout[key]
        if isinstance(value, str):
            value = ENUMS[enum][value]
        low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
        if not low <= value < high:
            raise ValueError(f"{name}.{key} = {value} is not in {low}..{high - 1}")
        word |= (value & ((1 << bits) - 1)) << lsb
    return word.to_bytes(size, "little")


def command(name, /, **fields):
    return pack(COMMANDS, COMMAND_BYTES, name, **fields)


def unpack(table, record):
    """(name, fields) of a record; name is None where byte 0 is no code of `table`."""
    word = int.from_bytes(record, "little")
    for name, (code, layout) in table.items():
        if code == word & 0xFF:
            fields = {}
            for key, (lsb, bits, signed, _) in layout.items():
                value = (word >> lsb) & ((1 << bits) - 1)
                fields[key] = value - (1 << bits) if signed and value >> (bits - 1) else value
            return name, fields
    return None, {}
