// The published rows (clauses ROW-1..3): best prices and sizes, costs of YES and NO. A price of 0 says that the side is
// absent. Read: the row one cycle after read_i, until the next read. Nothing happens while en_i is 0.
`default_nettype none
module gb_row_table #(
    parameter BookBits = 5
) (
    input wire clk_i,
    input wire en_i,
    input wire clear_i,
    input wire [BookBits:0] clear_index_i,
    input wire write_i,
    input wire [BookBits-1:0] write_book_i,
    input wire [13:0] bid_price_i,
    input wire [47:0] bid_size_i,
    input wire [13:0] ask_price_i,
    input wire [47:0] ask_size_i,
    input wire [20:0] yes_cost_i,
    input wire [20:0] no_cost_i,
    input wire read_i,
    input wire [BookBits-1:0] read_book_i,
    output wire [13:0] bid_price_o,
    output wire [47:0] bid_size_o,
    output wire [13:0] ask_price_o,
    output wire [47:0] ask_size_o,
    output wire [20:0] yes_cost_o,
    output wire [20:0] no_cost_o
);
  localparam RowBits = 2 * (14 + 48 + 21);
  wire [RowBits-1:0] row = {yes_cost_i, no_cost_i, ask_price_i, ask_size_i, bid_price_i, bid_size_i};

  gb_ram_1r1w #(.Width(RowBits), .Depth(1 << BookBits), .AddressBits(BookBits)) u_rows (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(write_i | clear_i), .write_address_i(clear_i ? clear_index_i[BookBits-1:0] : write_book_i),
      .write_data_i(clear_i ? {RowBits{1'b0}} : row),
      .read_i(read_i), .read_address_i(read_book_i),
      .read_data_o({yes_cost_o, no_cost_o, ask_price_o, ask_size_o, bid_price_o, bid_size_o}));
  wire unused = &{1'b0, clear_index_i};
endmodule
`default_nettype wire
