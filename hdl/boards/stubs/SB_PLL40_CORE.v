// Stand-in for Lattice's PLL of the iCE40 in lint and simulation, with its input at REFERENCECLK, a net: the input
// clock passes unchanged, so that a simulated board runs its whole design at the clock that drives clk_i. Ports and
// parameters: those that the tops here use, of Lattice technical note FPGA-TN-02052 (iCE40 sysCLOCK PLL). Never part of
// a bitstream.
`default_nettype none
module SB_PLL40_CORE #(
    parameter FEEDBACK_PATH = "SIMPLE",
    parameter [3:0] DIVR = 4'd0,
    parameter [6:0] DIVF = 7'd0,
    parameter [2:0] DIVQ = 3'd0,
    parameter [2:0] FILTER_RANGE = 3'd0
) (
    input wire REFERENCECLK,
    input wire RESETB,
    input wire BYPASS,
    output wire PLLOUTGLOBAL,
    output wire LOCK
);
  assign PLLOUTGLOBAL = REFERENCECLK;
  assign LOCK = 1'b1;
endmodule
`default_nettype wire
