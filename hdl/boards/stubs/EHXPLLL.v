// Stand-in for Lattice's PLL of the ECP5 in lint and simulation: the input clock passes unchanged, so that a simulated
// board runs its whole design at the clock that drives clk_i. Ports and parameters: those that the tops here use, of
// Lattice technical note FPGA-TN-02200 (ECP5 sysCLOCK PLL). Never part of a bitstream.
`default_nettype none
module EHXPLLL #(
    parameter CLKI_DIV = 1,
    parameter CLKFB_DIV = 1,
    parameter CLKOP_DIV = 8,
    parameter CLKOP_CPHASE = 0,
    parameter CLKOP_FPHASE = 0,
    parameter CLKOP_ENABLE = "ENABLED",
    parameter FEEDBK_PATH = "CLKOP",
    parameter DPHASE_SOURCE = "DISABLED",
    parameter OUTDIVIDER_MUXA = "DIVA",
    parameter INTFB_WAKE = "DISABLED",
    parameter STDBY_ENABLE = "DISABLED",
    parameter PLLRST_ENA = "DISABLED"
) (
    input wire CLKI,
    input wire CLKFB,
    input wire RST,
    input wire STDBY,
    input wire PHASESEL0,
    input wire PHASESEL1,
    input wire PHASEDIR,
    input wire PHASESTEP,
    input wire PHASELOADREG,
    input wire PLLWAKESYNC,
    input wire ENCLKOP,
    output wire CLKOP,
    output wire LOCK
);
  assign CLKOP = CLKI;
  assign LOCK  = 1'b1;
endmodule
`default_nettype wire
