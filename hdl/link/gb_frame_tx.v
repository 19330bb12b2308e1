// Frames as COBS blocks (clauses LNK-1..LNK-3): built in a memory, where the codes are filled in afterwards, and sent
// from there.
//
// begin_i starts a frame; then come its bytes with put_i, one a cycle at most, none in the cycle of begin_i; end_i, not
// with a byte, ends it: the CRC and the last code take 5 cycles, and the block goes out with a 0x00 in front and one
// behind. busy_o is 1 from the cycle after end_i until the last 0x00 has been taken; begin_i waits for so long.
// Out: valid/ready, one byte a cycle; tx_valid_o does not wait for tx_ready_i. Limits: 249 bytes without the CRC.
`default_nettype none
module gb_frame_tx (
    input wire clk_i,
    input wire rst_i,
    input wire begin_i,
    input wire put_i,
    input wire [7:0] data_i,
    input wire end_i,
    output wire busy_o,
    output wire tx_valid_o,
    input wire tx_ready_i,
    output wire [7:0] tx_data_o
);
  `include "transports.vh"
  localparam [2:0] Build = 3'd0;
  localparam [2:0] Crc = 3'd1;
  localparam [2:0] LastCode = 3'd2;
  localparam [2:0] Before = 3'd3;
  localparam [2:0] Block = 3'd4;
  localparam [2:0] Behind = 3'd5;

  reg [2:0] state_q;
  reg [1:0] byte_q;          // of the CRC
  reg [7:0] end_q;           // behind the last byte of the block
  reg [7:0] place_q;         // of the code to be filled in; then of the byte to be read

  wire [31:0] crc;
  wire unused_intact;
  gb_frame_crc u_crc (
      .clk_i(clk_i),
      .clear_i(begin_i),
      .byte_i(put_i),
      .data_i(data_i),
      .crc_o(crc),
      .intact_o(unused_intact)
  );

  wire in_crc = state_q == Crc;
  wire put = put_i | in_crc;
  wire [7:0] data = in_crc ? crc[8*byte_q+:8] : data_i;
  wire code = ~put | (data == 8'd0);
  wire [7:0] distance = end_q - place_q;
  wire next = tx_valid_o & tx_ready_i;
  wire read = next & (state_q == Before | state_q == Block);

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q <= Build;
      byte_q <= 2'd0;
    end else begin
      case (state_q)
        Build: if (end_i) state_q <= Crc;
        Crc: begin
          byte_q <= byte_q + 1'b1;
          if (&byte_q) state_q <= LastCode;
        end
        LastCode: state_q <= Before;
        Before: if (next) state_q <= Block;
        Block: if (next & (place_q == end_q)) state_q <= Behind;
        Behind: if (next) state_q <= Build;
        default: state_q <= Build;
      endcase
    end
  end

  always @(posedge clk_i) begin
    if (begin_i) begin
      end_q <= 8'd1;
      place_q <= 8'd0;
    end else begin
      if (put) end_q <= end_q + 1'b1;
      if (put & code) place_q <= end_q;
      else if (state_q == LastCode) place_q <= 8'd0;
      else if (read) place_q <= place_q + 1'b1;
    end
  end

  wire [7:0] read_data;
  gb_ram_1r1w #(
      .Width(8),
      .Depth(256),
      .AddressBits(8),
      .Style(1)
  ) u_block (
      .clk_i(clk_i),
      .en_i(1'b1),
      .write_i(put | (state_q == LastCode)),
      .write_address_i(code ? place_q : end_q),
      .write_data_i(code ? distance : data),
      .read_i(read),
      .read_address_i(place_q),
      .read_data_o(read_data)
  );

  assign busy_o = state_q != Build;
  assign tx_valid_o = state_q == Before | state_q == Block | state_q == Behind;
  assign tx_data_o = state_q == Block ? read_data : 8'd0;
endmodule
`default_nettype wire
