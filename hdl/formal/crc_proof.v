// crc32_next against the shift register that defines the CRC (clause INT-1). Both are affine by their form, each bit a
// parity of inputs and a constant: equal for no input and for every single one, they are equal for all.
`default_nettype none
module crc_proof #(
    parameter CrcBytes = 32
) (
    input wire [8:0] one_i   // the input that is 1, if there is one of this number
);
  localparam CrcWidth = 8 * CrcBytes;
  `include "gb_crc32.vh"
  wire [CrcWidth+31:0] inputs = one_i < CrcWidth + 32 ? {{(CrcWidth + 31) {1'b0}},
      1'b1} << one_i : {(CrcWidth + 32) {1'b0}};
  wire [31:0] crc = inputs[31:0];
  wire [CrcWidth-1:0] data = inputs[CrcWidth+31:32];
  wire [31:0] register[0:CrcWidth];
  assign register[0] = ~crc;
  genvar g;
  generate
    for (g = 0; g < CrcWidth; g = g + 1) begin : g_bit
      assign register[g+1] = {1'b0, register[g][31:1]} ^ (register[g][0] ^ data[g] ? 32'hedb88320 : 32'd0);
    end
  endgenerate
  always @* begin
    assert (crc32_next(crc, data) == ~register[CrcWidth]);
    cover (inputs == 0);
    cover (data[CrcWidth-1]);
  end
endmodule
`default_nettype wire
