// Ends the lines of former generations (clause BAR-8): overwrites the last word, in which the CRC stands, of every
// line of both rings, so that not even a generation that is used again finds one. After power-up every word: what was
// never written reads as 0 (BAR-2). restart_i for one cycle begins anew. active_o from the next cycle on, one word a
// cycle, in both rings at once. Takes as many cycles as the rings have lines; after rst_i as they have words.
`default_nettype none
module gb_bar_wipe #(
    parameter LineBits = 8
) (
    input wire clk_i,
    input wire rst_i,
    input wire restart_i,
    output wire active_o,
    output wire [LineBits+2:0] address_o
);
  reg active_q;
  reg whole_q;  // every word
  reg [LineBits-1:0] line_q;
  reg [2:0] word_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      active_q <= 1'b1;
      whole_q <= 1'b1;
      line_q <= 0;
      word_q <= 3'd0;
    end else if (active_q & ~(restart_i & ~whole_q)) begin
      if (whole_q) word_q <= word_q + 3'd1;
      if (&word_q) begin
        line_q <= line_q + 1'b1;
        active_q <= ~(&line_q);
        whole_q <= whole_q & ~(&line_q);
        word_q <= whole_q & ~(&line_q) ? 3'd0 : 3'd7;
      end
    end else if (restart_i) begin
      active_q <= 1'b1;
      line_q <= 0;
    end
  end
  assign active_o = active_q;
  assign address_o = {line_q, word_q};
endmodule
`default_nettype wire
