// The publisher with the table of rows that it compares with and writes, for a bench: connected as in gb_kernel.
// read_i, while the publisher rests, reads a row as the detectors do.
`default_nettype none
module publisher_rows #(
    parameter BookBits = 2,
    parameter SidePageBits = 1,
    parameter ListBits = 2,
    parameter SerialFee = 0,
    parameter Pipelined = 0
) (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire clear_i,
    input wire [BookBits:0] clear_index_i,
    input wire start_i,
    output wire done_o,
    input wire [BookBits-1:0] first_book_i,
    input wire [ListBits:0] count_i,
    output wire list_read_o,
    output wire [ListBits-1:0] list_index_o,
    input wire [BookBits-1:0] list_book_i,
    output wire drop_o,
    output wire forget_o,
    output wire [BookBits-1:0] book_o,
    output wire find_valid_o,
    output wire find_ask_o,
    input wire found_valid_i,
    input wire found_i,
    input wire [SidePageBits-1:0] found_page_i,
    input wire [6:0] found_slot_i,
    input wire [47:0] found_size_i,
    output wire book_read_o,
    input wire [30:0] book_word_i,
    output wire costs_pending_o,
    output wire [13:0] top_bid_price_o,
    output wire [47:0] top_bid_size_o,
    output wire top_valid_o,
    output wire [13:0] top_ask_price_o,
    output wire [47:0] top_ask_size_o,
    input wire has_members_i,
    output wire delta_valid_o,
    output wire signed [21:0] delta_yes_o,
    output wire signed [21:0] delta_no_o,
    output wire signed [1:0] missing_yes_o,
    output wire signed [1:0] missing_no_o,
    input wire delta_done_i,
    output wire eval_start_o,
    input wire eval_done_i,
    input wire fair_any_i,
    output wire fair_valid_o,
    output wire fair_mask_o,
    input wire fair_done_i,
    input wire read_i,
    input wire [BookBits-1:0] read_book_i,
    output wire [13:0] bid_price_o,
    output wire [47:0] bid_size_o,
    output wire [13:0] ask_price_o,
    output wire [47:0] ask_size_o,
    output wire [20:0] yes_cost_o,
    output wire [20:0] no_cost_o
);
  wire row_read, row_write, cost_write, unused_compare;
  wire [BookBits-1:0] row_write_book;
  wire [13:0] bid_price, ask_price;
  wire [47:0] bid_size, ask_size;
  wire [20:0] yes_cost, no_cost;
  gb_publisher #(
      .BookBits(BookBits), .SidePageBits(SidePageBits), .ListBits(ListBits), .SerialFee(SerialFee), .Costs(1),
      .Pipelined(Pipelined)
  ) u_publisher (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .start_i(start_i), .done_o(done_o),
      .first_book_i(first_book_i), .count_i(count_i), .list_read_o(list_read_o), .list_index_o(list_index_o),
      .list_book_i(list_book_i), .drop_o(drop_o), .forget_o(forget_o), .book_o(book_o),
      .find_valid_o(find_valid_o), .find_ask_o(find_ask_o), .found_valid_i(found_valid_i), .found_i(found_i),
      .found_page_i(found_page_i), .found_slot_i(found_slot_i), .found_size_i(found_size_i),
      .book_read_o(book_read_o), .book_word_i(book_word_i), .row_read_o(row_read),
      .old_bid_price_i(bid_price_o), .old_bid_size_i(bid_size_o), .old_ask_price_i(ask_price_o),
      .old_ask_size_i(ask_size_o), .old_yes_cost_i(yes_cost_o), .old_no_cost_i(no_cost_o),
      .row_write_o(row_write), .cost_write_o(cost_write), .costs_pending_o(costs_pending_o),
      .row_write_book_o(row_write_book), .bid_price_o(bid_price), .bid_size_o(bid_size), .ask_price_o(ask_price),
      .ask_size_o(ask_size), .yes_cost_o(yes_cost), .no_cost_o(no_cost), .compare_o(unused_compare),
      .top_valid_o(top_valid_o), .top_ask_price_o(top_ask_price_o), .top_ask_size_o(top_ask_size_o),
      .has_members_i(has_members_i), .delta_valid_o(delta_valid_o), .delta_yes_o(delta_yes_o),
      .delta_no_o(delta_no_o), .missing_yes_o(missing_yes_o), .missing_no_o(missing_no_o),
      .delta_done_i(delta_done_i), .eval_start_o(eval_start_o), .eval_done_i(eval_done_i), .fair_any_i(fair_any_i),
      .fair_valid_o(fair_valid_o), .fair_mask_o(fair_mask_o), .fair_done_i(fair_done_i));
  gb_row_table #(.BookBits(BookBits)) u_rows (
      .clk_i(clk_i), .en_i(en_i), .clear_i(clear_i), .clear_index_i(clear_index_i),
      .write_i(row_write), .cost_write_i(cost_write), .write_book_i(row_write_book),
      .bid_price_i(bid_price), .bid_size_i(bid_size), .ask_price_i(ask_price), .ask_size_i(ask_size),
      .yes_cost_i(yes_cost), .no_cost_i(no_cost),
      .read_i(row_read | read_i), .read_book_i(row_read ? book_o : read_book_i),
      .bid_price_o(bid_price_o), .bid_size_o(bid_size_o), .ask_price_o(ask_price_o), .ask_size_o(ask_size_o),
      .yes_cost_o(yes_cost_o), .no_cost_o(no_cost_o));
  assign top_bid_price_o = bid_price;
  assign top_bid_size_o = bid_size;
  wire unused = &{1'b0, unused_compare};
endmodule
`default_nettype wire
