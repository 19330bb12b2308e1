// The baskets against a model of their legs (clauses BSK-1, BSK-2, BSK-3), for every sequence of commands, walks,
// evaluations, hints, clears, resets and frozen cycles.
//
// Model: the legs of each basket, and for each book which sides of its published row are present and what they cost.
// Claimed: while no walk runs, the stored sum of every basket that exists is the sum of the costs of its legs, and the
// stored count the number of its absent ones; what is judged is these two, of a basket that exists and has legs; an
// OPEN or CHANGE is of a basket without absent legs and carries payout minus that sum; a command is answered as the
// model answers. Claims about ports are marked PORT. All other assertions are the invariants that make these inductive,
// written against the state of gb_basket_engine after flatten, with gb_basket_walk, gb_basket_members, gb_touched_set
// and gb_basket_judge as they are.
//
// In layers, each an induction of its own that may use the layers before it and never those after it: 1 and 2 are
// arithmetic of the model alone (the differences of walks and the costs of added legs make up the sum of the legs); 3
// the tables and commands; 4 the walk; 5 the stored sums; 6 the claims about sums and the evaluation. Layer 0 has the
// covers only.
//
// Assumed of the surroundings (gb_retire, gb_publisher): a reset comes first, and after it a clear over all indices;
// commands, walks, evaluations and clears start while none of them runs; no command comes between a walk and the end of
// the evaluation after it; a record does not change while it is worked on; a walk tells the differences of a row to the
// row before, an absent cost counting 0; a row changes without a walk only if nobody has a leg on its book and no
// command runs; the limits stay, at most LegsPerBasket legs a basket.
`default_nettype none
// Nothing but JUDGED needs these two.
`define PARTS(claim) begin if (Layer == 1) assert (claim ); if (Layer == 6) assume (claim ); end
`define TOTALS(claim) begin if (Layer == 2) assert (claim ); if (Layer == 6) assume (claim ); end
`define TABLES(claim) begin if (Layer == 3) assert (claim ); if (Layer > 3) assume (claim ); end
`define WALK(claim) begin if (Layer == 4) assert (claim ); if (Layer > 4) assume (claim ); end
`define SUMS(claim) begin if (Layer == 5) assert (claim ); if (Layer > 5) assume (claim ); end
`define JUDGED(claim) begin if (Layer == 6) assert (claim ); end
module basket_proof #(
    parameter Layer = 6,
    parameter Books = 2,
    parameter BookBits = 1,
    parameter Baskets = 2,
    parameter BasketBits = 1,
    parameter WalkBits = 2,
    parameter CostBits = 21  // of the 21 of a cost; the others are 0
) (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire clear_i,
    input wire [WalkBits-1:0] clear_index_i,
    input wire exec_valid_i,
    input wire [127:0] exec_record_i,
    input wire exec_book_in_range_i,
    input wire prefetch_valid_i,
    input wire [BookBits-1:0] prefetch_book_i,
    input wire delta_valid_i,
    input wire quiet_valid_i,            // a row changes without a walk: nobody has a leg on the book
    input wire [BookBits-1:0] new_book_i,
    input wire [1:0] new_present_i,      // {NO, YES}
    input wire [20:0] new_yes_i,
    input wire [20:0] new_no_i,
    input wire eval_start_i,
    input wire [41:0] stray_costs_i,     // of rows that are absent
    input wire [47:0] row_ask_size_i,
    input wire [47:0] row_bid_size_i
);
  `include "contract.vh"
  localparam LegsPerBasket = 4;
  localparam SlotBits = 2;
  localparam LegBits = 3;
  localparam SumBits = 24;
  localparam EdgeBits = 29;
  localparam BaseBits = 6 + 2 * LegBits + 28 + 48;  // {exists, armed, mask, kind, members, legs, payout, min_size}
  localparam EntryBits = LegBits + SumBits;         // {missing, sum}
  localparam CountBits = BasketBits + 1;
  localparam MemberBits = BookBits + BasketBits + 2;  // {book, place, yes, no}
  localparam ListBits = BasketBits + SlotBits + 2;    // {basket, slot, yes, no}
  localparam Rows = 2 * Books;                        // by {book, NO}
  localparam IndexBits = (BasketBits + 1) / 2;
  localparam WordBits = 1 << IndexBits;
  localparam NumberBits = BasketBits > IndexBits ? BasketBits - IndexBits : 1;
  localparam SummaryBits = 1 << NumberBits;
  localparam ClearSteps = 2 * Books > Baskets ? 2 * Books : Baskets;
  localparam [2:0] Idle = 0, Latch = 1, Dispatch = 2, Find = 3, Add = 4, Drop = 5, Scan = 6, Next = 7;
  localparam [2:0] DropMember = 3, DropBook = 4, DropCount = 5, DropLast = 6, DropMove = 7;  // of gb_basket_members

  // ---- the model: legs by {basket, book, NO}, rows by {book, NO}; and what runs ----
  reg known = 0, ready = 0;
  reg [WalkBits:0] cleared;
  reg [Baskets-1:0] exists, armed;
  reg [Baskets*28-1:0] payouts;
  reg [Baskets*Rows-1:0] legs;
  reg [Rows-1:0] present;
  reg [Rows*21-1:0] costs;             // 0 where absent
  reg executing, walking, evaluating;
  reg due;                             // an evaluation, since there was a walk
  reg applied;
  reg [7:0] error;
  reg [127:0] record_q;
  reg in_range_q;
  reg [BookBits-1:0] walk_book;
  reg signed [21:0] walk_yes, walk_no;
  reg signed [1:0] walk_missing_yes, walk_missing_no;
  reg [Baskets-1:0] pending;           // have the difference to come
  reg [Baskets*SumBits-1:0] totals;    // of costs, as the commands and the differences make them
  reg [Baskets*Books*SumBits-1:0] parts;  // the same by {basket, book}
  reg [BookBits-1:0] row;
  (* anyconst *) wire [20:0] limit_legs;
  (* anyconst *) wire [8:0] limit_legs_per_basket;

  wire [127:0] record = executing ? record_q : exec_record_i;
  wire in_range = executing ? in_range_q : exec_book_in_range_i;
  wire [BookBits-1:0] delta_book = walking ? walk_book : new_book_i;
  wire [20:0] new_yes = new_present_i[0] ? new_yes_i : 21'd0;
  wire [20:0] new_no = new_present_i[1] ? new_no_i : 21'd0;
  wire [1:0] old_present = present[2*new_book_i+:2];
  wire [41:0] old_costs = costs[42*new_book_i+:42];
  wire signed [21:0] delta_yes = walking ? walk_yes : {1'b0, new_yes} - {1'b0, old_costs[20:0]};
  wire signed [21:0] delta_no = walking ? walk_no : {1'b0, new_no} - {1'b0, old_costs[41:21]};
  wire signed [1:0] missing_yes = walking ? walk_missing_yes : {1'b0, old_present[0]} - {1'b0, new_present_i[0]};
  wire signed [1:0] missing_no = walking ? walk_missing_no : {1'b0, old_present[1]} - {1'b0, new_present_i[1]};
  wire row_yes_valid = present[2*row];
  wire row_no_valid = present[2*row+1];
  wire [20:0] row_yes_cost = row_yes_valid ? costs[42*row+:21] : stray_costs_i[20:0];
  wire [20:0] row_no_cost = row_no_valid ? costs[42*row+21+:21] : stray_costs_i[41:21];

  wire exec_done, delta_done, any, eval_done, row_read, signal_valid;
  wire [BookBits-1:0] row_book;
  wire [7:0] exec_error, signal_action, signal_kind;
  wire [15:0] signal_id;
  wire [31:0] signal_edge;
  wire [47:0] signal_size;
  gb_basket_engine #(
      .Books(Books), .BookBits(BookBits), .Baskets(Baskets), .BasketBits(BasketBits),
      .LegsPerBasket(LegsPerBasket), .WalkBits(WalkBits)
  ) dut (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .clear_i(clear_i), .clear_index_i(clear_index_i),
      .limit_legs_i(limit_legs), .limit_legs_per_basket_i(limit_legs_per_basket),
      .exec_valid_i(exec_valid_i), .exec_record_i(record), .exec_book_in_range_i(in_range),
      .exec_done_o(exec_done), .exec_error_o(exec_error),
      .prefetch_valid_i(prefetch_valid_i), .prefetch_book_i(prefetch_book_i), .prefetch_any_o(any),
      .delta_valid_i(delta_valid_i), .delta_book_i(delta_book), .delta_yes_i(delta_yes), .delta_no_i(delta_no),
      .missing_yes_i(missing_yes), .missing_no_i(missing_no), .delta_done_o(delta_done),
      .eval_start_i(eval_start_i), .eval_done_o(eval_done), .row_read_o(row_read), .row_book_o(row_book),
      .row_yes_valid_i(row_yes_valid), .row_yes_cost_i(row_yes_cost), .row_ask_size_i(row_ask_size_i),
      .row_no_valid_i(row_no_valid), .row_no_cost_i(row_no_cost), .row_bid_size_i(row_bid_size_i),
      .signal_valid_o(signal_valid), .signal_action_o(signal_action), .signal_id_o(signal_id),
      .signal_edge_o(signal_edge), .signal_kind_o(signal_kind), .signal_size_o(signal_size));

  // ---- the state of the engine ----
  `include "basket_words.vh"
  (* hierconn *) wire [2:0] \dut.state_q , \dut.u_members.state_q ;
  (* hierconn *) wire \dut.exec_q , \dut.exec_done_q , \dut.evaluate_q , \dut.again_q , \dut.first_q , \dut.pending_q ;
  (* hierconn *) wire \dut.eval_done_q , \dut.exists_q , \dut.armed_q , \dut.row_valid_q , \dut.absent_q ;
  (* hierconn *) wire [20:0] \dut.leg_total_q , \dut.cost_q ;
  (* hierconn *) wire [BasketBits-1:0] \dut.id_q ;
  (* hierconn *) wire [LegBits-1:0] \dut.members_q , \dut.legs_q , \dut.missing_q , \dut.slot_q , \dut.row_slot_q ;
  (* hierconn *) wire [SumBits-1:0] \dut.sum_q ;
  (* hierconn *) wire [27:0] \dut.payout_q ;
  (* hierconn *) wire [7:0] \dut.error_q ;
  (* hierconn *) wire [BaseBits-1:0] \dut.base ;
  (* hierconn *) wire [LegBits-1:0] \dut.sum_missing ;
  (* hierconn *) wire [SumBits-1:0] \dut.sum_sum ;
  wire [2:0] state = \dut.state_q ;
  wire [2:0] member_state = \dut.u_members.state_q ;
  wire exec_q = \dut.exec_q ;
  wire evaluate_q = \dut.evaluate_q ;
  wire again_q = \dut.again_q ;
  wire [BasketBits-1:0] id = \dut.id_q ;
  wire [LegBits-1:0] members_q = \dut.members_q ;
  // gb_basket_members
  (* hierconn *) wire [SlotBits:0] \dut.u_members.slot_q ;
  (* hierconn *) wire \dut.u_members.found_q , \dut.u_members.yes_q , \dut.u_members.no_q ;
  (* hierconn *) wire [BookBits-1:0] \dut.u_members.book_q , \dut.u_members.book_o ;
  (* hierconn *) wire [BasketBits-1:0] \dut.u_members.place_q , \dut.u_members.place , \dut.u_members.last_q ;
  (* hierconn *) wire \dut.u_members.yes_o , \dut.u_members.no_o , \dut.u_members.list_yes_o ;
  (* hierconn *) wire \dut.u_members.list_no_o ;
  (* hierconn *) wire [BasketBits-1:0] \dut.u_members.list_basket_o ;
  (* hierconn *) wire [SlotBits-1:0] \dut.u_members.list_slot ;
  (* hierconn *) wire [BasketBits:0] \dut.u_members.count_o ;
  wire [SlotBits:0] slot = \dut.u_members.slot_q ;
  wire [SlotBits:0] slot_before = slot - 1;
  wire [SlotBits:0] slot_compared = slot - 2;
  wire [BookBits-1:0] held_book = \dut.u_members.book_q ;
  wire [BasketBits-1:0] held_place = \dut.u_members.place_q ;
  wire [BasketBits-1:0] last = \dut.u_members.last_q ;
  wire [MemberBits-1:0] held_member = {held_book, held_place, \dut.u_members.yes_q , \dut.u_members.no_q };
  wire [MemberBits-1:0] shown_member = {
    \dut.u_members.book_o , \dut.u_members.place , \dut.u_members.yes_o , \dut.u_members.no_o };
  wire [ListBits-1:0] shown_list = {
    \dut.u_members.list_basket_o , \dut.u_members.list_slot , \dut.u_members.list_yes_o , \dut.u_members.list_no_o };
  wire [BasketBits:0] shown_count = \dut.u_members.count_o ;
  // gb_basket_walk
  (* hierconn *) wire \dut.u_walk.fetching_q , \dut.u_walk.head_valid_q , \dut.u_walk.head_yes_q ;
  (* hierconn *) wire \dut.u_walk.head_no_q , \dut.u_walk.waiting_q , \dut.u_walk.walking_q , \dut.u_walk.done_q ;
  (* hierconn *) wire \dut.u_walk.add_valid_q , \dut.u_walk.check_valid_q , \dut.u_walk.hint_q ;
  (* hierconn *) wire [BookBits-1:0] \dut.u_walk.head_book_q , \dut.u_walk.hint_book_q ;
  (* hierconn *) wire [BasketBits:0] \dut.u_walk.head_count_q , \dut.u_walk.left_q ;
  (* hierconn *) wire [BasketBits-1:0] \dut.u_walk.head_basket_q , \dut.u_walk.place_q , \dut.u_walk.add_basket_q ;
  (* hierconn *) wire [BasketBits-1:0] \dut.u_walk.check_basket_q ;
  (* hierconn *) wire signed [22:0] \dut.u_walk.add_cost_q ;
  (* hierconn *) wire signed [2:0] \dut.u_walk.add_missing_q ;
  wire fetching = \dut.u_walk.fetching_q ;
  wire head_valid = \dut.u_walk.head_valid_q ;
  wire [BookBits-1:0] head_book = \dut.u_walk.head_book_q ;
  wire add_valid = \dut.u_walk.add_valid_q ;
  wire [BasketBits-1:0] add_basket = \dut.u_walk.add_basket_q ;
  wire check_valid = \dut.u_walk.check_valid_q ;
  wire [BasketBits-1:0] check_basket = \dut.u_walk.check_basket_q ;
  // gb_touched_set
  (* hierconn *) wire [WordBits-1:0] \dut.u_touched.words_q[0] , \dut.u_touched.words_q[1] , \dut.u_touched.word_q ;
  (* hierconn *) wire [SummaryBits-1:0] \dut.u_touched.summary_q ;
  (* hierconn *) wire \dut.u_touched.first_found_q , \dut.u_touched.searching_q , \dut.u_touched.next_valid_q ;
  (* hierconn *) wire [BasketBits-1:0] \dut.u_touched.first_id_q , \dut.u_touched.next_id_q ;
  (* hierconn *) wire [NumberBits-1:0] \dut.u_touched.number_q ;
  wire [2*WordBits-1:0] set_words = {\dut.u_touched.words_q[1] , \dut.u_touched.words_q[0] };
  wire [SummaryBits-1:0] summary = \dut.u_touched.summary_q ;
  wire [WordBits-1:0] set_word = \dut.u_touched.word_q ;
  wire [NumberBits-1:0] set_number = \dut.u_touched.number_q ;
  wire first_found = \dut.u_touched.first_found_q ;
  wire searching = \dut.u_touched.searching_q ;
  wire next_valid = \dut.u_touched.next_valid_q ;
  wire [BasketBits-1:0] first_id = \dut.u_touched.first_id_q ;
  wire [BasketBits-1:0] next_id = \dut.u_touched.next_id_q ;
  // gb_basket_judge
  (* hierconn *) wire \dut.u_judge.row_valid_q , \dut.u_judge.row_last_q , \dut.u_judge.may_open_q ;
  (* hierconn *) wire \dut.u_judge.decide_q ;
  (* hierconn *) wire \dut.u_judge.rate_i , \dut.u_judge.may_open_i ;
  (* hierconn *) wire [BasketBits-1:0] \dut.u_judge.basket_q , \dut.u_judge.basket_i ;
  (* hierconn *) wire [SumBits-1:0] \dut.u_judge.sum_i ;
  (* hierconn *) wire signed [EdgeBits-1:0] \dut.u_judge.edge_q ;
  wire judge_row = \dut.u_judge.row_valid_q ;
  wire decide = \dut.u_judge.decide_q ;
  wire may_open = \dut.u_judge.may_open_q ;
  wire signed [EdgeBits-1:0] edge_kept = \dut.u_judge.edge_q ;
  wire [BasketBits-1:0] judged = \dut.u_judge.basket_q ;

  // ---- the model of a command ----
  wire [7:0] opcode = record[7:0];
  wire [BasketBits-1:0] basket = record[CMD_BASKET_LEG_BASKET_LSB+:BasketBits];
  wire [BookBits-1:0] book = record[CMD_BASKET_LEG_BOOK_LSB+:BookBits];
  wire no = record[CMD_BASKET_LEG_OUTCOME_LSB];
  wire [7:0] kind = record[CMD_BASKET_CREATE_KIND_LSB+:8];
  wire [31:0] payout = record[CMD_BASKET_CREATE_PAYOUT_LSB+:32];
  wire [31:0] leg = Rows * basket + {book, no};
  wire [Rows-1:0] legs_of_basket = legs[Rows*basket+:Rows];
  wire [LegBits-1:0] leg_count;
  wire [20:0] leg_total;
  reg [7:0] refusal, add_refusal;
  always @* begin
    refusal = 0;
    add_refusal = 0;
    case (opcode)
      OP_BASKET_CREATE:
      if (exists[basket]) refusal = ERROR_CODE_BASKET_EXISTS;
      else if (kind < SIGNAL_KIND_CROSS | kind > SIGNAL_KIND_TWO_VENUE) refusal = ERROR_CODE_KIND_INVALID;
      else if (payout == 0 | payout > LIMIT_PAYOUT_MAX[31:0]) refusal = ERROR_CODE_PAYOUT_RANGE;
      OP_BASKET_LEG:
      if (~exists[basket]) refusal = ERROR_CODE_BASKET_ABSENT;
      else if (armed[basket]) refusal = ERROR_CODE_BASKET_ARMED;
      else if (~in_range) refusal = ERROR_CODE_BOOK_RANGE;
      OP_BASKET_ARM:
      if (~exists[basket]) refusal = ERROR_CODE_BASKET_ABSENT;
      else if (legs_of_basket == 0) refusal = ERROR_CODE_BASKET_NO_LEGS;
      OP_BASKET_DISARM, OP_BASKET_REMOVE, OP_BASKET_MASK: if (~exists[basket]) refusal = ERROR_CODE_BASKET_ABSENT;
      default: refusal = ERROR_CODE_UNKNOWN_OPCODE;
    endcase
    if (legs[leg]) add_refusal = ERROR_CODE_LEG_DUPLICATE;
    else if (leg_count >= limit_legs_per_basket) add_refusal = ERROR_CODE_BASKET_LEGS_LIMIT;
    else if (leg_total >= limit_legs) add_refusal = ERROR_CODE_LEGS_LIMIT;
  end
  wire search_leg = opcode == OP_BASKET_LEG & refusal == 0;
  wire apply = executing & ((state == Dispatch & ~search_leg) | state == Add);

  function signed [22:0] both(input [1:0] sides, input signed [21:0] yes_value, input signed [21:0] no_value);
    both = (sides[0] ? {yes_value[21], yes_value} : 23'd0) + (sides[1] ? {no_value[21], no_value} : 23'd0);
  endfunction
  function [SumBits-1:0] wide(input signed [22:0] value);
    wide = {{(SumBits - 23) {value[22]}}, value};
  endfunction

  integer b;
  always @(posedge clk_i) begin
    if (rst_i) begin
      {executing, walking, evaluating, due, ready, cleared} <= 0;
      {exists, legs, present, costs, pending} <= 0;
      known <= 1;
    end else if (en_i) begin
      if (clear_i) begin
        ready <= cleared == ClearSteps - 1;
        cleared <= cleared == ClearSteps - 1 ? 0 : cleared + 1;
        due <= 0;
        {exists, legs, present, costs} <= 0;
      end
      if (exec_valid_i & ~executing) begin
        executing <= 1;
        applied <= 0;
        record_q <= record;
        in_range_q <= in_range;
      end
      if (exec_done) executing <= 0;
      if (apply) begin
        applied <= 1;
        error <= search_leg ? add_refusal : refusal;
        if (refusal == 0) begin
          case (opcode)
            OP_BASKET_CREATE: begin
              exists[basket] <= 1;
              armed[basket] <= 0;
              payouts[28*basket+:28] <= payout[27:0];
              totals[SumBits*basket+:SumBits] <= 0;
              parts[Books*SumBits*basket+:Books*SumBits] <= 0;
            end
            OP_BASKET_LEG:
            if (add_refusal == 0) begin
              legs[leg] <= 1;
              totals[SumBits*basket+:SumBits] <= totals[SumBits*basket+:SumBits] + costs[21*{book, no}+:21];
              parts[SumBits*(Books*basket+book)+:SumBits] <= parts[SumBits*(Books*basket+book)+:SumBits]
                  + costs[21*{book, no}+:21];
            end
            OP_BASKET_ARM: armed[basket] <= 1;
            OP_BASKET_DISARM: armed[basket] <= 0;
            OP_BASKET_REMOVE: begin
              exists[basket] <= 0;
              legs[Rows*basket+:Rows] <= 0;
            end
            default: ;
          endcase
        end
      end

      if (delta_valid_i) begin
        walking <= 1;
        due <= 1;
        walk_book <= new_book_i;
        {walk_yes, walk_no, walk_missing_yes, walk_missing_no} <= {delta_yes, delta_no, missing_yes, missing_no};
        for (b = 0; b < Baskets; b = b + 1) begin
          pending[b] <= |legs[Rows*b+2*new_book_i+:2];
          totals[SumBits*b+:SumBits] <= totals[SumBits*b+:SumBits]
              + wide(both(legs[Rows*b+2*new_book_i+:2], delta_yes, delta_no));
          parts[SumBits*(Books*b+new_book_i)+:SumBits] <= parts[SumBits*(Books*b+new_book_i)+:SumBits]
              + wide(both(legs[Rows*b+2*new_book_i+:2], delta_yes, delta_no));
        end
      end else if (add_valid) pending[add_basket] <= 0;
      if (delta_valid_i | quiet_valid_i) begin
        present[2*new_book_i+:2] <= new_present_i;
        costs[42*new_book_i+:42] <= {new_no, new_yes};
      end
      if (delta_done) walking <= 0;
      if (eval_start_i) evaluating <= 1;
      if (eval_done) {evaluating, due} <= 0;
      if (row_read) row <= row_book;
    end
  end

  // ---- the surroundings ----
  wire [Baskets-1:0] on_new_book;
  wire busy = executing | walking | evaluating;
  always @* begin
    if (~known) assume (rst_i);
    assume (limit_legs_per_basket <= LegsPerBasket);
    assume (exec_valid_i + delta_valid_i + eval_start_i + clear_i + quiet_valid_i <= 1);
    if (~ready & known) begin
      assume (~exec_valid_i & ~delta_valid_i & ~eval_start_i & ~prefetch_valid_i & ~quiet_valid_i);
      if (cleared != 0) assume (clear_i);
    end
    if (clear_i) assume (clear_index_i == cleared & ~busy & ~prefetch_valid_i);
    if (busy) assume (~delta_valid_i & ~eval_start_i);
    if (walking | evaluating | due | exec_done) assume (~exec_valid_i);
    if (exec_valid_i & ~executing) assume (basket < Baskets & (~in_range | book < Books));
    if (prefetch_valid_i) assume (prefetch_book_i < Books);
    assume (new_book_i < Books);
    if (quiet_valid_i) assume (~executing & on_new_book == 0);
    assume (((new_yes_i | new_no_i) >> CostBits) == 0);
  end

  // ---- what a basket is by the model, and its memberships while they come and go ----
  wire [4*LegBits-1:0] held;             // memberships in the tables
  wire [4*CountBits-1:0] listed;         // the same by book
  wire [4*SumBits-1:0] sum_of;
  wire [4*LegBits-1:0] absent_of, legs_of, books_of;
  wire [Baskets-1:0] has_legs;
  wire dropping = state == Drop;
  wire moving = dropping & member_state == DropMove;
  genvar g, k, s;
  generate
    for (g = 0; g < 4; g = g + 1) begin : g_basket
      if (g < Baskets) begin : g_used
        wire [Rows-1:0] mine = legs[Rows*g+:Rows];
        wire [Books*SumBits+SumBits-1:0] sum, part_sum;
        wire [Rows*LegBits+LegBits-1:0] absent, number;
        wire [Books*LegBits+LegBits-1:0] books;
        assign sum[0+:SumBits] = 0;
        assign part_sum[0+:SumBits] = 0;
        assign {absent[0+:LegBits], number[0+:LegBits], books[0+:LegBits]} = 0;
        for (k = 0; k < Rows; k = k + 1) begin : g_leg
          assign absent[LegBits*(k+1)+:LegBits] = absent[LegBits*k+:LegBits] + (mine[k] & ~present[k]);
          assign number[LegBits*(k+1)+:LegBits] = number[LegBits*k+:LegBits] + mine[k];
        end
        for (k = 0; k < Books; k = k + 1) begin : g_book
          wire [SumBits-1:0] of_book = (mine[2*k] ? costs[42*k+:21] : {SumBits{1'b0}})
              + (mine[2*k+1] ? costs[42*k+21+:21] : {SumBits{1'b0}});
          wire [SumBits-1:0] part = parts[SumBits*(Books*g+k)+:SumBits];
          always @* if (known & exists[g]) `PARTS(part == of_book)
          assign sum[SumBits*(k+1)+:SumBits] = sum[SumBits*k+:SumBits] + of_book;
          assign part_sum[SumBits*(k+1)+:SumBits] = part_sum[SumBits*k+:SumBits] + part;
          assign books[LegBits*(k+1)+:LegBits] = books[LegBits*k+:LegBits] + |mine[2*k+:2];
        end
        assign sum_of[SumBits*g+:SumBits] = sum[SumBits*Books+:SumBits];
        always @* if (known & exists[g]) `TOTALS(totals[SumBits*g+:SumBits] == part_sum[SumBits*Books+:SumBits])
        assign absent_of[LegBits*g+:LegBits] = absent[LegBits*Rows+:LegBits];
        assign legs_of[LegBits*g+:LegBits] = number[LegBits*Rows+:LegBits];
        assign books_of[LegBits*g+:LegBits] = books[LegBits*Books+:LegBits];
        assign has_legs[g] = |mine;
        always @* if (known & ~exists[g]) `PARTS(~has_legs[g])
        assign on_new_book[g] = |mine[2*new_book_i+:2];
        assign held[LegBits*g+:LegBits] =
            dropping & id == g ? slot + 1 : exists[g] ? bases[BaseBits*g+76+LegBits+:LegBits] : 0;
      end else begin : g_unused
        assign sum_of[SumBits*g+:SumBits] = 0;
        assign {absent_of[LegBits*g+:LegBits], legs_of[LegBits*g+:LegBits], books_of[LegBits*g+:LegBits]} = 0;
        assign held[LegBits*g+:LegBits] = 0;
      end
      if (g < Books) begin : g_listed
        assign listed[CountBits*g+:CountBits] = counts[CountBits*g+:CountBits] + (moving & held_book == g);
      end else begin : g_unlisted
        assign listed[CountBits*g+:CountBits] = 0;
      end
    end
  endgenerate
  assign leg_count = legs_of[LegBits*basket+:LegBits];
  assign leg_total = legs_of[0+:LegBits] + legs_of[LegBits+:LegBits] + legs_of[2*LegBits+:LegBits]
      + legs_of[3*LegBits+:LegBits];

  // ---- the tables ----
  generate
    for (g = 0; g < Baskets; g = g + 1) begin : g_tables
      wire [BaseBits-1:0] base = bases[BaseBits*g+:BaseBits];
      wire [SumBits-1:0] stored_sum = sums[EntryBits*g+:SumBits];
      wire [LegBits-1:0] stored_missing = sums[EntryBits*g+SumBits+:LegBits];
      wire [1:0] sides = legs[Rows*g+2*walk_book+:2];
      wire [SumBits-1:0] total = totals[SumBits*g+:SumBits];
      wire [SumBits-1:0] sum_after = stored_sum + (pending[g] ? wide(both(sides, walk_yes, walk_no)) : {SumBits{1'b0}});
      wire signed [LegBits-1:0] missing_to_come = pending[g] ? both(
          sides, {{20{walk_missing_yes[1]}}, walk_missing_yes}, {{20{walk_missing_no[1]}}, walk_missing_no}) : 0;
      always @* begin
        if (known & pending[g]) `WALK(walking & |sides)
        if (ready) begin
          // The stored sum and the stored count of missing legs, whenever no walk runs; and in a walk, up to its part.
          if (exists[g]) begin
            `JUDGED(total == sum_of[SumBits*g+:SumBits])
            if (~walking) `JUDGED(stored_sum == sum_of[SumBits*g+:SumBits])
            if (~walking) `JUDGED(stored_missing == absent_of[LegBits*g+:LegBits])
            `SUMS(sum_after == total)
            `SUMS(stored_missing + missing_to_come == absent_of[LegBits*g+:LegBits])
          end
          `TABLES(base[BaseBits-1] == exists[g])
          if (exists[g]) begin
            `TABLES(base[BaseBits-2] == armed[g])
            `TABLES(base[76+:LegBits] == legs_of[LegBits*g+:LegBits])
            `TABLES(base[76+LegBits+:LegBits] == books_of[LegBits*g+:LegBits])
            `TABLES(base[48+:28] == payouts[28*g+:28])
          end else `TABLES(~has_legs[g])
          `TABLES(held[LegBits*g+:LegBits] <= LegsPerBasket & held[LegBits*g+:LegBits] <= Books)
        end else if (known & g < cleared) `TABLES(~base[BaseBits-1])
      end
      for (s = 0; s < LegsPerBasket; s = s + 1) begin : g_slot
        wire [BookBits-1:0] on_book;
        wire [BasketBits-1:0] place;
        wire yes_leg, no_leg;
        assign {on_book, place, yes_leg, no_leg} = members[MemberBits*(LegsPerBasket*g+s)+:MemberBits];
        wire used = s < held[LegBits*g+:LegBits];
        always @* begin
          if (ready & used) begin
            `TABLES(on_book < Books & (yes_leg | no_leg) & place < listed[CountBits*on_book+:CountBits])
            `TABLES(lists[ListBits*{on_book, place}+:ListBits] == {g[BasketBits-1:0], s[SlotBits-1:0], yes_leg, no_leg})
            if (exists[g]) `TABLES({no_leg, yes_leg} == legs[Rows*g+2*on_book+:2])
          end
        end
        for (k = 0; k < s; k = k + 1) begin : g_other
          always @* begin
            if (ready & used) `TABLES(on_book != members[MemberBits*(LegsPerBasket*g+k+1)-1-:BookBits])
          end
        end
      end
    end
    for (g = 0; g < Books; g = g + 1) begin : g_lists
      wire [CountBits-1:0] count = listed[CountBits*g+:CountBits];
      always @* begin
        if (ready) `TABLES(count <= Baskets)
        else if (known & g < cleared) `TABLES(count == 0)
        if (known) begin
          `TABLES(present[2*g] | costs[42*g+:21] == 0)
          `TABLES(present[2*g+1] | costs[42*g+21+:21] == 0)
          `TABLES(((costs[42*g+:21] | costs[42*g+21+:21]) >> CostBits) == 0)
        end
      end
      for (s = 0; s < Baskets; s = s + 1) begin : g_place
        wire [BasketBits-1:0] of_basket;
        wire [SlotBits-1:0] in_slot;
        wire yes_leg, no_leg;
        assign {of_basket, in_slot, yes_leg, no_leg} = lists[ListBits*((g<<BasketBits)+s)+:ListBits];
        always @* begin
          if (ready & s < count) begin
            `TABLES(of_basket < Baskets & in_slot < held[LegBits*of_basket+:LegBits])
            `TABLES(members[MemberBits*{of_basket, in_slot}+:MemberBits]
                == {g[BookBits-1:0], s[BasketBits-1:0], yes_leg, no_leg})
          end
        end
        // The walk: which have the difference already.
        if (1) begin : g_walk
          wire to_come = \dut.u_walk.waiting_q | (\dut.u_walk.walking_q & s >= count - \dut.u_walk.left_q );
          always @* begin
            if (known & walking & walk_book == g & s < count)
              `WALK(pending[of_basket] == (to_come | (add_valid & add_basket == of_basket)))
          end
        end
      end
    end
  endgenerate

  // ---- the walk ----
  wire [CountBits-1:0] walk_count = counts[CountBits*walk_book+:CountBits];
  wire [BasketBits:0] walk_place = walk_count - \dut.u_walk.left_q ;  // shown
  wire [BasketBits:0] next_place = \dut.u_walk.walking_q ? walk_place : walk_count;
  wire [BasketBits:0] add_place = next_place - 1;
  wire [1:0] add_sides = legs[Rows*add_basket+2*walk_book+:2];
  wire [ListBits-1:0] head_list = lists[ListBits*{head_book, {BasketBits{1'b0}}}+:ListBits];
  always @* begin
    if (known) begin
      `TABLES(delta_done == \dut.u_walk.done_q )
      `TABLES(2'd0 + \dut.u_walk.waiting_q + \dut.u_walk.walking_q + \dut.u_walk.done_q == walking)
      if (add_valid) `TABLES(walking & ~\dut.u_walk.waiting_q )
      if (add_valid) `WALK(has_legs[add_basket] & add_basket < Baskets)
      if (check_valid) `WALK(has_legs[check_basket] & check_basket < Baskets & ~executing & ~evaluating & due)
      if (walking) `TABLES(due & walk_book < Books & ready)
      if (\dut.u_walk.walking_q ) begin
        `WALK(\dut.u_walk.left_q != 0 & \dut.u_walk.left_q < walk_count & add_valid)
        `WALK(\dut.u_walk.place_q == walk_place[BasketBits-1:0] + 1'b1)
        `WALK(shown_list == lists[ListBits*{walk_book, walk_place[BasketBits-1:0]}+:ListBits])
      end
      if (add_valid) begin
        `WALK(add_basket == lists[ListBits*({walk_book, add_place[BasketBits-1:0]}+1)-1-:BasketBits])
        `SUMS(\dut.u_walk.add_cost_q == both(add_sides, walk_yes, walk_no))
        `SUMS(\dut.u_walk.add_missing_q == both(
            add_sides, {{20{walk_missing_yes[1]}}, walk_missing_yes}, {{20{walk_missing_no[1]}}, walk_missing_no}))
        `SUMS({\dut.sum_missing , \dut.sum_sum } == sums[EntryBits*add_basket+:EntryBits])
      end
      if (fetching | head_valid | \dut.u_walk.hint_q ) `WALK(ready)
      if (\dut.u_walk.hint_q ) `WALK(\dut.u_walk.hint_book_q < Books)
      if (fetching) begin
        `WALK(head_book < Books & ~head_valid & ~\dut.u_walk.walking_q )
        `WALK(shown_count == counts[CountBits*head_book+:CountBits])
        if (shown_count != 0) `WALK(shown_list == head_list)
      end
      if (head_valid) begin
        `WALK(head_book < Books & \dut.u_walk.head_count_q == counts[CountBits*head_book+:CountBits])
        if (\dut.u_walk.head_count_q != 0)
          `WALK({\dut.u_walk.head_basket_q , \dut.u_walk.head_yes_q , \dut.u_walk.head_no_q }
              == {head_list[ListBits-1-:BasketBits], head_list[1:0]})
      end
      if (exec_q) `WALK(~fetching & ~head_valid)
    end
  end

  // ---- commands ----
  wire [MemberBits-1:0] found_member = members[MemberBits*{id, slot[SlotBits-1:0]}+:MemberBits];
  wire [ListBits-1:0] last_list = lists[ListBits*{held_book, last}+:ListBits];
  wire [LegBits-1:0] base_members = bases[BaseBits*id+76+LegBits+:LegBits];
  wire kept = state == Dispatch | state == Find | state == Add | state == Scan | (state == Next & ~again_q);
  always @* begin
    if (known) begin
      if (exec_done) `TABLES(executing & applied & exec_error == error)  // PORT
      `TABLES(exec_done == \dut.exec_done_q & eval_done == \dut.eval_done_q )
      `TABLES(executing + walking + evaluating <= 1)
      `TABLES(executing == (exec_q | exec_done) & ~(exec_q & exec_done))
      `TABLES(evaluating == (eval_done | (state != Idle & ~exec_q)))
      if (exec_done | eval_done) `TABLES(state == Idle)
      if (exec_q) `TABLES(state != Idle & ~due)
      if (busy | due) `TABLES(ready)
      if (evaluating & state != Idle) `TABLES(evaluate_q)
      if (state == Scan | state == Next) `TABLES(evaluate_q)
      if (state == Dispatch | state == Find | state == Add | state == Drop) `TABLES(exec_q & ~evaluate_q)
      if (again_q) `TABLES(state == Next & exec_q)
      if (state == Latch & ~evaluate_q) `TABLES(exec_q)
      if (state != Idle) `TABLES(id < Baskets)
      if (exec_q) begin
        `TABLES(id == basket & basket < Baskets & (~in_range | book < Books))
        `TABLES(applied == (evaluate_q | state == Drop))
        if (applied) `TABLES(error == 0 & \dut.error_q == 0)
      end
      if (exec_done) `TABLES(\dut.error_q == exec_error)
      if (state == Latch) begin
        `TABLES(\dut.base == bases[BaseBits*id+:BaseBits])
        `SUMS({\dut.sum_missing , \dut.sum_sum } == sums[EntryBits*id+:EntryBits])
      end
      if (kept) begin
        `TABLES({\dut.exists_q , \dut.armed_q } == bases[BaseBits*(id+1)-1-:2])
        `TABLES(members_q == base_members & \dut.legs_q == bases[BaseBits*id+76+:LegBits])
        `TABLES(\dut.payout_q == bases[BaseBits*id+48+:28])
        `SUMS({\dut.missing_q , \dut.sum_q } == sums[EntryBits*id+:EntryBits])
      end
      `TABLES((state == Find) == (member_state == 1))
      `TABLES((state == Add) == (member_state == 2))
      `TABLES((state == Drop) == (member_state >= DropMember))
      if (state == Find | state == Add) `TABLES(search_leg & row == book)
      if (state == Find) begin
        `TABLES(slot >= 1 & slot <= members_q + 2 & shown_count == counts[CountBits*book+:CountBits])
        if (slot_before < members_q)
          `TABLES(shown_member == members[MemberBits*{id, slot_before[SlotBits-1:0]}+:MemberBits])
        if (slot >= 2 & slot_compared < members_q)
          `TABLES(held_member == members[MemberBits*{id, slot_compared[SlotBits-1:0]}+:MemberBits])
      end
      if (state == Add) begin
        `TABLES(\dut.cost_q == costs[21*{book, no}+:21] & \dut.absent_q == ~present[{book, no}])
        if (\dut.u_members.found_q ) `TABLES(slot < members_q & held_member == found_member)
        else begin
          `TABLES(slot == members_q & held_member[1:0] == 0)
          `TABLES(held_place == counts[CountBits*book+:BasketBits])
        end
        if (\dut.u_members.found_q ) `TABLES(held_member[MemberBits-1-:BookBits] == book)
      end
      if (state == Drop) begin
        `TABLES(~exists[id] & slot < LegsPerBasket)
        if (member_state == DropMember) `TABLES(shown_member == found_member)
        else `TABLES({held_book, held_place} == found_member[MemberBits-1:2])
        if (member_state == DropCount) `TABLES(shown_count == counts[CountBits*held_book+:CountBits])
        if (member_state == DropLast) `TABLES(last == counts[CountBits*held_book+:CountBits] - 1)
        if (member_state == DropMove) `TABLES(last == counts[CountBits*held_book+:CountBits] & shown_list == last_list)
      end
      `TABLES(\dut.leg_total_q == leg_total)
      if (ready) `TABLES(cleared == 0)
      else `TABLES(cleared < ClearSteps & exists == 0 & legs == 0 & ~busy & ~due)
    end
  end
  generate
    for (s = 0; s < LegsPerBasket; s = s + 1) begin : g_find
      wire [BookBits-1:0] on_book = members[MemberBits*({id, 2'd0}+s+1)-1-:BookBits];
      always @* begin
        if (known & state == Find & s < members_q & s + 2 < slot) `TABLES(on_book != book)
        if (known & state == Add & s < members_q & ~\dut.u_members.found_q ) `TABLES(on_book != book)
      end
    end
  endgenerate

  // ---- the evaluation ----
  wire [SumBits-1:0] id_sum = sum_of[SumBits*id+:SumBits];
  wire signed [31:0] id_edge = payouts[28*id+:28] - sum_of[SumBits*id+:SumBits];
  wire signed [31:0] judged_edge = payouts[28*judged+:28] - sum_of[SumBits*judged+:SumBits];
  wire [BasketBits-1:0] signalled = signal_id[BasketBits-1:0];
  wire signed [31:0] signalled_edge = payouts[28*signalled+:28] - sum_of[SumBits*signalled+:SumBits];
  always @* begin
    if (known) begin
      // What is judged: the sum and the missing legs of a basket that has legs.
      if (\dut.u_judge.rate_i ) begin
        `JUDGED(\dut.u_judge.basket_i == id & exists[id] & has_legs[id])
        `JUDGED(\dut.u_judge.sum_i == id_sum & \dut.missing_q == absent_of[LegBits*id+:LegBits])
        if (\dut.u_judge.may_open_i ) `JUDGED(absent_of[LegBits*id+:LegBits] == 0)
      end
      if (signal_valid & signal_action != SIGNAL_ACTION_CLOSE) begin
        `JUDGED(signal_id < Baskets & exists[signalled] & absent_of[LegBits*signalled+:LegBits] == 0)  // PORT
        `JUDGED(signal_edge == signalled_edge)  // PORT
      end
      if (state != Idle & evaluate_q) `JUDGED(exists[id] & has_legs[id])
      if (state == Scan) `JUDGED(\dut.pending_q & \dut.row_valid_q & ~decide)
      if (state == Scan) `JUDGED(\dut.first_q == (\dut.slot_q == 2) & \dut.row_slot_q == \dut.slot_q - 1)
      if (state == Scan) `JUDGED(\dut.slot_q >= 2 & \dut.row_slot_q <= members_q)
      if (state == Latch) `JUDGED(\dut.slot_q == 1 & ~judge_row)
      if (state != Scan) `JUDGED(~\dut.row_valid_q )
      if (judge_row) `JUDGED((state == Scan & ~\dut.first_q ) | (state == Next & ~again_q))
      if (judge_row) `JUDGED(\dut.u_judge.row_last_q == (state == Next))
      if (judge_row) `JUDGED(\dut.pending_q & ~decide)
      if (decide) `JUDGED(state == Latch | (state == Next & ~again_q))
      if (judge_row | (state == Scan & ~\dut.first_q )) begin
        `JUDGED(edge_kept == id_edge & (~may_open | absent_of[LegBits*id+:LegBits] == 0))
      end
      if (decide) begin
        `JUDGED(judged < Baskets & exists[judged] & has_legs[judged])
        `JUDGED(edge_kept == judged_edge & (~may_open | absent_of[LegBits*judged+:LegBits] == 0))
      end
    end
  end
  // One course of events, so that what it reaches is found soon: two baskets with a leg on book 0, one of them armed
  // and with a leg on book 1 too; book 0 gets a row, and loses it; then that basket goes.
  generate
    if (Layer == 0) begin : g_covers
      reg [3:0] at = 0;
      wire starts = known & ready & ~busy;
      always @(posedge clk_i) if (exec_done | delta_done | eval_done | quiet_valid_i) at <= at + 1;
      always @* begin
        assume (rst_i == ~known & en_i & ~prefetch_valid_i);
        assume (clear_i == (known & ~ready));
        assume (quiet_valid_i == (starts & at == 0));
        assume (delta_valid_i == (starts & (at == 7 | at == 9)));
        assume (eval_start_i == (starts & (at == 8 | at == 10)));
        assume (exec_valid_i == (starts & ((at >= 1 & at <= 6) | at == 11)));
        assume (new_book_i == (at == 0));
        assume (new_present_i == (at == 0 ? 2 : at == 7 ? 1 : 0) & new_yes_i == 21'h123456 & new_no_i == 21'h0fedcb);
        assume (stray_costs_i == 0 & row_ask_size_i == 5 & row_bid_size_i == 7);
        assume (limit_legs == 9 & limit_legs_per_basket == LegsPerBasket & exec_book_in_range_i);
        assume (basket == (at == 4 | at == 5) & book == (at == 3) & no == (at == 3));
        case (at)
          1, 4: assume (opcode == OP_BASKET_CREATE & kind == SIGNAL_KIND_CROSS & payout == LIMIT_PAYOUT_MAX);
          2, 3, 5: assume (opcode == OP_BASKET_LEG);
          6: assume (opcode == OP_BASKET_ARM & record[CMD_BASKET_ARM_MIN_EDGE_LSB+:80] == {48'd1, 32'd2});
          default: assume (opcode == OP_BASKET_REMOVE);
        endcase
        // Two baskets are walked, and one of two legs, which was missing, has its cost in the sum.
        cover (at == 7 & delta_done & has_legs == 3 & legs_of[0+:LegBits] == 2 & absent_of[0+:LegBits] == 0);
        // It is judged, and opens.
        cover (at == 8 & \dut.u_judge.rate_i & \dut.u_judge.may_open_i & \dut.u_judge.sum_i == 24'h222221);
        cover (at >= 8 & signal_valid & signal_action == SIGNAL_ACTION_OPEN & signal_id == 0);
        // The leg becomes absent, and the signal closes.
        cover (at == 9 & delta_done & absent_of[0+:LegBits] == 1);
        cover (at >= 10 & signal_valid & signal_action == SIGNAL_ACTION_CLOSE);
        // A membership moves into the gap of one that goes.
        cover (at == 11 & moving & shown_list[ListBits-1] != id);
      end
    end
  endgenerate
  // What is in the set has legs.
  always @* begin
    if (known) begin
      if (~due) `JUDGED(summary == 0 & ~first_found & ~searching & ~next_valid & ~check_valid)
      if (searching | next_valid) `JUDGED(evaluating & ~first_found & state != Idle)
      if (first_found) `JUDGED(first_id < Baskets & has_legs[first_id] & ~evaluating)
      if (next_valid) `JUDGED(next_id < Baskets & has_legs[next_id])
      if (~first_found & ~searching) `JUDGED(summary == 0)
    end
  end
  generate
    for (g = 0; g < 2 * WordBits; g = g + 1) begin : g_set
      wire alive = g < Baskets ? has_legs[g < Baskets ? g : 0] : 1'b0;
      localparam Word = g >> IndexBits;
      always @* begin
        if (known & summary[Word] & (Word == 0 | Baskets > WordBits) & set_words[g]) `JUDGED(alive)
        if (known & searching & set_word[g%WordBits] & (Baskets > WordBits ? set_number == Word : Word == 0))
          `JUDGED(alive)
        if (known & Word != 0 & Baskets <= WordBits) `JUDGED(~summary[Word])
      end
    end
  endgenerate
endmodule
`default_nettype wire
