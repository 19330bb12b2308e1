// Ticks as the kernel stores them: codes 0..5 in the order of the contract. Combinational. Clauses BOOK-2, BOOK-3.
// code_o and valid_o belong to tick_i; tick_o and max_level_o = 10,000 / tick - 1 to code_i.
`default_nettype none
module gb_ticks (
    input wire [15:0] tick_i,
    output reg [2:0] code_o,
    output reg valid_o,
    input wire [2:0] code_i,
    output reg [15:0] tick_o,
    output reg [13:0] max_level_o
);
  `include "contract.vh"

  always @* begin
    valid_o = 1'b1;
    case (tick_i)
      TICK_0: code_o = 3'd0;
      TICK_1: code_o = 3'd1;
      TICK_2: code_o = 3'd2;
      TICK_3: code_o = 3'd3;
      TICK_4: code_o = 3'd4;
      TICK_5: code_o = 3'd5;
      default: begin code_o = 3'd0; valid_o = 1'b0; end
    endcase
  end

  always @* begin
    case (code_i)
      3'd0: begin tick_o = TICK_0; max_level_o = LIMIT_PRICE_ONE[13:0] / TICK_0[13:0] - 14'd1; end
      3'd1: begin tick_o = TICK_1; max_level_o = LIMIT_PRICE_ONE[13:0] / TICK_1[13:0] - 14'd1; end
      3'd2: begin tick_o = TICK_2; max_level_o = LIMIT_PRICE_ONE[13:0] / TICK_2[13:0] - 14'd1; end
      3'd3: begin tick_o = TICK_3; max_level_o = LIMIT_PRICE_ONE[13:0] / TICK_3[13:0] - 14'd1; end
      3'd4: begin tick_o = TICK_4; max_level_o = LIMIT_PRICE_ONE[13:0] / TICK_4[13:0] - 14'd1; end
      3'd5: begin tick_o = TICK_5; max_level_o = LIMIT_PRICE_ONE[13:0] / TICK_5[13:0] - 14'd1; end
      default: begin tick_o = 16'd0; max_level_o = 14'd0; end
    endcase
  end
endmodule
`default_nettype wire
