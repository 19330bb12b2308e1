// The end of the evaluation of a basket (clauses BSK-3, BSK-4, BSK-6): the smallest size over its legs, the decision
// and the signal.
//
// Of one evaluation: begin_i; then, later, rate_i with may_open_i (all but the sizes allows an open signal) and payout
// and sum. With may_open_i, one row per cycle at most, from the cycle of rate_i on: row_valid_i with the sizes straight
// from a memory, the sides that the basket buys, and row_last_i with the last. Without it no row may come.
// decided_o is high for one cycle with the new state: 1 cycle after rate_i without may_open_i, else 2 cycles after the
// last row. The signal, if there is one, follows in the next cycle. Up to then the inputs marked "held" must not
// change; begin_i of the next evaluation may come in the cycle of decided_o. close_i ends an open signal at once: its
// CLOSE follows in the next cycle. en_i freezes everything.
`default_nettype none

module gb_basket_judge #(
    parameter BasketBits = 6,
    parameter SumBits = 27,  // at least 24
    parameter EdgeBits = 29  // one more than the wider of SumBits and 28; at most 31
) (
    input  wire                       clk_i,
    input  wire                       rst_i,
    input  wire                       en_i,
    input  wire                       clear_i,
    input  wire                       begin_i,
    input  wire                       rate_i,
    input  wire                       may_open_i,
    input  wire [     BasketBits-1:0] basket_i,
    input  wire [               27:0] payout_i,
    input  wire [        SumBits-1:0] sum_i,
    input  wire                       row_valid_i,
    input  wire                       row_last_i,
    input  wire                       row_yes_i,
    input  wire                       row_no_i,
    input  wire [               47:0] row_ask_size_i,
    input  wire [               47:0] row_bid_size_i,
    input  wire                       close_i,
    input  wire                       open_i,       // held
    input  wire                       mask_i,       // held
    input  wire [                2:0] kind_i,       // held
    input  wire [               47:0] min_size_i,   // held
    input  wire signed [EdgeBits-1:0] last_edge_i,  // held
    input  wire [               47:0] last_size_i,  // held
    output wire                       decided_o,
    output wire [     BasketBits-1:0] decided_basket_o,
    output wire                       decided_open_o,
    output wire                       decided_new_o,  // OPEN or CHANGE: edge and size are to be kept
    output wire signed [EdgeBits-1:0] decided_edge_o,
    output wire [               47:0] decided_size_o,
    output wire                       signal_valid_o,
    output wire [                7:0] signal_action_o,
    output wire [               15:0] signal_id_o,
    output wire [               31:0] signal_edge_o,
    output wire [                7:0] signal_kind_o,
    output wire [               47:0] signal_size_o
);
  `include "contract.vh"

  reg                       row_valid_q;
  reg                       row_last_q;
  reg                       row_yes_q;
  reg                       row_no_q;
  reg [               47:0] ask_size_q;
  reg [               47:0] bid_size_q;
  reg [               47:0] smallest_q;
  reg                       may_open_q;
  reg signed [EdgeBits-1:0] edge_q;
  reg                       decide_q;
  reg [     BasketBits-1:0] basket_q;
  reg                       signal_valid_q;
  reg [                7:0] signal_action_q;
  reg [     BasketBits-1:0] signal_id_q;
  reg signed [EdgeBits-1:0] signal_edge_q;
  reg [                2:0] signal_kind_q;
  reg [               47:0] signal_size_q;

  // The three comparisons run side by side: two 48-bit comparisons in a row would be too slow.
  wire bid_below_ask = bid_size_q < ask_size_q;
  wire take_ask = row_yes_q & (ask_size_q < smallest_q) & ~(row_no_q & bid_below_ask);
  wire take_bid = row_no_q & (bid_size_q < smallest_q) & ~(row_yes_q & ~bid_below_ask);

  wire open = may_open_q & (smallest_q >= min_size_i);
  wire differs = (edge_q != last_edge_i) | (smallest_q != last_size_i);
  wire close = close_i | (decide_q & ~open);

  assign decided_o = decide_q;
  assign decided_basket_o = basket_q;
  assign decided_open_o = open;
  assign decided_new_o = open & (~open_i | differs);
  assign decided_edge_o = edge_q;
  assign decided_size_o = smallest_q;
  assign signal_valid_o = signal_valid_q;
  assign signal_action_o = signal_action_q;
  assign signal_id_o = {{(16 - BasketBits) {1'b0}}, signal_id_q};
  assign signal_edge_o = {{(32 - EdgeBits) {signal_edge_q[EdgeBits-1]}}, signal_edge_q};
  assign signal_kind_o = {5'd0, signal_kind_q};
  assign signal_size_o = signal_size_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      row_valid_q <= 1'b0;
      decide_q <= 1'b0;
      signal_valid_q <= 1'b0;
    end else if (en_i) begin
      row_valid_q <= row_valid_i & ~clear_i;
      decide_q <= ((rate_i & ~may_open_i) | (row_valid_q & row_last_q)) & ~clear_i;
      signal_valid_q <= ~mask_i & ((decide_q & decided_new_o) | (close & open_i)) & ~clear_i;
    end
  end

  always @(posedge clk_i) begin
    if (en_i) begin
      if (row_valid_i) begin
        row_last_q <= row_last_i;
        row_yes_q  <= row_yes_i;
        row_no_q   <= row_no_i;
        ask_size_q <= row_ask_size_i;
        bid_size_q <= row_bid_size_i;
      end
      if (begin_i) smallest_q <= LIMIT_SIZE_MAX[47:0];
      else if (row_valid_q) begin
        if (take_ask) smallest_q <= ask_size_q;
        if (take_bid) smallest_q <= bid_size_q;
      end
      if (rate_i) begin
        may_open_q <= may_open_i;
        edge_q <= $signed({{(EdgeBits - 28) {1'b0}}, payout_i}) - $signed({{(EdgeBits - SumBits) {1'b0}}, sum_i});
      end
      if (rate_i | row_valid_q) basket_q <= basket_i;
      if (decide_q | close_i) begin
        signal_action_q <= close ? SIGNAL_ACTION_CLOSE : open_i ? SIGNAL_ACTION_CHANGE : SIGNAL_ACTION_OPEN;
        signal_id_q <= decide_q ? basket_q : basket_i;
        signal_edge_q <= close ? last_edge_i : edge_q;
        signal_size_q <= close ? last_size_i : smallest_q;
        signal_kind_q <= kind_i;
      end
    end
  end
endmodule

`default_nettype wire
