// Taker fee of one price (clause ROW-3): fee = ceil(rate * P * (10,000 - P) / 2^32) micro. Pipelined.
//
// valid_i with price_i (0 or 1..9999; 0 gives 0) and rate_i; valid_o is high for one cycle of en_i with fee_o, which
// holds until the next result. ready_o is always 1.
// Latency 4 cycles from valid_i to valid_o, one fee per cycle. The clock enable en_i freezes everything.
// Five multiplications of at most 14 x 14 bits, each between registers, so that they map to single DSP blocks.
`default_nettype none

module gb_fee_parallel (
    input  wire        clk_i,
    input  wire        rst_i,
    input  wire        en_i,
    input  wire        valid_i,
    output wire        ready_o,
    input  wire [13:0] price_i,
    input  wire [23:0] rate_i,
    output wire        valid_o,
    output wire [16:0] fee_o
);
  `include "contract.vh"

  reg [3:0] valid_q;

  reg [13:0] price_q;
  reg [13:0] complement_q;
  reg [23:0] rate_q;

  reg [24:0] spread_q;  // P * (10,000 - P), at most 25,000,000
  reg [23:0] spread_rate_q;

  reg [23:0] low_low_q;
  reg [23:0] low_high_q;
  reg [24:0] high_low_q;
  reg [24:0] high_high_q;

  reg [16:0] fee_q;

  // Sums of products keep every bit that their operands can give: both operands are written at full width.
  wire [27:0] spread = {14'd0, price_q} * {14'd0, complement_q};
  wire [23:0] low_low = {12'd0, spread_q[11:0]} * {12'd0, spread_rate_q[11:0]};
  wire [23:0] low_high = {12'd0, spread_q[11:0]} * {12'd0, spread_rate_q[23:12]};
  wire [24:0] high_low = {12'd0, spread_q[24:12]} * {13'd0, spread_rate_q[11:0]};
  wire [24:0] high_high = {12'd0, spread_q[24:12]} * {13'd0, spread_rate_q[23:12]};

  // Rounding up adds 2^32 - 1. Its bits sit where the outer products have none, which makes the addition free.
  wire [48:0] outer_sum = {high_high_q, 24'hffffff} + {17'd0, 8'hff, low_low_q};
  wire [25:0] inner_sum = {2'd0, low_high_q} + {1'b0, high_low_q};
  wire [48:0] total = outer_sum + {11'd0, inner_sum, 12'd0};

  wire unused = &{1'b0, spread[27:25], total[31:0]};

  assign ready_o = 1'b1;
  assign valid_o = valid_q[3];
  assign fee_o = fee_q;

  always @(posedge clk_i) begin
    if (rst_i) valid_q <= 4'd0;
    else if (en_i) valid_q <= {valid_q[2:0], valid_i};
  end

  always @(posedge clk_i) begin
    if (en_i) begin
      if (valid_i) begin
        price_q <= price_i;
        complement_q <= LIMIT_PRICE_ONE[13:0] - price_i;
        rate_q <= rate_i;
      end
      if (valid_q[0]) begin
        spread_q <= spread[24:0];
        spread_rate_q <= rate_q;
      end
      if (valid_q[1]) begin
        low_low_q <= low_low;
        low_high_q <= low_high;
        high_low_q <= high_low;
        high_high_q <= high_high;
      end
      if (valid_q[2]) fee_q <= total[48:32];
    end
  end
endmodule

`default_nettype wire
