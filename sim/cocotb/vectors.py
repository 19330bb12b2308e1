"""The vectors of test/vectors: programs with the events that they must give, worked out by hand."""

import json
from enum import Enum

from gatebook_contract import EVENTS, PROFILE_FIELDS, command, pack
from software import ROOT

FOLDER = ROOT / "test" / "vectors"
#: Vectors of what carries the records: frames and lines, not programs.
TRANSPORTS = ("link", "bar")
#: As an enumeration, because cocotb takes its names, and no others of this length, into the names of tests.
PROGRAMS = [path for path in sorted(FOLDER.glob("*.json")) if path.stem not in TRANSPORTS]
File = Enum("File", {path.stem.replace("-", "_"): path.name for path in PROGRAMS})


def named_profiles():
    """Values by name, from the table of docs/contract.md."""
    rows = (ROOT / "docs" / "contract.md").read_text().split("| named profile |")[1].split("\n\n")[0].split("\n")[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {name: dict(zip(PROFILE_FIELDS, map(int, values), strict=True)) for name, *values in cells}


PROFILES = named_profiles()


def read_profile(text):
    """`name` or `name,field=value,...`."""
    name, *changes = text.split(",")
    return PROFILES[name] | {key: int(value) for key, value in (change.split("=") for change in changes)}


def load(file):
    """Vectors of one File: name, profile, and stretches of (epoch or None, commands, events), each from a reset."""
    return [
        {"name": entry["name"], "profile": read_profile(entry["profile"]), "stretches": cut(entry)}
        for entry in json.loads((FOLDER / file.value).read_text())
    ]


def cut(entry):
    stretches = [(None, [])]
    for record in entry["commands"]:
        if "control" in record:
            stretches.append((record["epoch"], []))
        else:
            stretches[-1][1].append(command_word(record))
    events = [[]]
    for record in entry["events"]:
        if record["type"] == "RESET_DONE":
            events.append([])
        events[-1].append(event_word(record))
    return [(epoch, commands, found) for (epoch, commands), found in zip(stretches, events, strict=True)]


def command_word(record):
    if "raw" in record:
        return int.from_bytes(bytes.fromhex(record["raw"]), "little")
    fields = {key: value for key, value in record.items() if key != "op"}
    return int.from_bytes(command(record["op"], **fields), "little")


def event_word(record):
    fields = {key: value for key, value in record.items() if key != "type"}
    if "record" in fields:
        fields["record"] = int.from_bytes(bytes.fromhex(fields["record"]), "little")
    return int.from_bytes(pack(EVENTS, 32, record["type"], **fields), "little")
