// Publishing of a message in its two phases (clauses MSG-2..4, ROW-1..4), then the fair values of its books.
//
// start_i in cycle 0, the dirty set holding the books; done_o for one cycle at the end; the dirty set is empty then.
// Each book: best bid and best ask are looked up in cycles 1 and 2 of the book and arrive in 5 and 6; with the ask the
// row is compared and its TOP given (top_valid_o). The row is written in cycle 7, the costs as the fees come: 12.
// A book without memberships is done in cycle 6, as long as no book has a fair value; otherwise its differences go to
// the baskets in cycle 12 (with the parallel fee), and after the last book the baskets and then the fair values are
// evaluated. Bounded by the memberships of the books, the touched baskets and their legs (gb_basket_engine).
// A side is absent while the book is not LIVE (clause ROW-2). Nothing happens while en_i is 0.
`default_nettype none
module gb_publisher #(
    parameter BookBits = 5,
    parameter SidePageBits = 3,
    parameter ListBits = 4,
    parameter SerialFee = 0,
    parameter Costs = 1,           // 0: nobody needs them, and there is no fee unit
    parameter Pipelined = 0        // 1: the ask is registered before it is compared: a cycle more to the TOP
) (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire start_i,
    output wire done_o,

    input wire [BookBits-1:0] first_book_i,
    input wire [ListBits:0] count_i,
    output wire list_read_o,
    output wire [ListBits-1:0] list_index_o,
    input wire [BookBits-1:0] list_book_i,
    output wire drop_o,
    output wire forget_o,
    output wire [BookBits-1:0] book_o,

    output wire find_valid_o,
    output wire find_ask_o,
    input wire found_valid_i,
    input wire found_i,
    input wire [SidePageBits-1:0] found_page_i,
    input wire [6:0] found_slot_i,
    input wire [47:0] found_size_i,

    output wire book_read_o,
    input wire [30:0] book_word_i,
    output wire row_read_o,
    input wire [13:0] old_bid_price_i,
    input wire [47:0] old_bid_size_i,
    input wire [13:0] old_ask_price_i,
    input wire [47:0] old_ask_size_i,
    input wire [20:0] old_yes_cost_i,
    input wire [20:0] old_no_cost_i,
    output wire row_write_o,          // prices and sizes
    output wire cost_write_o,
    output wire costs_pending_o,      // the costs of a row that is out have not been written yet
    output wire [BookBits-1:0] row_write_book_o,
    output wire [13:0] bid_price_o,
    output wire [47:0] bid_size_o,
    output wire [13:0] ask_price_o,
    output wire [47:0] ask_size_o,
    output wire [20:0] yes_cost_o,
    output wire [20:0] no_cost_o,
    output wire compare_o,            // a row is compared in this cycle
    output wire top_valid_o,
    output wire [13:0] top_ask_price_o,
    output wire [47:0] top_ask_size_o,

    input wire has_members_i,         // of the book, from 3 cycles after drop_o on
    output wire delta_valid_o,
    output wire signed [21:0] delta_yes_o,
    output wire signed [21:0] delta_no_o,
    output wire signed [1:0] missing_yes_o,
    output wire signed [1:0] missing_no_o,
    input wire delta_done_i,
    output wire eval_start_o,
    input wire eval_done_i,
    input wire fair_any_i,
    output wire fair_valid_o,
    output wire fair_mask_o,
    input wire fair_done_i
);
  `include "contract.vh"
  `include "gb_book_word.vh"
  localparam [3:0] Idle = 4'd0;
  localparam [3:0] Bid = 4'd1;
  localparam [3:0] Ask = 4'd2;
  localparam [3:0] Found = 4'd3;       // waits for both sides
  localparam [3:0] Compare = 4'd4;     // with Pipelined only
  localparam [3:0] Cost = 4'd5;        // waits for both fees
  localparam [3:0] Write = 4'd6;       // the differences go to the baskets
  localparam [3:0] Delta = 4'd7;
  localparam [3:0] Eval = 4'd8;
  localparam [3:0] EvalWait = 4'd9;
  localparam [3:0] FairList = 4'd10;
  localparam [3:0] FairBook = 4'd11;
  localparam [3:0] FairMask = 4'd12;
  localparam [3:0] FairWait = 4'd13;
  localparam [3:0] Last = 4'd14;

  reg [3:0] state_q;
  reg [ListBits:0] index_q;
  reg [BookBits-1:0] book_q;
  reg [30:0] word_q;
  reg have_bid_q;
  reg [13:0] bid_price_q, ask_price_q;
  reg [47:0] bid_size_q, ask_size_q;
  reg bid_fee_todo_q, ask_fee_todo_q, bid_fee_due_q, ask_fee_due_q;
  reg bid_based_q, ask_based_q, row_known_q, costs_known_q, evaluate_q;
  reg [BookBits-1:0] row_book_q;
  reg [20:0] no_base_q, yes_base_q, no_cost_q, yes_cost_q;
  reg signed [21:0] no_rest_q, yes_rest_q, no_delta_q, yes_delta_q;
  reg signed [1:0] no_missing_q, yes_missing_q;

  wire live = word_q[WORD_STATE_LSB+:2] == BOOK_STATE_LIVE;
  wire present = live & found_i;
  wire [13:0] place = {{(7 - SidePageBits) {1'b0}}, found_page_i, found_slot_i};
  wire [13:0] unused_level, found_price;
  gb_price u_price (
      .tick_code_i(word_q[WORD_TICK_LSB+:3]), .side_i(have_bid_q), .place_i(place),
      .level_o(unused_level), .price_o(found_price));

  // ---- fees: the bid's, then the ask's ----
  wire fee_ready, fee_valid;
  wire [16:0] fee;
  wire fee_request = bid_fee_todo_q | ask_fee_todo_q;
  wire [13:0] fee_price = bid_fee_todo_q ? bid_price_q : ask_price_q;
  generate
    if (Costs == 0) begin : g_fee
      assign fee_ready = 1'b1;
      assign fee_valid = 1'b0;
      assign fee = 17'd0;
      wire unused_request = &{1'b0, fee_request, fee_price};
    end else if (SerialFee) begin : g_fee
      gb_fee_serial u_fee (
          .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .valid_i(fee_request), .ready_o(fee_ready),
          .price_i(fee_price), .rate_i(word_q[WORD_RATE_LSB+:24]), .valid_o(fee_valid), .fee_o(fee));
    end else begin : g_fee
      gb_fee_parallel u_fee (
          .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .valid_i(fee_request), .ready_o(fee_ready),
          .price_i(fee_price), .rate_i(word_q[WORD_RATE_LSB+:24]), .valid_o(fee_valid), .fee_o(fee));
    end
  endgenerate

  wire [ListBits:0] next_index = index_q + 1'b1;
  wire last_book = next_index == count_i;
  // Nobody waits for the costs of a book without memberships while no book has a fair value: they are written when they
  // come. Commands that read rows wait for that (costs_pending_o); the next message comes later, or does not look.
  wire wait_for_costs = (Costs != 0) & ((SerialFee != 0) | has_members_i | fair_any_i);

  // The ask is compared as it arrives, straight from the memory, or from its register.
  wire [13:0] new_price = present ? found_price : 14'd0;
  wire [47:0] new_size = present ? found_size_i : 48'd0;
  wire compare = Pipelined ? state_q == Compare : (state_q == Found) & found_valid_i & have_bid_q;
  wire [13:0] compared_price = Pipelined ? ask_price_q : new_price;
  wire [47:0] compared_size = Pipelined ? ask_size_q : new_size;
  wire bid_changed = bid_price_q != old_bid_price_i | bid_size_q != old_bid_size_i;
  wire ask_changed = compared_price != old_ask_price_i | compared_size != old_ask_size_i;

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q <= Idle;
      {bid_fee_todo_q, ask_fee_todo_q, bid_fee_due_q, ask_fee_due_q} <= 4'd0;
      costs_known_q <= 1'b0;
      row_known_q <= 1'b0;
    end else if (en_i) begin
      costs_known_q <= fee_valid & ~bid_fee_due_q;
      row_known_q <= compare;
      case (state_q)
        Idle:
        if (start_i) begin
          state_q <= Bid;
          index_q <= 0;
          evaluate_q <= 1'b0;
        end
        Bid: begin
          state_q <= Ask;
          book_q <= book_o;
          have_bid_q <= 1'b0;
        end
        Ask: begin
          state_q <= Found;
          word_q <= book_word_i;
        end
        Found:
        if (found_valid_i) begin
          have_bid_q <= 1'b1;
          if (have_bid_q & Pipelined != 0) state_q <= Compare;
        end
        default: ;
      endcase
      if (compare) begin
        row_book_q <= book_q;
        if (wait_for_costs) begin
          state_q <= Cost;
        end else begin
          index_q <= next_index;
          state_q <= ~last_book ? Bid : evaluate_q ? Eval : Idle;
        end
      end
      case (state_q)
        Cost: if (fee_valid & ~bid_fee_due_q) state_q <= Write;
        Write: begin
          evaluate_q <= 1'b1;
          state_q <= Delta;
        end
        Delta:
        if (delta_done_i) begin
          index_q <= next_index;
          state_q <= last_book ? Eval : Bid;
        end
        Eval: state_q <= EvalWait;
        EvalWait:
        if (eval_done_i) begin
          index_q <= 0;
          state_q <= fair_any_i ? FairList : Last;
        end
        FairList: state_q <= FairBook;
        FairBook: begin
          book_q <= list_book_i;
          state_q <= FairMask;
        end
        FairMask: state_q <= FairWait;
        FairWait:
        if (fair_done_i) begin
          index_q <= next_index;
          state_q <= last_book ? Last : FairList;
        end
        Last: state_q <= Idle;
        default: ;
      endcase

      // The fees run beside the states: each is asked for once its price is there, and comes in the same order.
      if (bid_fee_todo_q) begin
        if (fee_ready) bid_fee_todo_q <= 1'b0;
      end else if (ask_fee_todo_q & fee_ready) begin
        ask_fee_todo_q <= 1'b0;
      end
      if (fee_valid) begin
        if (bid_fee_due_q) bid_fee_due_q <= 1'b0;
        else ask_fee_due_q <= 1'b0;
      end
      if (state_q == Found & found_valid_i) begin
        if (~have_bid_q) begin
          bid_fee_todo_q <= Costs != 0;
          bid_fee_due_q <= Costs != 0;
        end else begin
          ask_fee_todo_q <= Costs != 0;
          ask_fee_due_q <= Costs != 0;
        end
      end
    end
  end

  always @(posedge clk_i) begin
    if (en_i) begin
      if (state_q == Bid) {bid_based_q, ask_based_q} <= 2'd0;
      if (state_q == Found & found_valid_i) begin
        if (~have_bid_q) begin
          bid_price_q <= new_price;
          bid_size_q <= new_size;
          bid_based_q <= 1'b1;
        end else begin
          ask_price_q <= new_price;
          ask_size_q <= new_size;
          ask_based_q <= 1'b1;
        end
      end
      // The cost without the fee, and its difference to the published cost, while the fee is on its way.
      if (bid_based_q) begin
        no_base_q <= bid_price_q == 0 ? 21'd0 : LIMIT_MICRO_ONE[20:0] - hundredfold(bid_price_q);
        no_missing_q <= missing(bid_price_q, old_bid_price_i);
      end
      if (ask_based_q) begin
        yes_base_q <= hundredfold(ask_price_q);
        yes_missing_q <= missing(ask_price_q, old_ask_price_i);
      end
      no_rest_q <= $signed({1'b0, no_base_q}) - $signed({1'b0, old_no_cost_i});
      yes_rest_q <= $signed({1'b0, yes_base_q}) - $signed({1'b0, old_yes_cost_i});
      if (fee_valid) begin
        if (bid_fee_due_q) begin
          no_cost_q <= no_base_q + {4'd0, fee};
          no_delta_q <= no_rest_q + $signed({5'd0, fee});
        end else begin
          yes_cost_q <= yes_base_q + {4'd0, fee};
          yes_delta_q <= yes_rest_q + $signed({5'd0, fee});
        end
      end
    end
  end

  function [20:0] hundredfold(input [13:0] price);
    hundredfold = {1'b0, price, 6'd0} + {2'd0, price, 5'd0} + {5'd0, price, 2'd0};
  endfunction

  // Now absent minus absent before.
  function [1:0] missing(input [13:0] price, input [13:0] old_price);
    missing = {1'b0, price == 0} - {1'b0, old_price == 0};
  endfunction

  wire done = (state_q == Last) | (compare & ~wait_for_costs & last_book & ~evaluate_q);
  assign done_o = done;
  assign forget_o = done;
  assign list_read_o = (state_q == Ask) | (state_q == FairList);
  assign list_index_o = state_q == Ask ? next_index[ListBits-1:0] : index_q[ListBits-1:0];
  assign book_o =
      state_q == Bid ? (index_q == 0 ? first_book_i : list_book_i) : state_q == FairBook ? list_book_i : book_q;
  assign drop_o = state_q == Bid;
  assign find_valid_o = (state_q == Bid) | (state_q == Ask);
  assign find_ask_o = state_q == Ask;
  assign book_read_o = (state_q == Bid) | (state_q == FairBook);
  assign row_read_o = state_q == Bid;
  assign row_write_o = row_known_q;
  assign cost_write_o = costs_known_q;
  assign costs_pending_o = bid_fee_due_q | ask_fee_due_q | costs_known_q;
  assign row_write_book_o = row_book_q;
  assign bid_price_o = bid_price_q;
  assign bid_size_o = bid_size_q;
  assign ask_price_o = ask_price_q;
  assign ask_size_o = ask_size_q;
  assign yes_cost_o = yes_cost_q;
  assign no_cost_o = no_cost_q;
  assign compare_o = compare;
  assign top_valid_o = compare & (bid_changed | ask_changed) & ~word_q[WORD_MASK_TOP_LSB];
  assign top_ask_price_o = compared_price;
  assign top_ask_size_o = compared_size;
  assign delta_valid_o = state_q == Write;
  assign delta_yes_o = yes_delta_q;
  assign delta_no_o = no_delta_q;
  assign missing_yes_o = yes_missing_q;
  assign missing_no_o = no_missing_q;
  assign eval_start_o = state_q == Eval;
  assign fair_valid_o = state_q == FairMask;
  assign fair_mask_o = book_word_i[WORD_MASK_FAIR_LSB];
  wire unused = &{1'b0, unused_level};
endmodule
`default_nettype wire
