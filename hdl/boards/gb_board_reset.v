// Reset of a board: held from configuration on until the clock has been good for 2^CountBits cycles, and whenever the
// PLL loses its lock. No button: a host resets the kernel over the link (RESET), and a reconfiguration resets all.
//
// locked_i is asynchronous and passes two registers. rst_o is synchronous to clk_i, active high, and is 1 in the first
// cycle because the registers start at 0 (the bitstream sets them on both families; `initial` says so to simulators).
// Latency: 2^CountBits + 3 cycles from lock to release. Limits: CountBits 4..16; on the iCE40 block RAM may read as 0
// for some microseconds after configuration, so 2^CountBits cycles should last longer than that.
`default_nettype none
module gb_board_reset #(
    parameter CountBits = 10  // cycles of reset, as a power of two
) (
    input wire clk_i,
    input wire locked_i,
    output wire rst_o
);
  // Vivado keeps them side by side, so that the second one has the whole cycle to settle.
  (* ASYNC_REG = "TRUE" *) reg locked_meta_q;
  (* ASYNC_REG = "TRUE" *) reg locked_q;
  reg [CountBits-1:0] count_q;
  reg run_q;
  initial begin
    locked_meta_q = 1'b0;
    locked_q = 1'b0;
    count_q = {CountBits{1'b0}};
    run_q = 1'b0;
  end
  always @(posedge clk_i) begin
    locked_meta_q <= locked_i;
    locked_q <= locked_meta_q;
    if (!locked_q) begin
      count_q <= {CountBits{1'b0}};
      run_q   <= 1'b0;
    end else begin
      if (!(&count_q)) count_q <= count_q + {{(CountBits - 1) {1'b0}}, 1'b1};
      run_q <= &count_q;
    end
  end
  assign rst_o = !run_q;
endmodule
`default_nettype wire
