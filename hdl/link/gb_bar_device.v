// The kernel behind a PCIe BAR: the window of docs/bar.md, free of any vendor's parts.
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
    parameter [159:0] Commit = 0         // of the sources, first byte in bits 7:0; 0 unknown
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

    input wire [31:0] time_scale_i,  // constant; 0 on a board
    output wire connected_o,         // generation is not 0
    output wire activity_o,          // a pulse for each line taken and each event line written
    output wire fault_o              // a pulse for each refused line
);
  assign s_axi_awready = 1'b0;
  assign s_axi_wready = 1'b0;
  assign s_axi_bid = 8'd0;
  assign s_axi_bresp = 2'd0;
  assign s_axi_bvalid = 1'b0;
  assign s_axi_arready = 1'b0;
  assign s_axi_rid = 8'd0;
  assign s_axi_rdata = 64'd0;
  assign s_axi_rresp = 2'd0;
  assign s_axi_rlast = 1'b0;
  assign s_axi_rvalid = 1'b0;
  assign s_axil_awready = 1'b0;
  assign s_axil_wready = 1'b0;
  assign s_axil_bresp = 2'd0;
  assign s_axil_bvalid = 1'b0;
  assign s_axil_arready = 1'b0;
  assign s_axil_rdata = 32'd0;
  assign s_axil_rresp = 2'd0;
  assign s_axil_rvalid = 1'b0;
  assign connected_o = 1'b0;
  assign activity_o = 1'b0;
  assign fault_o = 1'b0;
endmodule
`default_nettype wire
