// How much slower than life a device runs, as IDENTITY tells it (docs/link.md): 0, for this is a device. A simulation
// puts a module of this name and these ports in place of this file (sim/boards).
`default_nettype none
module gb_time_scale (
    output wire [31:0] time_scale_o  // 0: a device; else thousandths of a second for one of the device
);
  assign time_scale_o = 32'd0;
endmodule
`default_nettype wire
