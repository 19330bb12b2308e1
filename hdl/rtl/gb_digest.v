// BOOK_DIGEST: counts the levels of one book and runs the CRC of clause INT-4 over them, bids first, best first.
// start_i for one cycle; done_o for one cycle, with bids_o, asks_o, crc_o, which stay until the next start. The walk of
// the ladder (gb_ladder_walk) gives the levels. Latency: that of the walk; a level waits 8 / CrcBytes cycles. Nothing
// happens while en_i is 0.
`default_nettype none
module gb_digest #(
    parameter SidePageBits = 3,
    parameter CrcBytes = 8        // 8: one cycle a level; 1: eight
) (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire start_i,
    input wire [2:0] tick_code_i,       // of the book; stable until done
    output wire done_o,
    output wire [15:0] bids_o,
    output wire [15:0] asks_o,
    output wire [31:0] crc_o,
    input wire walk_done_i,
    input wire level_valid_i,
    output wire level_ready_o,
    input wire level_side_i,
    input wire [SidePageBits-1:0] level_page_i,
    input wire [6:0] level_slot_i,
    input wire [47:0] level_size_i
);
  localparam CrcWidth = 8 * CrcBytes;
  `include "gb_crc32.vh"
  localparam Steps = 8 / CrcBytes;
  localparam StepBits = 4;

  reg busy_q, finishing_q, done_q;
  reg [15:0] bids_q, asks_q;
  reg [31:0] crc_q;
  reg [StepBits-1:0] left_q;            // steps left of the level at hand
  reg [63:0] data_q;

  wire [13:0] place = {{(7 - SidePageBits) {1'b0}}, level_page_i, level_slot_i};
  wire [13:0] level, unused_price;
  gb_price u_price (
      .tick_code_i(tick_code_i), .side_i(level_side_i), .place_i(place), .level_o(level), .price_o(unused_price));

  assign level_ready_o = left_q <= 1;

  always @(posedge clk_i) begin
    if (rst_i) begin
      busy_q <= 1'b0;
      done_q <= 1'b0;
      finishing_q <= 1'b0;
      left_q <= 0;
    end else if (en_i) begin
      done_q <= 1'b0;
      if (start_i) begin
        busy_q <= 1'b1;
        finishing_q <= 1'b0;
        bids_q <= 16'd0;
        asks_q <= 16'd0;
        crc_q <= 32'd0;
        left_q <= 0;
      end else if (busy_q) begin
        if (left_q != 0) begin
          crc_q <= crc32_next(crc_q, data_q[CrcWidth-1:0]);
          data_q <= data_q >> CrcWidth;
          left_q <= left_q - 1'b1;
        end
        if (level_valid_i & level_ready_o) begin
          data_q <= {level_size_i, level_side_i, 1'b0, level};
          left_q <= Steps[StepBits-1:0];
          if (level_side_i) asks_q <= asks_q + 1'b1;
          else bids_q <= bids_q + 1'b1;
        end
        if (walk_done_i) finishing_q <= 1'b1;
        if (finishing_q & left_q == 0) begin
          finishing_q <= 1'b0;
          busy_q <= 1'b0;
          done_q <= 1'b1;
        end
      end
    end
  end

  assign done_o = done_q;
  assign bids_o = bids_q;
  assign asks_o = asks_q;
  assign crc_o = crc_q;
  wire unused = &{1'b0, unused_price};
endmodule
`default_nettype wire
