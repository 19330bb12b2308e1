// Visits the held pages of one book, bids first, each side from its best level on (clauses BOOK-2, INT-4).
// wipe_i = 1: gives every page back and clears both summaries. wipe_i = 0: hands out every level that has a size, best
// first.
//
// Handshake: start_i for one cycle while busy_o is 0; done_o for one cycle at the end. A level is offered with
// level_valid_o until level_ready_i; its size is then at the output of the size memory. busy_o claims the read ports of
// the ladder. Latency: a wipe takes at most 7 + 2 * (pages held) cycles, one without pages 7; a walk 5 + 2 * pages + 2
// * groups + 2 * levels + waits. Nothing happens while en_i is 0.
`default_nettype none
module gb_ladder_walk #(
    parameter BookBits = 5,
    parameter SidePages = 8,
    parameter SidePageBits = 3,
    parameter PhysicalBits = 7,
    parameter Paged = 1,
    parameter GroupBits = 3,
    parameter LevelBits = 4
) (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire start_i,
    input wire wipe_i,
    input wire [BookBits-1:0] book_i,
    output wire busy_o,
    output wire done_o,

    output wire summary_read_o,
    output wire [BookBits:0] side_o,
    input wire [SidePages-1:0] summary_data_i,
    output wire wipe_o,                          // write 0 to the summary of side_o

    output wire page_read_o,
    output wire [SidePageBits-1:0] page_o,
    input wire [PhysicalBits-1:0] page_physical_i,
    input wire [(1<<GroupBits)-1:0] page_groups_i,
    output wire give_o,                          // give physical_o back
    output wire [PhysicalBits-1:0] physical_o,

    output wire leaf_read_o,
    output wire [GroupBits+LevelBits-1:0] slot_o,
    input wire [(1<<LevelBits)-1:0] leaf_data_i,
    output wire size_read_o,

    output wire level_valid_o,
    input wire level_ready_i
);
  localparam SlotBits = GroupBits + LevelBits;
  localparam [3:0] Idle = 4'd0;
  localparam [3:0] Summary = 4'd1;      // read the summary
  localparam [3:0] SummaryData = 4'd2;
  localparam [3:0] Page = 4'd3;         // next page, or the end of the side
  localparam [3:0] PageData = 4'd4;
  localparam [3:0] Group = 4'd5;
  localparam [3:0] GroupData = 4'd6;
  localparam [3:0] Level = 4'd7;
  localparam [3:0] LevelData = 4'd8;

  reg [3:0] state_q;
  reg wiping_q, ask_q, done_q;
  reg [BookBits-1:0] book_q;
  reg [SidePages-1:0] summary_q;
  reg [(1<<GroupBits)-1:0] groups_q;
  reg [(1<<LevelBits)-1:0] leaf_q;
  reg [PhysicalBits-1:0] physical_q;
  reg [SidePageBits-1:0] page_q;
  reg [SlotBits-1:0] slot_q;
  reg give_q;

  wire page_found, group_found, level_found;
  wire [SidePageBits-1:0] page;
  wire [GroupBits-1:0] group;
  wire [LevelBits-1:0] level;
  gb_find_first #(.Width(SidePages), .IndexBits(SidePageBits)) u_page (
      .bits_i(summary_q), .found_o(page_found), .index_o(page));
  gb_find_first #(.Width(1 << GroupBits), .IndexBits(GroupBits)) u_group (
      .bits_i(groups_q), .found_o(group_found), .index_o(group));
  gb_find_first #(.Width(1 << LevelBits), .IndexBits(LevelBits)) u_level (
      .bits_i(leaf_q), .found_o(level_found), .index_o(level));

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q <= Idle;
      done_q <= 1'b0;
      give_q <= 1'b0;
    end else if (en_i) begin
      done_q <= 1'b0;
      give_q <= 1'b0;
      case (state_q)
        Idle:
        if (start_i) begin
          state_q <= Summary;
          wiping_q <= wipe_i;
          book_q <= book_i;
          ask_q <= 1'b0;
        end
        Summary: state_q <= SummaryData;
        SummaryData: begin
          summary_q <= wiping_q & (Paged == 0) ? {SidePages{1'b0}} : summary_data_i;
          state_q <= Page;
        end
        Page:
        if (page_found) begin
          summary_q <= summary_q & (summary_q - 1'b1);
          page_q <= page;
          state_q <= PageData;
        end else begin
          ask_q <= 1'b1;
          done_q <= ask_q;
          state_q <= ask_q ? Idle : Summary;
        end
        PageData: begin
          physical_q <= page_physical_i;
          groups_q <= page_groups_i;
          give_q <= wiping_q;
          state_q <= wiping_q ? Page : Group;
        end
        Group:
        if (group_found) begin
          groups_q <= groups_q & (groups_q - 1'b1);
          slot_q[SlotBits-1:LevelBits] <= group;
          state_q <= GroupData;
        end else begin
          state_q <= Page;
        end
        GroupData: begin
          leaf_q <= leaf_data_i;
          state_q <= Level;
        end
        Level:
        if (level_found) begin
          leaf_q <= leaf_q & (leaf_q - 1'b1);
          slot_q[LevelBits-1:0] <= level;
          state_q <= LevelData;
        end else begin
          state_q <= Group;
        end
        LevelData: if (level_ready_i) state_q <= Level;
        default: state_q <= Idle;
      endcase
    end
  end

  assign busy_o = state_q != Idle;
  assign done_o = done_q;
  assign summary_read_o = state_q == Summary;
  assign side_o = {book_q, ask_q};
  assign wipe_o = (state_q == Page) & wiping_q & ~page_found;
  assign page_read_o = state_q == Page;
  // In Page the page is being chosen, afterwards it is kept; so with the group and the level.
  assign page_o = state_q == Page ? page : page_q;
  assign give_o = give_q;
  assign physical_o = physical_q;
  assign leaf_read_o = state_q == Group;
  assign slot_o = {
      state_q == Group ? group : slot_q[SlotBits-1:LevelBits], state_q == Level ? level : slot_q[LevelBits-1:0]};
  assign size_read_o = state_q == Level;
  assign level_valid_o = state_q == LevelData;
endmodule
`default_nettype wire
