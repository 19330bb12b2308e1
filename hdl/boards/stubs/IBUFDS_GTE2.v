// Stand-in for the reference clock buffer of AMD's 7 series transceivers in lint and in yosys' check of a top: the
// clock passes. Ports: those that the tops here use, of AMD UG482 (7 Series FPGAs GTP Transceivers). Never part of a
// bitstream.
`default_nettype none
(* blackbox *)
module IBUFDS_GTE2 (
    input wire I,
    input wire IB,
    input wire CEB,
    output wire O,
    output wire ODIV2
);
  assign O = I;
  assign ODIV2 = I;
endmodule
`default_nettype wire
