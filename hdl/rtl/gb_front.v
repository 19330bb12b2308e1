// The pipe from the handshake to the retire point: decode, book table, state and level checks (clauses REC-5, BOOK-1,
// BOOK-3).
//
// A record is accepted in cycle 0 (valid_i & ready_o), its book is looked up then, it is checked in cycle 1 and
// stands at the retire point in cycle 5 (one less without a page table, one more if Pipelined). After any record but a
// LEVEL_SET without commit, ready_o stays 0 until release_i: whoever executes the record says when the next one may
// come. One LEVEL_SET a cycle. A LEVEL_SET that is in order enters the ladder in cycle 1 (2 if Pipelined), so that the
// ladder retires it in the same cycle. The word of the book table, {mask_fair, mask_top, rate, tick code, state}, is
// carried along: only records that block the input change it, so it never is out of date. Nothing happens while en_i is
// 0. With Overlap = 0 every record blocks the input, and record_o holds until the next one is accepted.
`default_nettype none
module gb_front #(
    parameter BookBits = 5,
    parameter SidePageBits = 3,
    parameter Paged = 1,           // 0: the ladder needs a cycle less, and so does the carrying
    parameter Pipelined = 0,       // 1: a register between the check and the ladder, a cycle more
    parameter Overlap = 1          // 0: one record at a time, which is not carried: it stays where it was accepted
) (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire [16:0] limit_books_i,
    input wire [16:0] limit_baskets_i,
    input wire [15:0] limit_finest_tick_i,
    input wire [15:0] now_i,

    input wire valid_i,
    output wire ready_o,
    input wire [127:0] record_i,
    input wire release_i,

    output wire book_read_o,
    output wire [BookBits-1:0] book_address_o,
    input wire [30:0] book_word_i,

    output wire set_valid_o,
    output wire [BookBits:0] set_side_o,
    output wire [SidePageBits-1:0] set_page_o,
    output wire [6:0] set_slot_o,
    output wire [47:0] set_size_o,

    output wire dirty_read_o,          // one cycle before the retire point
    output wire [BookBits-1:0] dirty_address_o,

    output wire valid_o,               // a record is at the retire point, for this cycle
    output wire [127:0] record_o,      // stays until the next one is there
    output wire [30:0] book_word_o,
    output wire [7:0] error_o,
    output wire book_in_range_o,
    output wire [BookBits-1:0] book_o,
    output wire [2:0] tick_code_o,     // of the tick field (BOOK_BEGIN)
    output wire [15:0] accepted_at_o,
    output wire empty_o
);
  `include "contract.vh"
  `include "gb_book_word.vh"

  reg ready_q, s1_valid_q;
  reg [127:0] s1_record_q;
  reg [15:0] s1_at_q;

  wire accept = valid_i & ready_q & en_i;
  wire blocks = Overlap == 0 | record_i[7:0] != OP_LEVEL_SET | record_i[CMD_LEVEL_SET_COMMIT_LSB];
  // Every command that needs the word of its book has the book at the same place.
  assign book_read_o = accept;
  assign book_address_o = record_i[CMD_LEVEL_SET_BOOK_LSB+:BookBits];

  // ---- s1 ----
  wire [7:0] decode_error;
  wire s1_in_range;
  wire [15:0] s1_book;
  gb_decode u_decode (
      .record_i(s1_record_q), .limit_books_i(limit_books_i), .limit_baskets_i(limit_baskets_i),
      .error_o(decode_error), .book_in_range_o(s1_in_range), .book_o(s1_book));

  wire [1:0] state = book_word_i[WORD_STATE_LSB+:2];
  wire [15:0] tick = s1_record_q[CMD_BOOK_BEGIN_TICK_LSB+:CMD_BOOK_BEGIN_TICK_BITS];
  wire [15:0] level = s1_record_q[CMD_LEVEL_SET_LEVEL_LSB+:CMD_LEVEL_SET_LEVEL_BITS];
  wire side = s1_record_q[CMD_LEVEL_SET_SIDE_LSB];
  wire [2:0] tick_code;
  wire tick_valid;
  wire [15:0] unused_tick;
  wire [13:0] max_level;
  gb_ticks u_ticks (
      .tick_i(tick), .code_o(tick_code), .valid_o(tick_valid),
      .code_i(book_word_i[WORD_TICK_LSB+:3]), .tick_o(unused_tick), .max_level_o(max_level));
  wire tick_too_fine = tick < limit_finest_tick_i;
  wire level_in_range = level != 0 & level <= {2'd0, max_level};
  wire [13:0] place = side ? level[13:0] - 14'd1 : max_level - level[13:0];
  wire [20:0] padded_place = {7'd0, place};

  reg [7:0] error;
  always @* begin
    error = decode_error;
    if (decode_error == 8'd0) begin
      case (s1_record_q[7:0])
        OP_BOOK_BEGIN:
        if (~tick_valid) error = ERROR_CODE_TICK_INVALID;
        else if (tick_too_fine) error = ERROR_CODE_TICK_TOO_FINE;
        OP_BOOK_LIVE: if (state == BOOK_STATE_EMPTY | state == BOOK_STATE_LIVE) error = ERROR_CODE_BOOK_STATE;
        OP_BOOK_STALE: if (state != BOOK_STATE_LIVE) error = ERROR_CODE_BOOK_STATE;
        OP_LEVEL_SET:
        if (state == BOOK_STATE_EMPTY | state == BOOK_STATE_STALE) error = ERROR_CODE_BOOK_STATE;
        else if (~level_in_range) error = ERROR_CODE_LEVEL_RANGE;
        default: error = 8'd0;
      endcase
    end
  end

  wire set_valid = s1_valid_q & s1_record_q[7:0] == OP_LEVEL_SET & error == 8'd0;
  wire [47:0] size = s1_record_q[CMD_LEVEL_SET_SIZE_LSB+:CMD_LEVEL_SET_SIZE_BITS];
  gb_stage #(.Width(BookBits + 1 + SidePageBits + 7 + 48), .Registered(Pipelined)) u_set (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .valid_i(set_valid),
      .data_i({s1_book[BookBits-1:0], side, padded_place[7+:SidePageBits], place[6:0], size}),
      .valid_o(set_valid_o), .data_o({set_side_o, set_page_o, set_slot_o, set_size_o}));

  // ---- carried to the retire point, as long as the ladder takes; the record lowest ----
  localparam Stages = 3 + (Paged != 0 ? 1 : 0) + (Pipelined != 0 ? 1 : 0);
  localparam CarryBits = 128 + 16 + 8 + 1 + BookBits + 31 + 3;
  wire [Stages:0] carry_valid;
  wire [CarryBits-1:0] carry[0:Stages];
  assign carry_valid[0] = s1_valid_q;
  assign carry[0] = {tick_code, book_word_i, s1_book[BookBits-1:0], s1_in_range, error, s1_at_q, s1_record_q};
  genvar stage;
  generate
    for (stage = 0; stage < Stages; stage = stage + 1) begin : g_carry
      if (Overlap) begin : g_all
        gb_stage #(.Width(CarryBits), .Registered(1)) u_stage (
            .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .valid_i(carry_valid[stage]), .data_i(carry[stage]),
            .valid_o(carry_valid[stage+1]), .data_o(carry[stage+1]));
      end else if (stage == 0) begin : g_checked
        // Only what takes logic to find out; the rest stands still until the release.
        wire [7:0] error_held;
        wire in_range_held;
        wire [2:0] tick_code_held;
        gb_stage #(.Width(12), .Registered(1)) u_stage (
            .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .valid_i(carry_valid[0]),
            .data_i({tick_code, s1_in_range, error}),
            .valid_o(carry_valid[1]), .data_o({tick_code_held, in_range_held, error_held}));
        assign carry[1] = {
            tick_code_held, book_word_i, s1_book[BookBits-1:0], in_range_held, error_held, s1_at_q, s1_record_q};
      end else begin : g_valid
        wire unused_data;
        gb_stage #(.Width(1), .Registered(1)) u_stage (
            .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .valid_i(carry_valid[stage]), .data_i(1'b0),
            .valid_o(carry_valid[stage+1]), .data_o(unused_data));
        assign carry[stage+1] = carry[stage];
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    if (rst_i) begin
      s1_valid_q <= 1'b0;
      ready_q <= 1'b0;
    end else if (en_i) begin
      s1_valid_q <= accept;
      if (accept & blocks) ready_q <= 1'b0;
      else if (release_i) ready_q <= 1'b1;
    end
    if (accept) begin
      s1_record_q <= record_i;
      s1_at_q <= now_i;
    end
  end

  localparam CarryBookLsb = 128 + 16 + 8 + 1;
  assign ready_o = ready_q & en_i;
  assign dirty_read_o = carry_valid[Stages-1];
  assign dirty_address_o = carry[Stages-1][CarryBookLsb+:BookBits];
  assign valid_o = carry_valid[Stages];
  assign {tick_code_o, book_word_o, book_o, book_in_range_o, error_o, accepted_at_o, record_o} = carry[Stages];
  assign empty_o = ~|carry_valid;
  wire unused = &{1'b0, unused_tick, padded_place, s1_book};
endmodule
`default_nettype wire
