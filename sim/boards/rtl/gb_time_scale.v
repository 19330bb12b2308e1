// How much slower than life a simulated board runs: in place of the module of this name in hdl/boards, which says 0.
// The harness sets scale_q; nothing here drives it.
`default_nettype none
module gb_time_scale (
    output wire [31:0] time_scale_o  // thousandths of a second for one of the device
);
  reg [31:0] scale_q;
  initial scale_q = 32'd1000;
  assign time_scale_o = scale_q;
endmodule
`default_nettype wire
