// The ladder with the digest that its walk feeds, for a bench: connected as in gb_kernel, but for hold_i, which holds a
// level up for a cycle. start_i, wipe_i and book_i start a walk of the ladder, and the digest with it unless it wipes.
`default_nettype none
module ladder_digest #(
    parameter BookBits = 2,
    parameter SidePages = 4,
    parameter SidePageBits = 2,
    parameter Pages = 6,
    parameter PageBits = 3,
    parameter Paged = 1,
    parameter Pipelined = 0,
    parameter Overlap = 1,
    parameter CrcBytes = 8
) (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire clear_i,
    input wire [BookBits:0] clear_index_i,
    input wire [20:0] limit_pages_i,
    input wire [2:0] tick_code_i,
    input wire set_valid_i,
    input wire [BookBits:0] set_side_i,
    input wire [SidePageBits-1:0] set_page_i,
    input wire [6:0] set_slot_i,
    input wire [47:0] set_size_i,
    output wire changed_o,
    output wire full_o,
    input wire commit_i,
    input wire find_valid_i,
    input wire [BookBits:0] find_side_i,
    output wire found_valid_o,
    output wire found_o,
    output wire [SidePageBits-1:0] found_page_o,
    output wire [6:0] found_slot_o,
    output wire [47:0] found_size_o,
    input wire start_i,
    input wire wipe_i,
    input wire [BookBits-1:0] book_i,
    input wire hold_i,
    output wire walk_done_o,
    output wire digest_done_o,
    output wire [15:0] bids_o,
    output wire [15:0] asks_o,
    output wire [31:0] crc_o
);
  wire level_valid, level_ready, level_side;
  wire [SidePageBits-1:0] level_page;
  wire [6:0] level_slot;
  wire [47:0] level_size;
  gb_ladder #(
      .BookBits(BookBits), .SidePages(SidePages), .SidePageBits(SidePageBits), .Pages(Pages), .PageBits(PageBits),
      .Paged(Paged), .Pipelined(Pipelined), .Overlap(Overlap)
  ) u_ladder (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .clear_i(clear_i), .clear_index_i(clear_index_i),
      .limit_pages_i(limit_pages_i),
      .set_valid_i(set_valid_i), .set_side_i(set_side_i), .set_page_i(set_page_i), .set_slot_i(set_slot_i),
      .set_size_i(set_size_i), .changed_o(changed_o), .full_o(full_o), .commit_i(commit_i),
      .find_valid_i(find_valid_i), .find_side_i(find_side_i), .found_valid_o(found_valid_o), .found_o(found_o),
      .found_page_o(found_page_o), .found_slot_o(found_slot_o), .found_size_o(found_size_o),
      .walk_start_i(start_i), .walk_wipe_i(wipe_i), .walk_book_i(book_i), .walk_done_o(walk_done_o),
      .level_valid_o(level_valid), .level_ready_i(level_ready & ~hold_i), .level_side_o(level_side),
      .level_page_o(level_page), .level_slot_o(level_slot), .level_size_o(level_size));
  gb_digest #(.SidePageBits(SidePageBits), .CrcBytes(CrcBytes)) u_digest (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .start_i(start_i & ~wipe_i), .tick_code_i(tick_code_i),
      .done_o(digest_done_o), .bids_o(bids_o), .asks_o(asks_o), .crc_o(crc_o),
      .walk_done_i(walk_done_o), .level_valid_i(level_valid & ~hold_i), .level_ready_o(level_ready),
      .level_side_i(level_side), .level_page_i(level_page), .level_slot_i(level_slot), .level_size_i(level_size));
endmodule
`default_nettype wire
