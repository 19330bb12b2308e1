// What a command record is, by its own bits alone (clauses REC-2, REC-3, REC-5). Combinational.
// error_o: 0, UNKNOWN_OPCODE, RESERVED_BITS, or the range refusal that comes first in the list of the command:
// BOOK_RANGE or BASKET_RANGE. Later refusals of the command belong to whoever executes it. book_o is the book that the
// record names, wherever it stands in it.
`default_nettype none
module gb_decode (
    input wire [127:0] record_i,
    input wire [16:0] limit_books_i,
    input wire [16:0] limit_baskets_i,
    output wire [7:0] error_o,
    output wire book_in_range_o,
    output wire [15:0] book_o
);
  `include "contract.vh"

  wire [7:0] opcode = record_i[7:0];
  reg known, names_book, names_basket;
  reg [127:0] reserved;

  always @* begin
    known = 1'b1;
    names_book = 1'b0;
    names_basket = 1'b0;
    case (opcode)
      OP_BOOK_BEGIN: begin reserved = RESERVED_BOOK_BEGIN; names_book = 1'b1; end
      OP_BOOK_LIVE: begin reserved = RESERVED_BOOK_LIVE; names_book = 1'b1; end
      OP_BOOK_STALE: begin reserved = RESERVED_BOOK_STALE; names_book = 1'b1; end
      OP_LEVEL_SET: begin reserved = RESERVED_LEVEL_SET; names_book = 1'b1; end
      OP_BOOK_FEE: begin reserved = RESERVED_BOOK_FEE; names_book = 1'b1; end
      OP_BOOK_MASK: begin reserved = RESERVED_BOOK_MASK; names_book = 1'b1; end
      OP_BASKET_CREATE: begin reserved = RESERVED_BASKET_CREATE; names_basket = 1'b1; end
      OP_BASKET_LEG: begin reserved = RESERVED_BASKET_LEG; names_basket = 1'b1; end
      OP_BASKET_ARM: begin reserved = RESERVED_BASKET_ARM; names_basket = 1'b1; end
      OP_BASKET_DISARM: begin reserved = RESERVED_BASKET_DISARM; names_basket = 1'b1; end
      OP_BASKET_REMOVE: begin reserved = RESERVED_BASKET_REMOVE; names_basket = 1'b1; end
      OP_BASKET_MASK: begin reserved = RESERVED_BASKET_MASK; names_basket = 1'b1; end
      OP_FAIR_SET: begin reserved = RESERVED_FAIR_SET; names_book = 1'b1; end
      OP_FAIR_CLEAR: begin reserved = RESERVED_FAIR_CLEAR; names_book = 1'b1; end
      OP_RESTORE_BEGIN: reserved = RESERVED_RESTORE_BEGIN;
      OP_RESTORE_COUNTS: reserved = RESERVED_RESTORE_COUNTS;
      OP_RESTORE_END: reserved = RESERVED_RESTORE_END;
      OP_FENCE: reserved = RESERVED_FENCE;
      OP_BOOK_DIGEST: reserved = RESERVED_BOOK_DIGEST;  // BOOK_RANGE comes after IN_RESTORE
      default: begin reserved = 128'd0; known = 1'b0; end
    endcase
  end

  wire [15:0] id = record_i[31:16];
  assign book_o = opcode == OP_BASKET_LEG ? record_i[CMD_BASKET_LEG_BOOK_LSB+:CMD_BASKET_LEG_BOOK_BITS] : id;
  assign book_in_range_o = {1'b0, book_o} < limit_books_i;
  wire basket_in_range = {1'b0, id} < limit_baskets_i;

  assign error_o =
      ~known ? ERROR_CODE_UNKNOWN_OPCODE :
      |(record_i & reserved) ? ERROR_CODE_RESERVED_BITS :
      names_book & ~book_in_range_o ? ERROR_CODE_BOOK_RANGE :
      names_basket & ~basket_in_range ? ERROR_CODE_BASKET_RANGE : 8'd0;
endmodule
`default_nettype wire
