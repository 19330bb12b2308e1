// The page pool against the set of pages held (clause BOOK-6): a page is held, returned or fresh, exactly one of them.
// Assumed: gb_ladder takes only while full_o is 0, gives only pages that are held, never both (asserted in
// ladder_proof).
`default_nettype none
module pool_proof #(
    parameter Pages = 8,
    parameter PageBits = 3
) (
    input wire clk_i,
    input wire en_i,
    input wire clear_i,
    input wire take_i,
    input wire give_i,
    input wire [PageBits-1:0] give_page_i
);
  (* anyconst *) wire [20:0] limit;
  wire [PageBits-1:0] page;
  wire full;
  gb_page_pool #(.Pages(Pages), .PageBits(PageBits)) dut (
      .clk_i(clk_i), .en_i(en_i), .clear_i(clear_i), .limit_pages_i(limit), .take_i(take_i), .give_i(give_i),
      .give_page_i(give_page_i), .page_o(page), .full_o(full));

  reg known = 0;  // cleared once
  reg [Pages-1:0] held;
  integer i, j;
  reg [PageBits:0] held_count;
  always @* begin
    held_count = 0;
    for (i = 0; i < Pages; i = i + 1) held_count = held_count + held[i];
  end
  always @* begin
    assume (limit <= Pages);
    if (~known) assume (en_i & clear_i);
    else begin
      assume (~(take_i & give_i));
      if (take_i) assume (~full);
      if (give_i) assume (give_page_i < Pages & held[give_page_i]);
    end
  end
  always @(posedge clk_i) begin
    if (en_i) begin
      if (clear_i) known <= 1;
      held <= clear_i ? 0 : take_i ? held | (1 << page) : give_i ? held & ~(1 << give_page_i) : held;
    end
  end

  (* hierconn *) wire [PageBits:0] \dut.returned_count_q ;
  (* hierconn *) wire [PageBits-1:0] \dut.fresh_q ;
  (* hierconn *) wire [20:0] \dut.room_q ;
  (* hierconn *) wire [PageBits-1:0] \dut.returned[0] , \dut.returned[1] , \dut.returned[2] , \dut.returned[3] ;
  (* hierconn *) wire [PageBits-1:0] \dut.returned[4] , \dut.returned[5] , \dut.returned[6] , \dut.returned[7] ;
  wire [8*PageBits-1:0] returned = {
    \dut.returned[7] , \dut.returned[6] , \dut.returned[5] , \dut.returned[4] ,
    \dut.returned[3] , \dut.returned[2] , \dut.returned[1] , \dut.returned[0] };
  wire [PageBits:0] count = \dut.returned_count_q ;
  wire [PageBits+1:0] fresh = held_count + count;

  always @* begin
    if (known) begin
      // PORT: only how many pages are held decides; what is offered is free.
      assert (full == (held_count == limit) & held_count <= limit);
      if (~full) assert (page < Pages & ~held[page]);

      assert (fresh <= limit & \dut.room_q == limit - held_count & \dut.fresh_q == fresh[PageBits-1:0]);
      assert (page == (count == 0 ? fresh[PageBits-1:0] : returned[(count-1)*PageBits+:PageBits]));
    end
  end
  genvar g;
  generate
    for (g = 0; g < Pages; g = g + 1) begin : g_page
      reg [PageBits:0] places;
      always @* begin
        places = held[g] + (g >= fresh);
        for (j = 0; j < Pages; j = j + 1) places = places + (j < count & returned[j*PageBits+:PageBits] == g);
        if (known) assert (places == 1);
      end
    end
  endgenerate

  reg wrapped, retaken;
  always @(posedge clk_i) begin
    if (~known | clear_i) {wrapped, retaken} <= 0;
    else if (en_i) begin
      wrapped <= wrapped | (take_i & held_count == Pages - 1);
      retaken <= give_i & full;
    end
  end
  always @* begin
    if (known) begin
      cover (full & limit == 0);
      cover (wrapped & count == Pages);
      cover (retaken & take_i & limit == Pages);
      cover (count == 2 & take_i & fresh == 3);
      cover (clear_i & full & limit == 2);
    end
  end
endmodule
`default_nettype wire
