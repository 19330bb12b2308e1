// The receiver of frames against a model that decodes the same bytes and works out the CRC bit by bit (clauses LNK-2,
// LNK-3): a frame is intact exactly if its form and its CRC are right, its length is that of the model, and both stand
// still until the release. Claims about ports are marked PORT; the others are invariants, written against the state of
// gb_frame_rx after flatten. Assumed: a reset comes first. Nothing else: any bytes, errors, gaps and releases.
`default_nettype none
module frame_rx_proof (
    input wire clk_i,
    input wire rst_i,
    input wire rx_valid_i,
    input wire [7:0] rx_data_i,
    input wire rx_error_i,
    input wire release_i,
    input wire read_i,
    input wire [3:0] read_address_i
);
  `include "transports.vh"
  wire rx_ready, pending, ended, in_header, payload;
  wire [1:0] verdict;
  wire [7:0] length, read_data, payload_at, payload_data;
  gb_frame_rx dut (
      .clk_i(clk_i), .rst_i(rst_i), .rx_valid_i(rx_valid_i), .rx_ready_o(rx_ready), .rx_data_i(rx_data_i),
      .rx_error_i(rx_error_i), .pending_o(pending), .ended_o(ended), .release_i(release_i), .verdict_o(verdict),
      .length_o(length), .read_i(read_i), .read_address_i(read_address_i), .read_data_o(read_data),
      .in_header_o(in_header), .payload_o(payload), .payload_at_o(payload_at), .payload_data_o(payload_data));
  (* hierconn *) wire \dut.empty_q , \dut.bad_q , \dut.error_q , \dut.u_crc.first_q ;
  (* hierconn *) wire [7:0] \dut.left_q ;
  (* hierconn *) wire [8:0] \dut.at_q ;
  (* hierconn *) wire [31:0] \dut.u_crc.crc_q ;

  reg known = 0;
  always @* if (~known) assume (rst_i);
  always @(posedge clk_i) if (rst_i) known <= 1;

  // ---- the model: a block so far ----
  reg begun, failed;           // failed: the line reported an error
  reg [7:0] left;              // bytes until the next code
  reg [8:0] count;             // of the frame; stops at 254
  reg [31:0] register;         // of the CRC, without the inversion at its end

  function [31:0] shifted(input [31:0] from, input [7:0] data);
    integer bit_of;
    begin
      shifted = from ^ {24'd0, data};
      for (bit_of = 0; bit_of < 8; bit_of = bit_of + 1) begin
        shifted = (shifted >> 1) ^ (shifted[0] ? 32'hedb88320 : 32'd0);
      end
    end
  endfunction

  wire take = rx_valid_i & rx_ready;
  wire delimiter = rx_data_i == 0 & ~rx_error_i;
  wire code = left == 0;
  wire byte_comes = take & ~delimiter & (~code | begun);
  wire [7:0] frame_byte = code ? 8'd0 : rx_data_i;
  wire unseeded = frame_byte == LNK_TYPE_HELLO[7:0] | frame_byte == LNK_TYPE_IDENTITY[7:0];
  wire [31:0] from = count != 0 ? register : unseeded ? 32'hffffffff : LNK_CRC_SEED;
  wire formed = ~failed & code & count >= LNK_FRAME_BYTES_MIN & count <= LNK_FRAME_BYTES_MAX;
  wire intact = formed & register == 32'hdebb20e3;

  always @(posedge clk_i) begin
    if (rst_i | (take & delimiter)) begin
      begun <= 0;
      failed <= 0;
      left <= 0;
      count <= 0;
    end else if (take) begin
      begun <= 1;
      if (rx_error_i) failed <= 1;
      left <= (code ? rx_data_i : left) - 8'd1;
      if (byte_comes) begin
        if (count != 254) count <= count + 1;
        register <= shifted(from, frame_byte);
      end
    end
  end

  // ---- what the last block was ----
  reg last_intact, last_formed, last_failed;
  reg [8:0] last_count;
  always @(posedge clk_i) if (take & delimiter & begun) begin
    last_intact <= intact;
    last_formed <= formed;
    last_failed <= failed;
    last_count <= count;
  end

  // ---- PORT ----
  always @* if (known) begin
    if (pending) begin
      assert ((verdict == 0) == last_intact);
      if (last_failed) assert (verdict == LNK_COUNTER_LINE_ERRORS);
      else if (~last_formed) assert (verdict == LNK_COUNTER_BAD_FRAMES);
      else if (~last_intact) assert (verdict == LNK_COUNTER_CRC_ERRORS);
      if (last_formed) assert (length == last_count[7:0] - LNK_HEADER_BYTES[7:0]);
      // No second frame ends, and none of its records comes, before the first one is released.
      assert (~ended & ~payload);
    end
    assert (ended == (take & delimiter & begun));
  end
  reg was_pending, was_released;
  always @(posedge clk_i) begin
    was_pending <= pending & ~rst_i;
    was_released <= release_i;
  end

  always @* if (known & was_pending & ~was_released) assert (pending);

  // ---- invariants ----
  always @* if (known & ~rst_i) begin
    assert (begun == ~\dut.empty_q );
    assert (failed == \dut.error_q );
    assert (left == \dut.left_q );
    assert (\dut.bad_q == (count == 254));
    assert (count <= 254);
    if (~begun) assert (count == 0 & left == 0 & ~failed);
    if (count <= 253) assert (\dut.at_q == count - 9'd9);
    assert (\dut.u_crc.first_q == (count == 0));
    if (count == 0) assert (\dut.u_crc.crc_q == 0);
    else assert (\dut.u_crc.crc_q == ~register);
  end

  // ---- covers ----
  always @* begin
    if (known) begin
      cover (pending & verdict == LNK_COUNTER_LINE_ERRORS);
      cover (pending & verdict == LNK_COUNTER_BAD_FRAMES & last_count == 3);
    end
  end
endmodule
`default_nettype wire
