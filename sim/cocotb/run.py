"""Builds one bench of benches.json for one simulator, runs it, and leaves its results as JSON.

    python sim/cocotb/run.py BENCH SIMULATOR [--seed N] [--test REGEX] [--rtl FOLDER] [--waves]

Started by scripts/cocotb.mjs, which knows the interpreter and the environment. Everything it writes lies in
build/cocotb/SIMULATOR/BENCH: results.xml (JUnit) as cocotb leaves it, results.json, build.log, run.log.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import traceback
from pathlib import Path
from xml.etree import ElementTree

from cocotb_tools.runner import get_runner

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
#: Modules that are instantiated from elsewhere too: found by their name.
LINK = ROOT / "hdl" / "link"
BOARDS = ROOT / "hdl" / "boards"
#: Warnings are the business of scripts/hdl-lint.mjs; here they would only fail a build for a second time.
BUILD_ARGS = {
    "verilator": ["-Wno-fatal", "-Wno-lint", "-O3", "--x-assign", "unique", "--x-initial", "unique"]
    # cocotb opens every signal of the design, which makes the model large and slow; a bench sees ports alone.
    + ["--no-public-flat-rw"],
    "icarus": ["-g2005"],
}
#: What is never reset starts with random bits, drawn anew for each seed.
PLUSARGS = {"verilator": ["+verilator+rand+reset+2"], "icarus": []}

#: The Verilator of the package index was configured without the compiler's flag for its precompiled headers. Its own
#: optimization for size takes longer than the benches gain by it.
MAKEFLAGS = "CFG_CXXFLAGS_PCH_I=-include OPT_FAST=-O1 OPT_GLOBAL=-O1"
PORTS = """`verilator_config
public_flat_rw -module "{top}" -var "*_i"
public_flat_rd -module "{top}" -var "*_o"
public_flat_rw -module "{top}" -var "s_axi*"
"""


def load_benches():
    """The benches by name."""
    return {bench["name"]: bench for bench in json.loads((HERE / "benches.json").read_text())}


def build_and_run(bench, simulator, folder, options):
    """Leaves results.xml in the folder."""
    runner = get_runner(simulator)
    build_if_stale(runner, bench, simulator, folder, options)
    runner.test(
        build_dir=folder / "build",
        test_module=bench["module"],
        hdl_toplevel=bench["top"],
        hdl_toplevel_lang="verilog",
        seed=options.seed,
        test_filter=options.test,
        plusargs=seeded(simulator, options.seed),
        extra_env={"GATEBOOK_BENCH": json.dumps(bench), "GATEBOOK_SIMULATOR": simulator},
        test_dir=folder,
        results_xml=str(folder / "results.xml"),
        waves=options.waves,
        log_file=folder / "run.log",
    )


def build_if_stale(runner, bench, simulator, folder, options):
    """From nothing: make, started on the objects of another model, trips over Verilator's precompiled headers."""
    rtl = options.rtl
    stamp = folder / "build.stamp"
    digest = digest_of(bench, simulator, options)
    if stamp.exists() and stamp.read_text() == digest:
        return
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder / "build", ignore_errors=True)
    libraries = [argument for path in (rtl, LINK, BOARDS, HERE / "tops") for argument in ("-y", str(path))]
    # A module that is a source already is not looked for in the libraries.
    sources = [source_of(bench["top"], rtl), *replacements(bench)]
    if simulator == "verilator":
        ports = folder / "ports.vlt"
        ports.write_text(PORTS.format(top=bench["top"]))
        sources.append(ports)
    runner.build(
        sources=sources,
        includes=[rtl, LINK, ROOT / "hdl" / "generated"],
        parameters=bench["parameters"],
        hdl_toplevel=bench["top"],
        build_args=BUILD_ARGS[simulator] + libraries,
        build_dir=folder / "build",
        always=True,
        timescale=("1ns", "1ps"),
        waves=options.waves,
        log_file=folder / "build.log",
    )
    stamp.write_text(digest)


def digest_of(bench, simulator, options):
    """Of everything that the build is made of."""
    what = [bench["top"], bench["parameters"], bench.get("replace"), simulator, options.waves, sys.prefix]
    digest = hashlib.sha256(json.dumps(what).encode())
    for folder in (options.rtl, LINK, BOARDS, HERE / "tops", ROOT / "hdl" / "generated"):
        for path in sorted(folder.glob("*.v*")):
            digest.update(f"{path.name} {path.stat().st_size} ".encode() + path.read_bytes())
    for path in (*replacements(bench), Path(__file__), ROOT / "hdl" / "requirements" / "test.txt"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def source_of(top, rtl):
    """The file of the top: a wrapper that only a bench needs, of the link, or of the kernel."""
    files = [folder / f"{top}.v" for folder in (HERE / "tops", LINK)]
    return next((file for file in files if file.exists()), rtl / f"{top}.v")


def replacements(bench):
    """Files that stand in for those of the same name in the design."""
    return [HERE / "rtl" / name for name in bench.get("replace", [])]


def seeded(simulator, seed):
    return PLUSARGS[simulator] + ([f"+verilator+seed+{seed + 1}"] if simulator == "verilator" else [])


def read_junit(path):
    """Name, state and note of each test."""
    tests = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        failed = next((case.find(tag) for tag in ("failure", "error") if case.find(tag) is not None), None)
        state = "failed" if failed is not None else "skipped" if case.find("skipped") is not None else "passed"
        note = "" if failed is None else failed.get("error_msg") or failed.get("message") or failed.text or ""
        tests.append({"name": case.get("name"), "state": state, "note": note.strip(), "seconds": case.get("time")})
    return tests


def main():
    benches = load_benches()
    parser = argparse.ArgumentParser(description="build and run one bench")
    parser.add_argument("bench", choices=benches)
    parser.add_argument("simulator", choices=BUILD_ARGS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--test", help="only the tests whose name this regular expression finds")
    parser.add_argument("--rtl", type=Path, default=ROOT / "hdl" / "rtl", help="other sources than hdl/rtl")
    parser.add_argument("--waves", action="store_true", help="leave a wave dump in the folder")
    options = parser.parse_args()
    folder = ROOT / "build" / "cocotb" / options.simulator / options.bench
    folder.mkdir(parents=True, exist_ok=True)
    results = folder / "results.json"
    for stale in (results, folder / "results.xml", folder / "run.log"):
        stale.unlink(missing_ok=True)
    sys.path[:0] = [str(HERE), str(ROOT / "sim" / "generated")]
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ["MAKEFLAGS"] = MAKEFLAGS
    try:
        build_and_run(benches[options.bench], options.simulator, folder, options)
        problem = None
    except (Exception, SystemExit) as error:  # the runner ends the process where the simulator fails
        problem = "".join(traceback.format_exception_only(error)).strip()
    tests = read_junit(folder / "results.xml") if (folder / "results.xml").exists() else []
    if not tests:
        problem = problem or "no test ran"
    results.write_text(json.dumps({"tests": tests, "problem": problem}))
    return 1 if problem is not None or any(test["state"] == "failed" for test in tests) else 0


if __name__ == "__main__":
    sys.exit(main())
