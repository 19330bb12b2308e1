// Fair values: their commands and their signals (clauses FAIR-1, FAIR-2, MSG-4, MSG-6, BOOK-8).
//
// Commands: exec_valid_i for one cycle, the record held until exec_done_o; exec_error_o is then 0 or the refusal.
// Opcode, reserved bits and the range of the book have been checked before. Evaluation: eval_valid_i with eval_book_i,
// then eval_done_o. mask_i is the mask of that book, held as long. The two never run at the same time. The signals of
// either, buy before sell, have been given when done comes. They are pulses, one a cycle at most. Rows: row_read_o with
// row_book_o; the row one cycle later. any_o: some book has a fair value. en_i freezes everything. clear_i for Books
// cycles or more with clear_index_i counting from 0, before the first use.
//
// Latency in cycles, from eval_valid_i: buy signal 4, sell signal 5, done 5; done 2 if the book has no fair value.
// From exec_valid_i: FAIR_SET buy 5, sell 6, done 6; FAIR_CLEAR 4, 5, 5; a refusal 3.
`default_nettype none

module gb_fair_engine #(
    parameter Books = 32,
    parameter BookBits = 5,
    parameter WalkBits = 6  // bits of clear_index_i
) (
    input  wire                clk_i,
    input  wire                rst_i,
    input  wire                en_i,
    input  wire                clear_i,
    input  wire [WalkBits-1:0] clear_index_i,
    input  wire [        16:0] limit_fairs_i,
    input  wire                exec_valid_i,
    input  wire [       127:0] exec_record_i,
    output wire                exec_done_o,
    output wire [         7:0] exec_error_o,
    input  wire                eval_valid_i,
    input  wire [BookBits-1:0] eval_book_i,
    output wire                eval_done_o,
    input  wire                mask_i,
    output wire                any_o,
    output wire                row_read_o,
    output wire [BookBits-1:0] row_book_o,
    input  wire                row_yes_valid_i,
    input  wire [        20:0] row_yes_cost_i,
    input  wire [        47:0] row_ask_size_i,
    input  wire                row_no_valid_i,
    input  wire [        20:0] row_no_cost_i,
    input  wire [        47:0] row_bid_size_i,
    output wire                signal_valid_o,
    output wire [         7:0] signal_action_o,
    output wire [        15:0] signal_id_o,
    output wire [        31:0] signal_edge_o,
    output wire [         7:0] signal_kind_o,
    output wire [        47:0] signal_size_o
);
  `include "contract.vh"

  localparam FairBits = 20;  // of a fair value and of a band, at most LIMIT_FAIR_MAX
  localparam EdgeBits = 22;  // an edge lies within +-1,100,000
  localparam TermsBits = 1 + 2 * FairBits;
  localparam SideBits = 1 + EdgeBits + 48;
  localparam [31:0] BookCount = Books;

  localparam [2:0] Idle = 3'd0;
  localparam [2:0] Latch = 3'd1;  // the tables show the book
  localparam [2:0] Check = 3'd2;
  localparam [2:0] Rate = 3'd3;
  localparam [2:0] Buy = 3'd4;
  localparam [2:0] Sell = 3'd5;

  reg [2:0] state_q;
  reg exec_q;
  reg exec_done_q;
  reg eval_done_q;
  reg [7:0] error_q;
  reg [BookBits:0] count_q;
  reg [BookBits-1:0] book_q;
  reg ends_q;  // FAIR_CLEAR: whatever is open closes

  reg has_q;
  reg [FairBits-1:0] fair_q;
  reg [FairBits-1:0] band_q;
  reg ask_valid_q;
  reg bid_valid_q;
  reg [20:0] yes_cost_q;
  reg [20:0] no_cost_q;
  reg [47:0] ask_size_q;
  reg [47:0] bid_size_q;
  reg signed [EdgeBits-1:0] buy_edge_q;
  reg signed [EdgeBits-1:0] sell_edge_q;
  reg [SideBits-1:0] buy_last_q;  // {open, edge, size} as the last OPEN or CHANGE said
  reg [SideBits-1:0] sell_last_q;

  reg signal_valid_q;
  reg [7:0] signal_action_q;
  reg [7:0] signal_kind_q;
  reg signed [EdgeBits-1:0] signal_edge_q;
  reg [47:0] signal_size_q;

  // ---- the record ----
  wire is_set = exec_record_i[7:0] == OP_FAIR_SET;
  wire is_clear = exec_record_i[7:0] == OP_FAIR_CLEAR;
  wire [31:0] record_fair = exec_record_i[CMD_FAIR_SET_FAIR_LSB+:32];
  wire [31:0] record_band = exec_record_i[CMD_FAIR_SET_BAND_LSB+:32];
  wire full = {{(16 - BookBits) {1'b0}}, count_q} >= limit_fairs_i;
  wire [7:0] set_refusal =
      record_fair > LIMIT_FAIR_MAX[31:0] ? ERROR_CODE_FAIR_RANGE :
      record_band > LIMIT_FAIR_MAX[31:0] ? ERROR_CODE_BAND_RANGE :
      ~has_q & full ? ERROR_CODE_FAIR_LIMIT : 8'd0;
  wire [7:0] refusal =
      is_set ? set_refusal :
      ~is_clear ? ERROR_CODE_UNKNOWN_OPCODE :
      ~has_q ? ERROR_CODE_FAIR_ABSENT : 8'd0;
  wire accept = (state_q == Check) & (refusal == 8'd0);

  // ---- tables ----
  wire read = (state_q == Idle) & (exec_valid_i | eval_valid_i);
  wire [BookBits-1:0] read_book = exec_valid_i ? exec_record_i[CMD_FAIR_SET_BOOK_LSB+:BookBits] : eval_book_i;
  wire [BookBits-1:0] clear_book;
  wire clear_write = clear_i & ({1'b0, clear_index_i} < BookCount[WalkBits:0]);
  generate
    if (WalkBits >= BookBits) begin : g_clear_book
      assign clear_book = clear_index_i[BookBits-1:0];
    end else begin : g_clear_book
      assign clear_book = {{(BookBits - WalkBits) {1'b0}}, clear_index_i};
    end
  endgenerate

  wire has;
  wire [FairBits-1:0] fair, band;
  wire [TermsBits-1:0] terms_next = {is_set, record_fair[FairBits-1:0], record_band[FairBits-1:0]};
  gb_ram_1r1w #(.Width(TermsBits), .Depth(Books), .AddressBits(BookBits)) u_terms (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(accept | clear_write), .write_address_i(clear_i ? clear_book : book_q),
      .write_data_i(clear_i ? {TermsBits{1'b0}} : terms_next),
      .read_i(read), .read_address_i(read_book), .read_data_o({has, fair, band}));

  // Undefined until the book has a fair value for the first time.
  wire [SideBits-1:0] buy_last, sell_last, last_next;
  wire sell = state_q == Sell;
  gb_ram_1r1w #(.Width(2 * SideBits), .Depth(Books), .AddressBits(BookBits)) u_lasts (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(sell), .write_address_i(book_q), .write_data_i({buy_last_q, last_next}),
      .read_i(read), .read_address_i(read_book), .read_data_o({buy_last, sell_last}));

  // ---- the decision, for one side a cycle ----
  wire signed [EdgeBits-1:0] edge_now = sell ? sell_edge_q : buy_edge_q;
  wire [47:0] size_now = sell ? bid_size_q : ask_size_q;
  wire was_open;
  wire [EdgeBits-1:0] last_edge;
  wire [47:0] last_size;
  assign {was_open, last_edge, last_size} = sell ? sell_last_q : buy_last_q;
  wire present = sell ? bid_valid_q : ask_valid_q;
  wire open = present & ~ends_q & (edge_now >= $signed({{(EdgeBits - FairBits) {1'b0}}, band_q}));
  wire differs = (edge_now != $signed(last_edge)) | (size_now != last_size);
  wire give = open ? ~was_open | differs : was_open;
  assign last_next = open ? {1'b1, edge_now, size_now} : {1'b0, last_edge, last_size};

  assign exec_done_o = exec_done_q;
  assign exec_error_o = error_q;
  assign eval_done_o = eval_done_q;
  assign any_o = count_q != 0;
  assign row_read_o = read;
  assign row_book_o = read_book;
  assign signal_valid_o = signal_valid_q;
  assign signal_action_o = signal_action_q;
  assign signal_id_o = {{(16 - BookBits) {1'b0}}, book_q};
  assign signal_edge_o = {{(32 - EdgeBits) {signal_edge_q[EdgeBits-1]}}, signal_edge_q};
  assign signal_kind_o = signal_kind_q;
  assign signal_size_o = signal_size_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q <= Idle;
      exec_done_q <= 1'b0;
      eval_done_q <= 1'b0;
      signal_valid_q <= 1'b0;
      count_q <= {(BookBits + 1) {1'b0}};
    end else if (en_i) begin
      exec_done_q <= 1'b0;
      eval_done_q <= 1'b0;
      signal_valid_q <= 1'b0;
      case (state_q)
        Idle: if (read) state_q <= Latch;
        Latch:
        if (exec_q) state_q <= Check;
        else if (has) state_q <= Rate;
        else begin
          state_q <= Idle;
          eval_done_q <= 1'b1;
        end
        Check: begin
          if (~accept) begin
            state_q <= Idle;
            exec_done_q <= 1'b1;
          end else if (is_set) begin
            state_q <= Rate;
            if (~has_q) count_q <= count_q + 1'b1;
          end else begin
            state_q <= Buy;
            count_q <= count_q - 1'b1;
          end
        end
        Rate: state_q <= Buy;
        Buy: begin
          state_q <= Sell;
          signal_valid_q <= give & ~mask_i;
        end
        Sell: begin
          state_q <= Idle;
          signal_valid_q <= give & ~mask_i;
          exec_done_q <= exec_q;
          eval_done_q <= ~exec_q;
        end
        default: state_q <= Idle;
      endcase
      if (clear_i) begin
        state_q <= Idle;
        exec_done_q <= 1'b0;
        eval_done_q <= 1'b0;
        signal_valid_q <= 1'b0;
        count_q <= {(BookBits + 1) {1'b0}};
      end
    end
  end

  always @(posedge clk_i) begin
    if (en_i) begin
      case (state_q)
        Idle:
        if (read) begin
          exec_q <= exec_valid_i;
          book_q <= read_book;
          ends_q <= 1'b0;
        end
        Latch: begin
          has_q <= has;
          fair_q <= fair;
          band_q <= band;
          ask_valid_q <= row_yes_valid_i;
          bid_valid_q <= row_no_valid_i;
          yes_cost_q <= row_yes_cost_i;
          no_cost_q <= row_no_cost_i;
          ask_size_q <= row_ask_size_i;
          bid_size_q <= row_bid_size_i;
          buy_last_q <= {has & buy_last[SideBits-1], buy_last[SideBits-2:0]};
          sell_last_q <= {has & sell_last[SideBits-1], sell_last[SideBits-2:0]};
        end
        Check: begin
          error_q <= refusal;
          ends_q <= is_clear;
          if (is_set) begin
            fair_q <= record_fair[FairBits-1:0];
            band_q <= record_band[FairBits-1:0];
          end
        end
        Rate: begin
          // 100 * bid - fee(bid) is what 1 USD leaves over the cost of NO.
          buy_edge_q <= $signed({2'd0, fair_q}) - $signed({1'b0, yes_cost_q});
          sell_edge_q <= $signed({2'd0, LIMIT_MICRO_ONE[FairBits-1:0]}) - $signed({1'b0, no_cost_q})
              - $signed({2'd0, fair_q});
        end
        Buy: buy_last_q <= last_next;
        default: ;
      endcase
      if (state_q == Buy | sell) begin
        signal_action_q <= ~open ? SIGNAL_ACTION_CLOSE : was_open ? SIGNAL_ACTION_CHANGE : SIGNAL_ACTION_OPEN;
        signal_kind_q <= sell ? SIGNAL_KIND_FAIR_SELL : SIGNAL_KIND_FAIR_BUY;
        signal_edge_q <= open ? edge_now : $signed(last_edge);
        signal_size_q <= open ? size_now : last_size;
      end
    end
  end

  wire unused = &{1'b0, exec_record_i};
endmodule

`default_nettype wire
