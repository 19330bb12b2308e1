// The counters of the BAR, 32 bits each, since power-up (docs/bar.md). counts_i: one bit a counter, 1 for each cycle to
// count. Reads: count_o one cycle after read_i, until the next; 0 where there is no counter.
`default_nettype none
module gb_bar_counters #(
    parameter Counters = 13
) (
    input wire clk_i,
    input wire rst_i,
    input wire [Counters-1:0] counts_i,
    input wire read_i,
    input wire [7:0] index_i,
    output reg [31:0] count_o
);
  reg [32*Counters-1:0] counts_q;
  reg [31:0] count;
  integer at;
  always @* begin
    count = 32'd0;
    for (at = 0; at < Counters; at = at + 1) begin
      if (index_i == at[7:0]) count = counts_q[32*at+:32];
    end
  end
  integer each;
  always @(posedge clk_i) begin
    if (rst_i) counts_q <= 0;
    else if (|counts_i) begin
      for (each = 0; each < Counters; each = each + 1) begin
        if (counts_i[each]) counts_q[32*each+:32] <= counts_q[32*each+:32] + 32'd1;
      end
    end
    if (read_i) count_o <= count;
  end
endmodule
`default_nettype wire
