// A byte port that gives back what it takes, a cycle later, with 0xff for a byte with a line error: for the tests of
// the harness alone. It takes no byte in every fourth cycle.
`default_nettype none
module echo_link (
    input wire clk_i,
    input wire rst_i,
    input wire rx_valid_i,
    output wire rx_ready_o,
    input wire [7:0] rx_data_i,
    input wire rx_error_i,
    output wire tx_valid_o,
    input wire tx_ready_i,
    output wire [7:0] tx_data_o,
    input wire [31:0] time_scale_i
);
  reg full_q;
  reg [7:0] data_q;
  reg [1:0] count_q;
  always @(posedge clk_i) begin
    count_q <= rst_i ? 2'd0 : count_q + 2'd1;
    if (rst_i) full_q <= 1'b0;
    else if (rx_valid_i && rx_ready_o) full_q <= 1'b1;
    else if (tx_ready_i) full_q <= 1'b0;
    if (rx_valid_i && rx_ready_o) data_q <= rx_error_i ? 8'hff : rx_data_i ^ time_scale_i[7:0];
  end
  assign rx_ready_o = (!full_q || tx_ready_i) && count_q != 2'd3;
  assign tx_valid_o = full_q;
  assign tx_data_o = data_q;
endmodule
`default_nettype wire
