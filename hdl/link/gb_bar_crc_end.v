// The CRC behind four more bytes of 0 (clause BAR-7): a line has 60 bytes before its CRC, seven words and a half.
`default_nettype none
module gb_bar_crc_end (
    input wire [31:0] crc_i,
    output wire [31:0] crc_o
);
  localparam CrcWidth = 32;
  `include "gb_crc32.vh"
  assign crc_o = crc32_next(crc_i, 32'd0);
endmodule
`default_nettype wire
