// CRC-32 (IEEE 802.3, reflected, as zlib has it; clause INT-1) over CrcWidth bits, lowest byte first. Include inside a
// module that has the localparam CrcWidth. A function, so that it can stand inside the clocked branch that needs it: a
// simulator then computes it only for events. crc: as it is reported, 0 for no bytes; the inversions before and after
// are inside.
function [31:0] crc32_next(input [31:0] crc, input [CrcWidth-1:0] data);
  integer bit_index;
  reg [31:0] state;
  begin
    state = ~crc;
    for (bit_index = 0; bit_index < CrcWidth; bit_index = bit_index + 1) begin
      state = {1'b0, state[31:1]} ^ (state[0] ^ data[bit_index] ? 32'hedb88320 : 32'd0);
    end
    crc32_next = ~state;
  end
endfunction
