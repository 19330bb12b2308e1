// The lowest set bit of a word. Combinational: a carry chain isolates the bit, then each bit of its index is an OR.
// found_o: some bit is set. index_o: 0..Width-1, meaningful only while found_o is 1.
`default_nettype none
module gb_find_first #(
    parameter Width = 16,     // bits searched
    parameter IndexBits = 4   // 2^IndexBits >= Width
) (
    input wire [Width-1:0] bits_i,
    output wire found_o,
    output wire [IndexBits-1:0] index_o
);
  // x & -x has the lowest set bit of x alone.
  wire [Width-1:0] lowest = bits_i & (~bits_i + {{(Width - 1) {1'b0}}, 1'b1});

  // The places whose number has bit `index` set.
  function [Width-1:0] places(input integer index);
    integer place;
    begin
      for (place = 0; place < Width; place = place + 1) places[place] = ((place >> index) & 1) == 1;
    end
  endfunction

  genvar bit_index;
  generate
    for (bit_index = 0; bit_index < IndexBits; bit_index = bit_index + 1) begin : g_bit
      localparam [Width-1:0] Places = places(bit_index);
      assign index_o[bit_index] = |(lowest & Places);
    end
  endgenerate
  assign found_o = |bits_i;
endmodule
`default_nettype wire
