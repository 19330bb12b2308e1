"""What the kernel must answer, from the software engine (`gatebook exec`), and random programs for it.

This folder holds no model of the book. Commands and events are whole numbers, bit 0 of byte 0 lowest.
"""

import json
import os
import subprocess
from pathlib import Path

from gatebook_contract import COMMAND_BYTES, EVENT_BYTES, EVENTS, PROFILE_FIELDS, command, unpack

ROOT = Path(__file__).resolve().parent.parent.parent
NODE = os.environ.get("GATEBOOK_NODE", "node")


def profile_text(profile):
    """As `--profile` reads it; profile: values by name."""
    return ",".join(f"{name}={profile[name]}" for name in PROFILE_FIELDS)


def answers(profile, stretches):
    """Events of each stretch, RESET_DONE first. stretches: (epoch, commands), each from a reset with that epoch."""
    lines = []
    for epoch, commands in stretches:
        lines.append({"control": "RESET", "epoch": epoch})
        lines += [{"raw": command.to_bytes(COMMAND_BYTES, "little").hex()} for command in commands]
    text = "\n".join(json.dumps(line) for line in lines) + "\n"
    flags = ["--engine", "software", "--profile", profile_text(profile), "--raw", "out"]
    events = whole_numbers(run(["exec", *flags], text.encode()), EVENT_BYTES)
    found = []
    for event in events:
        if unpack(EVENTS, event.to_bytes(EVENT_BYTES, "little"))[0] == "RESET_DONE":
            found.append([])
        found[-1].append(event)
    assert len(found) == len(stretches)
    return found


def random_program(profile, seed, segment, count):
    """About `count` commands."""
    words = [str(word) for word in (seed % 2**32, segment, count)]
    return whole_numbers(run(["program", profile_text(profile), *words]), COMMAND_BYTES)


def word(name, **fields):
    """A command as a whole number; absent fields are 0, enums by name or number."""
    return int.from_bytes(command(name, **fields), "little")


def answers_by_record(profile, stretches):
    """For each stretch and each of its records what it caused, as (name, fields). stretches: lists of commands."""
    found = []
    for commands, events in zip(stretches, answers(profile, [(0, each) for each in stretches]), strict=True):
        caused = [[] for _ in commands]
        for event in events[1:]:  # without RESET_DONE
            name, fields = unpack(EVENTS, event.to_bytes(EVENT_BYTES, "little"))
            caused[fields["command"]].append((name, fields))
        found.append(caused)
    return found


def run(arguments, text=b""):
    line = [NODE, "sim/cocotb/software.mjs", *arguments]
    ended = subprocess.run(line, cwd=ROOT, input=text, capture_output=True, check=False)
    assert ended.returncode == 0, f"{arguments}: {ended.stderr.decode()}"
    return ended.stdout


def whole_numbers(raw, size):
    return [int.from_bytes(raw[at : at + size], "little") for at in range(0, len(raw), size)]


def difference(expected, actual):
    """Where two event streams first differ, in words; None where they are equal."""
    for at in range(max(len(expected), len(actual))):
        one, other = (stream[at] if at < len(stream) else None for stream in (expected, actual))
        if one != other:
            return f"event {at} of {len(expected)}: expected {in_words(one)}, got {in_words(other)}"
    return None


def in_words(event):
    if event is None:
        return "nothing"
    name, fields = unpack(EVENTS, event.to_bytes(EVENT_BYTES, "little"))
    return f"{name} {fields} ({event:064x})"
