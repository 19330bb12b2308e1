// The memberships: which baskets have legs on which books. Each is held twice, by basket and by book, both dense
// arrays, each copy with the place of the other (clauses BSK-1, BSK-2). A YES and a NO leg on one book are one
// membership.
//
// Read by basket: read_i with basket_i and read_slot_i, or slot 0 with read_first_i; book_o, yes_o, no_o in the
// next cycle. Read by book: list_read_i, list_book_i and list_place_i; count_read_i reads how many that book has.
// Add a leg: find_i with basket_i, its members_i, find_book_i and find_no_i, all held; find_done_o 2 cycles later
// plus one for every membership compared before the book was found, up to all of them. In the next cycle found_o
// and duplicate_o are valid, and add_i adds the leg, to the membership found or to a new one. Drop a basket:
// drop_i with basket_i and members_i, which is not 0; drop_done_o 5 cycles later for each membership. The last
// membership of the book moves into the gap. One of the four at a time, except that reads by book may not meet an
// addition or a drop. No memory is ever read in the cycle in which the same word is written. en_i freezes
// everything. clear_i: as gb_basket_engine.
`default_nettype none

module gb_basket_members #(
    parameter Books = 32,
    parameter BookBits = 5,
    parameter Baskets = 64,
    parameter BasketBits = 6,
    parameter SlotBits = 5,  // 2^SlotBits memberships a basket
    parameter WalkBits = 6
) (
    input  wire                  clk_i,
    input  wire                  rst_i,
    input  wire                  en_i,
    input  wire                  clear_i,
    input  wire [  WalkBits-1:0] clear_index_i,
    input  wire [BasketBits-1:0] basket_i,
    input  wire [    SlotBits:0] members_i,
    input  wire                  read_i,
    input  wire                  read_first_i,
    input  wire [  SlotBits-1:0] read_slot_i,
    output wire [  BookBits-1:0] book_o,
    output wire                  yes_o,
    output wire                  no_o,
    input  wire                  find_i,
    input  wire [  BookBits-1:0] find_book_i,
    input  wire                  find_no_i,
    output wire                  find_done_o,
    output wire                  found_o,
    output wire                  duplicate_o,
    input  wire                  add_i,
    input  wire                  drop_i,
    output wire                  drop_done_o,
    input  wire                  list_read_i,
    input  wire [  BookBits-1:0] list_book_i,
    input  wire [BasketBits-1:0] list_place_i,
    output wire [BasketBits-1:0] list_basket_o,
    output wire                  list_yes_o,
    output wire                  list_no_o,
    input  wire                  count_read_i,
    output wire [  BasketBits:0] count_o
);
  localparam MemberBits = BookBits + BasketBits + 2;  // by basket: {book, place, yes, no}
  localparam ListBits = BasketBits + SlotBits + 2;  // by book: {basket, slot, yes, no}
  localparam BookPlaces = Books > 1 ? Books : 2;  // as many as BookBits can name, if that is more
  localparam BasketPlaces = Baskets > 1 ? Baskets : 2;
  localparam [31:0] BookCount = Books;

  localparam [2:0] Idle = 3'd0;
  localparam [2:0] Find = 3'd1;
  localparam [2:0] Add = 3'd2;
  localparam [2:0] DropMember = 3'd3;  // the five states of a membership
  localparam [2:0] DropBook = 3'd4;
  localparam [2:0] DropCount = 3'd5;
  localparam [2:0] DropLast = 3'd6;
  localparam [2:0] DropMove = 3'd7;

  reg [2:0] state_q;
  reg [SlotBits:0] slot_q;  // Find: to be read next. Add: of the leg. Drop: of the membership
  reg found_q;
  reg [BookBits-1:0] book_q;
  reg [BasketBits-1:0] place_q;
  reg yes_q;
  reg no_q;
  reg [BasketBits-1:0] last_q;

  wire [BasketBits-1:0] place;
  wire [SlotBits-1:0] list_slot;
  wire [SlotBits:0] slot_before = slot_q - 1'b1;
  wire find = state_q == Find;
  wire drop_last = state_q == DropLast;
  wire move = state_q == DropMove;
  wire drop_more = move & (slot_q != 0);

  // What is compared was read the cycle before: straight from the memory it would be the slowest path of all.
  wire find_end = slot_before > members_i;
  wire find_match = (slot_q != 1) & ~find_end & (book_q == find_book_i);

  wire add_yes = yes_q | ~find_no_i;
  wire add_no = no_q | find_no_i;

  assign find_done_o = find & (find_end | find_match);
  assign found_o = found_q;
  assign duplicate_o = find_no_i ? no_q : yes_q;
  assign drop_done_o = move & ~drop_more;

  wire [SlotBits:0] last_slot = members_i - 1'b1;
  wire [SlotBits-1:0] member_slot =
      find ? slot_q[SlotBits-1:0] :
      move ? slot_before[SlotBits-1:0] :
      drop_i ? last_slot[SlotBits-1:0] :
      read_first_i | find_i ? {SlotBits{1'b0}} : read_slot_i;
  gb_ram_1r1w #(.Width(MemberBits), .Depth(BasketPlaces << SlotBits), .AddressBits(BasketBits + SlotBits)) u_by_basket (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(add_i | move),
      .write_address_i(move ? {list_basket_o, list_slot} : {basket_i, slot_q[SlotBits-1:0]}),
      .write_data_i(move ? {book_q, place_q, list_yes_o, list_no_o} : {find_book_i, place_q, add_yes, add_no}),
      .read_i(read_i | find_i | find | drop_i | drop_more),
      .read_address_i({basket_i, member_slot}),
      .read_data_o({book_o, place, yes_o, no_o}));

  gb_ram_1r1w #(.Width(ListBits), .Depth(BookPlaces << BasketBits), .AddressBits(BookBits + BasketBits)) u_by_book (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(add_i | move),
      .write_address_i({move ? book_q : find_book_i, place_q}),
      .write_data_i(move ? {list_basket_o, list_slot, list_yes_o, list_no_o} :
          {basket_i, slot_q[SlotBits-1:0], add_yes, add_no}),
      .read_i(list_read_i | drop_last),
      .read_address_i(drop_last ? {book_q, last_q} : {list_book_i, list_place_i}),
      .read_data_o({list_basket_o, list_slot, list_yes_o, list_no_o}));

  wire [BookBits-1:0] clear_book;
  wire clear_write = clear_i & ({1'b0, clear_index_i} < BookCount[WalkBits:0]);
  generate
    if (WalkBits >= BookBits) begin : g_clear_book
      assign clear_book = clear_index_i[BookBits-1:0];
    end else begin : g_clear_book
      assign clear_book = {{(BookBits - WalkBits) {1'b0}}, clear_index_i};
    end
  endgenerate

  wire [BasketBits:0] count_next = drop_last ? {1'b0, last_q} : {1'b0, place_q} + 1'b1;
  gb_ram_1r1w #(.Width(BasketBits + 1), .Depth(Books), .AddressBits(BookBits)) u_counts (
      .clk_i(clk_i), .en_i(en_i),
      .write_i((add_i & ~found_q) | drop_last | clear_write),
      .write_address_i(clear_i ? clear_book : drop_last ? book_q : find_book_i),
      .write_data_i(clear_i ? {(BasketBits + 1) {1'b0}} : count_next),
      .read_i(count_read_i | find_i | state_q == DropBook),
      .read_address_i(find_i ? find_book_i : state_q == DropBook ? book_q : list_book_i),
      .read_data_o(count_o));

  always @(posedge clk_i) begin
    if (rst_i) state_q <= Idle;
    else if (en_i) begin
      case (state_q)
        Idle:
        if (find_i) state_q <= Find;
        else if (drop_i) state_q <= DropMember;
        Find: if (find_done_o) state_q <= Add;
        DropMember: state_q <= DropBook;
        DropBook: state_q <= DropCount;
        DropCount: state_q <= DropLast;
        DropLast: state_q <= DropMove;
        DropMove: state_q <= drop_more ? DropMember : Idle;
        default: state_q <= Idle;
      endcase
      if (clear_i) state_q <= Idle;
    end
  end

  always @(posedge clk_i) begin
    if (en_i) begin
      case (state_q)
        Idle: slot_q <= drop_i ? last_slot : {{SlotBits{1'b0}}, 1'b1};
        Find: begin
          found_q <= ~find_end;
          if (find_end) begin
            place_q <= count_o[BasketBits-1:0];
            yes_q   <= 1'b0;
            no_q    <= 1'b0;
          end else if (~find_match) begin
            book_q  <= book_o;
            place_q <= place;
            yes_q   <= yes_o;
            no_q    <= no_o;
          end
          slot_q <= find_done_o ? slot_before - 1'b1 : slot_q + 1'b1;
        end
        DropMember: begin
          book_q  <= book_o;
          place_q <= place;
        end
        DropCount: last_q <= count_o[BasketBits-1:0] - 1'b1;
        DropMove: slot_q <= slot_before;
        default: ;
      endcase
    end
  end
endmodule

`default_nettype wire
