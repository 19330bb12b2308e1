// The word of a book in the book table. Include inside a module.
localparam WORD_STATE_LSB = 0;      // 2 bits, BOOK_STATE_*
localparam WORD_TICK_LSB = 2;       // 3 bits, a code of gb_ticks
localparam WORD_RATE_LSB = 5;       // 24 bits
localparam WORD_MASK_TOP_LSB = 29;
localparam WORD_MASK_FAIR_LSB = 30;
localparam WORD_BITS = 31;
