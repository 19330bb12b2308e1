// The level and the price of a place in a ladder (clause BOOK-6): a bid stands at max - level, an ask at level - 1.
// Combinational. price_o = level_o * tick, 1..9999, as sums of shifted levels.
`default_nettype none
module gb_price (
    input wire [2:0] tick_code_i,
    input wire side_i,                // 1: ask
    input wire [13:0] place_i,        // {page, slot}
    output wire [13:0] level_o,
    output reg [13:0] price_o
);
  wire [13:0] max_level;
  wire [15:0] unused_tick;
  wire [2:0] unused_code;
  wire unused_valid;
  gb_ticks u_ticks (
      .tick_i(16'd0), .code_o(unused_code), .valid_o(unused_valid),
      .code_i(tick_code_i), .tick_o(unused_tick), .max_level_o(max_level));

  assign level_o = side_i ? place_i + 14'd1 : max_level - place_i;

  always @* begin
    case (tick_code_i)
      3'd0: price_o = level_o;
      3'd1: price_o = {level_o[10:0], 3'd0} + {level_o[12:0], 1'b0};
      3'd2: price_o = {level_o[9:0], 4'd0} + {level_o[10:0], 3'd0} + level_o;
      3'd3: price_o = {level_o[8:0], 5'd0} + {level_o[9:0], 4'd0} + {level_o[12:0], 1'b0};
      3'd4: price_o = {level_o[7:0], 6'd0} + {level_o[8:0], 5'd0} + {level_o[11:0], 2'd0};
      3'd5: price_o = {level_o[3:0], 10'd0} - {level_o[9:0], 4'd0} - {level_o[10:0], 3'd0};
      default: price_o = 14'd0;
    endcase
  end
  wire unused = &{1'b0, unused_tick, unused_code, unused_valid};
endmodule
`default_nettype wire
