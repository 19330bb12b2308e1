// The AXI4-Lite slave of the BAR against the rules of the protocol, for any master that keeps its own: whatever it
// offers it holds. Claims: what the slave answers it holds until it is taken; one answer for each write whose address
// and data came, one for each read address; write_o has just that address, data and strobes, once; a read gives what
// read_data_i was two cycles after read_o.
`default_nettype none
module bar_axil_proof (
    input wire clk_i,
    input wire rst_i,
    input wire [15:0] awaddr_i,
    input wire awvalid_i,
    input wire [31:0] wdata_i,
    input wire [3:0] wstrb_i,
    input wire wvalid_i,
    input wire bready_i,
    input wire [15:0] araddr_i,
    input wire arvalid_i,
    input wire rready_i,
    input wire [31:0] read_data_i
);
  wire awready, wready, bvalid, arready, rvalid, write, read;
  wire [1:0] bresp, rresp;
  wire [31:0] rdata, write_data;
  wire [13:0] write_word, read_word;
  wire [3:0] write_strobes;
  gb_bar_axil dut (
      .clk_i(clk_i), .rst_i(rst_i),
      .s_axil_awaddr(awaddr_i), .s_axil_awvalid(awvalid_i), .s_axil_awready(awready),
      .s_axil_wdata(wdata_i), .s_axil_wstrb(wstrb_i), .s_axil_wvalid(wvalid_i), .s_axil_wready(wready),
      .s_axil_bresp(bresp), .s_axil_bvalid(bvalid), .s_axil_bready(bready_i),
      .s_axil_araddr(araddr_i), .s_axil_arvalid(arvalid_i), .s_axil_arready(arready),
      .s_axil_rdata(rdata), .s_axil_rresp(rresp), .s_axil_rvalid(rvalid), .s_axil_rready(rready_i),
      .write_o(write), .write_word_o(write_word), .write_data_o(write_data), .write_strobes_o(write_strobes),
      .read_o(read), .read_word_o(read_word), .read_data_i(read_data_i));
  (* hierconn *) wire \dut.address_valid_q , \dut.data_valid_q , \dut.wait_q ;

  reg known = 0;
  always @* if (~known) assume (rst_i);
  always @(posedge clk_i) if (rst_i) known <= 1;

  // ---- what was offered and not taken, by either side ----
  reg held_aw, held_w, held_ar, held_b, held_r;
  reg [15:0] was_awaddr, was_araddr;
  reg [35:0] was_w;
  reg [31:0] was_rdata;
  always @(posedge clk_i) begin
    held_aw <= awvalid_i & ~awready & ~rst_i;
    held_w <= wvalid_i & ~wready & ~rst_i;
    held_ar <= arvalid_i & ~arready & ~rst_i;
    held_b <= bvalid & ~bready_i & ~rst_i;
    held_r <= rvalid & ~rready_i & ~rst_i;
    was_awaddr <= awaddr_i;
    was_araddr <= araddr_i;
    was_w <= {wdata_i, wstrb_i};
    was_rdata <= rdata;
  end
  always @* begin
    if (known & held_aw) assume (awvalid_i & awaddr_i == was_awaddr);
    if (known & held_w) assume (wvalid_i & {wdata_i, wstrb_i} == was_w);
    if (known & held_ar) assume (arvalid_i & araddr_i == was_araddr);
  end

  // ---- the model: an address, data, an answer that is due; a read on its way ----
  reg address_here, data_here, answer_due;
  reg [13:0] word, read_at;
  reg [35:0] payload;
  reg [1:0] reading;           // cycles since read_o; 0: none
  reg read_here, read_answer;
  reg [31:0] value;
  always @(posedge clk_i) begin
    if (rst_i) {address_here, data_here, answer_due, reading, read_here, read_answer} <= 0;
    else begin
      if (awvalid_i & awready) {address_here, word} <= {1'b1, awaddr_i[15:2]};
      if (wvalid_i & wready) {data_here, payload} <= {1'b1, wdata_i, wstrb_i};
      if (bvalid & bready_i) answer_due <= 0;
      if (write) {address_here, data_here, answer_due} <= 3'b001;
      if (arvalid_i & arready) {read_here, read_at} <= {1'b1, araddr_i[15:2]};
      if (read) {read_here, reading} <= 3'b001;
      if (reading == 1) begin
        reading <= 0;
        read_answer <= 1;
        value <= read_data_i;
      end
      if (rvalid & rready_i) read_answer <= 0;
    end
  end

  always @* begin
    if (known) begin
      // Invariants: the slave's own idea of what is here.
      assert (address_here == \dut.address_valid_q & data_here == \dut.data_valid_q );
      assert ((reading == 1) == \dut.wait_q & reading <= 1);
      assert (read_here == read);
      assert (read_here + (reading == 1) + read_answer <= 1);
      // PORT
      assert (bvalid == answer_due & rvalid == read_answer);
      if (~rst_i & held_b) assert (bvalid);
      if (~rst_i & held_r) assert (rvalid & rdata == was_rdata);
      if (rvalid) assert (rdata == value);
      if (bvalid) assert (bresp == 0);
      if (rvalid) assert (rresp == 0);
      if (write) assert (address_here & data_here & ~answer_due);
      if (address_here) assert (write_word == word);
      if (data_here) assert ({write_data, write_strobes} == payload);
      if (address_here & data_here & ~answer_due) assert (write);
      if (read_here | reading == 1) assert (read_word == read_at);
    end
    cover (known & ~rst_i & write & held_r);
    cover (known & ~rst_i & bvalid & address_here & data_here);
  end
endmodule
`default_nettype wire
