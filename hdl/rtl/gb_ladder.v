// The levels of all books: three levels of occupancy above the sizes, one pipeline for every book and side (clauses
// BOOK-3..6).
//
// A level is named by book side ({book, side}), page and slot in the page, counted from the best possible price: best
// is lowest.
//   summary  per book side: bit p is set while page p holds a level
//   page     per page of a book side: {physical page, one bit per group of 16 levels}
//   leaf     per group: 16 bits
//   size     per level
// An entry means something only while the bit above it is set: nothing but the summary has to be cleared, and a page is
// held exactly while its summary bit is set.
//
// Set: presented with set_valid_i in cycle 0 (stage a0), retired in cycle 4 (stage a4; cycle 3 without a page table,
// where a2 is left out), one a cycle, also on one level of one side. In a4 changed_o and full_o (a page is needed and
// none is left) are valid, and the change is made if commit_i is 1 in that cycle; the page that it takes or gives back
// is settled in the same cycle. Older sets in flight are forwarded by logical address; see docs/hdl.md. Find:
// find_valid_i in cycle 0, the best level with found_valid_o in cycle 4 (7 with Pipelined = 1); one a cycle. Walk: see
// gb_ladder_walk. Find and walk may start only when no set is in flight. Nothing happens while en_i is 0. clear_i with
// clear_index_i = 0 .. 2 * 2^BookBits - 1 clears the summaries.
`default_nettype none
module gb_ladder #(
    parameter BookBits = 5,
    parameter SidePages = 8,       // pages of one side at the finest tick
    parameter SidePageBits = 3,
    parameter Pages = 128,         // physical pages; used while Paged is 1
    parameter PageBits = 7,
    parameter Paged = 1,           // 0: every level has a place of its own, {book side, page, slot}
    parameter Pipelined = 0,       // 1: registers between the lookups of a find: 7 cycles instead of 4
    parameter Overlap = 1,         // 0: one set at a time, whose inputs stay until it is retired: nothing is forwarded
    parameter GroupBits = 3,       // groups of a page and levels of a group: 8 x 16 = 128 by contract,
    parameter LevelBits = 4,       // smaller in proofs only, as the sizes
    parameter SizeBits = 48
) (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire clear_i,
    input wire [BookBits:0] clear_index_i,
    input wire [20:0] limit_pages_i,

    input wire set_valid_i,
    input wire [BookBits:0] set_side_i,          // {book, side}
    input wire [SidePageBits-1:0] set_page_i,
    input wire [GroupBits+LevelBits-1:0] set_slot_i,
    input wire [SizeBits-1:0] set_size_i,
    output wire changed_o,
    output wire full_o,
    input wire commit_i,

    input wire find_valid_i,
    input wire [BookBits:0] find_side_i,
    output wire found_valid_o,
    output wire found_o,                         // 0: the side is empty
    output wire [SidePageBits-1:0] found_page_o,
    output wire [GroupBits+LevelBits-1:0] found_slot_o,
    output wire [SizeBits-1:0] found_size_o,     // straight from the memory

    input wire walk_start_i,
    input wire walk_wipe_i,
    input wire [BookBits-1:0] walk_book_i,
    output wire walk_done_o,
    output wire level_valid_o,
    input wire level_ready_i,
    output wire level_side_o,
    output wire [SidePageBits-1:0] level_page_o,
    output wire [GroupBits+LevelBits-1:0] level_slot_o,
    output wire [SizeBits-1:0] level_size_o
);
  localparam SlotBits = GroupBits + LevelBits;
  localparam Groups = 1 << GroupBits;
  localparam Levels = 1 << LevelBits;
  localparam SideBits = BookBits + 1;
  localparam Sides = 1 << SideBits;
  localparam EntryBits = SideBits + SidePageBits;  // {book side, page}
  // What the page memory is addressed by: of a side with one page the page says nothing.
  localparam PlaceBits = SidePages > 1 ? EntryBits : SideBits;
  localparam PhysicalBits = Paged ? PageBits : PlaceBits;
  localparam PhysicalPages = Paged ? Pages : (1 << PlaceBits);
  localparam WordBits = Paged ? PageBits + Groups : Groups;  // of the page memory
  localparam Forward = Overlap != 0;

  // ---- the walk and the finder borrow the read ports ----
  wire walk_summary_read, walk_page_read, walk_leaf_read, walk_size_read, walk_wipe, walk_give;
  wire [SideBits-1:0] walk_side;
  wire [SidePageBits-1:0] walk_page;
  wire [SlotBits-1:0] walk_slot;
  wire [PhysicalBits-1:0] walk_physical;
  wire walk_busy;

  // ---- stages of a find: f1..f4 have the data of a memory, g1..g3 what was found in them ----
  reg f1_valid_q, f2_valid_q, f3_valid_q, f4_valid_q;
  reg f2_found_q, f3_found_q, f4_found_q;
  reg [SideBits-1:0] f1_side_q, f2_side_q;
  reg [SidePageBits-1:0] f2_page_q, f3_page_q, f4_page_q;
  reg [GroupBits-1:0] f3_group_q;
  reg [PhysicalBits-1:0] f3_physical_q;
  reg [SlotBits-1:0] f4_slot_q;
  wire g1_valid, g1_found, g2_valid, g2_found, g3_valid, g3_found;
  wire [SideBits-1:0] g1_side;
  wire [SidePageBits-1:0] g1_page, g2_page, g3_page;
  wire [PhysicalBits-1:0] g2_physical, g3_physical;
  wire [GroupBits-1:0] g2_group, g3_group;
  wire [LevelBits-1:0] g3_level;

  // ---- stages of a set ----
  reg a1_valid_q, a3_valid_q, a4_valid_q;
  reg [SideBits-1:0] a1_side_q;
  reg [SidePageBits-1:0] a1_page_q;
  reg [SlotBits-1:0] a1_slot_q;
  // a2 is a register stage only where the physical page has to be looked up first; otherwise it is a1.
  wire a2_valid;
  wire [SideBits-1:0] a2_side;
  wire [SidePageBits-1:0] a2_page;
  wire [SlotBits-1:0] a2_slot;
  wire [SizeBits-1:0] a1_size, a2_size;

  wire [SideBits-1:0] a4_side;
  wire [SidePageBits-1:0] a4_page;
  wire [SlotBits-1:0] a3_slot, a4_slot;
  wire [SizeBits-1:0] a3_size, a4_size;
  wire [Groups-1:0] a3_groups, a4_groups;
  wire [SidePages-1:0] a4_summary;
  wire [Levels-1:0] a3_leaf, a4_leaf;
  wire [PhysicalBits-1:0] a4_physical;
  wire a3_changed, a3_now_held;

  wire [SidePages-1:0] a2_own_summary;
  wire [Groups-1:0] a2_own_groups;
  wire [PhysicalBits-1:0] a2_physical;
  reg a4_changed_q, a4_nonzero_q, a4_held_q, a4_rest_leaf_q, a4_rest_groups_q;

  // ---- a4: what an operation leaves behind. Where it changes nothing, new and old are the same ----
  wire pool_full;
  wire [PhysicalBits-1:0] pool_page;
  wire a4_full = Paged ? a4_nonzero_q & ~a4_held_q & pool_full : 1'b0;
  wire refused = ~commit_i | a4_full;
  wire write = a4_valid_q & a4_changed_q & ~refused;
  wire a4_group_bit = a4_nonzero_q | a4_rest_leaf_q;
  wire a4_summary_bit = a4_group_bit | a4_rest_groups_q;
  wire [Levels-1:0] a4_leaf_mask = {{(Levels - 1) {1'b0}}, 1'b1} << a4_slot[LevelBits-1:0];
  wire [Groups-1:0] a4_group_mask = {{(Groups - 1) {1'b0}}, 1'b1} << a4_slot[SlotBits-1:LevelBits];
  wire [SidePages-1:0] a4_page_mask = {{(SidePages - 1) {1'b0}}, 1'b1} << a4_page;

  wire [Levels-1:0] new_leaf = a4_nonzero_q ? a4_leaf | a4_leaf_mask : a4_leaf & ~a4_leaf_mask;
  wire [Groups-1:0] new_groups = a4_group_bit ? a4_groups | a4_group_mask : a4_groups & ~a4_group_mask;
  wire [SidePages-1:0] new_summary = a4_summary_bit ? a4_summary | a4_page_mask : a4_summary & ~a4_page_mask;
  // A refused set writes nothing: what it leaves behind matters to the sets behind it alone.
  wire kept = refused & Forward;
  wire [Levels-1:0] w_leaf = kept ? a4_leaf : new_leaf;
  wire [Groups-1:0] w_groups = kept ? a4_groups : new_groups;
  wire [SidePages-1:0] w_summary = kept ? a4_summary : new_summary;
  wire [PhysicalBits-1:0] w_physical = a4_held_q ? a4_physical : pool_page;

  assign changed_o = a4_changed_q;
  assign full_o = a4_full;

  // The operation that retired in the cycle before: a read issued in that cycle missed its writes.
  wire d_valid;
  wire [SideBits-1:0] d_side;
  wire [SidePageBits-1:0] d_page;
  wire [SidePages-1:0] d_summary;
  wire [Groups-1:0] d_groups;

  // ---- memories ----
  wire [SidePages-1:0] summary_data;
  wire [WordBits-1:0] page_data, page_word;
  wire [Levels-1:0] leaf_data;
  wire [SizeBits-1:0] size_data;

  wire summary_read = set_valid_i | find_valid_i | walk_summary_read;
  wire [SideBits-1:0] summary_address = walk_busy ? walk_side : find_valid_i ? find_side_i : set_side_i;
  gb_ram_1r1w #(.Width(SidePages), .Depth(Sides), .AddressBits(SideBits)) u_summary (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(write | clear_i | walk_wipe),
      .write_address_i(clear_i ? clear_index_i : walk_wipe ? walk_side : a4_side),
      .write_data_i(clear_i | walk_wipe ? {SidePages{1'b0}} : w_summary),
      .read_i(summary_read), .read_address_i(summary_address), .read_data_o(summary_data));

  wire f1_found;
  wire [SidePageBits-1:0] f1_page;
  gb_find_first #(.Width(SidePages), .IndexBits(SidePageBits)) u_find_page (
      .bits_i(summary_data), .found_o(f1_found), .index_o(f1_page));

  gb_stage #(.Width(1 + SideBits + SidePageBits), .Registered(Pipelined)) u_g1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .valid_i(f1_valid_q), .data_i({f1_found, f1_side_q, f1_page}),
      .valid_o(g1_valid), .data_o({g1_found, g1_side, g1_page}));

  wire [EntryBits-1:0] a4_entry = {a4_side, a4_page};
  wire page_read = set_valid_i | g1_valid | walk_page_read;
  wire [EntryBits-1:0] page_address =
      walk_busy ? {walk_side, walk_page} : g1_valid ? {g1_side, g1_page} : {set_side_i, set_page_i};
  gb_ram_1r1w #(.Width(WordBits), .Depth(1 << PlaceBits), .AddressBits(PlaceBits)) u_page (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(write), .write_address_i(a4_entry[EntryBits-1-:PlaceBits]), .write_data_i(page_word),
      .read_i(page_read), .read_address_i(page_address[EntryBits-1-:PlaceBits]), .read_data_o(page_data));

  wire [Groups-1:0] page_groups = page_data[Groups-1:0];
  wire [GroupBits-1:0] f2_group;
  wire f2_group_found;
  gb_find_first #(.Width(Groups), .IndexBits(GroupBits)) u_find_group (
      .bits_i(page_groups), .found_o(f2_group_found), .index_o(f2_group));

  // The set that reads its leaf and its size: the one in a1, or, without a page table, the one that comes.
  wire a1_physical_read;
  wire [PhysicalBits-1:0] a1_physical;
  wire [SlotBits-1:0] a1_read_slot;
  wire leaf_read = a1_physical_read | g2_valid | walk_leaf_read;
  wire [PhysicalBits-1:0] f2_physical, walk_found_physical;
  gb_stage #(.Width(1 + SidePageBits + PhysicalBits + GroupBits), .Registered(Pipelined)) u_g2 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .valid_i(f2_valid_q),
      .data_i({f2_found_q, f2_page_q, f2_physical, f2_group}),
      .valid_o(g2_valid), .data_o({g2_found, g2_page, g2_physical, g2_group}));
  wire [PhysicalBits+GroupBits-1:0] leaf_address =
      walk_busy ? {walk_physical, walk_slot[SlotBits-1:LevelBits]} :
      g2_valid ? {g2_physical, g2_group} : {a1_physical, a1_read_slot[SlotBits-1:LevelBits]};
  gb_ram_1r1w #(.Width(Levels), .Depth(PhysicalPages * Groups), .AddressBits(PhysicalBits + GroupBits)) u_leaf (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(write), .write_address_i({w_physical, a4_slot[SlotBits-1:LevelBits]}), .write_data_i(w_leaf),
      .read_i(leaf_read), .read_address_i(leaf_address), .read_data_o(leaf_data));

  wire [LevelBits-1:0] f3_level;
  wire f3_level_found;
  gb_find_first #(.Width(Levels), .IndexBits(LevelBits)) u_find_level (
      .bits_i(leaf_data), .found_o(f3_level_found), .index_o(f3_level));

  gb_stage #(.Width(1 + SidePageBits + PhysicalBits + SlotBits), .Registered(Pipelined)) u_g3 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .valid_i(f3_valid_q),
      .data_i({f3_found_q, f3_page_q, f3_physical_q, f3_group_q, f3_level}),
      .valid_o(g3_valid), .data_o({g3_found, g3_page, g3_physical, g3_group, g3_level}));

  wire size_read = a1_physical_read | g3_valid | walk_size_read;
  wire [PhysicalBits+SlotBits-1:0] size_address =
      walk_busy ? {walk_physical, walk_slot} :
      g3_valid ? {g3_physical, g3_group, g3_level} : {a1_physical, a1_read_slot};
  gb_ram_1r1w #(.Width(SizeBits), .Depth(PhysicalPages << SlotBits), .AddressBits(PhysicalBits + SlotBits)) u_size (
      .clk_i(clk_i), .en_i(en_i),
      .write_i(write), .write_address_i({w_physical, a4_slot}), .write_data_i(a4_size),
      .read_i(size_read), .read_address_i(size_address), .read_data_o(size_data));

  // ---- a1: page entry, patched by what its read missed; the leaf and the size are read at the patched place ----
  wire a1_hit_d_side = d_valid & (d_side == a1_side_q);
  wire a1_hit_d_page = a1_hit_d_side & (d_page == a1_page_q);

  wire [SidePages-1:0] a1_own_summary = a1_hit_d_side ? d_summary : summary_data;
  wire [Groups-1:0] a1_own_groups = a1_hit_d_page ? d_groups : page_groups;

  generate
    if (Paged) begin : g_physical
      reg [PhysicalBits-1:0] d_physical_q;
      always @(posedge clk_i) if (en_i & a4_valid_q) d_physical_q <= w_physical;
      assign page_word = {w_physical, w_groups};
      assign a1_physical_read = a1_valid_q;
      assign a1_physical = a1_hit_d_page ? d_physical_q : page_data[WordBits-1:Groups];
      assign a1_read_slot = a1_slot_q;
      assign f2_physical = page_data[WordBits-1:Groups];
      wire unused_side = &{1'b0, f2_side_q};
      assign walk_found_physical = page_data[WordBits-1:Groups];

      reg a2_valid_q;
      reg [SideBits-1:0] a2_side_q;
      reg [SidePageBits-1:0] a2_page_q;
      reg [SlotBits-1:0] a2_slot_q;
      reg [SizeBits-1:0] a2_size_q;
      reg [SidePages-1:0] a2_summary_q;
      reg [Groups-1:0] a2_groups_q;
      reg [PhysicalBits-1:0] a2_physical_q;
      always @(posedge clk_i) begin
        if (rst_i) a2_valid_q <= 1'b0;
        else if (en_i) a2_valid_q <= a1_valid_q;
      end
      wire a1_hit_w_side = Forward & a4_valid_q & (a4_side == a1_side_q);
      wire a1_hit_w_page = a1_hit_w_side & (a4_page == a1_page_q);
      always @(posedge clk_i) begin
        if (en_i & a1_valid_q) begin
          a2_side_q <= a1_side_q;
          a2_page_q <= a1_page_q;
          a2_slot_q <= a1_slot_q;
          a2_size_q <= a1_size;
          a2_summary_q <= a1_hit_w_side ? w_summary : a1_own_summary;
          a2_groups_q <= a1_hit_w_page ? w_groups : a1_own_groups;
          a2_physical_q <= a1_hit_w_page ? w_physical : a1_physical;
        end
      end
      assign a2_valid = a2_valid_q;
      assign a2_side = a2_side_q;
      assign a2_page = a2_page_q;
      assign a2_slot = a2_slot_q;
      assign a2_size = a2_size_q;
      assign a2_own_summary = a2_summary_q;
      assign a2_own_groups = a2_groups_q;
      wire a2_hit_w_page = Forward & a4_valid_q & (a4_side == a2_side_q) & (a4_page == a2_page_q);
      assign a2_physical = a2_hit_w_page ? w_physical : a2_physical_q;
    end else begin : g_physical
      assign page_word = w_groups;
      assign a1_physical_read = set_valid_i;
      wire [EntryBits-1:0] set_entry = {set_side_i, set_page_i};
      wire [EntryBits-1:0] f2_entry = {f2_side_q, f2_page_q};
      wire [EntryBits-1:0] walk_entry = {walk_side, walk_page};
      wire [EntryBits-1:0] a1_entry = {a1_side_q, a1_page_q};
      assign a1_physical = set_entry[EntryBits-1-:PlaceBits];
      assign a1_read_slot = set_slot_i;
      assign f2_physical = f2_entry[EntryBits-1-:PlaceBits];
      assign walk_found_physical = walk_entry[EntryBits-1-:PlaceBits];
      assign a2_valid = a1_valid_q;
      assign a2_side = a1_side_q;
      assign a2_page = a1_page_q;
      assign a2_slot = a1_slot_q;
      assign a2_size = a1_size;
      assign a2_own_summary = a1_own_summary;
      assign a2_own_groups = a1_own_groups;
      assign a2_physical = a1_entry[EntryBits-1-:PlaceBits];
      wire unused_entries = &{1'b0, set_entry, f2_entry, walk_entry, a1_entry};
    end
  endgenerate

  // ---- a2: entries count only under a set bit. The bit above one's own entry changes only with an operation on that
  // entry, which is then forwarded whole: so the mask may do without what is at a4 ----
  wire a2_own_held = a2_own_summary[a2_page];
  wire [Groups-1:0] a2_masked_groups = a2_own_groups & {Groups{a2_own_held}};
  wire a2_group_bit = a2_masked_groups[a2_slot[SlotBits-1:LevelBits]];
  wire [Levels-1:0] a2_own_leaf = leaf_data & {Levels{a2_group_bit}};

  // ---- a3 and a4: registers of their own where other sets come behind; otherwise what they need stands still ----
  generate
    if (Overlap) begin : g_stages
      reg [SideBits-1:0] a3_side_q, a4_side_q, d_side_q;
      reg [SidePageBits-1:0] a3_page_q, a4_page_q, d_page_q;
      reg [SlotBits-1:0] a3_slot_q, a4_slot_q, d_slot_q;
      reg [SizeBits-1:0] a1_size_q, a3_size_q, a4_size_q, d_size_q;
      reg [SidePages-1:0] a3_summary_q, a4_summary_q, d_summary_q;
      reg [Groups-1:0] a3_groups_q, a4_groups_q, d_groups_q;
      reg [PhysicalBits-1:0] a3_physical_q, a4_physical_q;
      reg [Levels-1:0] a3_leaf_q, a4_leaf_q, d_leaf_q;
      reg [SizeBits-1:0] a3_old_q, a4_old_q;
      reg a3_held_q, d_valid_q;

      wire a2_hit_w_side = a4_valid_q & (a4_side_q == a2_side);
      wire a2_hit_w_page = a2_hit_w_side & (a4_page_q == a2_page);
      wire a2_hit_w_leaf = a2_hit_w_page & (a4_slot_q[SlotBits-1:LevelBits] == a2_slot[SlotBits-1:LevelBits]);
      wire a2_hit_w_size = a2_hit_w_page & (a4_slot_q == a2_slot);
      wire a2_hit_d_page_q = d_valid_q & (d_side_q == a2_side) & (d_page_q == a2_page);
      wire a2_hit_d_leaf = a2_hit_d_page_q & (d_slot_q[SlotBits-1:LevelBits] == a2_slot[SlotBits-1:LevelBits]);
      wire a2_hit_d_size = a2_hit_d_page_q & (d_slot_q == a2_slot);
      wire a3_hit_w_side = a4_valid_q & (a4_side_q == a3_side_q);
      wire a3_hit_w_page = a3_hit_w_side & (a4_page_q == a3_page_q);
      wire a3_hit_w_leaf = a3_hit_w_page & (a4_slot_q[SlotBits-1:LevelBits] == a3_slot_q[SlotBits-1:LevelBits]);
      wire a3_hit_w_size = a3_hit_w_page & (a4_slot_q == a3_slot_q);
      wire w_held = refused ? a4_held_q : a4_summary_bit;
      wire [SizeBits-1:0] w_size = refused ? a4_old_q : a4_size_q;

      // The old size against the new one. Three comparisons side by side; the decision at a4 picks one.
      wire a3_own_bit = a3_leaf_q[a3_slot_q[LevelBits-1:0]];
      wire [SizeBits-1:0] a3_own_old = a3_old_q & {SizeBits{a3_own_bit}};
      wire a3_differs = a3_own_old != a3_size_q;
      wire a3_differs_from_new = a4_size_q != a3_size_q;
      wire a3_differs_from_old = a4_old_q != a3_size_q;
      wire [SidePages-1:0] a3_summary = a3_hit_w_side ? w_summary : a3_summary_q;
      assign a3_slot = a3_slot_q;
      assign a3_size = a3_size_q;
      assign a3_groups = a3_hit_w_page ? w_groups : a3_groups_q;
      assign a3_leaf = a3_hit_w_leaf ? w_leaf : a3_leaf_q;
      assign a3_now_held = a3_hit_w_page ? w_held : a3_held_q;
      assign a3_changed = ~a3_hit_w_size ? a3_differs : refused ? a3_differs_from_old : a3_differs_from_new;

      always @(posedge clk_i) begin
        if (rst_i) d_valid_q <= 1'b0;
        else if (en_i) d_valid_q <= a4_valid_q;
        if (en_i) begin
          if (set_valid_i) a1_size_q <= set_size_i;
          if (a2_valid) begin
            a3_side_q <= a2_side;
            a3_page_q <= a2_page;
            a3_slot_q <= a2_slot;
            a3_size_q <= a2_size;
            a3_summary_q <= a2_hit_w_side ? w_summary : a2_own_summary;
            a3_held_q <= a2_hit_w_page ? w_held : a2_own_held;
            a3_groups_q <= a2_hit_w_page ? w_groups : a2_masked_groups;
            a3_physical_q <= a2_physical;
            a3_leaf_q <= a2_hit_w_leaf ? w_leaf : a2_hit_d_leaf ? d_leaf_q : a2_own_leaf;
            a3_old_q <= a2_hit_w_size ? w_size : a2_hit_d_size ? d_size_q : size_data;
          end
          if (a3_valid_q) begin
            a4_side_q <= a3_side_q;
            a4_page_q <= a3_page_q;
            a4_slot_q <= a3_slot_q;
            a4_size_q <= a3_size_q;
            a4_summary_q <= a3_summary;
            a4_groups_q <= a3_groups;
            a4_physical_q <= Paged & a3_hit_w_page ? w_physical : a3_physical_q;
            a4_leaf_q <= a3_leaf;
            a4_old_q <= a3_hit_w_size ? w_size : a3_own_old;
          end
          if (a4_valid_q) begin
            d_side_q <= a4_side_q;
            d_page_q <= a4_page_q;
            d_slot_q <= a4_slot_q;
            d_summary_q <= w_summary;
            d_groups_q <= w_groups;
            d_leaf_q <= w_leaf;
            d_size_q <= w_size;
          end
        end
      end
      assign a1_size = a1_size_q;
      assign a4_side = a4_side_q;
      assign a4_page = a4_page_q;
      assign a4_slot = a4_slot_q;
      assign a4_size = a4_size_q;
      assign a4_summary = a4_summary_q;
      assign a4_groups = a4_groups_q;
      assign a4_physical = a4_physical_q;
      assign a4_leaf = a4_leaf_q;
      assign d_valid = d_valid_q;
      assign {d_side, d_page, d_summary, d_groups} = {d_side_q, d_page_q, d_summary_q, d_groups_q};
    end else begin : g_stages
      // The memories hold what was read, set_size_i and the registers of a1 and a2 what is to be done.
      wire own_bit = a2_own_leaf[a2_slot[LevelBits-1:0]];
      assign a1_size = set_size_i;
      assign a3_slot = a2_slot;
      assign a3_size = set_size_i;
      assign a3_groups = a2_masked_groups;
      assign a3_leaf = a2_own_leaf;
      assign a3_now_held = a2_own_held;
      assign a3_changed = own_bit ? size_data != set_size_i : |set_size_i;
      assign a4_side = a2_side;
      assign a4_page = a2_page;
      assign a4_slot = a2_slot;
      assign a4_size = set_size_i;
      assign a4_summary = a2_own_summary;
      assign a4_groups = a2_masked_groups;
      assign a4_physical = a2_physical;
      assign a4_leaf = a2_own_leaf;
      assign d_valid = 1'b0;
      assign {d_side, d_page, d_summary, d_groups} = 0;
      wire unused_stage = &{1'b0, a2_size};
    end
  endgenerate

  wire [Levels-1:0] a3_level_mask = {{(Levels - 1) {1'b0}}, 1'b1} << a3_slot[LevelBits-1:0];
  wire [Groups-1:0] a3_group_mask = {{(Groups - 1) {1'b0}}, 1'b1} << a3_slot[SlotBits-1:LevelBits];

  always @(posedge clk_i) begin
    if (rst_i) begin
      {a1_valid_q, a3_valid_q, a4_valid_q} <= 3'd0;
      {f1_valid_q, f2_valid_q, f3_valid_q, f4_valid_q} <= 4'd0;
    end else if (en_i) begin
      a1_valid_q <= set_valid_i;
      a3_valid_q <= a2_valid;
      a4_valid_q <= a3_valid_q;
      f1_valid_q <= find_valid_i;
      f2_valid_q <= g1_valid;
      f3_valid_q <= g2_valid;
      f4_valid_q <= g3_valid;
    end
  end

  always @(posedge clk_i) begin
    if (en_i) begin
      if (set_valid_i) begin
        a1_side_q <= set_side_i;
        a1_page_q <= set_page_i;
        a1_slot_q <= set_slot_i;
      end
      if (a3_valid_q) begin
        a4_held_q <= a3_now_held;
        a4_changed_q <= a3_changed;
        a4_nonzero_q <= |a3_size;
        a4_rest_leaf_q <= |(a3_leaf & ~a3_level_mask);
        a4_rest_groups_q <= |(a3_groups & ~a3_group_mask);
      end
    end
  end

  // ---- find ----
  always @(posedge clk_i) begin
    if (en_i) begin
      if (find_valid_i) f1_side_q <= find_side_i;
      if (g1_valid) begin
        f2_found_q <= g1_found;
        f2_side_q <= g1_side;
        f2_page_q <= g1_page;
      end
      if (g2_valid) begin
        f3_found_q <= g2_found;
        f3_page_q <= g2_page;
        f3_group_q <= g2_group;
        f3_physical_q <= g2_physical;
      end
      if (g3_valid) begin
        f4_found_q <= g3_found;
        f4_page_q <= g3_page;
        f4_slot_q <= {g3_group, g3_level};
      end
    end
  end
  assign found_valid_o = f4_valid_q;
  assign found_o = f4_found_q;
  assign found_page_o = f4_page_q;
  assign found_slot_o = f4_slot_q;
  assign found_size_o = size_data;

  // ---- pages ----
  generate
    if (Paged) begin : g_pool
      gb_page_pool #(.Pages(Pages), .PageBits(PageBits)) u_pool (
          .clk_i(clk_i), .en_i(en_i), .clear_i(clear_i), .limit_pages_i(limit_pages_i),
          .take_i(write & ~a4_held_q),
          .give_i((write & a4_held_q & ~a4_summary_bit) | walk_give),
          .give_page_i(walk_give ? walk_physical : a4_physical),
          .page_o(pool_page), .full_o(pool_full));
    end else begin : g_pool
      assign pool_page = a4_entry[EntryBits-1-:PlaceBits];
      assign pool_full = 1'b0;
      wire unused_pool = &{1'b0, limit_pages_i, walk_give};
    end
  endgenerate

  gb_ladder_walk #(
      .BookBits(BookBits), .SidePages(SidePages), .SidePageBits(SidePageBits), .PhysicalBits(PhysicalBits),
      .Paged(Paged),
      .GroupBits(GroupBits), .LevelBits(LevelBits)
  ) u_walk (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .start_i(walk_start_i), .wipe_i(walk_wipe_i), .book_i(walk_book_i), .busy_o(walk_busy), .done_o(walk_done_o),
      .summary_read_o(walk_summary_read), .side_o(walk_side), .summary_data_i(summary_data), .wipe_o(walk_wipe),
      .page_read_o(walk_page_read), .page_o(walk_page), .page_physical_i(walk_found_physical),
      .page_groups_i(page_groups),
      .give_o(walk_give), .physical_o(walk_physical),
      .leaf_read_o(walk_leaf_read), .slot_o(walk_slot), .leaf_data_i(leaf_data), .size_read_o(walk_size_read),
      .level_valid_o(level_valid_o), .level_ready_i(level_ready_i));
  assign level_side_o = walk_side[0];
  assign level_page_o = walk_page;
  assign level_slot_o = walk_slot;
  assign level_size_o = size_data;

  wire unused = &{1'b0, f2_group_found, f3_level_found, a4_entry, page_address};
endmodule
`default_nettype wire
