// The kernel on a LiteFury (XC7A100T on an M.2 card) behind one lane of PCIe.
// NOT BUILT HERE: AMD's bridge and Vivado are not part of this repository. Everything but the bridge is linted, and
// mapped by yosys with the bridge as a black box; build.tcl makes the bitstream where there is a Vivado.
//
// The bridge turns reads and writes of BAR 0 into AXI4, gb_bar_split parts rings and registers, gb_bar_device is the
// kernel behind them. All of it runs at the clock of the bridge: 62.5 MHz with one lane of 2.5 GT/s and 64 bits. A
// reset of the bus (PERST#) resets all of it, and so does a link that is down, which is what a hot reset begins with.
// Lights, lit by 0, from led_n_o[0]: alive, connected, activity, fault.
// Parameters: board.json, which the build passes; the defaults here are the same (test/board holds both together).
`default_nettype none
module gb_board_litefury #(
    parameter Books = 64,            // profile, as in docs/contract.md
    parameter Pages = 256,
    parameter Baskets = 128,
    parameter Legs = 512,
    parameter LegsPerBasket = 32,
    parameter Fairs = 64,
    parameter BooksPerMessage = 32,
    parameter FinestTick = 1,
    parameter Paged = 1,             // structure, as in gatebook
    parameter Pipelined = 1,
    parameter Overlap = 1,
    parameter SerialFee = 0,
    parameter CrcBytes = 32,
    parameter TableRam = 0,
    parameter Telemetry = 1,
    parameter [31:0] ClockHz = 62_500_000,  // of the bridge
    parameter [159:0] Commit = 160'd0  // of the sources, first byte in bits 7:0; the build gives it
) (
    input wire pcie_clk_p_i,
    input wire pcie_clk_n_i,
    input wire pcie_rst_n_i,
    input wire pcie_rx_p_i,
    input wire pcie_rx_n_i,
    output wire pcie_tx_p_o,
    output wire pcie_tx_n_o,
    output wire pcie_clkreq_n_o,
    output wire [3:0] led_n_o
);
  wire reference;
  IBUFDS_GTE2 u_reference (
      .I(pcie_clk_p_i),
      .IB(pcie_clk_n_i),
      .CEB(1'b0),
      .O(reference),
      .ODIV2()
  );
  // The card asks for the reference clock as long as it is configured.
  assign pcie_clkreq_n_o = 1'b0;

  wire clk;
  wire locked;
  wire link_up;
  wire [31:0] bus_awaddr;
  wire [7:0] bus_awlen;
  wire [2:0] bus_awsize;
  wire bus_awvalid;
  wire bus_awready;
  wire [63:0] bus_wdata;
  wire [7:0] bus_wstrb;
  wire bus_wlast;
  wire bus_wvalid;
  wire bus_wready;
  wire [1:0] bus_bresp;
  wire bus_bvalid;
  wire bus_bready;
  wire [31:0] bus_araddr;
  wire [7:0] bus_arlen;
  wire [2:0] bus_arsize;
  wire bus_arvalid;
  wire bus_arready;
  wire [63:0] bus_rdata;
  wire [1:0] bus_rresp;
  wire bus_rlast;
  wire bus_rvalid;
  wire bus_rready;

  gb_pcie_bridge u_bridge (
      .REFCLK(reference),
      .axi_aresetn(pcie_rst_n_i),
      .user_link_up(link_up),
      .axi_aclk_out(clk),
      .axi_ctl_aclk_out(),
      .mmcm_lock(locked),
      .interrupt_out(),
      .INTX_MSI_Request(1'b0),
      .INTX_MSI_Grant(),
      .MSI_enable(),
      .MSI_Vector_Num(5'd0),
      .MSI_Vector_Width(),
      .pci_exp_rxp(pcie_rx_p_i),
      .pci_exp_rxn(pcie_rx_n_i),
      .pci_exp_txp(pcie_tx_p_o),
      .pci_exp_txn(pcie_tx_n_o),
      .m_axi_awaddr(bus_awaddr),
      .m_axi_awlen(bus_awlen),
      .m_axi_awsize(bus_awsize),
      .m_axi_awvalid(bus_awvalid),
      .m_axi_awready(bus_awready),
      .m_axi_wdata(bus_wdata),
      .m_axi_wstrb(bus_wstrb),
      .m_axi_wlast(bus_wlast),
      .m_axi_wvalid(bus_wvalid),
      .m_axi_wready(bus_wready),
      .m_axi_bresp(bus_bresp),
      .m_axi_bvalid(bus_bvalid),
      .m_axi_bready(bus_bready),
      .m_axi_araddr(bus_araddr),
      .m_axi_arlen(bus_arlen),
      .m_axi_arsize(bus_arsize),
      .m_axi_arvalid(bus_arvalid),
      .m_axi_arready(bus_arready),
      .m_axi_rdata(bus_rdata),
      .m_axi_rresp(bus_rresp),
      .m_axi_rlast(bus_rlast),
      .m_axi_rvalid(bus_rvalid),
      .m_axi_rready(bus_rready),
      .m_axi_awburst(),
      .m_axi_awprot(),
      .m_axi_awlock(),
      .m_axi_awcache(),
      .m_axi_arburst(),
      .m_axi_arprot(),
      .m_axi_arlock(),
      .m_axi_arcache(),
      // The device never writes to the host, and nobody looks at the registers of the bridge.
      .s_axi_awid(4'd0),
      .s_axi_awaddr(32'd0),
      .s_axi_awregion(4'd0),
      .s_axi_awlen(8'd0),
      .s_axi_awsize(3'd0),
      .s_axi_awburst(2'd0),
      .s_axi_awvalid(1'd0),
      .s_axi_wdata(64'd0),
      .s_axi_wstrb(8'd0),
      .s_axi_wlast(1'd0),
      .s_axi_wvalid(1'd0),
      .s_axi_bready(1'd0),
      .s_axi_arid(4'd0),
      .s_axi_araddr(32'd0),
      .s_axi_arregion(4'd0),
      .s_axi_arlen(8'd0),
      .s_axi_arsize(3'd0),
      .s_axi_arburst(2'd0),
      .s_axi_arvalid(1'd0),
      .s_axi_rready(1'd0),
      .s_axi_awready(),
      .s_axi_wready(),
      .s_axi_bid(),
      .s_axi_bresp(),
      .s_axi_bvalid(),
      .s_axi_arready(),
      .s_axi_rid(),
      .s_axi_rdata(),
      .s_axi_rresp(),
      .s_axi_rlast(),
      .s_axi_rvalid(),
      .s_axi_ctl_awaddr(32'd0),
      .s_axi_ctl_awvalid(1'd0),
      .s_axi_ctl_wdata(32'd0),
      .s_axi_ctl_wstrb(4'd0),
      .s_axi_ctl_wvalid(1'd0),
      .s_axi_ctl_bready(1'd0),
      .s_axi_ctl_araddr(32'd0),
      .s_axi_ctl_arvalid(1'd0),
      .s_axi_ctl_rready(1'd0),
      .s_axi_ctl_awready(),
      .s_axi_ctl_wready(),
      .s_axi_ctl_bresp(),
      .s_axi_ctl_bvalid(),
      .s_axi_ctl_arready(),
      .s_axi_ctl_rdata(),
      .s_axi_ctl_rresp(),
      .s_axi_ctl_rvalid()
  );

  wire rst;
  gb_board_reset u_reset (
      .clk_i(clk),
      .locked_i(locked && pcie_rst_n_i && link_up),
      .rst_o(rst)
  );

  wire [15:0] ring_awaddr;
  wire [7:0] ring_awlen;
  wire [2:0] ring_awsize;
  wire ring_awvalid;
  wire ring_awready;
  wire [63:0] ring_wdata;
  wire [7:0] ring_wstrb;
  wire ring_wlast;
  wire ring_wvalid;
  wire ring_wready;
  wire [1:0] ring_bresp;
  wire ring_bvalid;
  wire ring_bready;
  wire [15:0] ring_araddr;
  wire [7:0] ring_arlen;
  wire [2:0] ring_arsize;
  wire ring_arvalid;
  wire ring_arready;
  wire [63:0] ring_rdata;
  wire [1:0] ring_rresp;
  wire ring_rlast;
  wire ring_rvalid;
  wire ring_rready;
  wire [15:0] lite_awaddr;
  wire lite_awvalid;
  wire lite_awready;
  wire [31:0] lite_wdata;
  wire [3:0] lite_wstrb;
  wire lite_wvalid;
  wire lite_wready;
  wire [1:0] lite_bresp;
  wire lite_bvalid;
  wire lite_bready;
  wire [15:0] lite_araddr;
  wire lite_arvalid;
  wire lite_arready;
  wire [31:0] lite_rdata;
  wire [1:0] lite_rresp;
  wire lite_rvalid;
  wire lite_rready;
  gb_bar_split u_split (
      .clk_i(clk),
      .rst_i(rst),
      .s_awaddr_i(bus_awaddr[15:0]),
      .s_awlen_i(bus_awlen),
      .s_awsize_i(bus_awsize),
      .s_awvalid_i(bus_awvalid),
      .s_awready_o(bus_awready),
      .s_wdata_i(bus_wdata),
      .s_wstrb_i(bus_wstrb),
      .s_wlast_i(bus_wlast),
      .s_wvalid_i(bus_wvalid),
      .s_wready_o(bus_wready),
      .s_bresp_o(bus_bresp),
      .s_bvalid_o(bus_bvalid),
      .s_bready_i(bus_bready),
      .s_araddr_i(bus_araddr[15:0]),
      .s_arlen_i(bus_arlen),
      .s_arsize_i(bus_arsize),
      .s_arvalid_i(bus_arvalid),
      .s_arready_o(bus_arready),
      .s_rdata_o(bus_rdata),
      .s_rresp_o(bus_rresp),
      .s_rlast_o(bus_rlast),
      .s_rvalid_o(bus_rvalid),
      .s_rready_i(bus_rready),
      .ring_awaddr_o(ring_awaddr),
      .ring_awlen_o(ring_awlen),
      .ring_awsize_o(ring_awsize),
      .ring_awvalid_o(ring_awvalid),
      .ring_awready_i(ring_awready),
      .ring_wdata_o(ring_wdata),
      .ring_wstrb_o(ring_wstrb),
      .ring_wlast_o(ring_wlast),
      .ring_wvalid_o(ring_wvalid),
      .ring_wready_i(ring_wready),
      .ring_bresp_i(ring_bresp),
      .ring_bvalid_i(ring_bvalid),
      .ring_bready_o(ring_bready),
      .ring_araddr_o(ring_araddr),
      .ring_arlen_o(ring_arlen),
      .ring_arsize_o(ring_arsize),
      .ring_arvalid_o(ring_arvalid),
      .ring_arready_i(ring_arready),
      .ring_rdata_i(ring_rdata),
      .ring_rresp_i(ring_rresp),
      .ring_rlast_i(ring_rlast),
      .ring_rvalid_i(ring_rvalid),
      .ring_rready_o(ring_rready),
      .lite_awaddr_o(lite_awaddr),
      .lite_awvalid_o(lite_awvalid),
      .lite_awready_i(lite_awready),
      .lite_wdata_o(lite_wdata),
      .lite_wstrb_o(lite_wstrb),
      .lite_wvalid_o(lite_wvalid),
      .lite_wready_i(lite_wready),
      .lite_bresp_i(lite_bresp),
      .lite_bvalid_i(lite_bvalid),
      .lite_bready_o(lite_bready),
      .lite_araddr_o(lite_araddr),
      .lite_arvalid_o(lite_arvalid),
      .lite_arready_i(lite_arready),
      .lite_rdata_i(lite_rdata),
      .lite_rresp_i(lite_rresp),
      .lite_rvalid_i(lite_rvalid),
      .lite_rready_o(lite_rready)
  );

  wire [31:0] time_scale;
  gb_time_scale u_time_scale (.time_scale_o(time_scale));

  wire connected;
  wire activity;
  wire fault;
  gb_bar_device #(
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
      .Telemetry(Telemetry),
      .ClockHz(ClockHz),
      // The first character in the lowest bits.
      .BoardName({64'd0, "y", "r", "u", "f", "e", "t", "i", "l"}),
      .Commit(Commit)
  ) u_device (
      .clk_i(clk),
      .rst_i(rst),
      .s_axi_awid(8'd0),
      .s_axi_arid(8'd0),
      .s_axi_bid(),
      .s_axi_rid(),
      .s_axi_awaddr(ring_awaddr),
      .s_axi_awlen(ring_awlen),
      .s_axi_awsize(ring_awsize),
      .s_axi_awburst(2'b01),
      .s_axi_awvalid(ring_awvalid),
      .s_axi_awready(ring_awready),
      .s_axi_wdata(ring_wdata),
      .s_axi_wstrb(ring_wstrb),
      .s_axi_wlast(ring_wlast),
      .s_axi_wvalid(ring_wvalid),
      .s_axi_wready(ring_wready),
      .s_axi_bresp(ring_bresp),
      .s_axi_bvalid(ring_bvalid),
      .s_axi_bready(ring_bready),
      .s_axi_araddr(ring_araddr),
      .s_axi_arlen(ring_arlen),
      .s_axi_arsize(ring_arsize),
      .s_axi_arburst(2'b01),
      .s_axi_arvalid(ring_arvalid),
      .s_axi_arready(ring_arready),
      .s_axi_rdata(ring_rdata),
      .s_axi_rresp(ring_rresp),
      .s_axi_rlast(ring_rlast),
      .s_axi_rvalid(ring_rvalid),
      .s_axi_rready(ring_rready),
      .s_axil_awaddr(lite_awaddr),
      .s_axil_awvalid(lite_awvalid),
      .s_axil_awready(lite_awready),
      .s_axil_wdata(lite_wdata),
      .s_axil_wstrb(lite_wstrb),
      .s_axil_wvalid(lite_wvalid),
      .s_axil_wready(lite_wready),
      .s_axil_bresp(lite_bresp),
      .s_axil_bvalid(lite_bvalid),
      .s_axil_bready(lite_bready),
      .s_axil_araddr(lite_araddr),
      .s_axil_arvalid(lite_arvalid),
      .s_axil_arready(lite_arready),
      .s_axil_rdata(lite_rdata),
      .s_axil_rresp(lite_rresp),
      .s_axil_rvalid(lite_rvalid),
      .s_axil_rready(lite_rready),
      .time_scale_i(time_scale),
      .connected_o(connected),
      .activity_o(activity),
      .fault_o(fault)
  );

  wire [3:0] led;
  gb_board_leds #(
      .BlinkBits(26)
  ) u_leds (
      .clk_i(clk),
      .rst_i(rst),
      .connected_i(connected),
      .activity_i(activity),
      .fault_i(fault),
      .alive_o(led[0]),
      .connected_o(led[1]),
      .activity_o(led[2]),
      .fault_o(led[3])
  );
  assign led_n_o = ~led;

  // BAR 0 is 64 KiB, translated to address 0: the upper half of an address says nothing.
  wire unused = &{1'b0, bus_awaddr[31:16], bus_araddr[31:16]};
endmodule
`default_nettype wire
