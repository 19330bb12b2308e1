// Adds the difference of a published row to the baskets on its book, and says which of them may have a signal to step
// (clauses BSK-3, MSG-4). It goes through the memberships of the book, a dense array, one a cycle.
//
// prefetch_valid_i is a hint: the head of that book (how many memberships, and the first) is read ahead, at the latest
// 2 cycles before delta_valid_i to be of use. A hint during a walk waits for the end of it.
// delta_valid_i in cycle 0 with delta_book_i, the differences of the costs (an absent cost counts 0) and of what is
// missing, all held until delta_done_o. With the head at hand, a walk of m memberships has delta_done_o in cycle
// max(1, m), and the last sum is written at the end of that cycle; without it 2 cycles later, 3 where a hint for
// another book came in the cycle before. insert_o with insert_id_o follows in the cycle after the one in which the sum
// is written.
// A basket is inserted only if its signal is open, or if its new sum lets it open: most need no evaluation.
// forget_i: memberships may change from now on until hold_i is 0 again; no walk runs in that time. en_i freezes all.
`default_nettype none

module gb_basket_walk #(
    parameter BookBits = 5,
    parameter BasketBits = 6,
    parameter SlotBits = 5,  // at least 2; a count of legs has SlotBits + 1 bits
    parameter SumBits = 27   // at least 24
) (
    input  wire                           clk_i,
    input  wire                           rst_i,
    input  wire                           en_i,
    input  wire                           clear_i,
    input  wire                           forget_i,
    input  wire                           hold_i,
    input  wire                           prefetch_valid_i,
    input  wire [           BookBits-1:0] prefetch_book_i,
    input  wire                           delta_valid_i,
    input  wire [           BookBits-1:0] delta_book_i,
    input  wire signed [            21:0] delta_yes_i,
    input  wire signed [            21:0] delta_no_i,
    input  wire signed [             1:0] missing_yes_i,
    input  wire signed [             1:0] missing_no_i,
    output wire                           delta_done_o,
    output wire                           any_o,  // 0: the head is at hand, and the book has no memberships
    // Memberships of a book: {basket, yes, no} of the place asked for, and their number; data one cycle after read.
    output wire                           list_read_o,
    output wire [           BookBits-1:0] list_book_o,
    output wire [         BasketBits-1:0] list_place_o,
    input  wire [         BasketBits-1:0] list_basket_i,
    input  wire                           list_yes_i,
    input  wire                           list_no_i,
    output wire                           count_read_o,
    input  wire [           BasketBits:0] count_i,
    // Sum and watch of a basket; data one cycle after read.
    output wire                           sum_read_o,
    output wire [         BasketBits-1:0] sum_read_basket_o,
    input  wire [             SlotBits:0] missing_i,
    input  wire [            SumBits-1:0] sum_i,
    input  wire                           watch_open_i,
    input  wire                           watch_able_i,
    input  wire [            SumBits-1:0] watch_limit_i,
    output wire                           sum_write_o,
    output wire [         BasketBits-1:0] sum_write_basket_o,
    output wire [             SlotBits:0] missing_o,
    output wire [            SumBits-1:0] sum_o,
    output wire                           insert_o,
    output wire [         BasketBits-1:0] insert_id_o
);
  localparam [BasketBits-1:0] SecondPlace = 1;

  reg                   hint_q;
  reg [   BookBits-1:0] hint_book_q;
  reg                   fetching_q;
  reg                   head_valid_q;
  reg [   BookBits-1:0] head_book_q;
  reg [   BasketBits:0] head_count_q;
  reg [ BasketBits-1:0] head_basket_q;
  reg                   head_yes_q;
  reg                   head_no_q;

  reg                   waiting_q;  // a delta waits for its head
  reg                   walking_q;  // the array shows a membership
  reg [   BasketBits:0] left_q;
  reg [ BasketBits-1:0] place_q;
  reg                   done_q;

  reg                   add_valid_q;
  reg [ BasketBits-1:0] add_basket_q;
  reg signed [    22:0] add_cost_q;
  reg signed [     2:0] add_missing_q;

  reg                   check_valid_q;
  reg [ BasketBits-1:0] check_basket_q;
  reg [     SlotBits:0] check_missing_q;
  reg [    SumBits-1:0] check_sum_q;
  reg                   check_open_q;
  reg                   check_able_q;
  reg [    SumBits-1:0] check_limit_q;

  wire delta = delta_valid_i | waiting_q;
  wire head_fits = head_valid_q & (head_book_q == delta_book_i);
  wire start = delta & head_fits & ~fetching_q;
  wire more_at_start = head_count_q > 1;
  wire more = walking_q ? left_q > 1 : start & more_at_start;
  wire fetch_for_delta = delta & ~head_fits & ~fetching_q;
  wire fetch_for_hint = (prefetch_valid_i | hint_q) & ~delta_valid_i & ~waiting_q & ~fetching_q & ~more & ~hold_i;
  wire fetch = fetch_for_delta | fetch_for_hint;
  wire [BookBits-1:0] fetch_book = fetch_for_hint ? (prefetch_valid_i ? prefetch_book_i : hint_book_q) : delta_book_i;

  wire step = walking_q | (start & (head_count_q != 0));
  wire [BasketBits-1:0] step_basket = walking_q ? list_basket_i : head_basket_q;
  wire step_yes = walking_q ? list_yes_i : head_yes_q;
  wire step_no = walking_q ? list_no_i : head_no_q;

  assign delta_done_o = done_q;
  assign any_o = ~head_valid_q | head_count_q != 0;
  assign list_read_o = fetch | more;
  assign list_book_o = fetch_book;
  assign list_place_o = fetch ? {BasketBits{1'b0}} : walking_q ? place_q : SecondPlace;
  assign count_read_o = fetch;
  assign sum_read_o = step;
  assign sum_read_basket_o = step_basket;
  assign sum_write_o = add_valid_q;
  assign sum_write_basket_o = add_basket_q;
  assign missing_o = missing_i + {{(SlotBits - 1) {add_missing_q[2]}}, add_missing_q[1:0]};
  assign sum_o = sum_i + {{(SumBits - 23) {add_cost_q[22]}}, add_cost_q};
  assign insert_o = check_valid_q
      & (check_open_q | (check_able_q & (check_missing_q == 0) & (check_sum_q <= check_limit_q)));
  assign insert_id_o = check_basket_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      hint_q <= 1'b0;
      fetching_q <= 1'b0;
      head_valid_q <= 1'b0;
      waiting_q <= 1'b0;
      walking_q <= 1'b0;
      done_q <= 1'b0;
      add_valid_q <= 1'b0;
      check_valid_q <= 1'b0;
    end else if (en_i) begin
      if (delta_valid_i | fetch) hint_q <= 1'b0;
      else if (prefetch_valid_i) hint_q <= 1'b1;
      fetching_q <= fetch;
      if (fetch) head_valid_q <= 1'b0;
      else if (fetching_q) head_valid_q <= 1'b1;
      waiting_q <= delta & ~start;
      walking_q <= more;
      done_q <= (start & ~more_at_start) | (walking_q & ~more);
      add_valid_q <= step;
      check_valid_q <= add_valid_q;
      if (forget_i | clear_i) begin
        fetching_q <= 1'b0;
        head_valid_q <= 1'b0;
      end
      if (clear_i) begin
        hint_q <= 1'b0;
        waiting_q <= 1'b0;
        walking_q <= 1'b0;
        done_q <= 1'b0;
        add_valid_q <= 1'b0;
        check_valid_q <= 1'b0;
      end
    end
  end

  always @(posedge clk_i) begin
    if (en_i) begin
      if (prefetch_valid_i) hint_book_q <= prefetch_book_i;
      if (fetch) head_book_q <= fetch_book;
      if (fetching_q) begin
        head_count_q <= count_i;
        head_basket_q <= list_basket_i;
        head_yes_q <= list_yes_i;
        head_no_q <= list_no_i;
      end
      if (step) begin
        left_q <= (walking_q ? left_q : head_count_q) - 1'b1;
        place_q <= (walking_q ? place_q : SecondPlace) + 1'b1;
        add_basket_q <= step_basket;
        add_cost_q <= (step_yes ? {delta_yes_i[21], delta_yes_i} : 23'sd0)
            + (step_no ? {delta_no_i[21], delta_no_i} : 23'sd0);
        add_missing_q <= (step_yes ? {missing_yes_i[1], missing_yes_i} : 3'sd0)
            + (step_no ? {missing_no_i[1], missing_no_i} : 3'sd0);
      end
      if (add_valid_q) begin
        check_basket_q <= add_basket_q;
        check_missing_q <= missing_o;
        check_sum_q <= sum_o;
        check_open_q <= watch_open_i;
        check_able_q <= watch_able_i;
        check_limit_q <= watch_limit_i;
      end
    end
  end
endmodule

`default_nettype wire
