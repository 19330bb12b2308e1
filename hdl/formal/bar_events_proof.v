// The event ring of the BAR (clause BAR-6), with its doorbell as gb_bar_control wires it: no word is ever written into
// the slot of a line that the host has not read, whatever the host rings, and every event passes once, with its line.
// Any events, any doorbells, resets at any time; the kernel holds what it offers.
`default_nettype none
module bar_events_proof (
    input wire clk_i,
    input wire rst_i,
    input wire evt_valid_i,
    input wire [255:0] evt_data_i,
    input wire [15:0] generation_i,
    input wire [31:0] command_lines_i,
    input wire [63:0] cycles_i,
    input wire ring_i,
    input wire [31:0] doorbell_i
);
  localparam LineBits = 1;
  localparam Lines = 1 << LineBits;
  wire [31:0] doorbell, lines;
  wire ready, write, written, waiting, ignored;
  wire [LineBits+2:0] address;
  wire [63:0] data;
  gb_bar_doorbell u_doorbell (
      .clk_i(clk_i), .rst_i(rst_i), .write_i(ring_i), .data_i(doorbell_i), .low_i(doorbell), .high_i(lines),
      .index_o(doorbell), .ignored_o(ignored));
  gb_bar_events #(.LineBits(LineBits)) dut (
      .clk_i(clk_i), .rst_i(rst_i), .generation_i(generation_i), .command_lines_i(command_lines_i),
      .cycles_i(cycles_i), .doorbell_i(doorbell), .evt_valid_i(evt_valid_i), .evt_ready_o(ready),
      .evt_data_i(evt_data_i), .ring_write_o(write), .ring_address_o(address), .ring_data_o(data),
      .event_lines_o(lines), .written_o(written), .waiting_o(waiting));
  (* hierconn *) wire [2:0] \dut.word_q ;

  reg known = 0;
  reg held;
  reg [255:0] was;
  always @* begin
    if (~known) assume (rst_i);
    if (known & held) assume (evt_valid_i & evt_data_i == was);
  end
  wire passes = evt_valid_i & ready;
  wire [31:0] unread = lines - doorbell;
  reg [31:0] events;
  reg [2:0] word;
  always @(posedge clk_i) begin
    if (rst_i) known <= 1;
    held <= evt_valid_i & ~ready & ~rst_i;
    was <= evt_data_i;
    if (rst_i) {events, word} <= 0;
    else begin
      events <= events + passes;
      word <= word + write;
    end
  end
  always @* begin
    if (known) begin
      assert (word == \dut.word_q & (word == 0 | held));
      assert (events == lines);
      assert (unread <= Lines);
      if (word != 0) assert (unread < Lines);
    end
    if (known & ~rst_i) begin
      // PORT
      if (write) assert (unread < Lines & evt_valid_i & address == {lines[LineBits-1:0], word});
      if (write & word == 0) assert (data[47:0] == {generation_i, lines});
      if (write & word >= 2 & word <= 5) assert (data == evt_data_i[64*(word-2)+:64]);
      assert (written == passes & written == (write & word == 7));
      assert (waiting == (evt_valid_i & unread == Lines));
      cover (lines == 3 & waiting);
    end
  end
endmodule
`default_nettype wire
