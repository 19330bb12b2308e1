// Taker fee of one price (clause ROW-3): fee = ceil(rate * P * (10,000 - P) / 2^32) micro. Small: one adder.
//
// A request is taken in a cycle of en_i with valid_i and ready_o: price_i (0 or 1..9999; 0 gives 0) and rate_i. valid_o
// is high for one cycle of en_i with fee_o, which holds until the next result. ready_o is 0 while busy.
// Latency 40 cycles from the request to valid_o; ready_o is 1 again in the cycle of valid_o, so one fee per 40 cycles.
// The clock enable en_i freezes everything.
//
// Both products are made by shift and add, least significant bit first: 14 steps for P * (10,000 - P), 24 for the
// rate. What a step shifts out is kept in the first product and only remembered as "not zero" in the second.
`default_nettype none

module gb_fee_serial (
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
  localparam [4:0] PriceSteps = 5'd14;
  localparam [4:0] RateSteps = 5'd24;

  reg        busy_q;
  reg        with_rate_q;  // 0: first product, 1: second
  reg        round_q;  // both products are done
  reg        valid_q;
  reg [ 4:0] left_q;
  reg [24:0] factor_q;
  reg [24:0] upper_q;
  reg [23:0] lower_q;  // bits of the other factor still to come; above them the lower bits of the first product
  reg [23:0] rate_q;
  reg        sticky_q;  // a bit that was shifted out of the second product is 1
  reg [16:0] fee_q;

  // The sum fits: half of it is kept, which is below the factor, and both are below 2^25.
  wire [25:0] sum = {1'b0, upper_q} + (lower_q[0] ? {1'b0, factor_q} : 26'd0);
  wire        last_step = left_q == 5'd1;
  wire        round_up = sticky_q | (upper_q[7:0] != 8'd0);

  assign ready_o = ~busy_q;
  assign valid_o = valid_q;
  assign fee_o = fee_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      busy_q <= 1'b0;
      round_q <= 1'b0;
      valid_q <= 1'b0;
    end else if (en_i) begin
      valid_q <= round_q;
      round_q <= busy_q & with_rate_q & last_step & ~round_q;
      if (round_q) busy_q <= 1'b0;
      else if (valid_i) busy_q <= 1'b1;
    end
  end

  always @(posedge clk_i) begin
    if (en_i) begin
      if (round_q) begin
        fee_q <= upper_q[24:8] + {16'd0, round_up};
      end else if (busy_q) begin
        left_q  <= left_q - 5'd1;
        upper_q <= sum[25:1];
        lower_q <= {1'b0, lower_q[23:15], with_rate_q ? lower_q[14] : sum[0], lower_q[13:1]};
        if (with_rate_q) sticky_q <= sticky_q | sum[0];
        if (last_step & ~with_rate_q) begin
          // The first product becomes a factor of the second.
          with_rate_q <= 1'b1;
          left_q <= RateSteps;
          factor_q <= {sum[11:1], sum[0], lower_q[13:1]};
          upper_q <= 25'd0;
          lower_q <= rate_q;
          sticky_q <= 1'b0;
        end
      end else if (valid_i) begin
        with_rate_q <= 1'b0;
        left_q <= PriceSteps;
        factor_q <= {11'd0, LIMIT_PRICE_ONE[13:0] - price_i};
        upper_q <= 25'd0;
        lower_q <= {10'd0, price_i};
        rate_q <= rate_i;
      end
    end
  end
endmodule

`default_nettype wire
