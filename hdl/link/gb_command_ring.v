// Commands between the link and the kernel: written byte by byte while their frame comes in, and the kernel's once the
// frame is known to be good (clauses LNK-7, LNK-8).
//
// In: byte n of the records of a frame with payload_at_i = n, in order, one a cycle at most; in_header_i is 1 for a
// cycle or more before byte 0 of each frame. Bytes for which there is no room are dropped. ended_i keeps whether a
// whole record was among them, in overrun_o, until the next ended_i. commit_i hands the first records_i records over;
// no bytes come between the end of a frame and its commit or the decision against it.
// Out: valid/ready, 128 bits; data holds while valid waits. Latency 2 cycles from commit_i to valid. One command in
// 1 cycle at most. clear_i forgets everything.
// A command is not counted in free_o from its commit until it is read for the output, so the kernel may hold one more.
`default_nettype none
module gb_command_ring #(
    parameter Window = 64           // commands: a power of two, 2..1024
) (
    input wire clk_i,
    input wire clear_i,
    input wire in_header_i,
    input wire payload_i,
    input wire [7:0] payload_at_i,
    input wire [7:0] payload_data_i,
    input wire ended_i,
    output wire overrun_o,
    input wire commit_i,
    input wire [3:0] records_i,
    output wire [15:0] free_o,
    output wire cmd_valid_o,
    input wire cmd_ready_i,
    output wire [127:0] cmd_data_o
);
  localparam Bits = $clog2(Window);

  // Indices modulo twice the size, so that full is not empty.
  reg [Bits:0] written_q, read_q;
  reg valid_q;
  reg dropped_q, overrun_q, overrun_kept_q;
  reg [7:0] before_q;       // the byte in front of this one: a word of the memory has two

  wire [3:0] record = payload_at_i[7:4];
  wire [Bits:0] index = written_q + {{Bits - 3{1'b0}}, record};
  wire full = index == {~read_q[Bits], read_q[Bits-1:0]};
  wire drop = dropped_q | full;
  wire read = (written_q != read_q) & (~valid_q | cmd_ready_i);

  always @(posedge clk_i) begin
    if (clear_i) begin
      written_q <= 0;
      read_q <= 0;
      valid_q <= 1'b0;
    end else begin
      if (commit_i) written_q <= written_q + {{Bits - 3{1'b0}}, records_i};
      if (read) read_q <= read_q + 1'b1;
      valid_q <= read | (valid_q & ~cmd_ready_i);
    end
  end

  always @(posedge clk_i) begin
    if (in_header_i) begin
      dropped_q <= 1'b0;
      overrun_q <= 1'b0;
    end else if (payload_i) begin
      dropped_q <= drop;
      if (drop & (&payload_at_i[3:0])) overrun_q <= 1'b1;
    end
    if (payload_i) before_q <= payload_data_i;
    if (ended_i) overrun_kept_q <= overrun_q;
  end

  genvar word;
  generate
    for (word = 0; word < 8; word = word + 1) begin : g_word
      localparam [2:0] Word = word;
      gb_ram_1r1w #(
          .Width(16),
          .Depth(Window),
          .AddressBits(Bits),
          .Style(1)
      ) u_words (
          .clk_i(clk_i),
          .en_i(1'b1),
          .write_i(payload_i & ~drop & payload_at_i[0] & (payload_at_i[3:1] == Word)),
          .write_address_i(index[Bits-1:0]),
          .write_data_i({payload_data_i, before_q}),
          .read_i(read),
          .read_address_i(read_q[Bits-1:0]),
          .read_data_o(cmd_data_o[16*word+:16])
      );
    end
  endgenerate

  wire [Bits:0] free = {~read_q[Bits], read_q[Bits-1:0]} - written_q;
  assign free_o = {{15 - Bits{1'b0}}, free};
  assign overrun_o = overrun_kept_q;
  assign cmd_valid_o = valid_q;
endmodule
`default_nettype wire
