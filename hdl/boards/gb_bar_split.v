// One AXI4 slave for a whole BAR in front of the two slaves of gb_bar_device: addresses below 0x4000 (blocks, control
// registers, register window: docs/bar.md) become AXI4-Lite accesses of 32 bits, the others (rings) pass as they are.
//
// A write is answered before the next one is taken, and a read is taken only while no write is under way: so what the
// host wrote first is written first, also across the two slaves (ring lines before their doorbell), and a read sees
// every write that was answered before it was asked for; bridges ask for it only then (PG194: the address of a read is
// held until all writes before it are answered). Reads and later writes may overlap. A read that waits beside writes
// goes behind one of them and before the next. A beat of 64 bits below 0x4000 becomes one write for each half that has
// a strobe, in ascending order, and two reads, which is harmless, for no read has an effect (BAR-2). An error of a part
// is one of the whole (SLVERR). No ready of an address depends on a valid within a cycle.
// Latency: 1 cycle on each address of the rings, 2 where it is read, none on their data; 3 + 2 * (cycles of the slave)
// for a register, 1 more where it is read.
// Limits: no ids (transactions end in order), INCR bursts only, none across a border of 4 KiB, as AXI4 has it.
`default_nettype none
module gb_bar_split (
    input wire clk_i,
    input wire rst_i,

    input wire [15:0] s_awaddr_i,
    input wire [7:0] s_awlen_i,
    input wire [2:0] s_awsize_i,
    input wire s_awvalid_i,
    output wire s_awready_o,
    input wire [63:0] s_wdata_i,
    input wire [7:0] s_wstrb_i,
    input wire s_wlast_i,
    input wire s_wvalid_i,
    output wire s_wready_o,
    output wire [1:0] s_bresp_o,
    output wire s_bvalid_o,
    input wire s_bready_i,
    input wire [15:0] s_araddr_i,
    input wire [7:0] s_arlen_i,
    input wire [2:0] s_arsize_i,
    input wire s_arvalid_i,
    output wire s_arready_o,
    output wire [63:0] s_rdata_o,
    output wire [1:0] s_rresp_o,
    output wire s_rlast_o,
    output wire s_rvalid_o,
    input wire s_rready_i,

    output wire [15:0] ring_awaddr_o,
    output wire [7:0] ring_awlen_o,
    output wire [2:0] ring_awsize_o,
    output wire ring_awvalid_o,
    input wire ring_awready_i,
    output wire [63:0] ring_wdata_o,
    output wire [7:0] ring_wstrb_o,
    output wire ring_wlast_o,
    output wire ring_wvalid_o,
    input wire ring_wready_i,
    input wire [1:0] ring_bresp_i,
    input wire ring_bvalid_i,
    output wire ring_bready_o,
    output wire [15:0] ring_araddr_o,
    output wire [7:0] ring_arlen_o,
    output wire [2:0] ring_arsize_o,
    output wire ring_arvalid_o,
    input wire ring_arready_i,
    input wire [63:0] ring_rdata_i,
    input wire [1:0] ring_rresp_i,
    input wire ring_rlast_i,
    input wire ring_rvalid_i,
    output wire ring_rready_o,

    output wire [15:0] lite_awaddr_o,
    output wire lite_awvalid_o,
    input wire lite_awready_i,
    output wire [31:0] lite_wdata_o,
    output wire [3:0] lite_wstrb_o,
    output wire lite_wvalid_o,
    input wire lite_wready_i,
    input wire [1:0] lite_bresp_i,
    input wire lite_bvalid_i,
    output wire lite_bready_o,
    output wire [15:0] lite_araddr_o,
    output wire lite_arvalid_o,
    input wire lite_arready_i,
    input wire [31:0] lite_rdata_i,
    input wire [1:0] lite_rresp_i,
    input wire lite_rvalid_i,
    output wire lite_rready_o
);
  localparam [1:0] OKAY = 2'b00;
  localparam [1:0] SLVERR = 2'b10;

  // ---- writes ----
  localparam [2:0] W_IDLE = 3'd0;  // waits for an address
  localparam [2:0] W_RING = 3'd1;  // passes address and data
  localparam [2:0] W_RING_END = 3'd2;  // passes the answer
  localparam [2:0] W_BEAT = 3'd3;  // waits for a beat
  localparam [2:0] W_HALF = 3'd4;  // writes a half, if it has a strobe
  localparam [2:0] W_HALF_END = 3'd5;  // waits for the answer to it
  localparam [2:0] W_ANSWER = 3'd6;

  reg read_turn_q;  // a read is taken in this cycle, and no write
  reg [2:0] w_state_q;
  reg [15:0] w_addr_q;
  reg [7:0] w_len_q;
  reg [2:0] w_size_q;
  reg w_addr_done_q;
  reg w_data_done_q;
  reg w_error_q;
  reg w_high_q;  // the half at hand
  reg w_last_q;
  reg [63:0] w_data_q;
  reg [7:0] w_strb_q;

  wire ring_w_end = ring_wvalid_o && ring_wready_i && s_wlast_i;
  wire ring_aw_end = ring_awvalid_o && ring_awready_i;
  wire [3:0] w_half_strb = w_high_q ? w_strb_q[7:4] : w_strb_q[3:0];
  wire w_half_empty = w_half_strb == 4'd0;
  wire lite_aw_end = lite_awvalid_o && lite_awready_i;
  wire lite_w_end = lite_wvalid_o && lite_wready_i;
  wire w_parts_done = (w_addr_done_q || lite_aw_end) && (w_data_done_q || lite_w_end);
  // Of an INCR burst. An unaligned one stays so, which its bits above the lowest three do not show.
  wire [15:0] w_next = w_addr_q + (16'd1 << w_size_q);

  // Behind the last half comes the next beat or the answer, behind the first the other half.
  wire w_half_done = (w_state_q == W_HALF && w_half_empty) || (w_state_q == W_HALF_END && lite_bvalid_i);
  wire [2:0] w_after_half = !w_high_q ? W_HALF : w_last_q ? W_ANSWER : W_BEAT;

  always @(posedge clk_i) begin
    case (w_state_q)
      W_IDLE: begin
        w_addr_q <= s_awaddr_i;
        w_len_q <= s_awlen_i;
        w_size_q <= s_awsize_i;
        w_addr_done_q <= 1'b0;
        w_data_done_q <= 1'b0;
        w_error_q <= 1'b0;
        if (s_awvalid_i && s_awready_o) w_state_q <= s_awaddr_i[15:14] == 2'b00 ? W_BEAT : W_RING;
      end
      W_RING: begin
        if (ring_aw_end) w_addr_done_q <= 1'b1;
        if (ring_w_end) w_data_done_q <= 1'b1;
        if ((w_addr_done_q || ring_aw_end) && (w_data_done_q || ring_w_end)) w_state_q <= W_RING_END;
      end
      W_RING_END: if (s_bvalid_o && s_bready_i) w_state_q <= W_IDLE;
      W_BEAT: begin
        w_data_q <= s_wdata_i;
        w_strb_q <= s_wstrb_i;
        w_last_q <= s_wlast_i;
        w_high_q <= 1'b0;
        if (s_wvalid_i) w_state_q <= W_HALF;
      end
      W_HALF: begin
        if (lite_aw_end) w_addr_done_q <= 1'b1;
        if (lite_w_end) w_data_done_q <= 1'b1;
        if (!w_half_empty && w_parts_done) w_state_q <= W_HALF_END;
      end
      W_HALF_END: begin
        w_addr_done_q <= 1'b0;
        w_data_done_q <= 1'b0;
        if (lite_bvalid_i && lite_bresp_i != OKAY) w_error_q <= 1'b1;
      end
      W_ANSWER: if (s_bready_i) w_state_q <= W_IDLE;
      default: w_state_q <= W_IDLE;
    endcase
    if (w_half_done) begin
      w_state_q <= w_after_half;
      w_high_q  <= 1'b1;
      if (w_high_q) w_addr_q <= w_next;
    end
    if (rst_i) w_state_q <= W_IDLE;
  end

  assign s_awready_o = w_state_q == W_IDLE && !read_turn_q && !rst_i;
  assign s_wready_o = w_state_q == W_BEAT || (w_state_q == W_RING && !w_data_done_q && ring_wready_i);
  assign s_bvalid_o = w_state_q == W_ANSWER || (w_state_q == W_RING_END && ring_bvalid_i);
  assign s_bresp_o = w_state_q == W_RING_END ? ring_bresp_i : w_error_q ? SLVERR : OKAY;

  assign ring_awaddr_o = w_addr_q;
  assign ring_awlen_o = w_len_q;
  assign ring_awsize_o = w_size_q;
  assign ring_awvalid_o = w_state_q == W_RING && !w_addr_done_q;
  assign ring_wdata_o = s_wdata_i;
  assign ring_wstrb_o = s_wstrb_i;
  assign ring_wlast_o = s_wlast_i;
  assign ring_wvalid_o = w_state_q == W_RING && !w_data_done_q && s_wvalid_i;
  assign ring_bready_o = w_state_q == W_RING_END && s_bready_i;

  assign lite_awaddr_o = {w_addr_q[15:3], w_high_q, 2'b00};
  assign lite_awvalid_o = w_state_q == W_HALF && !w_half_empty && !w_addr_done_q;
  assign lite_wdata_o = w_high_q ? w_data_q[63:32] : w_data_q[31:0];
  assign lite_wstrb_o = w_half_strb;
  assign lite_wvalid_o = w_state_q == W_HALF && !w_half_empty && !w_data_done_q;
  assign lite_bready_o = w_state_q == W_HALF_END;

  // ---- reads ----
  localparam [2:0] R_IDLE = 3'd0;  // waits for an address
  localparam [2:0] R_RING = 3'd1;  // passes the address
  localparam [2:0] R_RING_DATA = 3'd2;  // passes the data
  localparam [2:0] R_HALF = 3'd3;  // asks for a half
  localparam [2:0] R_HALF_END = 3'd4;  // waits for it
  localparam [2:0] R_BEAT = 3'd5;  // hands over both

  reg [2:0] r_state_q;
  reg [15:0] r_addr_q;
  reg [7:0] r_len_q;  // beats behind the one at hand
  reg [2:0] r_size_q;
  reg r_high_q;
  reg r_error_q;
  reg [63:0] r_data_q;
  wire [15:0] r_next = r_addr_q + (16'd1 << r_size_q);

  always @(posedge clk_i) begin
    case (r_state_q)
      R_IDLE: begin
        r_addr_q  <= s_araddr_i;
        r_len_q   <= s_arlen_i;
        r_size_q  <= s_arsize_i;
        r_high_q  <= 1'b0;
        r_error_q <= 1'b0;
        if (s_arvalid_i && s_arready_o) r_state_q <= s_araddr_i[15:14] == 2'b00 ? R_HALF : R_RING;
      end
      R_RING: if (ring_arready_i) r_state_q <= R_RING_DATA;
      R_RING_DATA: if (ring_rvalid_i && s_rready_i && ring_rlast_i) r_state_q <= R_IDLE;
      R_HALF: if (lite_arready_i) r_state_q <= R_HALF_END;
      R_HALF_END:
      if (lite_rvalid_i) begin
        if (r_high_q) r_data_q[63:32] <= lite_rdata_i;
        else r_data_q[31:0] <= lite_rdata_i;
        if (lite_rresp_i != OKAY) r_error_q <= 1'b1;
        r_high_q  <= 1'b1;
        r_state_q <= r_high_q ? R_BEAT : R_HALF;
      end
      R_BEAT:
      if (s_rready_i) begin
        r_addr_q  <= r_next;
        r_len_q   <= r_len_q - 8'd1;
        r_high_q  <= 1'b0;
        r_error_q <= 1'b0;
        r_state_q <= r_len_q == 8'd0 ? R_IDLE : R_HALF;
      end
      default: r_state_q <= R_IDLE;
    endcase
    if (rst_i) r_state_q <= R_IDLE;
  end

  // Whoever waits at both addresses writes first; when that write is answered it is the turn of the read.
  wire w_rests = (w_state_q == W_IDLE && !s_awvalid_i) || (s_bvalid_o && s_bready_i);
  always @(posedge clk_i) begin
    read_turn_q <= !rst_i && !read_turn_q && w_rests && r_state_q == R_IDLE && s_arvalid_i;
  end

  assign s_arready_o = read_turn_q && !rst_i;
  assign s_rvalid_o = r_state_q == R_BEAT || (r_state_q == R_RING_DATA && ring_rvalid_i);
  assign s_rdata_o = r_state_q == R_RING_DATA ? ring_rdata_i : r_data_q;
  assign s_rresp_o = r_state_q == R_RING_DATA ? ring_rresp_i : r_error_q ? SLVERR : OKAY;
  assign s_rlast_o = r_state_q == R_RING_DATA ? ring_rlast_i : r_len_q == 8'd0;

  assign ring_araddr_o = r_addr_q;
  assign ring_arlen_o = r_len_q;
  assign ring_arsize_o = r_size_q;
  assign ring_arvalid_o = r_state_q == R_RING;
  assign ring_rready_o = r_state_q == R_RING_DATA && s_rready_i;

  assign lite_araddr_o = {r_addr_q[15:3], r_high_q, 2'b00};
  assign lite_arvalid_o = r_state_q == R_HALF;
  assign lite_rready_o = r_state_q == R_HALF_END;
endmodule
`default_nettype wire
