// Baskets: their commands, their sums, their signals (clauses BSK-1 to BSK-6, MSG-4, MSG-6).
//
// Commands: exec_valid_i for one cycle, the record and exec_book_in_range_i held until exec_done_o; exec_error_o is
// then 0 or the refusal. Opcode, reserved bits and the range of the basket have been checked before. The signals of a
// command have been given when exec_done_o comes. Phase one: one walk for each published book (gb_basket_walk:
// prefetch_*, delta_*, missing_*). Phase two: eval_start_i after the delta_done_o of the last book; the signals come,
// in ascending order of the baskets, then eval_done_o. The three kinds of work never run at the same time. Signals are
// pulses, one a cycle at most. Rows: row_read_o with row_book_o; the row one cycle later, until the next read. en_i
// freezes everything. clear_i for max(2 * Books, Baskets) cycles or more with clear_index_i counting from 0, before the
// first use.
//
// Latency in cycles. A walk over m memberships, its head read ahead: delta_valid_i to delta_done_o max(1, m).
// eval_start_i to the signal of the first basket: 4 + e, e being its memberships (a YES and a NO leg of one book
// are one); so from delta_valid_i, with eval_start_i in the cycle after delta_done_o: max(1, m) + 5 + e, that is 8
// for one basket with two legs in two books. Each further basket that is evaluated takes 2 + e; a basket that can
// only close has its signal after 4 and takes 3. The second starts 3 cycles after the first at the earliest, and
// one cycle later where the search crosses a word. eval_done_o comes with the last signal, or 1 cycle after
// eval_start_i if no signal can change: a walk marks only baskets whose signal is open or whose sum lets it open.
// Commands, exec_valid_i to exec_done_o: 3, a refusal by the basket the same; BASKET_LEG 6 + the memberships
// compared before the book was found, up to all of them; BASKET_ARM 7 + e, or 7 if edge or a missing leg keep it
// shut; BASKET_REMOVE 3 + 5 e.
`default_nettype none

module gb_basket_engine #(
    parameter Books = 32,
    parameter BookBits = 5,
    parameter Baskets = 64,
    parameter BasketBits = 6,
    parameter LegsPerBasket = 32,
    parameter WalkBits = 6,   // bits of clear_index_i
    parameter Style = 0       // of the memory of what defines a basket (gb_ram_1r1w)
) (
    input  wire                  clk_i,
    input  wire                  rst_i,
    input  wire                  en_i,
    input  wire                  clear_i,
    input  wire [  WalkBits-1:0] clear_index_i,
    input  wire [          20:0] limit_legs_i,
    input  wire [           8:0] limit_legs_per_basket_i,
    input  wire                  exec_valid_i,
    input  wire [         127:0] exec_record_i,
    input  wire                  exec_book_in_range_i,
    output wire                  exec_done_o,
    output wire [           7:0] exec_error_o,
    input  wire                  prefetch_valid_i,
    input  wire [  BookBits-1:0] prefetch_book_i,
    output wire                  prefetch_any_o,  // 0: the book has no memberships; known 3 cycles after the hint
    input  wire                  delta_valid_i,
    input  wire [  BookBits-1:0] delta_book_i,
    input  wire signed [   21:0] delta_yes_i,
    input  wire signed [   21:0] delta_no_i,
    input  wire signed [    1:0] missing_yes_i,
    input  wire signed [    1:0] missing_no_i,
    output wire                  delta_done_o,
    input  wire                  eval_start_i,
    output wire                  eval_done_o,
    output wire                  row_read_o,
    output wire [  BookBits-1:0] row_book_o,
    input  wire                  row_yes_valid_i,
    input  wire [          20:0] row_yes_cost_i,
    input  wire [          47:0] row_ask_size_i,
    input  wire                  row_no_valid_i,
    input  wire [          20:0] row_no_cost_i,
    input  wire [          47:0] row_bid_size_i,
    output wire                  signal_valid_o,
    output wire [           7:0] signal_action_o,
    output wire [          15:0] signal_id_o,
    output wire [          31:0] signal_edge_o,
    output wire [           7:0] signal_kind_o,
    output wire [          47:0] signal_size_o
);
  `include "contract.vh"

  localparam SlotBits = LegsPerBasket > 4 ? $clog2(LegsPerBasket) : 2;  // two bits are what the sums need at least
  localparam LegBits = SlotBits + 1;
  localparam SumBits = 22 + SlotBits;  // a cost has 21 bits; one to spare
  localparam EdgeBits = (SumBits > 28 ? SumBits : 28) + 1;
  localparam BaseBits = 6 + 2 * LegBits + 28 + 48;
  localparam WatchBits = 2 + SumBits;
  localparam [31:0] BasketCount = Baskets;

  localparam [2:0] Idle = 3'd0;
  localparam [2:0] Latch = 3'd1;  // the tables show the basket
  localparam [2:0] Dispatch = 3'd2;
  localparam [2:0] Find = 3'd3;  // BASKET_LEG: is there a membership of this book already?
  localparam [2:0] Add = 3'd4;
  localparam [2:0] Drop = 3'd5;  // BASKET_REMOVE
  localparam [2:0] Scan = 3'd6;  // evaluation: rows are read
  localparam [2:0] Next = 3'd7;  // evaluation: the next basket, if there is one

  reg [2:0] state_q;
  reg exec_q;
  reg evaluate_q;
  reg again_q;  // BASKET_ARM: the basket is read again, to be evaluated
  reg first_q;  // first cycle of Scan
  reg pending_q;  // a decision has not been made yet
  reg exec_done_q;
  reg eval_done_q;
  reg [7:0] error_q;
  reg [20:0] leg_total_q;

  reg [BasketBits-1:0] id_q;
  reg exists_q;
  reg armed_q;
  reg mask_q;
  reg [2:0] kind_q;
  reg [LegBits-1:0] members_q;
  reg [LegBits-1:0] legs_q;
  reg [27:0] payout_q;
  reg [47:0] min_size_q;
  reg [LegBits-1:0] missing_q;
  reg [SumBits-1:0] sum_q;
  reg open_q;
  reg able_q;
  reg [SumBits-1:0] limit_q;
  reg signed [EdgeBits-1:0] last_edge_q;
  reg [47:0] last_size_q;

  reg [LegBits-1:0] slot_q;
  reg row_valid_q;
  reg [LegBits-1:0] row_slot_q;
  reg row_yes_q;
  reg row_no_q;

  reg [20:0] cost_q;
  reg absent_q;

  // ---- the record ----
  wire [7:0] opcode = exec_record_i[7:0];
  wire is_create = opcode == OP_BASKET_CREATE;
  wire is_leg = opcode == OP_BASKET_LEG;
  wire is_arm = opcode == OP_BASKET_ARM;
  wire is_disarm = opcode == OP_BASKET_DISARM;
  wire is_remove = opcode == OP_BASKET_REMOVE;
  wire is_mask = opcode == OP_BASKET_MASK;
  wire [BasketBits-1:0] record_basket = exec_record_i[CMD_BASKET_LEG_BASKET_LSB+:BasketBits];
  wire [BookBits-1:0] record_book = exec_record_i[CMD_BASKET_LEG_BOOK_LSB+:BookBits];
  wire record_no = exec_record_i[CMD_BASKET_LEG_OUTCOME_LSB] == OUTCOME_NO;
  wire [31:0] record_payout = exec_record_i[CMD_BASKET_CREATE_PAYOUT_LSB+:32];
  wire [7:0] record_kind = exec_record_i[CMD_BASKET_CREATE_KIND_LSB+:8];
  wire [31:0] record_min_edge = exec_record_i[CMD_BASKET_ARM_MIN_EDGE_LSB+:32];
  wire [47:0] record_min_size = exec_record_i[CMD_BASKET_ARM_MIN_SIZE_LSB+:48];
  wire record_mask = exec_record_i[CMD_BASKET_MASK_MASK_SIGNAL_LSB];
  wire row_valid = record_no ? row_no_valid_i : row_yes_valid_i;

  // edge >= min_edge exactly if sum <= payout - min_edge. A limit that no sum can exceed is cut to what a sum can be.
  wire signed [33:0] margin = $signed({6'd0, payout_q}) - $signed({{2{record_min_edge[31]}}, record_min_edge});
  wire [SumBits-1:0] margin_limit = |margin[32:SumBits] ? {SumBits{1'b1}} : margin[SumBits-1:0];

  reg [7:0] refusal;
  always @* begin
    refusal = 8'd0;
    case (opcode)
      OP_BASKET_CREATE:
      if (exists_q) refusal = ERROR_CODE_BASKET_EXISTS;
      else if (record_kind < SIGNAL_KIND_CROSS | record_kind > SIGNAL_KIND_TWO_VENUE) refusal = ERROR_CODE_KIND_INVALID;
      else if (record_payout == 0 | record_payout > LIMIT_PAYOUT_MAX[31:0]) refusal = ERROR_CODE_PAYOUT_RANGE;
      OP_BASKET_LEG:
      if (~exists_q) refusal = ERROR_CODE_BASKET_ABSENT;
      else if (armed_q) refusal = ERROR_CODE_BASKET_ARMED;
      else if (~exec_book_in_range_i) refusal = ERROR_CODE_BOOK_RANGE;
      OP_BASKET_ARM:
      if (~exists_q) refusal = ERROR_CODE_BASKET_ABSENT;
      else if (legs_q == 0) refusal = ERROR_CODE_BASKET_NO_LEGS;
      OP_BASKET_DISARM, OP_BASKET_REMOVE, OP_BASKET_MASK: if (~exists_q) refusal = ERROR_CODE_BASKET_ABSENT;
      default: refusal = ERROR_CODE_UNKNOWN_OPCODE;
    endcase
  end

  wire found, duplicate;
  wire [7:0] add_refusal =
      duplicate ? ERROR_CODE_LEG_DUPLICATE :
      {{(9 - LegBits) {1'b0}}, legs_q} >= limit_legs_per_basket_i ? ERROR_CODE_BASKET_LEGS_LIMIT :
      leg_total_q >= limit_legs_i ? ERROR_CODE_LEGS_LIMIT : 8'd0;

  wire accept = (state_q == Dispatch) & (refusal == 8'd0);
  wire add = (state_q == Add) & (add_refusal == 8'd0);

  // ---- which basket is read ----
  wire first_found, next_valid, touched_empty;
  wire [BasketBits-1:0] first_id, next_id;
  wire eval_begin = (state_q == Idle) & eval_start_i & first_found;
  wire take_next = (state_q == Next) & ~exec_q & next_valid;
  wire base_read = ((state_q == Idle) & exec_valid_i) | eval_begin | ((state_q == Next) & again_q) | take_next;
  wire [BasketBits-1:0] base_id =
      state_q == Idle ? (exec_valid_i ? record_basket : first_id) : again_q ? id_q : next_id;

  // ---- tables ----
  wire [BasketBits-1:0] clear_basket;
  generate
    if (WalkBits >= BasketBits) begin : g_clear_basket
      assign clear_basket = clear_index_i[BasketBits-1:0];
    end else begin : g_clear_basket
      assign clear_basket = {{(BasketBits - WalkBits) {1'b0}}, clear_index_i};
    end
  endgenerate

  wire [BaseBits-1:0] base;
  wire base_exists, base_armed, base_mask;
  wire [2:0] base_kind;
  wire [LegBits-1:0] base_members, base_legs;
  wire [27:0] base_payout;
  wire [47:0] base_min_size;
  wire base_write = accept & ~is_leg | add;
  wire [BaseBits-1:0] base_next = {
    ~is_remove,
    is_arm | (armed_q & ~is_disarm & ~is_create),
    is_mask ? record_mask : mask_q & ~is_create,
    is_create ? record_kind[2:0] : kind_q,
    is_create ? {LegBits{1'b0}} : members_q + {{(LegBits - 1) {1'b0}}, add & ~found},
    is_create ? {LegBits{1'b0}} : legs_q + {{(LegBits - 1) {1'b0}}, add},
    is_create ? record_payout[27:0] : payout_q,
    is_arm ? record_min_size : min_size_q
  };
  wire base_clear = clear_i & ({1'b0, clear_index_i} < BasketCount[WalkBits:0]);
  assign {base_exists, base_armed, base_mask, base_kind, base_members, base_legs, base_payout, base_min_size} = base;
  gb_ram_1r1w #(.Width(BaseBits), .Depth(Baskets), .AddressBits(BasketBits), .Style(Style)) u_base (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(base_write | base_clear), .write_address_i(clear_i ? clear_basket : id_q),
      .write_data_i(clear_i ? {BaseBits{1'b0}} : base_next),
      .read_i(base_read), .read_address_i(base_id), .read_data_o(base));

  wire walk_sum_read, walk_sum_write;
  wire [BasketBits-1:0] walk_sum_basket, walk_write_basket;
  wire [LegBits-1:0] walk_missing, sum_missing;
  wire [SumBits-1:0] walk_sum, sum_sum;
  wire [BasketBits-1:0] sum_basket = base_read ? base_id : walk_sum_basket;
  wire [LegBits-1:0] exec_missing = add ? missing_q + {{(LegBits - 1) {1'b0}}, absent_q} : {LegBits{1'b0}};
  wire [SumBits-1:0] exec_sum = add ? sum_q + {{(SumBits - 21) {1'b0}}, cost_q} : {SumBits{1'b0}};
  gb_ram_1r1w #(.Width(LegBits + SumBits), .Depth(Baskets), .AddressBits(BasketBits)) u_sums (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(walk_sum_write | (accept & is_create) | add),
      .write_address_i(walk_sum_write ? walk_write_basket : id_q),
      .write_data_i(walk_sum_write ? {walk_missing, walk_sum} : {exec_missing, exec_sum}),
      .read_i(base_read | walk_sum_read), .read_address_i(sum_basket), .read_data_o({sum_missing, sum_sum}));

  wire decided, decided_open, decided_new;
  wire [BasketBits-1:0] decided_basket;
  wire signed [EdgeBits-1:0] decided_edge;
  wire [47:0] decided_size;
  wire watch_open, watch_able;
  wire [SumBits-1:0] watch_limit;
  gb_ram_1r1w #(.Width(WatchBits), .Depth(Baskets), .AddressBits(BasketBits)) u_watches (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(decided | (accept & (is_create | is_arm | is_disarm | is_remove))),
      .write_address_i(decided ? decided_basket : id_q),
      .write_data_i(decided ? {decided_open, able_q, limit_q} :
          is_arm ? {open_q, ~margin[33], margin_limit} : {WatchBits{1'b0}}),
      .read_i(base_read | walk_sum_read), .read_address_i(sum_basket),
      .read_data_o({watch_open, watch_able, watch_limit}));

  wire signed [EdgeBits-1:0] last_edge;
  wire [47:0] last_size;
  gb_ram_1r1w #(.Width(EdgeBits + 48), .Depth(Baskets), .AddressBits(BasketBits)) u_lasts (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(decided & decided_new), .write_address_i(decided_basket), .write_data_i({decided_edge, decided_size}),
      .read_i(base_read), .read_address_i(base_id), .read_data_o({last_edge, last_size}));

  wire walk_list_read, walk_count_read;
  wire [BookBits-1:0] walk_book;
  wire [BasketBits-1:0] walk_place;
  wire [BasketBits:0] count;
  wire [BookBits-1:0] member_book;
  wire member_yes, member_no;
  wire [BasketBits-1:0] list_basket;
  wire list_yes, list_no;
  wire find_done, drop_done;
  wire drop = accept & is_remove & (members_q != 0);
  gb_basket_members #(
      .Books(Books), .BookBits(BookBits), .Baskets(Baskets), .BasketBits(BasketBits), .SlotBits(SlotBits),
      .WalkBits(WalkBits)
  ) u_members (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .clear_i(clear_i), .clear_index_i(clear_index_i),
      .basket_i(base_read ? base_id : id_q), .members_i(members_q),
      .read_i(base_read | state_q == Latch | state_q == Scan),
      .read_first_i(base_read), .read_slot_i(slot_q[SlotBits-1:0]),
      .book_o(member_book), .yes_o(member_yes), .no_o(member_no),
      .find_i(accept & is_leg), .find_book_i(record_book), .find_no_i(record_no),
      .find_done_o(find_done), .found_o(found), .duplicate_o(duplicate), .add_i(add),
      .drop_i(drop), .drop_done_o(drop_done),
      .list_read_i(walk_list_read), .list_book_i(walk_book), .list_place_i(walk_place),
      .list_basket_o(list_basket), .list_yes_o(list_yes), .list_no_o(list_no),
      .count_read_i(walk_count_read), .count_o(count));

  // ---- phase one ----
  wire insert;
  wire [BasketBits-1:0] insert_id;
  gb_basket_walk #(.BookBits(BookBits), .BasketBits(BasketBits), .SlotBits(SlotBits), .SumBits(SumBits)) u_walk (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .clear_i(clear_i),
      .forget_i(exec_valid_i), .hold_i(exec_valid_i | exec_q),
      .prefetch_valid_i(prefetch_valid_i), .prefetch_book_i(prefetch_book_i),
      .delta_valid_i(delta_valid_i), .delta_book_i(delta_book_i),
      .delta_yes_i(delta_yes_i), .delta_no_i(delta_no_i),
      .missing_yes_i(missing_yes_i), .missing_no_i(missing_no_i), .delta_done_o(delta_done_o), .any_o(prefetch_any_o),
      .list_read_o(walk_list_read), .list_book_o(walk_book), .list_place_o(walk_place),
      .list_basket_i(list_basket), .list_yes_i(list_yes), .list_no_i(list_no),
      .count_read_o(walk_count_read), .count_i(count),
      .sum_read_o(walk_sum_read), .sum_read_basket_o(walk_sum_basket), .missing_i(sum_missing), .sum_i(sum_sum),
      .watch_open_i(watch_open), .watch_able_i(watch_able), .watch_limit_i(watch_limit),
      .sum_write_o(walk_sum_write), .sum_write_basket_o(walk_write_basket),
      .missing_o(walk_missing), .sum_o(walk_sum), .insert_o(insert), .insert_id_o(insert_id));

  gb_touched_set #(.Baskets(Baskets), .BasketBits(BasketBits), .IndexBits((BasketBits + 1) / 2)) u_touched (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .clear_i(clear_i),
      .insert_i(insert), .insert_id_i(insert_id),
      .first_found_o(first_found), .first_id_o(first_id), .take_first_i(eval_begin),
      .next_valid_o(next_valid), .next_id_o(next_id), .take_next_i(take_next), .empty_o(touched_empty));

  // ---- phase two ----
  wire may_open = able_q & (missing_q == 0) & (sum_q <= limit_q);
  wire rate = (state_q == Scan) & first_q;
  wire scan_stop = rate & ~may_open;
  wire scan_last = row_slot_q == members_q;
  gb_basket_judge #(.BasketBits(BasketBits), .SumBits(SumBits), .EdgeBits(EdgeBits)) u_judge (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .clear_i(clear_i),
      .begin_i(state_q == Latch), .rate_i(rate), .may_open_i(may_open), .basket_i(id_q),
      .payout_i(payout_q), .sum_i(sum_q),
      .row_valid_i(row_valid_q & ~scan_stop), .row_last_i(scan_last), .row_yes_i(row_yes_q), .row_no_i(row_no_q),
      .row_ask_size_i(row_ask_size_i), .row_bid_size_i(row_bid_size_i),
      .close_i(accept & (is_disarm | is_remove)),
      .open_i(open_q), .mask_i(mask_q), .kind_i(kind_q), .min_size_i(min_size_q),
      .last_edge_i(last_edge_q), .last_size_i(last_size_q),
      .decided_o(decided), .decided_basket_o(decided_basket), .decided_open_o(decided_open),
      .decided_new_o(decided_new), .decided_edge_o(decided_edge), .decided_size_o(decided_size),
      .signal_valid_o(signal_valid_o), .signal_action_o(signal_action_o), .signal_id_o(signal_id_o),
      .signal_edge_o(signal_edge_o), .signal_kind_o(signal_kind_o), .signal_size_o(signal_size_o));

  wire scan_read = ((state_q == Latch) & evaluate_q) | ((state_q == Scan) & (slot_q <= members_q));
  assign row_read_o = scan_read | (accept & is_leg);
  assign row_book_o = state_q == Dispatch ? record_book : member_book;
  assign exec_done_o = exec_done_q;
  assign exec_error_o = error_q;
  assign eval_done_o = eval_done_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q <= Idle;
      exec_q <= 1'b0;
      evaluate_q <= 1'b0;
      again_q <= 1'b0;
      pending_q <= 1'b0;
      row_valid_q <= 1'b0;
      exec_done_q <= 1'b0;
      eval_done_q <= 1'b0;
      leg_total_q <= 21'd0;
    end else if (en_i) begin
      exec_done_q <= 1'b0;
      eval_done_q <= 1'b0;
      row_valid_q <= scan_read & ~scan_stop;
      if (decided) pending_q <= 1'b0;
      case (state_q)
        Idle: begin
          exec_q <= exec_valid_i;
          evaluate_q <= eval_start_i;
          if (base_read) state_q <= Latch;
          else if (eval_start_i) eval_done_q <= 1'b1;
        end
        Latch: begin
          state_q <= evaluate_q ? Scan : Dispatch;
          pending_q <= evaluate_q;
        end
        Dispatch: begin
          state_q <= Idle;
          if (accept & is_leg) state_q <= Find;
          else if (accept & is_arm) state_q <= Next;
          else if (drop) state_q <= Drop;
          else begin
            exec_q <= 1'b0;
            exec_done_q <= 1'b1;
          end
          again_q <= accept & is_arm;
          evaluate_q <= accept & is_arm;
          if (accept & is_remove) leg_total_q <= leg_total_q - {{(21 - LegBits) {1'b0}}, legs_q};
        end
        Find: if (find_done) state_q <= Add;
        Add: begin
          state_q <= Idle;
          exec_q <= 1'b0;
          exec_done_q <= 1'b1;
          if (add) leg_total_q <= leg_total_q + 1'b1;
        end
        Drop:
        if (drop_done) begin
          state_q <= Idle;
          exec_q <= 1'b0;
          exec_done_q <= 1'b1;
        end
        Scan: if (scan_stop | scan_last) state_q <= Next;
        Next: begin
          again_q <= 1'b0;
          if (base_read) state_q <= Latch;
          else if ((exec_q | touched_empty) & (decided | ~pending_q)) begin
            state_q <= Idle;
            exec_q <= 1'b0;
            exec_done_q <= exec_q;
            eval_done_q <= ~exec_q;
          end
        end
        default: state_q <= Idle;
      endcase
      if (clear_i) begin
        state_q <= Idle;
        exec_q <= 1'b0;
        evaluate_q <= 1'b0;
        again_q <= 1'b0;
        pending_q <= 1'b0;
        row_valid_q <= 1'b0;
        exec_done_q <= 1'b0;
        eval_done_q <= 1'b0;
        leg_total_q <= 21'd0;
      end
    end
  end

  always @(posedge clk_i) begin
    if (en_i) begin
      if (base_read) begin
        id_q   <= base_id;
        slot_q <= {{(LegBits - 1) {1'b0}}, 1'b1};
      end
      if (scan_read) begin
        row_slot_q <= slot_q;
        row_yes_q <= member_yes;
        row_no_q <= member_no;
      end
      case (state_q)
        Latch: begin
          first_q <= 1'b1;
          slot_q <= slot_q + 1'b1;
          exists_q <= base_exists;
          armed_q <= base_armed;
          mask_q <= base_mask;
          kind_q <= base_kind;
          members_q <= base_members;
          legs_q <= base_legs;
          payout_q <= base_payout;
          min_size_q <= base_min_size;
          missing_q <= sum_missing;
          sum_q <= sum_sum;
          open_q <= watch_open;
          able_q <= watch_able;
          limit_q <= watch_limit;
          last_edge_q <= last_edge;
          last_size_q <= last_size;
        end
        Dispatch: error_q <= refusal;
        Find: begin
          cost_q   <= row_valid ? (record_no ? row_no_cost_i : row_yes_cost_i) : 21'd0;
          absent_q <= ~row_valid;
        end
        Add: error_q <= add_refusal;
        Scan: begin
          first_q <= 1'b0;
          slot_q  <= slot_q + 1'b1;
        end
        default: ;
      endcase
    end
  end

  wire unused = &{1'b0, exec_record_i};
endmodule

`default_nettype wire
