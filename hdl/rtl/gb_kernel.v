// The kernel of the contract: command records in, event records out (docs/contract.md; the pipeline: docs/hdl.md).
//
// Parameters say what memory is built, the limit ports what the profile is: static, each within what is built. A board
// ties them to the parameters (gatebook.v). Handshakes: cmd and evt pass in a cycle with valid and ready; valid does
// not wait for ready; evt_data_o holds while it waits. cmd_data_i counts only while cmd_valid_i is 1. Reset: rst_i for
// at least one cycle, at any time, discards everything in flight; evt_valid_o is 0 from the next cycle on. Then the
// memories are cleared (WalkSteps cycles), and the first event is RESET_DONE with rst_epoch_i as it stood in the last
// cycle of rst_i. Throughput: one LEVEL_SET without commit a cycle. Latency from the handshake: its refusal on the
// output after 6 cycles, the first TOP of a commit after 12 (5 and 11 without a page table); everything else in
// docs/hdl.md, measured there by telemetry.
`default_nettype none
module gb_kernel #(
    parameter Books = 32,
    parameter Pages = 128,
    parameter Baskets = 64,
    parameter LegsPerBasket = 32,
    parameter Fairs = 32,             // 0 leaves the fair values out, as 0 baskets the baskets
    parameter BooksPerMessage = 16,
    parameter FinestTick = 10,
    parameter Paged = 1,              // 0: no page table; Pages >= Books * 2 * (pages of a side)
    parameter Pipelined = 0,          // 1: registers behind the memories: 7 cycles more to a TOP, a faster clock
    parameter Overlap = 1,            // 0: one record at a time, without the registers and the forwarding of more
    parameter SerialFee = 0,          // 1: one bit a cycle
    parameter CrcBytes = 32,          // bytes of an event that the CRC takes in one cycle: 1, 2, 4, 8, 16, 32
    parameter TableRam = 0,           // rows and definitions of baskets in 1: block RAM, 2: LUT RAM, 0: either
    parameter Telemetry = 1
) (
    input wire clk_i,
    input wire rst_i,
    input wire [31:0] rst_epoch_i,

    input wire [16:0] limit_books_i,
    input wire [20:0] limit_pages_i,
    input wire [16:0] limit_baskets_i,
    input wire [20:0] limit_legs_i,
    input wire [8:0] limit_legs_per_basket_i,
    input wire [16:0] limit_fairs_i,
    input wire [16:0] limit_books_per_message_i,
    input wire [15:0] limit_finest_tick_i,

    input wire cmd_valid_i,
    output wire cmd_ready_o,
    input wire [127:0] cmd_data_i,

    output wire evt_valid_o,
    input wire evt_ready_i,
    output wire [255:0] evt_data_o,

    output wire idle_o,               // every accepted record is done and every event has left
    input wire [7:0] telemetry_address_i,
    output wire [63:0] telemetry_data_o
);
  `include "contract.vh"
  `include "gb_book_word.vh"
  `include "gb_tokens.vh"
  localparam BookBits = Books > 1 ? $clog2(Books) : 1;
  localparam BasketCount = Baskets > 0 ? Baskets : 1;
  localparam BasketBits = BasketCount > 1 ? $clog2(BasketCount) : 1;
  localparam PageCount = Pages > 1 ? Pages : 2;
  localparam PageBits = $clog2(PageCount);
  localparam SideLevels = LIMIT_PRICE_ONE[31:0] / FinestTick - 1;
  localparam SidePages = (SideLevels + LIMIT_PAGE_LEVELS[31:0] - 1) / LIMIT_PAGE_LEVELS[31:0];
  localparam SidePageBits = SidePages > 1 ? $clog2(SidePages) : 1;
  localparam ListBits = BooksPerMessage > 1 ? $clog2(BooksPerMessage) : 1;
  localparam BookSteps = 2 << BookBits;
  localparam WalkSteps = BookSteps > BasketCount ? BookSteps : BasketCount;
  localparam WalkBits = $clog2(WalkSteps);

  // Registered, although static: nothing behind them then depends on a port. Constants stay constants.
  reg [16:0] limit_books_q;
  reg [20:0] limit_pages_q;
  reg [16:0] limit_baskets_q;
  reg [20:0] limit_legs_q;
  reg [8:0] limit_legs_per_basket_q;
  reg [16:0] limit_fairs_q;
  reg [16:0] limit_books_per_message_q;
  reg [15:0] limit_finest_tick_q;
  always @(posedge clk_i) begin
    limit_books_q <= limit_books_i;
    limit_pages_q <= limit_pages_i;
    limit_baskets_q <= limit_baskets_i;
    limit_legs_q <= limit_legs_i;
    limit_legs_per_basket_q <= limit_legs_per_basket_i;
    limit_fairs_q <= limit_fairs_i;
    limit_books_per_message_q <= limit_books_per_message_i;
    limit_finest_tick_q <= limit_finest_tick_i;
  end

  wire en;
  wire [15:0] now;

  // ---- the front and the retire point ----
  wire release_input, front_empty, front_book_read, dirty_read;
  wire [BookBits-1:0] front_book, dirty_book;
  wire set_valid;
  wire [BookBits:0] set_side;
  wire [SidePageBits-1:0] set_page;
  wire [6:0] set_slot;
  wire [47:0] set_size;
  wire here, in_range;
  wire [127:0] record;
  wire [30:0] front_word, table_word;
  wire [7:0] front_error;
  wire [BookBits-1:0] here_book;
  wire [2:0] tick_code;
  wire [15:0] accepted_at;

  gb_front #(
      .BookBits(BookBits), .SidePageBits(SidePageBits), .Paged(Paged), .Pipelined(Pipelined), .Overlap(Overlap)
  ) u_front (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en),
      .limit_books_i(limit_books_q), .limit_baskets_i(limit_baskets_q), .limit_finest_tick_i(limit_finest_tick_q),
      .now_i(now),
      .valid_i(cmd_valid_i), .ready_o(cmd_ready_o), .record_i(cmd_data_i), .release_i(release_input),
      .book_read_o(front_book_read), .book_address_o(front_book), .book_word_i(table_word),
      .set_valid_o(set_valid), .set_side_o(set_side), .set_page_o(set_page), .set_slot_o(set_slot),
      .set_size_o(set_size),
      .dirty_read_o(dirty_read), .dirty_address_o(dirty_book),
      .valid_o(here), .record_o(record), .book_word_o(front_word), .error_o(front_error),
      .book_in_range_o(in_range), .book_o(here_book), .tick_code_o(tick_code), .accepted_at_o(accepted_at),
      .empty_o(front_empty));

  wire clear;
  wire [WalkBits-1:0] clear_index;
  wire [WalkBits:0] clear_index_padded = {1'b0, clear_index};
  wire clear_side = clear & {{(31 - WalkBits) {1'b0}}, clear_index_padded} < BookSteps;
  wire [BookBits:0] clear_side_index = clear_index[BookBits:0];

  wire level_changed, level_full, level_commit, dirty, at_limit, dirty_add;
  wire [ListBits:0] dirty_count;
  wire [BookBits-1:0] first_book, list_book, publish_book;
  wire book_write, wipe_start, walk_done, publish_start, publish_done;
  wire [30:0] new_word;
  wire basket_start, basket_done, fair_start, fair_done, digest_start, digest_done;
  wire [7:0] basket_error, fair_error;
  wire [15:0] digest_bids, digest_asks;
  wire [31:0] digest_crc;
  wire costs_pending, retire_idle, muted, finish, retire_token;
  wire [47:0] index;
  wire [2:0] retire_kind;
  wire [255:0] retire_data;

  gb_retire #(.WalkBits(WalkBits), .WalkSteps(WalkSteps), .Overlap(Overlap)) u_retire (
      .clk_i(clk_i), .rst_i(rst_i), .rst_epoch_i(rst_epoch_i), .en_i(en),
      .valid_i(here), .record_i(record), .book_word_i(front_word), .error_i(front_error), .book_in_range_i(in_range),
      .tick_code_i(tick_code), .release_o(release_input),
      .clear_o(clear), .clear_index_o(clear_index),
      .level_changed_i(level_changed), .level_full_i(level_full), .level_commit_o(level_commit),
      .dirty_i(dirty), .at_limit_i(at_limit), .any_dirty_i(dirty_count != 0), .dirty_add_o(dirty_add),
      .book_write_o(book_write), .book_word_o(new_word), .wipe_start_o(wipe_start_now), .walk_done_i(walk_done),
      .publish_start_o(publish_start_now), .publish_done_i(publish_done), .costs_pending_i(costs_pending),
      .basket_start_o(basket_start), .basket_done_i(basket_done), .basket_error_i(basket_error),
      .fair_start_o(fair_start), .fair_done_i(fair_done), .fair_error_i(fair_error),
      .digest_start_o(digest_start_now), .digest_done_i(digest_done), .digest_bids_i(digest_bids),
      .digest_asks_i(digest_asks), .digest_crc_i(digest_crc),
      .idle_o(retire_idle), .muted_o(muted), .index_o(index), .finish_o(finish),
      .token_valid_o(retire_token), .token_kind_o(retire_kind), .token_data_o(retire_data));

  // What the decision at the retire point starts; with Pipelined a cycle later.
  wire publish_start_now, wipe_start_now, digest_start_now, unused_start;
  gb_stage #(.Width(3), .Registered(Pipelined)) u_starts (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en), .valid_i(1'b1),
      .data_i({publish_start_now, wipe_start_now, digest_start_now}),
      .valid_o(unused_start), .data_o({publish_start, wipe_start, digest_start}));

  // ---- the books ----
  wire publish_book_read;
  gb_ram_1r1w #(.Width(WORD_BITS), .Depth(1 << BookBits), .AddressBits(BookBits)) u_books (
      .clk_i(clk_i), .en_i(en),
      .write_i(book_write | clear_side),
      .write_address_i(clear_side ? clear_index[BookBits-1:0] : here_book),
      .write_data_i(clear_side ? {WORD_BITS{1'b0}} : new_word),
      .read_i(front_book_read | publish_book_read),
      .read_address_i(publish_book_read ? publish_book : front_book), .read_data_o(table_word));

  wire list_read, drop, forget;
  wire [ListBits-1:0] list_index;
  gb_dirty_set #(.BookBits(BookBits), .BooksPerMessage(BooksPerMessage), .ListBits(ListBits)) u_dirty (
      .clk_i(clk_i), .en_i(en), .clear_i(clear_side), .clear_index_i(clear_side_index),
      .limit_i(limit_books_per_message_q),
      .read_i(dirty_read), .read_book_i(dirty_book), .dirty_o(dirty),
      .add_i(dirty_add), .add_book_i(here_book), .count_o(dirty_count), .at_limit_o(at_limit),
      .first_book_o(first_book),
      .list_read_i(list_read), .list_index_i(list_index), .list_book_o(list_book),
      .drop_i(drop), .drop_book_i(publish_book), .forget_i(forget));

  wire find_valid, find_ask, found_valid, found;
  wire [SidePageBits-1:0] found_page, level_page;
  wire [6:0] found_slot, level_slot;
  wire [47:0] found_size, level_size;
  wire level_valid, level_ready, level_side;
  gb_ladder #(
      .BookBits(BookBits), .SidePages(SidePages), .SidePageBits(SidePageBits), .Pages(PageCount), .PageBits(PageBits),
      .Paged(Paged), .Pipelined(Pipelined), .Overlap(Overlap)
  ) u_ladder (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en), .clear_i(clear_side), .clear_index_i(clear_side_index),
      .limit_pages_i(limit_pages_q),
      .set_valid_i(set_valid), .set_side_i(set_side), .set_page_i(set_page), .set_slot_i(set_slot),
      .set_size_i(set_size),
      .changed_o(level_changed), .full_o(level_full), .commit_i(level_commit),
      .find_valid_i(find_valid), .find_side_i({publish_book, find_ask}), .found_valid_o(found_valid), .found_o(found),
      .found_page_o(found_page), .found_slot_o(found_slot), .found_size_o(found_size),
      .walk_start_i(wipe_start | digest_start), .walk_wipe_i(wipe_start), .walk_book_i(here_book),
      .walk_done_o(walk_done),
      .level_valid_o(level_valid), .level_ready_i(level_ready), .level_side_o(level_side), .level_page_o(level_page),
      .level_slot_o(level_slot), .level_size_o(level_size));

  gb_digest #(.SidePageBits(SidePageBits), .CrcBytes(CrcBytes < 8 ? CrcBytes : 8)) u_digest (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en), .start_i(digest_start), .tick_code_i(front_word[WORD_TICK_LSB+:3]),
      .done_o(digest_done), .bids_o(digest_bids), .asks_o(digest_asks), .crc_o(digest_crc),
      .walk_done_i(walk_done), .level_valid_i(level_valid), .level_ready_o(level_ready), .level_side_i(level_side),
      .level_page_i(level_page), .level_slot_i(level_slot), .level_size_i(level_size));

  // ---- the published table ----
  wire row_read_publish, row_read_basket, row_read_fair, row_write, cost_write;
  wire [BookBits-1:0] row_write_book, row_book_basket, row_book_fair;
  wire [13:0] bid_price, ask_price, row_bid_price, row_ask_price;
  wire [47:0] bid_size, ask_size, row_bid_size, row_ask_size;
  wire [20:0] yes_cost, no_cost, row_yes_cost, row_no_cost;
  gb_row_table #(.BookBits(BookBits), .Style(TableRam)) u_rows (
      .clk_i(clk_i), .en_i(en), .clear_i(clear_side), .clear_index_i(clear_side_index),
      .write_i(row_write), .cost_write_i(cost_write), .write_book_i(row_write_book), .bid_price_i(bid_price),
      .bid_size_i(bid_size),
      .ask_price_i(ask_price), .ask_size_i(ask_size), .yes_cost_i(yes_cost), .no_cost_i(no_cost),
      .read_i(row_read_publish | row_read_basket | row_read_fair),
      .read_book_i(row_read_publish ? publish_book : row_read_basket ? row_book_basket : row_book_fair),
      .bid_price_o(row_bid_price), .bid_size_o(row_bid_size), .ask_price_o(row_ask_price), .ask_size_o(row_ask_size),
      .yes_cost_o(row_yes_cost), .no_cost_o(row_no_cost));
  wire row_yes_valid = row_ask_price != 0;
  wire row_no_valid = row_bid_price != 0;

  wire publishing, has_members, top_valid, delta_valid, delta_done, eval_start, eval_done, fair_any, fair_valid;
  wire fair_mask;
  wire fair_eval_done;
  wire [13:0] top_ask_price;
  wire [47:0] top_ask_size;
  wire signed [21:0] delta_yes, delta_no;
  wire signed [1:0] missing_yes, missing_no;
  gb_publisher #(
      .BookBits(BookBits), .SidePageBits(SidePageBits), .ListBits(ListBits), .SerialFee(SerialFee),
      .Costs(Baskets > 0 || Fairs > 0 ? 1 : 0),
      .Pipelined(Pipelined || Overlap == 0 ? 1 : 0)
  ) u_publisher (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en), .start_i(publish_start), .done_o(publish_done),
      .first_book_i(first_book), .count_i(dirty_count), .list_read_o(list_read), .list_index_o(list_index),
      .list_book_i(list_book), .drop_o(drop), .forget_o(forget), .book_o(publish_book),
      .find_valid_o(find_valid), .find_ask_o(find_ask), .found_valid_i(found_valid), .found_i(found),
      .found_page_i(found_page), .found_slot_i(found_slot), .found_size_i(found_size),
      .book_read_o(publish_book_read), .book_word_i(table_word), .row_read_o(row_read_publish),
      .old_bid_price_i(row_bid_price), .old_bid_size_i(row_bid_size), .old_ask_price_i(row_ask_price),
      .old_ask_size_i(row_ask_size), .old_yes_cost_i(row_yes_cost), .old_no_cost_i(row_no_cost),
      .row_write_o(row_write), .cost_write_o(cost_write), .costs_pending_o(costs_pending),
      .row_write_book_o(row_write_book), .bid_price_o(bid_price),
      .bid_size_o(bid_size),
      .ask_price_o(ask_price),
      .ask_size_o(ask_size), .yes_cost_o(yes_cost), .no_cost_o(no_cost), .compare_o(publishing),
      .top_valid_o(top_valid),
      .top_ask_price_o(top_ask_price), .top_ask_size_o(top_ask_size),
      .has_members_i(has_members), .delta_valid_o(delta_valid), .delta_yes_o(delta_yes), .delta_no_o(delta_no),
      .missing_yes_o(missing_yes),
      .missing_no_o(missing_no), .delta_done_i(delta_done), .eval_start_o(eval_start), .eval_done_i(eval_done),
      .fair_any_i(fair_any), .fair_valid_o(fair_valid), .fair_mask_o(fair_mask), .fair_done_i(fair_eval_done));

  // ---- the detectors ----
  wire basket_signal, fair_signal;
  wire [7:0] basket_action, fair_action, basket_kind, fair_kind;
  wire [15:0] basket_id, fair_id;
  wire [31:0] basket_edge, fair_edge;
  wire [47:0] basket_size, fair_size;
  generate
    if (Baskets > 0) begin : g_baskets
      gb_basket_engine #(
          .Books(1 << BookBits), .BookBits(BookBits), .Baskets(Baskets), .BasketBits(BasketBits),
          .LegsPerBasket(LegsPerBasket), .WalkBits(WalkBits), .Style(TableRam)
      ) u_baskets (
          .clk_i(clk_i), .rst_i(rst_i), .en_i(en), .clear_i(clear), .clear_index_i(clear_index),
          .limit_legs_i(limit_legs_q), .limit_legs_per_basket_i(limit_legs_per_basket_q),
          .exec_valid_i(basket_start), .exec_record_i(record), .exec_book_in_range_i(in_range),
          .exec_done_o(basket_done), .exec_error_o(basket_error),
          .prefetch_valid_i(drop), .prefetch_book_i(publish_book), .prefetch_any_o(has_members),
          .delta_valid_i(delta_valid), .delta_book_i(publish_book), .delta_yes_i(delta_yes), .delta_no_i(delta_no),
          .missing_yes_i(missing_yes), .missing_no_i(missing_no), .delta_done_o(delta_done),
          .eval_start_i(eval_start), .eval_done_o(eval_done),
          .row_read_o(row_read_basket), .row_book_o(row_book_basket),
          .row_yes_valid_i(row_yes_valid), .row_yes_cost_i(row_yes_cost), .row_ask_size_i(row_ask_size),
          .row_no_valid_i(row_no_valid), .row_no_cost_i(row_no_cost), .row_bid_size_i(row_bid_size),
          .signal_valid_o(basket_signal), .signal_action_o(basket_action), .signal_id_o(basket_id),
          .signal_edge_o(basket_edge), .signal_kind_o(basket_kind), .signal_size_o(basket_size));
    end else begin : g_no_baskets
      // No id is in range (gb_decode refuses), and there is nothing to evaluate.
      reg delta_done_q, eval_done_q;
      always @(posedge clk_i) if (en) {delta_done_q, eval_done_q} <= {delta_valid, eval_start};
      assign delta_done = delta_done_q;
      assign eval_done = eval_done_q;
      assign has_members = 1'b0;
      assign basket_done = 1'b0;
      assign basket_error = 8'd0;
      assign row_read_basket = 1'b0;
      assign row_book_basket = {BookBits{1'b0}};
      assign basket_signal = 1'b0;
      assign {basket_action, basket_id, basket_edge, basket_kind, basket_size} = 112'd0;
      wire unused = &{
          1'b0, limit_legs_q, limit_legs_per_basket_q, basket_start, delta_yes, delta_no, missing_yes, missing_no};
    end
    if (Fairs > 0) begin : g_fairs
      gb_fair_engine #(.Books(1 << BookBits), .BookBits(BookBits), .WalkBits(WalkBits)) u_fairs (
          .clk_i(clk_i), .rst_i(rst_i), .en_i(en), .clear_i(clear), .clear_index_i(clear_index),
          .limit_fairs_i(limit_fairs_q),
          .exec_valid_i(fair_start), .exec_record_i(record), .exec_done_o(fair_done), .exec_error_o(fair_error),
          .eval_valid_i(fair_valid), .eval_book_i(publish_book), .eval_done_o(fair_eval_done),
          .mask_i(retire_publishing ? fair_mask : front_word[WORD_MASK_FAIR_LSB]), .any_o(fair_any),
          .row_read_o(row_read_fair), .row_book_o(row_book_fair),
          .row_yes_valid_i(row_yes_valid), .row_yes_cost_i(row_yes_cost), .row_ask_size_i(row_ask_size),
          .row_no_valid_i(row_no_valid), .row_no_cost_i(row_no_cost), .row_bid_size_i(row_bid_size),
          .signal_valid_o(fair_signal), .signal_action_o(fair_action), .signal_id_o(fair_id),
          .signal_edge_o(fair_edge), .signal_kind_o(fair_kind), .signal_size_o(fair_size));
    end else begin : g_no_fairs
      gb_no_fairs u_no_fairs (
          .clk_i(clk_i), .rst_i(rst_i), .en_i(en),
          .exec_valid_i(fair_start), .exec_record_i(record), .exec_done_o(fair_done), .exec_error_o(fair_error));
      assign fair_any = 1'b0;
      assign fair_eval_done = 1'b0;
      assign row_read_fair = 1'b0;
      assign row_book_fair = {BookBits{1'b0}};
      assign fair_signal = 1'b0;
      assign {fair_action, fair_id, fair_edge, fair_kind, fair_size} = 112'd0;
      wire unused = &{1'b0, limit_fairs_q, fair_valid, fair_mask, retire_publishing};
    end
    if (Baskets == 0 && Fairs == 0) begin : g_no_detector
      wire unused = &{1'b0, row_yes_valid, row_no_valid};
    end
  endgenerate
  wire retire_publishing;
  assign retire_publishing = fair_valid | fair_eval_q;
  // While a published book is evaluated its mask counts, otherwise that of the command's book.
  reg fair_eval_q;
  always @(posedge clk_i) begin
    if (rst_i) fair_eval_q <= 1'b0;
    else if (en) fair_eval_q <= (fair_eval_q | fair_valid) & ~fair_eval_done;
  end

  // ---- one token a cycle, from whoever works ----
  wire signal_now = basket_signal | fair_signal;
  wire [15:0] padded_book;
  generate
    if (BookBits < 16) begin : g_padded_book
      assign padded_book = {{(16 - BookBits) {1'b0}}, publish_book};
    end else begin : g_padded_book
      assign padded_book = publish_book;
    end
  endgenerate
  reg token_valid;
  reg [2:0] token_kind;
  reg [255:0] token_data;
  always @* begin
    token_valid = 1'b0;
    token_kind = TOKEN_EVENT;
    token_data = 256'd0;
    if (publishing) begin
      token_valid = top_valid & ~muted;
      token_data = {
          16'd0, top_ask_size, 16'd0, bid_size, 16'd0, index,
          2'd0, top_ask_price, 2'd0, bid_price, padded_book, 8'd0, EV_TOP};
    end else if (basket_signal) begin
      token_valid = ~muted;
      token_data = {
          80'd0, basket_size, 8'd0, basket_kind, index, basket_edge, basket_id, basket_action, EV_SIGNAL};
    end else if (fair_signal) begin
      token_valid = ~muted;
      token_data = {80'd0, fair_size, 8'd0, fair_kind, index, fair_edge, fair_id, fair_action, EV_SIGNAL};
    end else begin
      token_valid = retire_token;
      token_kind = retire_kind;
      token_data = retire_data;
    end
  end
  wire queue_empty, emitted, queue_token;
  wire [2:0] queue_kind;
  wire [255:0] queue_data;
  gb_stage #(.Width(259), .Registered(Pipelined), .Gated(0)) u_token (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en), .valid_i(token_valid), .data_i({token_kind, token_data}),
      .valid_o(queue_token), .data_o({queue_kind, queue_data}));
  generate
    if (CrcBytes == 32) begin : g_queue
      gb_event_queue u_queue (
          .clk_i(clk_i), .rst_i(rst_i), .en_o(en),
          .token_valid_i(queue_token), .token_kind_i(queue_kind), .token_data_i(queue_data),
          .evt_valid_o(evt_valid_o), .evt_ready_i(evt_ready_i), .evt_data_o(evt_data_o),
          .empty_o(queue_empty), .emitted_o(emitted));
    end else begin : g_queue
      gb_event_slot #(.CrcBytes(CrcBytes)) u_queue (
          .clk_i(clk_i), .rst_i(rst_i), .en_o(en),
          .token_valid_i(queue_token), .token_kind_i(queue_kind), .token_data_i(queue_data),
          .evt_valid_o(evt_valid_o), .evt_ready_i(evt_ready_i), .evt_data_o(evt_data_o),
          .empty_o(queue_empty), .emitted_o(emitted));
    end
  endgenerate

  assign idle_o = front_empty & retire_idle & queue_empty & ~queue_token & cmd_ready_o;

  generate
    if (Telemetry) begin : g_telemetry
      gb_telemetry u_telemetry (
          .clk_i(clk_i), .rst_i(rst_i), .en_i(en), .idle_i(idle_o), .waiting_i(cmd_valid_i & ~cmd_ready_o),
          .emitted_i(emitted),
          .finish_i(finish), .opcode_i(record[7:0]), .commits_i(record[CMD_LEVEL_SET_COMMIT_LSB]),
          .top_i(top_valid), .signal_i(signal_now), .accepted_at_i(accepted_at), .now_o(now),
          .telemetry_address_i(telemetry_address_i), .telemetry_data_o(telemetry_data_o));
    end else begin : g_no_telemetry
      assign now = 16'd0;
      assign telemetry_data_o = 64'd0;
      wire unused = &{1'b0, telemetry_address_i, emitted, finish, accepted_at, signal_now};
    end
  endgenerate
endmodule
`default_nettype wire
