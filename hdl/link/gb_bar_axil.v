// The AXI4-Lite slave of the BAR, 32 bits: one write or one read at a time of each kind, every answer OKAY. Address
// and data of a write may come in any order; write_o is 1 for one cycle once both are here, at most every second
// cycle. read_o is 1 for one cycle; read_data_i is taken two cycles later, and read_address_o holds until then. No
// output depends on an input within a cycle. Latency: 2 cycles to write_o, 4 from the address of a read to its data.
`default_nettype none
module gb_bar_axil (
    input wire clk_i,
    input wire rst_i,

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

    output wire write_o,
    output wire [13:0] write_word_o,    // address / 4
    output wire [31:0] write_data_o,
    output wire [3:0] write_strobes_o,
    output wire read_o,
    output wire [13:0] read_word_o,     // address / 4
    input wire [31:0] read_data_i
);
  reg address_valid_q, data_valid_q, answer_q;
  reg [13:0] write_word_q;
  reg [31:0] write_data_q;
  reg [3:0] write_strobes_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      address_valid_q <= 1'b0;
      data_valid_q <= 1'b0;
      answer_q <= 1'b0;
    end else begin
      address_valid_q <= (address_valid_q | s_axil_awvalid) & ~write_o;
      data_valid_q <= (data_valid_q | s_axil_wvalid) & ~write_o;
      answer_q <= write_o | (answer_q & ~s_axil_bready);
    end
    if (~address_valid_q) write_word_q <= s_axil_awaddr[15:2];
    if (~data_valid_q) begin
      write_data_q <= s_axil_wdata;
      write_strobes_q <= s_axil_wstrb;
    end
  end

  assign write_o = address_valid_q & data_valid_q & ~answer_q;
  assign write_word_o = write_word_q;
  assign write_data_o = write_data_q;
  assign write_strobes_o = write_strobes_q;
  assign s_axil_awready = ~address_valid_q;
  assign s_axil_wready = ~data_valid_q;
  assign s_axil_bresp = 2'd0;
  assign s_axil_bvalid = answer_q;

  reg read_q, wait_q, read_answer_q;
  reg [13:0] read_word_q;
  reg [31:0] read_data_q;
  wire idle = ~(read_q | wait_q | read_answer_q);

  always @(posedge clk_i) begin
    if (rst_i) begin
      read_q <= 1'b0;
      wait_q <= 1'b0;
      read_answer_q <= 1'b0;
    end else begin
      read_q <= idle & s_axil_arvalid;
      wait_q <= read_q;
      read_answer_q <= wait_q | (read_answer_q & ~s_axil_rready);
    end
    if (idle) read_word_q <= s_axil_araddr[15:2];
    if (wait_q) read_data_q <= read_data_i;
  end

  assign read_o = read_q;
  assign read_word_o = read_word_q;
  assign s_axil_arready = idle;
  assign s_axil_rdata = read_data_q;
  assign s_axil_rresp = 2'd0;
  assign s_axil_rvalid = read_answer_q;

  wire unused = &{1'b0, s_axil_awaddr[1:0], s_axil_araddr[1:0]};
endmodule
`default_nettype wire
