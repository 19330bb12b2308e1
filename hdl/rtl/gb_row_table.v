// The published rows (clauses ROW-1..3): best prices and sizes, costs of YES and NO. A price of 0 says that the side is
// absent. Read: the row one cycle after read_i, until the next read. Nothing happens while en_i is 0.
`default_nettype none
module gb_row_table #(
    parameter BookBits = 5,
    parameter Style = 0
) (
    input wire clk_i,
    input wire en_i,
    input wire clear_i,
    input wire [BookBits:0] clear_index_i,
    input wire write_i,                  // prices and sizes
    input wire cost_write_i,             // costs
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
  // Three memories in step, none wider than a word of the machine that simulates it.
  wire write = write_i | clear_i;
  wire cost_write = cost_write_i | clear_i;
  wire [BookBits-1:0] write_book = clear_i ? clear_index_i[BookBits-1:0] : write_book_i;

  gb_ram_1r1w #(.Width(62), .Depth(1 << BookBits), .AddressBits(BookBits), .Style(Style)) u_bids (
      .clk_i(clk_i), .en_i(en_i), .write_i(write), .write_address_i(write_book),
      .write_data_i(clear_i ? 62'd0 : {bid_price_i, bid_size_i}),
      .read_i(read_i), .read_address_i(read_book_i), .read_data_o({bid_price_o, bid_size_o}));
  gb_ram_1r1w #(.Width(62), .Depth(1 << BookBits), .AddressBits(BookBits), .Style(Style)) u_asks (
      .clk_i(clk_i), .en_i(en_i), .write_i(write), .write_address_i(write_book),
      .write_data_i(clear_i ? 62'd0 : {ask_price_i, ask_size_i}),
      .read_i(read_i), .read_address_i(read_book_i), .read_data_o({ask_price_o, ask_size_o}));
  gb_ram_1r1w #(.Width(42), .Depth(1 << BookBits), .AddressBits(BookBits), .Style(Style)) u_costs (
      .clk_i(clk_i), .en_i(en_i), .write_i(cost_write), .write_address_i(write_book),
      .write_data_i(clear_i ? 42'd0 : {yes_cost_i, no_cost_i}),
      .read_i(read_i), .read_address_i(read_book_i), .read_data_o({yes_cost_o, no_cost_o}));
  wire unused = &{1'b0, clear_index_i};
endmodule
`default_nettype wire
