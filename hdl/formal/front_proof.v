// The front as a queue: every record that is accepted stands at the retire point once, in order, a fixed number of
// cycles later, and no record follows one that blocks before the release (clause REC-5 on, and what gb_ladder assumes
// of its surroundings). Claims about ports are marked PORT; the others are invariants, written against the state of
// gb_front after flatten. Assumed: a reset comes first; release_i comes only while nothing is on its way to the retire
// point, or stands there alone.
`default_nettype none
module front_proof #(
    parameter Paged = 1,
    parameter Pipelined = 0,
    parameter Overlap = 1
) (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire [16:0] limit_books_i,
    input wire [16:0] limit_baskets_i,
    input wire [15:0] limit_finest_tick_i,
    input wire [15:0] now_i,
    input wire valid_i,
    input wire [127:0] record_i,
    input wire release_i,
    input wire [30:0] book_word_i
);
  `include "contract.vh"
  localparam BookBits = 2;
  localparam SidePageBits = 3;
  // the retire point, in cycles from the handshake
  localparam Last = 4 + (Paged != 0 ? 1 : 0) + (Pipelined != 0 ? 1 : 0);
  localparam Enters = 1 + (Pipelined != 0 ? 1 : 0);                        // into the ladder
  localparam CarryBits = 128 + 16 + 8 + 1 + BookBits + 31 + 3;

  wire ready, book_read, set_valid, dirty_read, here, empty, in_range;
  wire [BookBits-1:0] book_address, dirty_address, book;
  wire [BookBits:0] set_side;
  wire [SidePageBits-1:0] set_page;
  wire [6:0] set_slot;
  wire [47:0] set_size;
  wire [127:0] record;
  wire [30:0] book_word;
  wire [7:0] error;
  wire [2:0] tick_code;
  wire [15:0] accepted_at;
  gb_front #(
      .BookBits(BookBits), .SidePageBits(SidePageBits), .Paged(Paged), .Pipelined(Pipelined), .Overlap(Overlap)
  ) dut (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .limit_books_i(limit_books_i), .limit_baskets_i(limit_baskets_i), .limit_finest_tick_i(limit_finest_tick_i),
      .now_i(now_i), .valid_i(valid_i), .ready_o(ready), .record_i(record_i), .release_i(release_i),
      .book_read_o(book_read), .book_address_o(book_address), .book_word_i(book_word_i),
      .set_valid_o(set_valid), .set_side_o(set_side), .set_page_o(set_page), .set_slot_o(set_slot),
          .set_size_o(set_size),
      .dirty_read_o(dirty_read), .dirty_address_o(dirty_address), .valid_o(here), .record_o(record),
      .book_word_o(book_word), .error_o(error), .book_in_range_o(in_range), .book_o(book), .tick_code_o(tick_code),
      .accepted_at_o(accepted_at), .empty_o(empty));

  // ---- what was accepted, by cycles since then ----
  reg known = 0;
  reg [Last:1] sent, blocking, entered;
  reg open;              // a record that blocks has been accepted, and not released
  wire accept = valid_i & ready;
  wire blocks = Overlap == 0 | record_i[7:0] != OP_LEVEL_SET | record_i[CMD_LEVEL_SET_COMMIT_LSB];
  always @* begin
    if (~known) assume (rst_i);
    if (release_i) assume (sent[Last-1:1] == 0);
  end
  always @(posedge clk_i) begin
    if (rst_i) begin
      known <= 1;
      sent <= 0;
      entered <= 0;
      open <= 1;
    end else if (en_i) begin
      sent <= {sent[Last-1:1], accept};
      open <= accept ? blocks : open & ~release_i;
      entered <= entered << 1;
      entered[Enters+1] <= set_valid;
    end
    if (en_i) blocking <= {blocking[Last-1:1], blocks};
  end

  (* hierconn *) wire \dut.s1_valid_q , \dut.ready_q ;
  (* hierconn *) wire [127:0] \dut.s1_record_q ;
  (* hierconn *) wire [15:0] \dut.s1_at_q ;
  (* hierconn *) wire [Last-1:0] \dut.carry_valid ;
  (* hierconn *) wire [CarryBits-1:0] \dut.carry[0] , \dut.carry[1] , \dut.carry[2] , \dut.carry[3] ;
  (* hierconn *) wire [CarryBits-1:0] \dut.carry[4] , \dut.carry[5] ;
  wire [6*CarryBits-1:0] carry = {\dut.carry[5] , \dut.carry[4] , \dut.carry[3] , \dut.carry[2] , \dut.carry[1] ,
      \dut.carry[0] };
  genvar g;
  generate
    for (g = 1; g <= Last; g = g + 1) begin : g_stage
      reg [127:0] data;
      reg [15:0] at;
      if (g == 1) begin : g_first
        always @(posedge clk_i) if (en_i) {data, at} <= {record_i, now_i};
      end else begin : g_next
        always @(posedge clk_i) if (en_i) {data, at} <= {g_stage[g-1].data, g_stage[g-1].at};
      end
      wire in_order = data[7:0] == OP_LEVEL_SET & carry[(g-1)*CarryBits+144+:8] == 0;
      always @* if (known & sent[g]) begin
        assert (carry[(g-1)*CarryBits+:144] == {at, data});
        assert (blocking[g] == (Overlap == 0 | data[7:0] != OP_LEVEL_SET | data[CMD_LEVEL_SET_COMMIT_LSB]));
        if (g > Enters) assert (entered[g] == in_order);
        if (g == Enters) assert (set_valid == in_order);                      // PORT
      end
      always @* if (known) begin
        // nothing behind a record that blocks
        assert (~(sent[g] & blocking[g]) | (open & (sent & ((1 << (g - 1)) - 1)) == 0));
        if (g > Enters) assert (~entered[g] | sent[g]);
        if (g == Enters) assert (~set_valid | sent[g]);                       // PORT
      end
    end
  endgenerate

  always @* begin
    if (known) begin
      assert (here == sent[Last] & empty == (sent == 0));                     // PORT
      if (here) assert (record == g_stage[Last].data & accepted_at == g_stage[Last].at);  // PORT: in order, none lost
      // PORT: what the ladder has at its retire point is the record that is here.
      if (here) assert (entered[Last] == (record[7:0] == OP_LEVEL_SET & error == 0));
      assert (~entered[Last] | here);                                         // PORT
      assert (~ready | (en_i & ~open));                                       // PORT
      if (here & blocking[Last]) assert (sent[Last-1:1] == 0 & ~ready);       // PORT: alone until it is released
      assert (\dut.carry_valid == sent & \dut.s1_valid_q == sent[1]);
      assert (~\dut.ready_q | ~open);
    end
    cover (known & sent == {Last{1'b1}} & here);
    cover (known & here & blocking[Last] & release_i & en_i);
    cover (known & ~en_i & sent[2] & sent[3] & valid_i);
    cover (known & here & error == ERROR_CODE_LEVEL_RANGE);
    cover (known & here & entered[Last] & open & ~blocking[Last]);
  end
endmodule
`default_nettype wire
