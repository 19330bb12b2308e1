// The pages of 128 levels that no ladder holds (clause BOOK-6): pages never used yet, then returned ones, last in first
// out. page_o is the page that the next take_i gets, full_o says that the profile's pages are all held; both are
// registers, right in every cycle, so that a page given back serves the very next record. At most one of take_i (only
// while full_o is 0) and give_i a cycle. Nothing happens while en_i is 0. clear_i gives every page back.
`default_nettype none
module gb_page_pool #(
    parameter Pages = 128,   // pages that the memory has; >= limit_pages_i
    parameter PageBits = 7
) (
    input wire clk_i,
    input wire en_i,
    input wire clear_i,
    input wire [20:0] limit_pages_i,  // pages of the profile
    input wire take_i,
    input wire give_i,
    input wire [PageBits-1:0] give_page_i,
    output wire [PageBits-1:0] page_o,
    output wire full_o
);
  reg [PageBits-1:0] returned[0:Pages-1];
  reg [PageBits:0] returned_count_q;
  reg [PageBits-1:0] fresh_q;  // the lowest page never used; wraps only when there is none
  reg [20:0] room_q;
  reg full_q;
  reg [PageBits-1:0] page_q;

  // The entry below the top, read without a clock: page_q has to follow in the cycle after a take.
  wire [PageBits-1:0] below = returned_count_q[PageBits-1:0] + ~{{(PageBits - 1) {1'b0}}, 1'b1};
  wire [PageBits-1:0] below_page = returned[below];
  wire [PageBits-1:0] next_fresh = fresh_q + 1'b1;

  always @(posedge clk_i) begin
    if (en_i) begin
      if (clear_i) begin
        returned_count_q <= 0;
        fresh_q <= 0;
        room_q <= limit_pages_i;
        full_q <= limit_pages_i == 0;
        page_q <= 0;
      end else if (give_i) begin
        returned[returned_count_q[PageBits-1:0]] <= give_page_i;
        returned_count_q <= returned_count_q + 1'b1;
        room_q <= room_q + 1'b1;
        full_q <= 1'b0;
        page_q <= give_page_i;
      end else if (take_i) begin
        if (returned_count_q == 0) begin
          fresh_q <= next_fresh;
          page_q <= next_fresh;
        end else begin
          returned_count_q <= returned_count_q - 1'b1;
          page_q <= returned_count_q == 1 ? fresh_q : below_page;
        end
        room_q <= room_q - 1'b1;
        full_q <= room_q == 1;
      end
    end
  end

  assign page_o = page_q;
  assign full_o = full_q;
endmodule
`default_nettype wire
