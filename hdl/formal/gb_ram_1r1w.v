// The memory as gb_ram_1r1w promises it and no better, in its place in proofs: a read in the cycle of a write to the
// same word gives anything at all, in every bit.
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
  wire [Width-1:0] anything = $anyseq;

  always @(posedge clk_i) begin
    if (en_i) begin
      if (write_i) words[write_address_i] <= write_data_i;
      if (read_i) read_data_o <= write_i & write_address_i == read_address_i ? anything : words[read_address_i];
    end
  end
endmodule
`default_nettype wire
