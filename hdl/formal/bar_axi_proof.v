// The AXI4 slave of the BAR against the rules of the protocol, for any master that holds what it offers. Claims: B and
// R are held until they are taken; never an answer more than bursts whose last beat came, nor one that was not asked
// for; the beats of a read are as many as asked, the last one marked; no write reaches the ring but with data in a
// burst whose address was taken, and none while hold_i is 1. Answers bear the id of their burst: followed for one
// burst, any one.
`default_nettype none
module bar_axi_proof (
    input wire clk_i,
    input wire rst_i,
    input wire [7:0] awid_i,
    input wire [15:0] awaddr_i,
    input wire [1:0] awlen_i,
    input wire awvalid_i,
    input wire [63:0] wdata_i,
    input wire [7:0] wstrb_i,
    input wire wvalid_i,
    input wire bready_i,
    input wire [7:0] arid_i,
    input wire [15:0] araddr_i,
    input wire [1:0] arlen_i,
    input wire arvalid_i,
    input wire rready_i,
    input wire hold_i,
    input wire [63:0] any_word_i,
    input wire follow_i
);
  wire awready, wready, bvalid, arready, rvalid, rlast, ring_read, stray;
  wire [7:0] bid, rid, ring_write;
  wire [1:0] bresp, rresp;
  wire [63:0] rdata, ring_write_data;
  wire [3:0] ring_write_address, ring_read_address;
  reg [63:0] ring_word;
  gb_bar_axi #(.LineBits(1)) dut (
      .clk_i(clk_i), .rst_i(rst_i),
      .s_axi_awid(awid_i), .s_axi_awaddr(awaddr_i), .s_axi_awlen({6'd0, awlen_i}), .s_axi_awsize(3'd3),
      .s_axi_awburst(2'd1), .s_axi_awvalid(awvalid_i), .s_axi_awready(awready),
      .s_axi_wdata(wdata_i), .s_axi_wstrb(wstrb_i), .s_axi_wlast(1'b0), .s_axi_wvalid(wvalid_i),
      .s_axi_wready(wready), .s_axi_bid(bid), .s_axi_bresp(bresp), .s_axi_bvalid(bvalid), .s_axi_bready(bready_i),
      .s_axi_arid(arid_i), .s_axi_araddr(araddr_i), .s_axi_arlen({6'd0, arlen_i}), .s_axi_arsize(3'd3),
      .s_axi_arburst(2'd1), .s_axi_arvalid(arvalid_i), .s_axi_arready(arready),
      .s_axi_rid(rid), .s_axi_rdata(rdata), .s_axi_rresp(rresp), .s_axi_rlast(rlast), .s_axi_rvalid(rvalid),
      .s_axi_rready(rready_i), .hold_i(hold_i),
      .ring_write_o(ring_write), .ring_write_address_o(ring_write_address), .ring_write_data_o(ring_write_data),
      .ring_read_o(ring_read), .ring_read_address_o(ring_read_address), .ring_read_data_i(ring_word), .stray_o(stray));

  reg known = 0;
  always @* if (~known) assume (rst_i);
  always @(posedge clk_i) begin
    if (rst_i) known <= 1;
    // As a memory answers: the cycle after, and then as it was.
    if (ring_read) ring_word <= any_word_i;
  end

  reg held_aw, held_w, held_ar, held_b, held_r;
  reg [25:0] was_aw, was_ar;
  reg [71:0] was_w;
  reg [7:0] was_bid;
  reg [72:0] was_r;
  always @(posedge clk_i) begin
    held_aw <= awvalid_i & ~awready & ~rst_i;
    held_w <= wvalid_i & ~wready & ~rst_i;
    held_ar <= arvalid_i & ~arready & ~rst_i;
    held_b <= bvalid & ~bready_i & ~rst_i;
    held_r <= rvalid & ~rready_i & ~rst_i;
    was_aw <= {awid_i, awaddr_i, awlen_i};
    was_ar <= {arid_i, araddr_i, arlen_i};
    was_w <= {wdata_i, wstrb_i};
    was_bid <= bid;
    was_r <= {rid, rlast, rdata};
  end
  always @* begin
    if (known & held_aw) assume (awvalid_i & {awid_i, awaddr_i, awlen_i} == was_aw);
    if (known & held_w) assume (wvalid_i & {wdata_i, wstrb_i} == was_w);
    if (known & held_ar) assume (arvalid_i & {arid_i, araddr_i, arlen_i} == was_ar);
  end

  // ---- totals since the reset: addresses, beats that they ask for, beats, answers ----
  wire aw = awvalid_i & awready;
  wire w = wvalid_i & wready;
  wire b = bvalid & bready_i;
  wire ar = arvalid_i & arready;
  wire r = rvalid & rready_i;
  reg [5:0] bursts, beats_due, beats, answers, reads, read_beats_due, read_beats, read_lasts;
  // The followed burst: how many beats pass up to its end, its id, and how many answers come before its own.
  reg followed, read_followed;
  reg [5:0] ends, ahead, read_ends;
  reg [7:0] id, read_id;
  always @(posedge clk_i) begin
    if (rst_i) begin
      {bursts, beats_due, beats, answers, reads, read_beats_due, read_beats, read_lasts} <= 0;
      {followed, read_followed} <= 0;
    end else begin
      bursts <= bursts + aw;
      beats_due <= beats_due + (aw ? awlen_i + 6'd1 : 6'd0);
      beats <= beats + w;
      answers <= answers + b;
      reads <= reads + ar;
      read_beats_due <= read_beats_due + (ar ? arlen_i + 6'd1 : 6'd0);
      read_beats <= read_beats + r;
      read_lasts <= read_lasts + (r & rlast);
      if (aw & follow_i & ~followed) begin
        followed <= 1;
        id <= awid_i;
        ahead <= bursts;
        ends <= beats_due + awlen_i + 6'd1;
      end
      if (ar & follow_i & ~read_followed) begin
        read_followed <= 1;
        read_id <= arid_i;
        read_ends <= read_beats_due + arlen_i + 6'd1;
      end
    end
  end

  always @* begin
    if (known & ~rst_i) begin
      if (held_b) assert (bvalid & bid == was_bid);
      if (held_r) assert (rvalid & {rid, rlast, rdata} == was_r);
      if (bvalid) assert (bresp == 0 & answers < bursts);
      if (rvalid) assert (rresp == 0 & read_beats < read_beats_due);
      assert (beats <= beats_due & answers <= bursts & read_lasts <= reads);
      if (w) assert (beats < beats_due & ~hold_i);
      if (|ring_write) assert (w & (ring_write & ~wstrb_i) == 0 & ring_write_data == wdata_i);
      if (followed & answers == ahead & bvalid) assert (bid == id & beats >= ends);
      if (read_followed & read_beats + 6'd1 == read_ends & rvalid) assert (rlast & rid == read_id);
      if (rvalid & read_beats + 6'd1 == read_beats_due) assert (rlast);
      // All that was asked for has come once every last beat has.
      if (read_lasts == reads) assert (read_beats == read_beats_due);
      cover (followed & answers == ahead + 2 & beats == 6 & bvalid);
      cover (read_lasts == 3 & read_beats == 7);
    end
  end
endmodule
`default_nettype wire
