// The kernel behind a PCIe BAR: the window of docs/bar.md over two slaves, free of any vendor's parts.
//
// s_axi (AXI4, 64 bits) serves the rings, s_axil (AXI4-Lite, 32 bits) everything else; to each its half of the window
// is at the offsets of docs/bar.md, and the other half reads as 0 and takes no writes. Whoever instantiates it routes:
// the addresses from MAP_EVENT_RING on to s_axi. Answers are always OKAY. No output of a slave depends on an input
// within a cycle. Writes to the command ring wait while the rings are wiped: as many cycles as a ring has lines after
// a generation was written, 8 times that after rst_i.
//
// rst_i: synchronous, one cycle or more; whoever drives the slaves is in reset as well. The kernel stays in reset
// until a generation is written. Latency: 10 cycles from the doorbell to the first command at the kernel, 8 from an
// event to its line in the ring; one line each way in 8 cycles, beside each other and beside the kernel.
`default_nettype none
module gb_bar_device #(
    parameter Books = 32,                // profile: books
    parameter Pages = 128,               // profile: pages of 128 levels, over all books and sides
    parameter Baskets = 64,              // profile: baskets
    parameter Legs = 256,                // profile: legs, over all baskets
    parameter LegsPerBasket = 32,        // profile: legs_per_basket
    parameter Fairs = 32,                // profile: fairs, books with a fair value at one time
    parameter BooksPerMessage = 16,      // profile: books_per_message
    parameter FinestTick = 10,           // profile: finest_tick, in 1e-4 USD
    parameter Paged = 1,                 // as in gatebook
    parameter Pipelined = 0,             // as in gatebook
    parameter Overlap = 1,               // as in gatebook
    parameter SerialFee = 0,             // as in gatebook
    parameter CrcBytes = 32,             // as in gatebook
    parameter TableRam = 0,              // as in gatebook
    parameter Telemetry = 1,             // as in gatebook
    parameter [31:0] ClockHz = 0,        // of clk_i, shown in the identity block
    parameter [127:0] BoardName = 0,     // ASCII, first character in bits 7:0, padded with 0
    parameter [159:0] Commit = 0,        // of the sources, first byte in bits 7:0; 0 unknown
    parameter Lines = 256                // of each ring: a power of two, 2 to 256; others do not elaborate
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

    input wire [15:0] s_axil_awaddr,
    input wire s_axil_awvalid,
    output wire s_axil_awready,
    input wire [31:0] s_axil_wdata,
    input wire [3:0] s_axil_wstrb,
    input wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input wire s_axil_bready,
    input wire [15:0] s_axil_araddr,
    input wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input wire s_axil_rready,

    input wire [31:0] time_scale_i,  // 0 on a board; clause BAR-1, identity block
    output wire connected_o,         // generation is not 0
    output wire activity_o,          // a pulse for each line taken or written
    output wire fault_o              // a pulse for each refused line
);
  `include "transports.vh"
  // There is no such module: what is out of its range does not elaborate, and the message of any tool says why.
  generate
    if (Lines < 2 || Lines > 256 || (Lines & (Lines - 1)) != 0) begin : g_lines
      gb_lines_is_a_power_of_two_from_2_to_256 u_refused ();
    end
  endgenerate

  localparam LineBits = $clog2(Lines);
  localparam WordBits = LineBits + 3;
  localparam Counters = LNK_BAR_COUNTER_RESETS + 32'd1;
  localparam [31:0] LineCount = Lines;
  localparam [31:0] ProfileBooks = Books;
  localparam [31:0] ProfilePages = Pages;
  localparam [31:0] ProfileBaskets = Baskets;
  localparam [31:0] ProfileLegs = Legs;
  localparam [31:0] ProfileLegsPerBasket = LegsPerBasket;
  localparam [31:0] ProfileFairs = Fairs;
  localparam [31:0] ProfileBooksPerMessage = BooksPerMessage;
  localparam [31:0] ProfileFinestTick = FinestTick;

  // ---- resets ----
  // A generation drops whatever is in flight: the shell stands still until the rings are wiped, and the kernel clears
  // itself meanwhile.
  wire restart, wiping;
  wire [WordBits-1:0] wipe_address;
  wire still = rst_i | restart | wiping;
  reg kernel_reset_q;
  reg [63:0] cycles_q;  // of the kernel
  always @(posedge clk_i) begin
    kernel_reset_q <= rst_i | restart | ~connected_o;
    cycles_q <= kernel_reset_q ? 64'd0 : cycles_q + 64'd1;
  end
  gb_bar_wipe #(
      .LineBits(LineBits)
  ) u_wipe (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .restart_i(restart),
      .active_o(wiping),
      .address_o(wipe_address)
  );

  // ---- the rings ----
  wire [7:0] host_write;
  wire [WordBits-1:0] host_write_address, host_read_address, line_address, event_address;
  wire [63:0] host_write_data, host_read_data, line_data, event_data;
  wire host_read, line_read, event_write;
  wire stray_beat;
  gb_bar_axi #(
      .LineBits(LineBits)
  ) u_axi (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .s_axi_awid(s_axi_awid),
      .s_axi_awaddr(s_axi_awaddr),
      .s_axi_awlen(s_axi_awlen),
      .s_axi_awsize(s_axi_awsize),
      .s_axi_awburst(s_axi_awburst),
      .s_axi_awvalid(s_axi_awvalid),
      .s_axi_awready(s_axi_awready),
      .s_axi_wdata(s_axi_wdata),
      .s_axi_wstrb(s_axi_wstrb),
      .s_axi_wlast(s_axi_wlast),
      .s_axi_wvalid(s_axi_wvalid),
      .s_axi_wready(s_axi_wready),
      .s_axi_bid(s_axi_bid),
      .s_axi_bresp(s_axi_bresp),
      .s_axi_bvalid(s_axi_bvalid),
      .s_axi_bready(s_axi_bready),
      .s_axi_arid(s_axi_arid),
      .s_axi_araddr(s_axi_araddr),
      .s_axi_arlen(s_axi_arlen),
      .s_axi_arsize(s_axi_arsize),
      .s_axi_arburst(s_axi_arburst),
      .s_axi_arvalid(s_axi_arvalid),
      .s_axi_arready(s_axi_arready),
      .s_axi_rid(s_axi_rid),
      .s_axi_rdata(s_axi_rdata),
      .s_axi_rresp(s_axi_rresp),
      .s_axi_rlast(s_axi_rlast),
      .s_axi_rvalid(s_axi_rvalid),
      .s_axi_rready(s_axi_rready),
      .hold_i(wiping),
      .ring_write_o(host_write),
      .ring_write_address_o(host_write_address),
      .ring_write_data_o(host_write_data),
      .ring_read_o(host_read),
      .ring_read_address_o(host_read_address),
      .ring_read_data_i(host_read_data),
      .stray_o(stray_beat)
  );

  // The host writes bytes: a lane each.
  wire [7:0] lane_write = host_write | {8{wiping}};
  wire [WordBits-1:0] lane_address = wiping ? wipe_address : host_write_address;
  wire [63:0] lane_data = host_write_data & {64{~wiping}};
  genvar lane;
  generate
    for (lane = 0; lane < 8; lane = lane + 1) begin : g_lane
      gb_ram_1r1w #(
          .Width(8),
          .Depth(8 * Lines),
          .AddressBits(WordBits),
          .Style(1)
      ) u_command_ring (
          .clk_i(clk_i),
          .en_i(1'b1),
          .write_i(lane_write[lane]),
          .write_address_i(lane_address),
          .write_data_i(lane_data[8*lane+:8]),
          .read_i(line_read),
          .read_address_i(line_address),
          .read_data_o(line_data[8*lane+:8])
      );
    end
  endgenerate

  gb_ram_1r1w #(
      .Width(64),
      .Depth(8 * Lines),
      .AddressBits(WordBits),
      .Style(1)
  ) u_event_ring (
      .clk_i(clk_i),
      .en_i(1'b1),
      .write_i(event_write | wiping),
      .write_address_i(wiping ? wipe_address : event_address),
      .write_data_i(event_data & {64{~wiping}}),
      .read_i(host_read),
      .read_address_i(host_read_address),
      .read_data_o(host_read_data)
  );

  // ---- the words ----
  wire write, read;
  wire [13:0] write_word, read_word;
  wire [31:0] write_data;
  wire [3:0] write_strobes;
  reg [31:0] read_data;
  gb_bar_axil u_axil (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .s_axil_awaddr(s_axil_awaddr),
      .s_axil_awvalid(s_axil_awvalid),
      .s_axil_awready(s_axil_awready),
      .s_axil_wdata(s_axil_wdata),
      .s_axil_wstrb(s_axil_wstrb),
      .s_axil_wvalid(s_axil_wvalid),
      .s_axil_wready(s_axil_wready),
      .s_axil_bresp(s_axil_bresp),
      .s_axil_bvalid(s_axil_bvalid),
      .s_axil_bready(s_axil_bready),
      .s_axil_araddr(s_axil_araddr),
      .s_axil_arvalid(s_axil_arvalid),
      .s_axil_arready(s_axil_arready),
      .s_axil_rdata(s_axil_rdata),
      .s_axil_rresp(s_axil_rresp),
      .s_axil_rvalid(s_axil_rvalid),
      .s_axil_rready(s_axil_rready),
      .write_o(write),
      .write_word_o(write_word),
      .write_data_o(write_data),
      .write_strobes_o(write_strobes),
      .read_o(read),
      .read_word_o(read_word),
      .read_data_i(read_data)
  );

  wire [31:0] block_word, control_word, counter;
  wire [63:0] telemetry;
  gb_bar_blocks #(
      .Profile({
        ProfileFinestTick, ProfileBooksPerMessage, ProfileFairs, ProfileLegsPerBasket, ProfileLegs, ProfileBaskets,
        ProfilePages, ProfileBooks
      }),
      .Lines(LineCount),
      .ClockHz(ClockHz),
      .BoardName(BoardName),
      .Commit(Commit)
  ) u_blocks (
      .clk_i(clk_i),
      .read_i(read),
      .word_i(read_word[9:0]),
      .time_scale_i(time_scale_i),
      .word_o(block_word)
  );

  // A register has two words. Those of the kernel stand first, then the counters; all within 8 KiB.
  wire in_blocks = read_word[13:10] == LNK_MAP_BLOCKS[15:12];
  wire in_control = read_word[13:10] == LNK_MAP_CONTROL[15:12];
  wire in_registers = read_word[13:11] == LNK_MAP_REGISTERS[15:13];
  wire [9:0] register = read_word[10:1];
  wire in_kernel = register[9:8] == LNK_REGISTER_KERNEL[9:8];
  wire in_counters = register[9:8] == LNK_REGISTER_LINK[9:8];
  wire [63:0] value = in_kernel ? telemetry : in_counters ? {32'd0, counter} : 64'd0;
  always @* begin
    read_data = 32'd0;
    if (in_blocks) read_data = block_word;
    else if (in_control) read_data = control_word;
    else if (in_registers) read_data = read_word[0] ? value[63:32] : value[31:0];
  end

  // ---- control ----
  wire [15:0] generation;
  wire [31:0] epoch, command_doorbell, event_doorbell, command_lines, event_lines, refused_lines;
  wire command_rung, doorbell_ignored, generation_ignored, partial, stray;
  wire taken, refused_crc, refused_stale, refused_form, event_written, event_waits;
  gb_bar_control #(
      .Lines(LineCount)
  ) u_control (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .write_i(write),
      .write_word_i(write_word),
      .write_data_i(write_data),
      .write_strobes_i(write_strobes),
      .read_i(read),
      .read_word_i(read_word),
      .read_data_o(control_word),
      .command_lines_i(command_lines),
      .event_lines_i(event_lines),
      .refused_lines_i(refused_lines),
      .event_written_i(event_written),
      .restart_o(restart),
      .connected_o(connected_o),
      .generation_o(generation),
      .epoch_o(epoch),
      .command_rung_o(command_rung),
      .command_doorbell_o(command_doorbell),
      .event_doorbell_o(event_doorbell),
      .doorbell_ignored_o(doorbell_ignored),
      .generation_ignored_o(generation_ignored),
      .partial_o(partial),
      .stray_o(stray)
  );

  // ---- lines and kernel ----
  wire cmd_valid, cmd_ready, evt_valid, evt_ready, idle;
  wire [127:0] cmd_data;
  wire [255:0] evt_data;
  gb_bar_commands #(
      .LineBits(LineBits)
  ) u_commands (
      .clk_i(clk_i),
      .rst_i(still | ~connected_o),
      .generation_i(generation),
      .doorbell_i(command_doorbell),
      .rung_i(command_rung),
      .ring_read_o(line_read),
      .ring_address_o(line_address),
      .ring_data_i(line_data),
      .cmd_valid_o(cmd_valid),
      .cmd_ready_i(cmd_ready),
      .cmd_data_o(cmd_data),
      .command_lines_o(command_lines),
      .refused_lines_o(refused_lines),
      .taken_o(taken),
      .refused_crc_o(refused_crc),
      .refused_stale_o(refused_stale),
      .refused_form_o(refused_form)
  );

  gb_bar_events #(
      .LineBits(LineBits)
  ) u_events (
      .clk_i(clk_i),
      .rst_i(still | ~connected_o),
      .generation_i(generation),
      .command_lines_i(command_lines),
      .cycles_i(cycles_q),
      .doorbell_i(event_doorbell),
      .evt_valid_i(evt_valid),
      .evt_ready_o(evt_ready),
      .evt_data_i(evt_data),
      .ring_write_o(event_write),
      .ring_address_o(event_address),
      .ring_data_o(event_data),
      .event_lines_o(event_lines),
      .written_o(event_written),
      .waiting_o(event_waits)
  );

  gatebook #(
      .Books(Books),
      .Pages(Pages),
      .Baskets(Baskets),
      .Legs(Legs),
      .LegsPerBasket(LegsPerBasket),
      .Fairs(Fairs),
      .BooksPerMessage(BooksPerMessage),
      .FinestTick(FinestTick),
      .Paged(Paged),
      .Pipelined(Pipelined),
      .Overlap(Overlap),
      .SerialFee(SerialFee),
      .CrcBytes(CrcBytes),
      .TableRam(TableRam),
      .Telemetry(Telemetry)
  ) u_gatebook (
      .clk_i(clk_i),
      .rst_i(kernel_reset_q),
      .rst_epoch_i(epoch),
      .cmd_valid_i(cmd_valid),
      .cmd_ready_o(cmd_ready),
      .cmd_data_i(cmd_data),
      .evt_valid_o(evt_valid),
      .evt_ready_i(evt_ready),
      .evt_data_o(evt_data),
      .idle_o(idle),
      .telemetry_address_i(register[7:0]),
      .telemetry_data_o(telemetry)
  );

  // ---- counters ----
  wire [Counters-1:0] counts;
  assign counts[LNK_BAR_COUNTER_LINES_TAKEN] = taken;
  assign counts[LNK_BAR_COUNTER_CRC_REFUSALS] = refused_crc;
  assign counts[LNK_BAR_COUNTER_STALE_REFUSALS] = refused_stale;
  assign counts[LNK_BAR_COUNTER_FORM_REFUSALS] = refused_form;
  assign counts[LNK_BAR_COUNTER_EVENTS_WRITTEN] = event_written;
  assign counts[LNK_BAR_COUNTER_EVENT_WAITS] = event_waits;
  assign counts[LNK_BAR_COUNTER_COMMAND_WAITS] = cmd_valid & ~cmd_ready;
  assign counts[LNK_BAR_COUNTER_DOORBELLS_IGNORED] = doorbell_ignored;
  assign counts[LNK_BAR_COUNTER_GENERATIONS_IGNORED] = generation_ignored;
  assign counts[LNK_BAR_COUNTER_PARTIAL_WRITES] = partial;
  assign counts[LNK_BAR_COUNTER_STRAY_WRITES] = stray;
  assign counts[LNK_BAR_COUNTER_STRAY_BEATS] = stray_beat;
  assign counts[LNK_BAR_COUNTER_RESETS] = restart;
  gb_bar_counters #(
      .Counters(Counters)
  ) u_counters (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .counts_i(counts),
      .read_i(read),
      .index_i(register[7:0]),
      .count_o(counter)
  );

  assign activity_o = taken | event_written;
  assign fault_o = refused_crc | refused_stale | refused_form;

  wire unused = &{1'b0, idle};
endmodule
`default_nettype wire
