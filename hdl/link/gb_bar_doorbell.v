// A doorbell: an absolute index modulo 2^32 that only goes forward, up to high_i (clause BAR-4). low_i and high_i move
// only forward, low_i <= index_o <= high_i, and high_i is less than 2^31 ahead of low_i.
// Handshake: write_i for one cycle; index_o one cycle later. ignored_o in the cycle of write_i.
`default_nettype none
module gb_bar_doorbell (
    input wire clk_i,
    input wire rst_i,
    input wire write_i,
    input wire [31:0] data_i,
    input wire [31:0] low_i,
    input wire [31:0] high_i,
    output reg [31:0] index_o,
    output wire ignored_o
);
  wire [31:0] ahead = data_i - low_i;
  wire accepted = ahead <= high_i - low_i & ahead >= index_o - low_i;
  always @(posedge clk_i) begin
    if (rst_i) index_o <= 32'd0;
    else if (write_i & accepted) index_o <= data_i;
  end
  assign ignored_o = write_i & ~accepted;
endmodule
`default_nettype wire
