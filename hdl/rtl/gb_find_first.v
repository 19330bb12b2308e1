// The lowest set bit of a word. Combinational: halves the word log2(Width) times, so that its depth grows with the
// logarithm. found_o: some bit is set. index_o: 0..Width-1, meaningful only while found_o is 1.
`default_nettype none
module gb_find_first #(
    parameter Width = 16,     // bits searched
    parameter IndexBits = 4   // 2^IndexBits >= Width
) (
    input wire [Width-1:0] bits_i,
    output wire found_o,
    output wire [IndexBits-1:0] index_o
);
  localparam Padded = 1 << IndexBits;

  wire [Padded-1:0] level[0:IndexBits];
  generate
    if (Padded == Width) begin : g_exact
      assign level[0] = bits_i;
    end else begin : g_padded
      assign level[0] = {{(Padded - Width) {1'b0}}, bits_i};
    end
  endgenerate

  genvar step;
  generate
    for (step = 0; step < IndexBits; step = step + 1) begin : g_half
      localparam Half = Padded >> (step + 1);
      wire low_half_empty = ~|level[step][Half-1:0];
      assign index_o[IndexBits-1-step] = low_half_empty;
      assign level[step+1] = {
          {(Padded - Half) {1'b0}}, low_half_empty ? level[step][2*Half-1:Half] : level[step][Half-1:0]};
    end
  endgenerate

  assign found_o = level[IndexBits][0];

  wire unused = &{1'b0, level[IndexBits][Padded-1:1]};
endmodule
`default_nettype wire
