// The AXI4 slave of the BAR, 64 bits: writes to the command ring, reads of the event ring. Everywhere else writes do
// nothing and reads give 0; every answer is OKAY, in order, whatever its id (clauses BAR-2, BAR-3).
//
// Write data waits until its address is there. hold_i keeps write data waiting, for whoever else writes the ring.
// No output depends on an input within a cycle. Reads: first beat 2 cycles after its address, then one a cycle; writes:
// one beat a cycle, two responses may wait. ring_write_o: bytes of the word that are written. ring_read_o: the data is
// expected one cycle later and as long as nothing else is read, as from gb_ram_1r1w.
`default_nettype none
module gb_bar_axi #(
    parameter LineBits = 8  // log2 of the lines of each ring, 8 at most
) (
    input wire clk_i,
    input wire rst_i,

    input wire [7:0] s_axi_awid,
    input wire [15:0] s_axi_awaddr,
    input wire [7:0] s_axi_awlen,
    input wire [2:0] s_axi_awsize,
    input wire [1:0] s_axi_awburst,
    input wire s_axi_awvalid,
    output wire s_axi_awready,
    input wire [63:0] s_axi_wdata,
    input wire [7:0] s_axi_wstrb,
    input wire s_axi_wlast,
    input wire s_axi_wvalid,
    output wire s_axi_wready,
    output wire [7:0] s_axi_bid,
    output wire [1:0] s_axi_bresp,
    output wire s_axi_bvalid,
    input wire s_axi_bready,
    input wire [7:0] s_axi_arid,
    input wire [15:0] s_axi_araddr,
    input wire [7:0] s_axi_arlen,
    input wire [2:0] s_axi_arsize,
    input wire [1:0] s_axi_arburst,
    input wire s_axi_arvalid,
    output wire s_axi_arready,
    output wire [7:0] s_axi_rid,
    output wire [63:0] s_axi_rdata,
    output wire [1:0] s_axi_rresp,
    output wire s_axi_rlast,
    output wire s_axi_rvalid,
    input wire s_axi_rready,

    input wire hold_i,
    output wire [7:0] ring_write_o,
    output wire [LineBits+2:0] ring_write_address_o,
    output wire [63:0] ring_write_data_o,
    output wire ring_read_o,
    output wire [LineBits+2:0] ring_read_address_o,
    input wire [63:0] ring_read_data_i,
    output wire stray_o                               // a beat that wrote bytes elsewhere
);
  `include "transports.vh"
  localparam WordBits = LineBits + 3;

  // ---- writes ----
  wire write_valid;
  wire [15:0] write_address;
  wire [7:0] write_id;
  wire write_last;
  wire answer_room;
  wire write = write_valid & s_axi_wready & s_axi_wvalid;
  gb_bar_burst u_writes (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .valid_i(s_axi_awvalid),
      .ready_o(s_axi_awready),
      .id_i(s_axi_awid),
      .address_i(s_axi_awaddr),
      .length_i(s_axi_awlen),
      .size_i(s_axi_awsize),
      .kind_i(s_axi_awburst),
      .beat_valid_o(write_valid),
      .beat_ready_i(write),
      .beat_address_o(write_address),
      .beat_id_o(write_id),
      .beat_last_o(write_last)
  );

  gb_bar_queue #(
      .Width(8)
  ) u_answers (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .valid_i(write & write_last),
      .ready_o(answer_room),
      .data_i(write_id),
      .valid_o(s_axi_bvalid),
      .ready_i(s_axi_bready),
      .data_o(s_axi_bid)
  );

  wire write_in_ring = write_address[15:WordBits+3] == LNK_MAP_COMMAND_RING[15:WordBits+3];
  assign s_axi_wready = write_valid & answer_room & ~hold_i;
  assign s_axi_bresp = 2'd0;
  assign ring_write_o = s_axi_wstrb & {8{write & write_in_ring}};
  assign ring_write_address_o = write_address[WordBits+2:3];
  assign ring_write_data_o = s_axi_wdata;
  assign stray_o = write & ~write_in_ring & (|s_axi_wstrb);

  // ---- reads ----
  wire read_valid;
  wire [15:0] read_address;
  wire [7:0] read_id;
  wire read_last;
  reg answer_q, in_ring_q, last_q;
  reg [7:0] id_q;
  wire room = ~answer_q | s_axi_rready;
  wire read = read_valid & room;
  gb_bar_burst u_reads (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .valid_i(s_axi_arvalid),
      .ready_o(s_axi_arready),
      .id_i(s_axi_arid),
      .address_i(s_axi_araddr),
      .length_i(s_axi_arlen),
      .size_i(s_axi_arsize),
      .kind_i(s_axi_arburst),
      .beat_valid_o(read_valid),
      .beat_ready_i(room),
      .beat_address_o(read_address),
      .beat_id_o(read_id),
      .beat_last_o(read_last)
  );

  wire read_in_ring = read_address[15:WordBits+3] == LNK_MAP_EVENT_RING[15:WordBits+3];
  always @(posedge clk_i) begin
    if (rst_i) answer_q <= 1'b0;
    else if (room) answer_q <= read_valid;
    if (read) begin
      in_ring_q <= read_in_ring;
      last_q <= read_last;
      id_q <= read_id;
    end
  end
  assign ring_read_o = read & read_in_ring;
  assign ring_read_address_o = read_address[WordBits+2:3];
  assign s_axi_rid = id_q;
  assign s_axi_rdata = ring_read_data_i & {64{in_ring_q}};
  assign s_axi_rresp = 2'd0;
  assign s_axi_rlast = last_q;
  assign s_axi_rvalid = answer_q;

  // Bytes are chosen by strobes, and how long a burst is its address says.
  wire unused = &{1'b0, s_axi_wlast, write_address[2:0], read_address[2:0]};
endmodule
`default_nettype wire
