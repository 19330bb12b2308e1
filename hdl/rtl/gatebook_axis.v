// gatebook with the names and the manners of AXI4-Stream.
//
// s_axis_cmd: one command a transfer, all 16 bytes (no TKEEP, TSTRB, TID, TDEST, TUSER). TLAST is accepted and means
// nothing: what a message is, the commit flag of a command says (clause MSG-1), not the packet that carried it.
// m_axis_evt: one event a transfer, all 32 bytes. TLAST is 1 on each, so that a DMA engine that waits for the end of a
// packet hands over every event as it comes; whoever wants longer packets counts them himself and leaves it open. Byte
// n of a record is bits 8n+7..8n, as AXI4-Stream numbers bytes.
//
// aresetn is synchronous to aclk at its release and is sampled by aclk; while it is 0, TVALID and both TREADYs are 0 or
// ignored as the protocol asks. Hold it for 2 cycles or more. rst_epoch is sampled while it is 0; the first event
// afterwards is RESET_DONE with it. No TVALID depends on a TREADY, and TDATA and TVALID hold until the transfer, but
// for a reset. Latency and throughput: those of gb_kernel.
`default_nettype none
module gatebook_axis #(
    parameter Books = 32,            // profile: books
    parameter Pages = 128,           // profile: pages of 128 levels, over all books and sides
    parameter Baskets = 64,          // profile: baskets
    parameter Legs = 256,            // profile: legs, over all baskets
    parameter LegsPerBasket = 32,    // profile: legs_per_basket
    parameter Fairs = 32,            // profile: fairs, books with a fair value at one time
    parameter BooksPerMessage = 16,  // profile: books_per_message
    parameter FinestTick = 10,       // profile: finest_tick, in 1e-4 USD
    parameter Paged = 1,             // as in gatebook
    parameter Pipelined = 0,         // as in gatebook
    parameter Overlap = 1,           // as in gatebook
    parameter SerialFee = 0,         // as in gatebook
    parameter CrcBytes = 32,         // as in gatebook
    parameter TableRam = 0,          // as in gatebook
    parameter Telemetry = 1          // as in gatebook
) (
    input wire aclk,
    input wire aresetn,
    input wire [31:0] rst_epoch,

    input wire s_axis_cmd_tvalid,
    output wire s_axis_cmd_tready,
    input wire [127:0] s_axis_cmd_tdata,
    input wire s_axis_cmd_tlast,

    output wire m_axis_evt_tvalid,
    input wire m_axis_evt_tready,
    output wire [255:0] m_axis_evt_tdata,
    output wire m_axis_evt_tlast,

    output wire idle,
    input wire [7:0] telemetry_address,
    output wire [63:0] telemetry_data
);
  // One register between the pin of the reset and the kernel: its fan-out is large. The epoch comes along.
  reg reset_q;
  reg [31:0] epoch_q;
  always @(posedge aclk) begin
    reset_q <= !aresetn;
    epoch_q <= rst_epoch;
  end

  // Both streams are shut from the first moment of the reset, before the kernel has heard of it, until its last cycle.
  wire running = aresetn && !reset_q;

  wire cmd_ready;
  wire evt_valid;
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
      .clk_i(aclk),
      .rst_i(reset_q),
      .rst_epoch_i(epoch_q),
      .cmd_valid_i(s_axis_cmd_tvalid && running),
      .cmd_ready_o(cmd_ready),
      .cmd_data_i(s_axis_cmd_tdata),
      .evt_valid_o(evt_valid),
      .evt_ready_i(m_axis_evt_tready && running),
      .evt_data_o(m_axis_evt_tdata),
      .idle_o(idle),
      .telemetry_address_i(telemetry_address),
      .telemetry_data_o(telemetry_data)
  );

  assign s_axis_cmd_tready = cmd_ready && running;
  assign m_axis_evt_tvalid = evt_valid && running;
  assign m_axis_evt_tlast = 1'b1;

  wire unused = &{1'b0, s_axis_cmd_tlast};
endmodule
`default_nettype wire
