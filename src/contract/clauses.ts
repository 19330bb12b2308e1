// The rules of the kernel that are not layout. One text for every engine: each clause is cited by the
// code that implements it and by at least one vector. A change of behaviour bumps REVISION.

export interface Clause {
  readonly id: string;
  readonly text: string;
}

export const CLAUSE_GROUPS: readonly { readonly title: string; readonly clauses: readonly Clause[] }[] = [
  {
    title: 'Records',
    clauses: [
      {
        id: 'REC-1',
        text: 'The kernel is a function (state, command record) -> (state, zero or more event records). Commands are 16 bytes, events 32 bytes, both little-endian. Nothing else enters: no clock, no float, no randomness. Bits of an event that no field covers are 0. How a stream is cut into batches changes nothing.',
      },
      {
        id: 'REC-2',
        text: 'Byte 0 of a command is its opcode. An opcode that is not defined is refused as UNKNOWN_OPCODE.',
      },
      {
        id: 'REC-3',
        text: 'A command in which a bit outside its fields is set is refused as RESERVED_BITS, whatever else is wrong with it. A commit flag on a command that has no commit field is such a bit.',
      },
      {
        id: 'REC-4',
        text: 'A refused record changes nothing but the record index, the event count and the CRC, and emits exactly one REFUSED event that carries the error, the command index and the record itself. Its commit flag does not act. Accepted records of its message stay, and the next accepted commit publishes them. REFUSED events cannot be masked.',
      },
      {
        id: 'REC-5',
        text: 'Checks are made in this order: UNKNOWN_OPCODE, RESERVED_BITS, then the refusals of the command in the order of the command table. The first that applies is the one that is reported.',
      },
      {
        id: 'REC-6',
        text: 'The record index starts at 0. Every event names, in its field command, the index of the record that caused it: the first record after a reset has index 0. Every consumed record, refused ones included, adds 1. The index and the event count wrap modulo 2^48.',
      },
    ],
  },
  {
    title: 'Books',
    clauses: [
      {
        id: 'BOOK-1',
        text: 'A book is EMPTY, BUILDING, LIVE or STALE; EMPTY after reset and never again. BOOK_BEGIN is allowed in every state and leads to BUILDING. BOOK_LIVE leads from BUILDING or STALE to LIVE. BOOK_STALE leads from LIVE to STALE. Every other transition is refused as BOOK_STATE.',
      },
      {
        id: 'BOOK-2',
        text: 'BOOK_BEGIN sets every level of both sides to 0, gives back every page of the book and sets its tick. It keeps the fee rate, the mask and the fair value of the book, and every basket leg that refers to it. A tick finer than the finest tick of the profile is refused as TICK_TOO_FINE.',
      },
      {
        id: 'BOOK-3',
        text: 'LEVEL_SET is allowed in BUILDING and LIVE, otherwise refused as BOOK_STATE. A STALE book keeps its levels. The level is 1..10,000/tick - 1; price = level * tick. The size is absolute: it replaces what was there, and 0 removes the level.',
      },
      {
        id: 'BOOK-4',
        text: 'A LEVEL_SET that leaves the size of the level as it was (0 on a level that is 0 included) touches nothing and can be refused neither as MESSAGE_LIMIT nor as PAGE_LIMIT; its commit flag acts.',
      },
      {
        id: 'BOOK-5',
        text: 'The best bid is the highest bid level with a size, the best ask the lowest ask level with a size. A book may be crossed or locked.',
      },
      {
        id: 'BOOK-6',
        text: 'Levels are held in pages of 128. With max = 10,000/tick - 1 the slot of a bid is max - level, the slot of an ask level - 1; page = slot / 128, each side of a book its own. A page is held exactly while one of its levels is not 0: taken with the first, given back with the last, available again to the next record. A LEVEL_SET that needs a page when all pages of the profile are held is refused as PAGE_LIMIT. No event depends on which page is taken.',
      },
      {
        id: 'BOOK-7',
        text: 'BOOK_FEE sets the fee rate of a book in any state. It takes effect when the book is published.',
      },
      {
        id: 'BOOK-8',
        text: 'BOOK_MASK replaces the mask of a book in any state. It publishes nothing and touches nothing. A mask removes event bytes only: rows and signals advance as if emitted, what is masked enters neither the event count nor the CRC, and unmasking emits nothing.',
      },
    ],
  },
  {
    title: 'Published rows',
    clauses: [
      {
        id: 'ROW-1',
        text: 'Each book has one published row: best bid price and size, best ask price and size, cost of YES, cost of NO. Baskets, fair values and TOP events see rows only, never ladders. Prices are in 1e-4 USD, 0 where the side has no level; an absent side has size 0.',
      },
      {
        id: 'ROW-2',
        text: 'The row of a book that is not LIVE is empty: both sides absent. So is the row of every book after reset.',
      },
      {
        id: 'ROW-3',
        text: 'fee(P) = ceil(rate * P * (10,000 - P) / 2^32) micro. The cost of YES is 100 * ask + fee(ask) micro; it is absent with the ask. The cost of NO is 100 * (10,000 - bid) + fee(bid) micro; it is absent with the bid. Both use the fee rate at the time of publishing.',
      },
      {
        id: 'ROW-4',
        text: 'Publishing a book emits TOP when bid price, bid size, ask price or ask size of the row differ from the row before. Costs, tick and state alone do not make a TOP event.',
      },
    ],
  },
  {
    title: 'Messages and publishing',
    clauses: [
      {
        id: 'MSG-1',
        text: 'A message is the run of records up to and including one that commits. An accepted BOOK_BEGIN, BOOK_LIVE, BOOK_STALE, BOOK_FEE, and a LEVEL_SET that changes a size, touch their book: it becomes dirty, and stays so until published, even if it ends as it began. Books keep the order of their first touch in the message.',
      },
      {
        id: 'MSG-2',
        text: 'A record with the commit flag is applied first; then all dirty books are published in two phases, and none is dirty afterwards. With no dirty book a commit does nothing.',
      },
      {
        id: 'MSG-3',
        text: 'Phase one: each dirty book, in order of first touch: its row is computed from the ladder and written, and its TOP event emitted if due.',
      },
      {
        id: 'MSG-4',
        text: 'Phase two: each basket with a leg on a dirty book is evaluated once, in ascending basket id, on the rows as phase one left them. Then the fair values of the dirty books are evaluated, in order of first touch, buy before sell. A signal whose edge and size are the same after the message as before it emits nothing.',
      },
      {
        id: 'MSG-5',
        text: 'A record that would make more books dirty than books_per_message is refused as MESSAGE_LIMIT. A book that is dirty already does not count again.',
      },
      {
        id: 'MSG-6',
        text: 'BASKET_CREATE, BASKET_LEG, BASKET_ARM, BASKET_DISARM, BASKET_REMOVE, FAIR_SET and FAIR_CLEAR act at once, on the rows as last published, also inside a message. They, FENCE, BOOK_DIGEST and the masks neither publish, nor touch, nor end a message.',
      },
    ],
  },
  {
    title: 'Baskets',
    clauses: [
      {
        id: 'BSK-1',
        text: 'A basket has an id, a kind, a payout, a set of legs, thresholds, and is armed or not. BASKET_CREATE makes it with no legs, disarmed and unmasked. The kind is a label: it changes nothing but the kind field of its signals.',
      },
      {
        id: 'BSK-2',
        text: 'A leg is (book, outcome); one basket may hold YES and NO of the same book, each once: a second is refused as LEG_DUPLICATE. Legs are added to disarmed baskets only. BASKET_LEGS_LIMIT is met before LEGS_LIMIT. BASKET_REMOVE gives its legs back to the limit.',
      },
      {
        id: 'BSK-3',
        text: 'A leg on YES is missing while its row has no ask, a leg on NO while its row has no bid. A basket is complete when no leg is missing. edge = payout - sum of the costs of its legs, in micro. size = the smallest, over its legs, of the size at the best level: ask size for YES, bid size for NO.',
      },
      {
        id: 'BSK-4',
        text: 'The signal of a basket is open exactly while the basket is armed, complete, edge >= min_edge and size >= min_size. Evaluating emits OPEN when it opens, CLOSE when it ends, and CHANGE when it stays open and edge or size differ from what the last OPEN or CHANGE said. OPEN and CHANGE carry edge and size; CLOSE repeats the edge and size of the last OPEN or CHANGE.',
      },
      {
        id: 'BSK-5',
        text: 'BASKET_ARM sets both thresholds, arms, and evaluates. On an armed basket it replaces the thresholds and evaluates: the signal may open, close or stay, and emits nothing if it stays. BASKET_DISARM and BASKET_REMOVE close an open signal. BASKET_DISARM on a disarmed basket is accepted and does nothing.',
      },
      {
        id: 'BSK-6',
        text: 'BASKET_MASK replaces the mask of a basket; it acts as BOOK-8 says, and goes with the basket when that is removed.',
      },
    ],
  },
  {
    title: 'Fair values',
    clauses: [
      {
        id: 'FAIR-1',
        text: 'FAIR_SET gives a book a fair value and a band in micro, replacing the former ones. FAIR_LIMIT counts books that have one; replacing needs no room. FAIR_CLEAR takes it away and closes its open signals, buy before sell.',
      },
      {
        id: 'FAIR-2',
        text: 'FAIR_BUY: edge = fair - cost of YES, size = ask size, open exactly while the ask is present and edge >= band. FAIR_SELL: edge = (100 * bid - fee(bid)) - fair with the fee of the published row, size = bid size, open exactly while the bid is present and edge >= band. Both evaluate and emit as BSK-4 says, with the book as id. FAIR_SET evaluates at once, buy before sell.',
      },
    ],
  },
  {
    title: 'Integrity',
    clauses: [
      {
        id: 'INT-1',
        text: 'The CRC is CRC-32 (IEEE 802.3, reflected, as in zlib; 0 for no bytes) over the bytes of every event emitted since reset, in order; RESET_DONE is left out.',
      },
      {
        id: 'INT-2',
        text: 'FENCE answers with the records consumed, itself included, and the count and CRC of the events before it. The answer itself then joins count and CRC. A FENCE inside a message publishes nothing and does not end it.',
      },
      {
        id: 'INT-3',
        text: 'BOOK_DIGEST answers with state, tick (0 while EMPTY), fee rate, mask, the number of levels on each side and a CRC, all as applied, committed or not.',
      },
      {
        id: 'INT-4',
        text: 'The CRC of BOOK_DIGEST runs over 8 bytes a level with a size: u16 (level, plus 0x8000 for an ask), then u48 size; bids best first, then asks best first; 0 for no levels.',
      },
    ],
  },
  {
    title: 'Restore',
    clauses: [
      {
        id: 'RST-1',
        text: 'RESTORE_BEGIN, allowed always, clears everything as a reset does, an unfinished message or restore included, and mutes: until the end no event is emitted. Open signals go without a CLOSE. Inside, commands act as they do outside.',
      },
      {
        id: 'RST-2',
        text: 'FENCE and BOOK_DIGEST inside a restore are refused as IN_RESTORE; RESTORE_COUNTS and RESTORE_END outside one as NOT_RESTORING. A record refused inside emits nothing; the first one is remembered: its ordinal (0 for the record after RESTORE_BEGIN, counting every record, modulo 2^32) and its error.',
      },
      {
        id: 'RST-3',
        text: 'RESTORE_COUNTS may stand anywhere inside; the last one counts. RESTORE_END then sets record index and event count to its values and the CRC to its own, unmutes and emits nothing: the next record has the restored index. Dirty books stay dirty.',
      },
      {
        id: 'RST-4',
        text: 'If a record inside was refused, or RESTORE_COUNTS is missing (COUNTS_MISSING, at the ordinal of RESTORE_END), RESTORE_END clears everything as a reset does, without RESET_DONE, and is then refused as RESTORE_FAILED, as record 0 of the stream that begins with it, naming the first refused record and its error.',
      },
      {
        id: 'RST-5',
        text: 'A snapshot is a list of commands from RESTORE_BEGIN to RESTORE_END that rebuilds the state, with ordinary commands alone: first the rows as last published (a dirty book by its best published levels and the fee at that time), then baskets, fair values and masks, then the dirty books, uncommitted: first one command each in order of first touch, BOOK_BEGIN or, for an EMPTY book, BOOK_FEE, which gives their pages back, then their fees, levels and states. The published row of a book that has another tick by now is rebuilt at any tick that holds its prices. An engine restored from it continues the same event stream, byte for byte.',
      },
    ],
  },
  {
    title: 'Reset',
    clauses: [
      {
        id: 'RESET-1',
        text: 'Reset is a control of the device, not a record. It discards everything in flight and clears everything: books EMPTY with tick, fee rate and mask 0, no baskets, no fair values, no message, no restore; index, event count and CRC are 0. RESET_DONE with the epoch that the host chose is the first record after it, outside index, count and CRC; nothing older follows. A new engine is in the same state, without RESET_DONE.',
      },
      {
        id: 'RESET-2',
        text: 'The profile is a parameter of the function: an engine refuses exactly where its profile says, whatever its own memory would allow. Equal profile, equal commands: equal events, to the last bit.',
      },
    ],
  },
];

export const CLAUSES: readonly Clause[] = CLAUSE_GROUPS.flatMap((group) => group.clauses);
