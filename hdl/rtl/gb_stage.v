// One stage of a pipeline, or none: a register with Registered = 1, plain wires with 0.
// Latency Registered cycles, one item a cycle; data_o belongs to valid_o. Nothing happens while en_i is 0.
`default_nettype none
module gb_stage #(
    parameter Width = 8,
    parameter Registered = 1,
    parameter Gated = 1        // 0: data is taken in every cycle, so that it need not wait for valid
) (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire valid_i,
    input wire [Width-1:0] data_i,
    output wire valid_o,
    output wire [Width-1:0] data_o
);
  generate
    if (Registered) begin : g_register
      reg valid_q;
      reg [Width-1:0] data_q;
      always @(posedge clk_i) begin
        if (rst_i) valid_q <= 1'b0;
        else if (en_i) valid_q <= valid_i;
        if (en_i & (valid_i | Gated == 0)) data_q <= data_i;
      end
      assign valid_o = valid_q;
      assign data_o = data_q;
    end else begin : g_wires
      assign valid_o = valid_i;
      assign data_o = data_i;
      wire unused = &{1'b0, clk_i, rst_i, en_i};
    end
  endgenerate
endmodule
`default_nettype wire
