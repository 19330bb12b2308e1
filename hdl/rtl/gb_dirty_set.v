// The books that the message has touched, in the order of first touch (clauses MSG-1, MSG-2, MSG-5).
//
// Ask: read_i with read_book_i, dirty_o in the next cycle, also right if the book is added in the cycle of the asking.
// Add: only a book that is not dirty, only while at_limit_o is 0. List: list_read_i, list_book_o in the next cycle;
// first_book_o needs no asking. Publishing drops each book (its flag) and at last calls forget_i (the list). Nothing
// happens while en_i is 0.
`default_nettype none
module gb_dirty_set #(
    parameter BookBits = 5,
    parameter BooksPerMessage = 16,  // entries of the list; >= the profile's
    parameter ListBits = 4
) (
    input wire clk_i,
    input wire en_i,
    input wire clear_i,
    input wire [BookBits:0] clear_index_i,
    input wire [16:0] limit_i,                // books_per_message of the profile
    input wire read_i,
    input wire [BookBits-1:0] read_book_i,
    output wire dirty_o,
    input wire add_i,
    input wire [BookBits-1:0] add_book_i,
    output wire [ListBits:0] count_o,
    output wire at_limit_o,
    output wire [BookBits-1:0] first_book_o,
    input wire list_read_i,
    input wire [ListBits-1:0] list_index_i,
    output wire [BookBits-1:0] list_book_o,
    input wire drop_i,
    input wire [BookBits-1:0] drop_book_i,
    input wire forget_i
);
  reg [ListBits:0] count_q;
  reg at_limit_q, added_q;
  reg [BookBits-1:0] first_q;
  wire flag;
  wire [16:0] count_after = {{(16 - ListBits) {1'b0}}, count_q} + 17'd1;

  gb_ram_1r1w #(.Width(1), .Depth(1 << BookBits), .AddressBits(BookBits)) u_flags (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(add_i | drop_i | clear_i),
      .write_address_i(clear_i ? clear_index_i[BookBits-1:0] : drop_i ? drop_book_i : add_book_i),
      .write_data_i(add_i & ~clear_i),
      .read_i(read_i), .read_address_i(read_book_i), .read_data_o(flag));

  gb_ram_1r1w #(.Width(BookBits), .Depth(BooksPerMessage), .AddressBits(ListBits)) u_list (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(add_i), .write_address_i(count_q[ListBits-1:0]), .write_data_i(add_book_i),
      .read_i(list_read_i), .read_address_i(list_index_i), .read_data_o(list_book_o));

  always @(posedge clk_i) begin
    if (en_i) begin
      added_q <= add_i & read_i & (add_book_i == read_book_i);
      if (clear_i | forget_i) begin
        count_q <= 0;
        at_limit_q <= limit_i == 0;
      end else if (add_i) begin
        count_q <= count_q + 1'b1;
        at_limit_q <= count_after == limit_i;
        if (count_q == 0) first_q <= add_book_i;
      end
    end
  end

  assign dirty_o = flag | added_q;
  assign count_o = count_q;
  assign at_limit_o = at_limit_q;
  assign first_book_o = first_q;
  wire unused = &{1'b0, clear_index_i};
endmodule
`default_nettype wire
