"""Goal: gb_no_fairs refuses FAIR_SET and FAIR_CLEAR as `gatebook exec` does with a profile without fair values, one
cycle after it was asked, and never unasked (FAIR-1, REC-5)."""

import cocotb
from bench import known
from gatebook_contract import ENUMS, FAIR_MAX
from software import answers_by_record, word
from steps import Steps

PROFILE = {"books": 4, "pages": 0, "baskets": 0, "legs": 0, "legs_per_basket": 0, "fairs": 0, "books_per_message": 1,
           "finest_tick": 100}
EDGES = [0, 1, FAIR_MAX, FAIR_MAX + 1, 1 << 20, 1 << 31, (1 << 32) - 1]


@cocotb.test()
@cocotb.parametrize(share=[1.0, 0.5])
async def every_refusal(dut, share):
    steps = Steps(dut, share, ("exec_valid_i",), ("exec_record_i",))
    records = [word("FAIR_SET", book=3, fair=fair, band=band) for fair in EDGES for band in EDGES]
    records += [word("FAIR_CLEAR", book=book) for book in range(4)]
    steps.random.shuffle(records)
    errors = [caused[0][1]["error"] for caused in answers_by_record(PROFILE, [records])[0]]
    names = ("FAIR_RANGE", "BAND_RANGE", "FAIR_LIMIT", "FAIR_ABSENT")
    assert {ENUMS["ErrorCode"][name] for name in names} == set(errors), "each comes up"
    await steps.reset()
    for record, error in zip(records, errors, strict=True):
        await steps.begin(steps.idle | {"exec_valid_i": 1, "exec_record_i": record})
        assert known(dut.exec_done_o) == 0
        await steps.end()
        if steps.random.random() < 0.1:
            await steps.reset()
            error = None
        await steps.begin(steps.idle | {"exec_record_i": record})
        assert known(dut.exec_done_o) == int(error is not None)
        assert error is None or known(dut.exec_error_o) == error, f"{record:032x}"
        await steps.end()
