// The lowest set bit of a word. Combinational, by fours: about three levels of logic for 16 bits, five for 64.
// found_o: some bit is set. index_o: 0..Width-1, meaningful only while found_o is 1. Width is at most 256.
`default_nettype none
module gb_find_first #(
    parameter Width = 16,     // bits searched
    parameter IndexBits = 4   // 2^IndexBits >= Width
) (
    input wire [Width-1:0] bits_i,
    output wire found_o,
    output wire [IndexBits-1:0] index_o
);
  generate
    if (Width <= 4) begin : g_four
      wire [3:0] four = {{(4 - Width) {1'b0}}, bits_i};
      wire [1:0] first = {~(four[0] | four[1]), ~four[0] & (four[1] | ~four[2])};
      assign found_o = |four;
      assign index_o = first[IndexBits-1:0];
      wire unused = &{1'b0, first};
    end else begin : g_quarters
      // Four parts, each searched by itself, then the first of them that has a bit.
      localparam PartBits = IndexBits - 2;
      localparam Part = 1 << PartBits;
      localparam Parts = (Width + Part - 1) / Part;
      localparam LowBits = PartBits > 0 ? PartBits : 1;
      wire [4*Part-1:0] padded = {{(4 * Part - Width) {1'b0}}, bits_i};
      wire [3:0] found;
      wire [LowBits-1:0] low[0:3];
      genvar part;
      for (part = 0; part < 4; part = part + 1) begin : g_part
        if (part < Parts) begin : g_search
          gb_find_first #(.Width(Part), .IndexBits(LowBits)) u_part (
              .bits_i(padded[Part*part+:Part]), .found_o(found[part]), .index_o(low[part]));
        end else begin : g_nothing
          assign found[part] = 1'b0;
          assign low[part] = {LowBits{1'b0}};
        end
      end
      wire [1:0] first = {~(found[0] | found[1]), ~found[0] & (found[1] | ~found[2])};
      assign found_o = |found;
      assign index_o = {first, low[first]};
      wire unused = &{1'b0, padded};
    end
  endgenerate
endmodule
`default_nettype wire
