// What the lights of a board say: alive blinks, connected is steady while a host has begun an epoch, activity flickers
// with frames, fault stays visible for a moment after each dropped frame.
//
// All outputs are 1 for light. activity_i and fault_i are pulses of a cycle; a light lasts 2^(BlinkBits - 3) to twice
// that many cycles after the last one. alive_o changes every 2^(BlinkBits - 1) cycles: with BlinkBits about
// log2(ClockHz), a blink takes between one and two seconds and a flicker an eighth to a quarter of it.
// Latency 1 cycle. Limits: BlinkBits 5..32.
`default_nettype none
module gb_board_leds #(
    parameter BlinkBits = 25  // a blink lasts 2^BlinkBits cycles
) (
    input wire clk_i,
    input wire rst_i,
    input wire connected_i,
    input wire activity_i,
    input wire fault_i,
    output wire alive_o,
    output wire connected_o,
    output wire activity_o,
    output wire fault_o
);
  reg [BlinkBits-1:0] count_q;
  reg tick_q;
  reg connected_q;
  // Two ticks, so that a light that comes just before a tick lasts one more.
  reg [1:0] activity_q;
  reg [1:0] fault_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      count_q <= {BlinkBits{1'b0}};
      tick_q <= 1'b0;
      connected_q <= 1'b0;
      activity_q <= 2'b00;
      fault_q <= 2'b00;
    end else begin
      count_q <= count_q + {{(BlinkBits - 1) {1'b0}}, 1'b1};
      tick_q <= &count_q[BlinkBits-4:0];
      connected_q <= connected_i;
      if (activity_i) activity_q <= 2'b11;
      else if (tick_q) activity_q <= {1'b0, activity_q[1]};
      if (fault_i) fault_q <= 2'b11;
      else if (tick_q) fault_q <= {1'b0, fault_q[1]};
    end
  end
  assign alive_o = count_q[BlinkBits-1];
  assign connected_o = connected_q;
  assign activity_o = activity_q[0];
  assign fault_o = fault_q[0];
endmodule
`default_nettype wire
