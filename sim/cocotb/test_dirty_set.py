"""Goal: gb_dirty_set keeps books in the order of first touch, and says when no more may join (MSG-1, MSG-5)."""

import cocotb
from bench import PARAMETERS, known, meaningless, rng, start_clock
from cocotb.triggers import RisingEdge

BOOK_BITS, ROOM, LIST_BITS = PARAMETERS["BookBits"], PARAMETERS["BooksPerMessage"], PARAMETERS["ListBits"]
BOOKS = 1 << BOOK_BITS


class Bench:
    def __init__(self, dut):
        self.dut, self.random = dut, rng()
        start_clock(dut.clk_i)
        self.idle()

    def idle(self):
        for name in ("clear", "read", "add", "list_read", "drop", "forget"):
            getattr(self.dut, f"{name}_i").value = 0
        for name, width in (("clear_index", BOOK_BITS + 1), ("read_book", BOOK_BITS), ("add_book", BOOK_BITS)):
            getattr(self.dut, f"{name}_i").value = meaningless(self.random, width)
        self.dut.list_index_i.value = meaningless(self.random, LIST_BITS)
        self.dut.drop_book_i.value = meaningless(self.random, BOOK_BITS)

    async def cycle(self, **inputs):
        """One cycle with en_i and these inputs, after some without it."""
        for name, value in inputs.items():
            getattr(self.dut, f"{name}_i").value = value
        self.dut.en_i.value = 0
        while self.random.random() < 0.3:
            await RisingEdge(self.dut.clk_i)
        self.dut.en_i.value = 1
        await RisingEdge(self.dut.clk_i)
        self.idle()
        self.dut.en_i.value = 0
        await RisingEdge(self.dut.clk_i)

    async def clear(self, limit):
        self.dut.limit_i.value = limit
        for index in range(2 * BOOKS):
            await self.cycle(clear=1, clear_index=index)

    async def ask(self, book):
        await self.cycle(read=1, read_book=book)
        return known(self.dut.dirty_o)


@cocotb.test()
@cocotb.parametrize(limit=[1, ROOM - 1, ROOM])
async def messages(dut, limit):
    bench = Bench(dut)
    await bench.clear(limit)
    for _ in range(25):
        listed = []
        for _ in range(bench.random.randrange(1, 3 * ROOM)):
            book = bench.random.randrange(BOOKS)
            assert await bench.ask(book) == (book in listed)
            assert known(dut.at_limit_o) == (len(listed) == limit)
            if book in listed or len(listed) == limit:
                continue
            # Asked for again in the cycle in which it joins: the answer counts it already.
            again = bench.random.random() < 0.5
            await bench.cycle(add=1, add_book=book, **({"read": 1, "read_book": book} if again else {}))
            listed.append(book)
            assert not again or known(dut.dirty_o) == 1
            assert known(dut.count_o) == len(listed)
            assert known(dut.first_book_o) == listed[0]
        for at, book in enumerate(listed):
            await bench.cycle(list_read=1, list_index=at)
            assert known(dut.list_book_o) == book
        for book in listed:
            await bench.cycle(drop=1, drop_book=book)
        await bench.cycle(forget=1)
        assert known(dut.count_o) == 0


@cocotb.test()
async def nothing_is_dirty_after_clearing(dut):
    bench = Bench(dut)
    await bench.clear(ROOM)
    for book in range(ROOM):
        await bench.cycle(add=1, add_book=book)
    await bench.clear(ROOM)
    assert known(dut.count_o) == 0
    for book in range(BOOKS):
        assert await bench.ask(book) == 0
