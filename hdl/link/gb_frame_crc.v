// CRC-32 of a frame, a byte a cycle (clause LNK-3), as it is reported: 0 for no bytes.
// The first byte of a frame is its type, and decides what the CRC begins with: nothing for HELLO and IDENTITY, the
// contract digest for any other. clear_i and byte_i exclude each other. Latency 1 cycle.
`default_nettype none
module gb_frame_crc (
    input wire clk_i,
    input wire clear_i,            // before the first byte
    input wire byte_i,             // a byte of the frame is in data_i
    input wire [7:0] data_i,
    output wire [31:0] crc_o,
    output wire intact_o           // the last four bytes were the CRC of those before them
);
  `include "transports.vh"
  localparam CrcWidth = 8;
  `include "gb_crc32.vh"
  // What is left of any bytes and their CRC behind them.
  localparam [31:0] Residue = 32'h2144df1c;

  reg first_q;
  reg [31:0] crc_q;

  wire seeded = first_q & (data_i != LNK_TYPE_HELLO[7:0]) & (data_i != LNK_TYPE_IDENTITY[7:0]);
  wire [31:0] base = crc_q | (seeded ? ~LNK_CRC_SEED : 32'd0);

  always @(posedge clk_i) begin
    if (clear_i) begin
      first_q <= 1'b1;
      crc_q <= 32'd0;
    end else if (byte_i) begin
      first_q <= 1'b0;
      crc_q <= crc32_next(base, data_i);
    end
  end

  assign crc_o = crc_q;
  assign intact_o = crc_q == Residue;
endmodule
`default_nettype wire
