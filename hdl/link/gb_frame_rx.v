// Frames out of a stream of COBS blocks (clauses LNK-1..LNK-4): form and CRC, the bytes of the header, and the records
// while they come in.
//
// In: bytes by valid/ready, one a cycle; each acts in its cycle. An empty block is passed over. pending_o is 1 from
// the end of a block until release_i; verdict_o, length_o and the header stand still for so long. Meanwhile the next
// block comes in up to its ninth byte; rx_ready_o is then 0 until the release.
// Header: byte i of the frame, the first 13 of them, is read at address (i - 9) mod 16, one cycle after read_i.
// Records: byte n of the first record and on, from byte 9 of the frame, is given with payload_at_o = n in its cycle;
// in_header_o is 1 before. The CRC comes that way too, and frames that turn out to be bad.
// Limits: frames of 12 to 253 bytes; shorter and longer ones are bad.
`default_nettype none
module gb_frame_rx (
    input wire clk_i,
    input wire rst_i,
    input wire rx_valid_i,
    output wire rx_ready_o,
    input wire [7:0] rx_data_i,
    input wire rx_error_i,           // with valid: the stop bit was missing
    output wire pending_o,           // a frame has come in
    output wire ended_o,             // one cycle: it does
    input wire release_i,
    output wire [1:0] verdict_o,     // 0: intact; else the index of the counter that it belongs to
    output wire [7:0] length_o,      // of the frame, less 9
    input wire read_i,
    input wire [3:0] read_address_i,
    output wire [7:0] read_data_o,
    output wire in_header_o,
    output wire payload_o,
    output wire [7:0] payload_at_o,
    output wire [7:0] payload_data_o
);
  `include "transports.vh"
  localparam [1:0] BadFrame = LNK_COUNTER_BAD_FRAMES[1:0];
  localparam [1:0] LineError = LNK_COUNTER_LINE_ERRORS[1:0];
  localparam [1:0] CrcError = LNK_COUNTER_CRC_ERRORS[1:0];
  // Bytes are counted from minus the header: what is not negative is behind it.
  localparam [8:0] HeaderBytes = LNK_HEADER_BYTES[8:0];
  localparam [8:0] Before = -HeaderBytes;
  localparam [8:0] AtLeast = LNK_FRAME_BYTES_MIN[8:0] - HeaderBytes;
  localparam [8:0] AtMost = LNK_FRAME_BYTES_MAX[8:0] - HeaderBytes;

  reg empty_q;               // of this block nothing has come yet
  reg [7:0] left_q;          // bytes before the next code
  reg [8:0] at_q;            // of the next byte of the frame
  reg bad_q, error_q;
  reg pending_q, bank_q;
  reg [1:0] verdict_q;
  reg [7:0] length_q;

  wire take = rx_valid_i & rx_ready_o;
  wire zero = ~rx_error_i & (rx_data_i == 8'd0);
  wire ends = take & zero & ~empty_q;
  wire is_code = left_q == 8'd0;
  // Each code but the first stands for a zero of the frame. A code of 0xff needs no rule of its own: a frame with the
  // 254 bytes behind it is too long, and with fewer the code points past the end.
  wire put = take & ~zero & ~(is_code & empty_q);
  wire [7:0] data = is_code ? 8'd0 : rx_data_i;

  wire unreadable = bad_q | ~is_code | at_q[8] | (at_q[7:0] < AtLeast[7:0]);
  wire crc_intact;
  wire [31:0] unused_crc;
  gb_frame_crc u_crc (
      .clk_i(clk_i),
      .clear_i(ends | rst_i),
      .byte_i(put),
      .data_i(data),
      .crc_o(unused_crc),
      .intact_o(crc_intact)
  );

  always @(posedge clk_i) begin
    if (rst_i) begin
      empty_q <= 1'b1;
      left_q <= 8'd0;
      at_q <= Before;
      bad_q <= 1'b0;
      error_q <= 1'b0;
      pending_q <= 1'b0;
      bank_q <= 1'b0;
    end else begin
      if (ends) pending_q <= 1'b1;
      else if (release_i) pending_q <= 1'b0;
      if (ends) begin
        empty_q <= 1'b1;
        left_q <= 8'd0;
        at_q <= Before;
        bad_q <= 1'b0;
        error_q <= 1'b0;
        bank_q <= ~bank_q;
      end else if (take & ~zero) begin
        empty_q <= 1'b0;
        left_q <= (is_code ? rx_data_i : left_q) - 8'd1;
        if (put) at_q <= at_q + 9'd1;
        if (rx_error_i) error_q <= 1'b1;
        if (put & (at_q == AtMost)) bad_q <= 1'b1;
      end
    end
  end

  always @(posedge clk_i) begin
    if (ends) begin
      length_q <= at_q[7:0];
      verdict_q <= error_q ? LineError : unreadable ? BadFrame : crc_intact ? 2'd0 : CrcError;
    end
  end

  // Two banks: the frame that is pending, and the next one.
  gb_ram_1r1w #(
      .Width(8),
      .Depth(32),
      .AddressBits(5)
  ) u_header (
      .clk_i(clk_i),
      .en_i(1'b1),
      .write_i(put & (at_q[8] | (at_q[7:2] == 6'd0))),
      .write_address_i({bank_q, at_q[3:0]}),
      .write_data_i(data),
      .read_i(read_i),
      .read_address_i({~bank_q, read_address_i}),
      .read_data_o(read_data_o)
  );

  assign rx_ready_o = ~pending_q | empty_q | (at_q[8] & ~zero);
  assign pending_o = pending_q;
  assign ended_o = ends;
  assign verdict_o = verdict_q;
  assign length_o = length_q;
  assign in_header_o = at_q[8];
  assign payload_o = put & ~at_q[8];
  assign payload_at_o = at_q[7:0];
  assign payload_data_o = data;
endmodule
`default_nettype wire
