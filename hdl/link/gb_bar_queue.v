// Two entries between two handshakes, so that neither ready depends on the other within a cycle (AXI4, A3.2: no
// combinational path between input and output signals).
// Handshake: valid/ready on both sides; data_o holds while valid_o waits. Latency 1 cycle, one item a cycle.
`default_nettype none
module gb_bar_queue #(
    parameter Width = 8
) (
    input wire clk_i,
    input wire rst_i,
    input wire valid_i,
    output wire ready_o,
    input wire [Width-1:0] data_i,
    output wire valid_o,
    input wire ready_i,
    output wire [Width-1:0] data_o
);
  reg head_valid_q, tail_valid_q;
  reg [Width-1:0] head_q, tail_q;
  wire push = valid_i & ~tail_valid_q;
  wire shift = ready_i | ~head_valid_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      head_valid_q <= 1'b0;
      tail_valid_q <= 1'b0;
    end else if (shift) begin
      head_valid_q <= tail_valid_q | push;
      tail_valid_q <= 1'b0;
    end else begin
      tail_valid_q <= tail_valid_q | push;
    end
    if (shift) head_q <= tail_valid_q ? tail_q : data_i;
    if (push) tail_q <= data_i;
  end

  assign ready_o = ~tail_valid_q;
  assign valid_o = head_valid_q;
  assign data_o = head_q;
endmodule
`default_nettype wire
