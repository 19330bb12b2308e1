// The address channel of AXI4, reads or writes, taken apart into beats of a bus of 8 bytes: FIXED, INCR and WRAP, any
// length and size, aligned or not (AXI4, A3.4.1). Two bursts wait, so that one follows the other without a gap.
// Handshakes: valid/ready on both sides; the beat holds while it waits. Latency 1 cycle; one beat a cycle.
// beat_address_o is that of the lowest byte of the beat: a whole word is beat_address_o[15:3]. A size of more than 8
// bytes, which this bus cannot have, counts as 8.
`default_nettype none
module gb_bar_burst (
    input wire clk_i,
    input wire rst_i,
    input wire valid_i,
    output wire ready_o,
    input wire [7:0] id_i,
    input wire [15:0] address_i,
    input wire [7:0] length_i,           // beats less one
    input wire [2:0] size_i,             // log2 of bytes a beat
    input wire [1:0] kind_i,             // 0 FIXED, 1 INCR, 2 WRAP
    output wire beat_valid_o,
    input wire beat_ready_i,
    output wire [15:0] beat_address_o,
    output wire [7:0] beat_id_o,
    output wire beat_last_o
);
  localparam [1:0] FIXED = 2'd0;
  localparam [1:0] WRAP = 2'd2;

  wire [7:0] id, length;
  wire [15:0] first;
  wire [2:0] size;
  wire [1:0] kind;
  wire done;
  gb_bar_queue #(
      .Width(37)
  ) u_bursts (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .valid_i(valid_i),
      .ready_o(ready_o),
      .data_i({id_i, address_i, length_i, size_i, kind_i}),
      .valid_o(beat_valid_o),
      .ready_i(done),
      .data_o({id, first, length, size, kind})
  );

  reg [7:0] beat_q;
  reg [15:0] address_q;
  wire passes = beat_valid_o & beat_ready_i;
  wire last = beat_q == length;
  assign done = passes & last;

  // A wrapping burst has 2, 4, 8 or 16 beats, and stays within as many bytes as it moves.
  wire [15:0] address = beat_q == 8'd0 ? first : address_q;
  wire [2:0] step_less_one = size[2] | (&size[1:0]) ? 3'd7 : size[1] ? 3'd3 : size[0] ? 3'd1 : 3'd0;
  wire [15:0] next = (address | {13'd0, step_less_one}) + 16'd1;
  wire [1:0] shift = size[2] ? 2'd3 : size[1:0];
  wire [6:0] extent = ({3'd0, length[3:0]} << shift) | {4'd0, step_less_one};
  wire [15:0] wrapped = (address & ~{9'd0, extent}) | (next & {9'd0, extent});

  always @(posedge clk_i) begin
    if (rst_i) beat_q <= 8'd0;
    else if (passes) beat_q <= last ? 8'd0 : beat_q + 8'd1;
    if (passes) address_q <= kind == FIXED ? address : kind == WRAP ? wrapped : next;
  end

  assign beat_address_o = address;
  assign beat_id_o = id;
  assign beat_last_o = last;
endmodule
`default_nettype wire
