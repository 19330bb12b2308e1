// CRC-32 (IEEE 802.3, reflected, as zlib has it; clause INT-1) over Bytes bytes, lowest byte first. Combinational.
// crc_i, crc_o: the CRC as it is reported, 0 for no bytes; the inversions before and after are inside.
`default_nettype none
module gb_crc32 #(
    parameter Bytes = 8
) (
    input wire [31:0] crc_i,
    input wire [8*Bytes-1:0] data_i,
    output wire [31:0] crc_o
);
  localparam [31:0] Polynomial = 32'hedb88320;

  function [31:0] next(input [31:0] crc, input [8*Bytes-1:0] data);
    integer bit_index;
    reg [31:0] state;
    begin
      state = ~crc;
      for (bit_index = 0; bit_index < 8 * Bytes; bit_index = bit_index + 1) begin
        state = {1'b0, state[31:1]} ^ (state[0] ^ data[bit_index] ? Polynomial : 32'd0);
      end
      next = ~state;
    end
  endfunction

  assign crc_o = next(crc_i, data_i);
endmodule
`default_nettype wire
