// The retire point: decides every record, numbers it, starts what it causes, and says when the next one may come.
// Clauses REC-4..6, MSG-1..6, BOOK-1, BOOK-2, BOOK-7, BOOK-8, INT-2, INT-3, RST-1..4, RESET-1.
//
// A LEVEL_SET without commit is decided in the cycle in which it is here, one a cycle. Every other record holds the
// input (gb_front) until it is finished: release_o. Cycles from the retire point to release_o: 1 for a refusal,
// RESTORE_COUNTS, RESTORE_END, FENCE, BOOK_MASK and for book commands that do not commit; BOOK_BEGIN the wipe
// (gb_ladder_walk) more; a commit the publishing (gb_publisher) more; basket and fair commands and BOOK_DIGEST what
// their unit takes, plus 2. The clearing walk takes WalkSteps cycles. Tokens are given in the cycle of the decision, at
// most one a cycle. Nothing happens while en_i is 0, but for rst_i.
`default_nettype none
module gb_retire #(
    parameter WalkBits = 7,
    parameter WalkSteps = 64,
    parameter Overlap = 1          // 0: every record holds the input
) (
    input wire clk_i,
    input wire rst_i,
    input wire [31:0] rst_epoch_i,
    input wire en_i,

    input wire valid_i,
    input wire [127:0] record_i,
    input wire [30:0] book_word_i,
    input wire [7:0] error_i,
    input wire book_in_range_i,
    input wire [2:0] tick_code_i,
    output wire release_o,

    output wire clear_o,
    output wire [WalkBits-1:0] clear_index_o,

    input wire level_changed_i,
    input wire level_full_i,
    output wire level_commit_o,

    input wire dirty_i,
    input wire at_limit_i,
    input wire any_dirty_i,
    output wire dirty_add_o,

    output wire book_write_o,
    output wire [30:0] book_word_o,
    output wire wipe_start_o,
    input wire walk_done_i,
    output wire publish_start_o,
    input wire publish_done_i,
    input wire costs_pending_i,
    output wire basket_start_o,
    input wire basket_done_i,
    input wire [7:0] basket_error_i,
    output wire fair_start_o,
    input wire fair_done_i,
    input wire [7:0] fair_error_i,
    output wire digest_start_o,
    input wire digest_done_i,
    input wire [15:0] digest_bids_i,
    input wire [15:0] digest_asks_i,
    input wire [31:0] digest_crc_i,

    output wire idle_o,
    output wire muted_o,
    output wire [47:0] index_o,
    output wire finish_o,              // a record is done in this cycle
    output reg token_valid_o,
    output reg [2:0] token_kind_o,
    output reg [255:0] token_data_o
);
  `include "contract.vh"
  `include "gb_book_word.vh"
  `include "gb_tokens.vh"
  localparam [WalkBits-1:0] LastStep = WalkSteps[WalkBits-1:0] - 1'b1;  // wraps to all ones for a power of two
  localparam [3:0] Run = 4'd0;
  localparam [3:0] Wipe = 4'd1;
  localparam [3:0] Publish = 4'd2;
  localparam [3:0] Basket = 4'd3;
  localparam [3:0] Fair = 4'd4;
  localparam [3:0] Digest = 4'd5;
  localparam [3:0] Clear = 4'd6;
  localparam [3:0] ResetDone = 4'd7;
  localparam [3:0] ForgetCounts = 4'd8;
  localparam [3:0] RestoreFailed = 4'd9;
  localparam [3:0] Finish = 4'd10;

  reg [3:0] state_q, after_clear_q;
  reg [WalkBits-1:0] clear_index_q;
  reg [31:0] epoch_q;
  reg [47:0] index_q;
  reg restoring_q, failed_q, counts_seen_q, start_due_q;
  reg [31:0] ordinal_q, failed_ordinal_q;
  reg [7:0] failed_error_q;
  reg [95:0] counts_q;                 // {events, index}

  wire [7:0] opcode = record_i[7:0];
  wire is_level = opcode == OP_LEVEL_SET;
  wire commits = record_i[CMD_LEVEL_SET_COMMIT_LSB];  // the same bit in every command that has one
  wire blocks = Overlap == 0 | ~is_level | commits;
  wire is_book = opcode == OP_BOOK_BEGIN | opcode == OP_BOOK_LIVE | opcode == OP_BOOK_STALE | opcode == OP_BOOK_FEE;
  wire is_basket = opcode[7:4] == OP_BASKET_CREATE[7:4];
  wire is_fair = opcode[7:4] == OP_FAIR_SET[7:4];

  // ---- the decision ----
  wire touches = (is_level & level_changed_i) | is_book;
  wire newly = touches & ~dirty_i;
  wire over_limit = newly & at_limit_i;
  reg [7:0] error;
  always @* begin
    error = error_i;
    if (error_i == 8'd0) begin
      case (opcode)
        OP_RESTORE_COUNTS, OP_RESTORE_END: if (~restoring_q) error = ERROR_CODE_NOT_RESTORING;
        OP_FENCE: if (restoring_q) error = ERROR_CODE_IN_RESTORE;
        OP_BOOK_DIGEST:
        if (restoring_q) error = ERROR_CODE_IN_RESTORE;
        else if (~book_in_range_i) error = ERROR_CODE_BOOK_RANGE;
        default:
        if (over_limit) error = ERROR_CODE_MESSAGE_LIMIT;
        else if (is_level & level_changed_i & level_full_i) error = ERROR_CODE_PAGE_LIMIT;
      endcase
    end
  end

  wire here = valid_i & state_q == Run;
  wire refused = error != 8'd0;
  wire accepted = here & ~refused;
  // For a set in the ladder, which has no earlier error, waits for this and knows by itself whether it changes anything
  // and whether a page is left.
  assign level_commit_o = dirty_i | ~at_limit_i;
  assign dirty_add_o = accepted & newly;

  wire unit_done = (state_q == Basket & basket_done_i) | (state_q == Fair & fair_done_i);
  wire [7:0] unit_error = state_q == Basket ? basket_error_i : fair_error_i;
  wire refuse_now = (here & refused) | (unit_done & unit_error != 8'd0);
  wire [7:0] refuse_error = here ? error : unit_error;

  wire will_publish = commits & (any_dirty_i | newly);
  wire publish_level = accepted & is_level & will_publish;
  wire publish_book = accepted & is_book & commits & opcode != OP_BOOK_BEGIN;
  wire publish_wiped = state_q == Wipe & walk_done_i & commits;
  assign publish_start_o = publish_level | publish_book | publish_wiped;
  assign wipe_start_o = accepted & opcode == OP_BOOK_BEGIN;
  // Basket and fair commands read rows: they wait until the last message's are complete.
  assign basket_start_o = state_q == Basket & start_due_q & ~costs_pending_i;
  assign fair_start_o = state_q == Fair & start_due_q & ~costs_pending_i;
  assign digest_start_o = accepted & opcode == OP_BOOK_DIGEST;

  // A restore that ends well, or badly: anything refused inside, or no counts.
  wire restore_end = accepted & opcode == OP_RESTORE_END;
  wire restore_good = restore_end & ~failed_q & counts_seen_q;
  wire restore_bad = restore_end & (failed_q | ~counts_seen_q);

  assign book_write_o = accepted & (is_book | opcode == OP_BOOK_MASK);
  reg [30:0] word;
  always @* begin
    word = book_word_i;
    case (opcode)
      OP_BOOK_BEGIN: begin
        word[WORD_STATE_LSB+:2] = BOOK_STATE_BUILDING;
        word[WORD_TICK_LSB+:3] = tick_code_i;
      end
      OP_BOOK_LIVE: word[WORD_STATE_LSB+:2] = BOOK_STATE_LIVE;
      OP_BOOK_STALE: word[WORD_STATE_LSB+:2] = BOOK_STATE_STALE;
      OP_BOOK_FEE: word[WORD_RATE_LSB+:24] = record_i[CMD_BOOK_FEE_RATE_LSB+:CMD_BOOK_FEE_RATE_BITS];
      OP_BOOK_MASK: begin
        word[WORD_MASK_TOP_LSB] = record_i[CMD_BOOK_MASK_MASK_TOP_LSB];
        word[WORD_MASK_FAIR_LSB] = record_i[CMD_BOOK_MASK_MASK_FAIR_LSB];
      end
      default: word = book_word_i;
    endcase
  end
  assign book_word_o = word;

  // ---- what follows ----
  reg [3:0] next;
  reg finish;
  always @* begin
    next = state_q;
    finish = 1'b0;
    case (state_q)
      Run:
      if (valid_i) begin
        if (refused) finish = 1'b1;
        else if (publish_level | publish_book) next = Publish;
        else if (opcode == OP_BOOK_BEGIN) next = Wipe;
        else if (is_basket) next = Basket;
        else if (is_fair) next = Fair;
        else if (opcode == OP_BOOK_DIGEST) next = Digest;
        else if (opcode == OP_RESTORE_BEGIN | restore_bad) next = Clear;
        else finish = 1'b1;
      end
      Wipe:
      if (walk_done_i) begin
        if (commits) next = Publish;
        else finish = 1'b1;
      end
      Publish: finish = publish_done_i;
      Basket: finish = basket_done_i;
      Fair: finish = fair_done_i;
      Digest: finish = digest_done_i;
      Clear: if (clear_index_q == LastStep) next = after_clear_q;
      ResetDone: next = Run;
      ForgetCounts: next = RestoreFailed;
      RestoreFailed: finish = 1'b1;
      Finish: finish = 1'b1;
      default: next = Run;
    endcase
    if (finish) next = Run;
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q <= Clear;
      after_clear_q <= ResetDone;
      clear_index_q <= 0;
      epoch_q <= rst_epoch_i;
      restoring_q <= 1'b0;
      index_q <= 48'd0;
    end else if (en_i) begin
      state_q <= next;
      if (state_q == Clear) clear_index_q <= clear_index_q + 1'b1;
      else clear_index_q <= 0;
      if (accepted & opcode == OP_RESTORE_BEGIN) begin
        after_clear_q <= Finish;
        restoring_q <= 1'b1;
      end
      if (accepted) start_due_q <= 1'b1;
      else if (~costs_pending_i) start_due_q <= 1'b0;
      if (restore_bad) after_clear_q <= ForgetCounts;
      if (restore_end) restoring_q <= 1'b0;

      if (state_q == ForgetCounts) index_q <= 48'd0;
      else if (restore_good) index_q <= counts_q[47:0];
      else if (finish) index_q <= index_q + 1'b1;
    end
  end

  always @(posedge clk_i) begin
    if (en_i) begin
      if (here | state_q != Run) begin
        if (accepted & opcode == OP_RESTORE_BEGIN) begin
          failed_q <= 1'b0;
          counts_seen_q <= 1'b0;
        end else if (refuse_now & ~failed_q) begin
          failed_q <= 1'b1;
          failed_ordinal_q <= ordinal_q;
          failed_error_q <= refuse_error;
        end
        if (accepted & opcode == OP_RESTORE_COUNTS) begin
          counts_seen_q <= 1'b1;
          counts_q <= record_i[CMD_RESTORE_COUNTS_INDEX_LSB+:96];
        end
        if (restore_bad & ~failed_q) begin
          failed_ordinal_q <= ordinal_q;
          failed_error_q <= ERROR_CODE_COUNTS_MISSING;
        end
        // The record after RESTORE_BEGIN has ordinal 0.
        if (state_q == Finish) ordinal_q <= 32'd0;
        else if (finish) ordinal_q <= ordinal_q + 1'b1;
      end
    end
  end

  // ---- tokens ----
  wire [2:0] tick_code = book_word_i[WORD_TICK_LSB+:3];
  wire [15:0] tick;
  wire [2:0] unused_code;
  wire unused_valid;
  wire [13:0] unused_max;
  gb_ticks u_ticks (
      .tick_i(16'd0), .code_o(unused_code), .valid_o(unused_valid),
      .code_i(tick_code), .tick_o(tick), .max_level_o(unused_max));
  wire [1:0] book_state = book_word_i[WORD_STATE_LSB+:2];
  wire [47:0] next_index = index_q + 1'b1;

  always @* begin
    token_valid_o = 1'b0;
    token_kind_o = TOKEN_EVENT;
    token_data_o = 256'd0;
    // What the token says is chosen by state and record alone; only whether there is one waits for the decision. Each
    // is put together in its own branch: a simulator then does it only when it may be due.
    if (state_q == RestoreFailed) begin
      token_valid_o = 1'b1;
      token_data_o = {
          record_i, 8'd0, failed_error_q, index_q, failed_ordinal_q, record_i[31:16],
          ERROR_CODE_RESTORE_FAILED, EV_REFUSED};
    end else if (state_q == Digest) begin
      token_valid_o = digest_done_i;
      token_data_o = {
          70'd0, book_word_i[WORD_MASK_FAIR_LSB], book_word_i[WORD_MASK_TOP_LSB], book_word_i[WORD_RATE_LSB+:24],
          digest_asks_i, digest_bids_i, book_state == BOOK_STATE_EMPTY ? 16'd0 : tick, index_q, digest_crc_i,
          record_i[31:16], 6'd0, book_state, EV_BOOK_DIGEST};
    end else if (state_q == ForgetCounts) begin
      token_valid_o = 1'b1;
      token_kind_o = TOKEN_CLEAR;
    end else if (state_q == ResetDone) begin
      token_valid_o = 1'b1;
      token_kind_o = TOKEN_RAW;
      token_data_o = {192'd0, epoch_q, 24'd0, EV_RESET_DONE};
    end else if (here & opcode == OP_FENCE & error_i == 8'd0) begin
      token_valid_o = ~restoring_q;
      token_kind_o = TOKEN_FENCE;
      token_data_o = {80'd0, next_index, 16'd0, index_q, record_i[CMD_FENCE_TOKEN_LSB+:32], 24'd0, EV_FENCE};
    end else if (here & opcode == OP_RESTORE_END & error_i == 8'd0 & restoring_q) begin
      token_valid_o = ~failed_q & counts_seen_q;
      token_kind_o = TOKEN_SET;
      token_data_o = {176'd0, record_i[CMD_RESTORE_END_CRC_LSB+:32], counts_q[95:48]};
    end else if (here | state_q == Basket | state_q == Fair) begin
      token_valid_o = refuse_now & ~restoring_q;
      token_data_o = {record_i, 16'd0, index_q, 32'd0, record_i[31:16], refuse_error, EV_REFUSED};
    end
  end

  assign release_o = (finish & blocks) | state_q == ResetDone;
  assign clear_o = state_q == Clear;
  assign clear_index_o = clear_index_q;
  assign idle_o = state_q == Run;
  assign muted_o = restoring_q;
  assign index_o = index_q;
  assign finish_o = finish;
  wire unused = &{1'b0, unused_code, unused_valid, unused_max};
endmodule
`default_nettype wire
