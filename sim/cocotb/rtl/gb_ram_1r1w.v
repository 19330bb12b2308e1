// The memory as gb_ram_1r1w promises it and no better, in its place in benches: a read in the cycle of a write to the
// same word gives X or noise, as often one as the other. X spoils whatever is worked out from it; noise finds those who
// only decide by it, as an `if` takes X for 0. `collisions` counts such reads, so that a test can tell that there were
// any.
`default_nettype none
module gb_ram_1r1w #(
    parameter Width = 8,
    parameter Depth = 16,
    parameter AddressBits = 4,
    parameter Style = 0
) (
    input wire clk_i,
    input wire en_i,
    input wire write_i,
    input wire [AddressBits-1:0] write_address_i,
    input wire [Width-1:0] write_data_i,
    input wire read_i,
    input wire [AddressBits-1:0] read_address_i,
    output reg [Width-1:0] read_data_o
);
  reg [Width-1:0] words[0:Depth-1];
  reg [31:0] collisions;
  reg is_noise;
  integer at;
  initial collisions = 0;

  always @(posedge clk_i) begin
    if (en_i) begin
      if (write_i) words[write_address_i] <= write_data_i;
      if (read_i) begin
        read_data_o <= words[read_address_i];
        if (write_i && write_address_i == read_address_i) begin
          collisions <= collisions + 1;
          is_noise = $urandom;
          for (at = 0; at < Width; at = at + 1) read_data_o[at] <= is_noise ? $urandom : 1'bx;
        end
      end
    end
  end
endmodule
`default_nettype wire
