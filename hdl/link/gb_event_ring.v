// Events of the kernel until the host has acknowledged them (clauses LNK-8, LNK-9).
//
// In: valid/ready, 256 bits. An event is taken byte by byte while it waits: ready comes with its last byte, 32 cycles
// after valid if there is room, and not before there is any.
// Out: copy_i starts the bytes of the next event, which come with byte_o in 32 consecutive cycles, the first one two
// cycles later; copying_o is 1 until the last one. available_o: there is an event that was not copied. next_i and
// acknowledge_i set the next event and the first that is kept, from the low bits of their index; neither comes while
// copying_o is 1. clear_i forgets everything and numbers from 0.
`default_nettype none
module gb_event_ring #(
    parameter Window = 16           // events: a power of two, 2..128
) (
    input wire clk_i,
    input wire clear_i,
    input wire evt_valid_i,
    output wire evt_ready_o,
    input wire [255:0] evt_data_i,
    input wire acknowledge_i,
    input wire next_i,
    input wire [$clog2(Window):0] index_i,
    output wire available_o,
    input wire copy_i,
    output wire copying_o,
    output wire byte_o,
    output wire [7:0] data_o
);
  localparam Bits = $clog2(Window);

  // Indices modulo twice the size, so that full is not empty.
  reg [Bits:0] written_q, next_q, kept_q;
  reg [4:0] in_q, out_q;     // byte of the event
  reg copying_q, byte_q;

  wire full = written_q == {~kept_q[Bits], kept_q[Bits-1:0]};
  wire take = evt_valid_i & ~full;
  wire taken = take & (&in_q);
  wire copied = copying_q & (&out_q);

  always @(posedge clk_i) begin
    if (clear_i) begin
      written_q <= 0;
      next_q <= 0;
      kept_q <= 0;
      in_q <= 5'd0;
      out_q <= 5'd0;
      copying_q <= 1'b0;
      byte_q <= 1'b0;
    end else begin
      if (take) in_q <= in_q + 1'b1;
      if (taken) written_q <= written_q + 1'b1;
      if (copy_i) copying_q <= 1'b1;
      else if (copied) copying_q <= 1'b0;
      if (copying_q) out_q <= out_q + 1'b1;
      byte_q <= copying_q;
      if (next_i) next_q <= index_i;
      else if (copied) next_q <= next_q + 1'b1;
      if (acknowledge_i) kept_q <= index_i;
    end
  end

  gb_ram_1r1w #(
      .Width(8),
      .Depth(32 * Window),
      .AddressBits(Bits + 5),
      .Style(1)
  ) u_bytes (
      .clk_i(clk_i),
      .en_i(1'b1),
      .write_i(take),
      .write_address_i({written_q[Bits-1:0], in_q}),
      .write_data_i(evt_data_i[8*in_q+:8]),
      .read_i(copying_q),
      .read_address_i({next_q[Bits-1:0], out_q}),
      .read_data_o(data_o)
  );

  assign evt_ready_o = taken;
  assign available_o = written_q != next_q;
  assign copying_o = copying_q | byte_q;
  assign byte_o = byte_q;
endmodule
`default_nettype wire
