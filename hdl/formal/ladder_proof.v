// The ladder against a flat model, for every sequence of sets, finds, walks, clears, resets and frozen cycles (clauses
// BOOK-3..6, INT-4).
//
// Model: one size for each {book side, page, slot}. A set at its retire point reads it, and replaces it if it commits,
// changes it and is not refused; a wipe zeroes one book when it is done; a clear zeroes everything. Claims about ports
// are marked PORT; all other assertions are the invariants that make the claims inductive. Written against the state of
// gb_ladder after flatten. Assumed of the surroundings (gb_front and gb_retire, see docs/proof.md): a reset comes
// first; after a reset, and whenever a clear begins, all book sides are cleared in turn while nothing else happens; no
// set, find or walk is in flight when a find or a walk starts or a clear begins, but for finds, which may follow each
// other; no set comes while a find or walk is in flight.
`default_nettype none
module ladder_proof #(
    parameter BookBits = 1,
    parameter SidePages = 2,
    parameter SidePageBits = 1,
    parameter Pages = 3,
    parameter PageBits = 2,
    parameter Paged = 1,
    parameter Pipelined = 0,
    parameter Overlap = 1,         // 0: one set at a time, whose size stays at the input
    parameter GroupBits = 1,
    parameter LevelBits = 1,
    parameter SizeBits = 2
) (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire clear_i,
    input wire [BookBits:0] clear_index_i,
    input wire set_valid_i,
    input wire [BookBits:0] set_side_i,
    input wire [SidePageBits-1:0] set_page_i,
    input wire [GroupBits+LevelBits-1:0] set_slot_i,
    input wire [SizeBits-1:0] set_size_i,
    input wire commit_i,
    input wire find_valid_i,
    input wire [BookBits:0] find_side_i,
    input wire walk_start_i,
    input wire walk_wipe_i,
    input wire [BookBits-1:0] walk_book_i,
    input wire level_ready_i
);
  localparam SlotBits = GroupBits + LevelBits;
  localparam Groups = 1 << GroupBits;
  localparam Levels = 1 << LevelBits;
  localparam SideBits = BookBits + 1;
  localparam Sides = 1 << SideBits;
  localparam EntryBits = SideBits + SidePageBits;
  localparam Entries = 1 << EntryBits;
  localparam PlaceBits = EntryBits + SlotBits;
  localparam Places = 1 << PlaceBits;
  localparam PlaceOfPageBits = SidePages > 1 ? EntryBits : SideBits;
  localparam PhysicalBits = Paged ? PageBits : PlaceOfPageBits;
  localparam WordBits = Paged ? PageBits + Groups : Groups;

  wire changed, full, found_valid, found, walk_done, level_valid, level_side;
  wire [SidePageBits-1:0] found_page, level_page;
  wire [SlotBits-1:0] found_slot, level_slot;
  wire [SizeBits-1:0] found_size, level_size;
  (* anyconst *) wire [20:0] limit;
  gb_ladder #(
      .BookBits(BookBits), .SidePages(SidePages), .SidePageBits(SidePageBits), .Pages(Pages), .PageBits(PageBits),
          .Paged(Paged),
      .Pipelined(Pipelined), .Overlap(Overlap), .GroupBits(GroupBits), .LevelBits(LevelBits), .SizeBits(SizeBits)
  ) dut (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .clear_i(clear_i), .clear_index_i(clear_index_i),
          .limit_pages_i(limit),
      .set_valid_i(set_valid_i), .set_side_i(set_side_i), .set_page_i(set_page_i), .set_slot_i(set_slot_i),
          .set_size_i(set_size_i),
      .changed_o(changed), .full_o(full), .commit_i(commit_i),
      .find_valid_i(find_valid_i), .find_side_i(find_side_i), .found_valid_o(found_valid), .found_o(found),
      .found_page_o(found_page), .found_slot_o(found_slot), .found_size_o(found_size),
      .walk_start_i(walk_start_i), .walk_wipe_i(walk_wipe_i), .walk_book_i(walk_book_i), .walk_done_o(walk_done),
      .level_valid_o(level_valid), .level_ready_i(level_ready_i), .level_side_o(level_side), .level_page_o(level_page),
      .level_slot_o(level_slot), .level_size_o(level_size));

  // ---- the surroundings ----
  localparam [1:0] Unset = 2'd0;
  localparam [1:0] Clearing = 2'd1;
  localparam [1:0] Running = 2'd2;
  reg [1:0] phase = Unset;
  reg [SideBits:0] cleared;      // book sides cleared so far
  reg set1, set2, set3, set4;    // sets in flight, by age
  reg find1, find2, find3, find4;  // finds in flight: at each lookup, and behind it
  wire past1, past2, past3;
  reg [SideBits-1:0] find1_side, find2_side, find3_side, find4_side;
  wire [SideBits-1:0] past1_side, past2_side, past3_side;
  reg walking, wiping;
  reg [BookBits-1:0] walk_book;
  reg [PlaceBits:0] cursor;      // one more than the last level that the walk gave
  wire sets_in_flight = set1 | set2 | set3 | set4;
  wire finds_in_flight = find1 | find2 | find3 | find4 | past1 | past2 | past3;
  wire walk_in_flight = walking & ~walk_done;

  always @* begin
    assume (limit <= Pages);
    if (phase == Unset) assume (rst_i);
    else if (sets_in_flight & Overlap == 0)
      assume (set_size_i == (set1 ? size1 : set2 ? size2 : set3 ? size3 : size4));
    if (~rst_i) begin
      assume (set_page_i < SidePages);
      if (phase == Clearing) begin
        assume (~clear_i | clear_index_i == cleared);
        assume (~set_valid_i & ~find_valid_i & ~walk_start_i);
      end
      if (phase == Running) begin
        if (clear_i) assume (clear_index_i == 0 & ~sets_in_flight & ~finds_in_flight & ~walk_in_flight);
        if (set_valid_i) assume (~clear_i & ~find_valid_i & ~walk_start_i & ~finds_in_flight & ~walk_in_flight);
        if (find_valid_i) assume (~clear_i & ~walk_start_i & ~sets_in_flight & ~walk_in_flight);
        if (set_valid_i & Overlap == 0) assume (~sets_in_flight);
        if (walk_start_i) assume (~clear_i & ~sets_in_flight & ~finds_in_flight & ~walk_in_flight);
      end
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      phase <= Clearing;
      cleared <= 0;
      {set1, set2, set3, set4, find1, find2, find3, find4, walking} <= 0;
    end else if (en_i) begin
      {set1, set2, set3, set4} <= {set_valid_i, set1 & Paged != 0, Paged ? set2 : set1, set3};
      {find1, find2, find3, find4} <= {find_valid_i, past1, past2, past3};
      walking <= walk_start_i | walk_in_flight;
      if (walk_start_i) {wiping, walk_book} <= {walk_wipe_i, walk_book_i};
      if (clear_i) begin
        cleared <= phase == Running ? 1 : cleared + 1;
        phase <= phase == Clearing & cleared == Sides - 1 ? Running : Clearing;
      end
    end
    if (en_i) {find1_side, find2_side, find3_side, find4_side} <= {find_side_i, past1_side, past2_side, past3_side};
  end
  generate
    if (Pipelined) begin : g_past
      reg [2:0] valid;
      reg [3*SideBits-1:0] sides;
      always @(posedge clk_i) begin
        if (rst_i) valid <= 0;
        else if (en_i) valid <= {find1, find2, find3};
        if (en_i) sides <= {find1_side, find2_side, find3_side};
      end
      assign {past1, past2, past3} = valid;
      assign {past1_side, past2_side, past3_side} = sides;
    end else begin : g_past
      assign {past1, past2, past3} = {find1, find2, find3};
      assign {past1_side, past2_side, past3_side} = {find1_side, find2_side, find3_side};
    end
  endgenerate

  // ---- the model ----
  reg [SizeBits*Places-1:0] sizes;
  reg [SideBits-1:0] side1, side2, side3, side4;
  reg [SidePageBits-1:0] page1, page2, page3, page4;
  reg [SlotBits-1:0] slot1, slot2, slot3, slot4;
  reg [SizeBits-1:0] size1, size2, size3, size4;
  always @(posedge clk_i) if (en_i) begin
    {side1, side2, side3, side4} <= {set_side_i, side1, Paged ? side2 : side1, side3};
    {page1, page2, page3, page4} <= {set_page_i, page1, Paged ? page2 : page1, page3};
    {slot1, slot2, slot3, slot4} <= {set_slot_i, slot1, Paged ? slot2 : slot1, slot3};
    {size1, size2, size3, size4} <= {set_size_i, size1, Paged ? size2 : size1, size3};
  end

  wire [PlaceBits-1:0] place4 = {side4, page4, slot4};
  wire [SizeBits-1:0] old4 = sizes[place4*SizeBits+:SizeBits];
  wire [Places-1:0] levels;      // with a size, by {book side, page, slot}
  wire [Entries-1:0] pages;      // held, by {book side, page}
  genvar g, h;
  generate
    for (g = 0; g < Places; g = g + 1) begin : g_place
      assign levels[g] = |sizes[SizeBits*g+:SizeBits];
    end
    for (g = 0; g < Entries; g = g + 1) begin : g_entry
      assign pages[g] = |levels[(1<<SlotBits)*g+:(1<<SlotBits)];
    end
  endgenerate
  reg [EntryBits:0] pages_held;
  integer i;
  always @* begin
    pages_held = 0;
    for (i = 0; i < Entries; i = i + 1) pages_held = pages_held + pages[i];
  end
  wire want_changed = old4 != size4;
  wire want_full = Paged != 0 & size4 != 0 & ~pages[{side4, page4}] & pages_held == limit;

  wire write4 = set4 & want_changed & ~want_full & commit_i;
  wire wiped = walking & wiping & walk_done;
  generate
    for (g = 0; g < Places; g = g + 1) begin : g_size
      always @(posedge clk_i) begin
        if (rst_i | (en_i & clear_i)) sizes[g*SizeBits+:SizeBits] <= 0;
        else if (en_i & wiped & (g >> (PlaceBits - BookBits)) == walk_book) sizes[g*SizeBits+:SizeBits] <= 0;
        else if (en_i & write4 & g == place4) sizes[g*SizeBits+:SizeBits] <= size4;
      end
    end
  endgenerate

  always @* begin
    if (phase != Unset & set4) begin
      assert (changed == want_changed);                        // PORT
      // What is refused is refused for want of a page: the number of pages held decides, not their history.
      assert (~want_changed | full == want_full);              // PORT
    end
    if (phase != Unset & Paged != 0) assert (pages_held <= limit);
  end

  // ---- find: the best level ----
  reg [PlaceBits-1:0] best;
  integer k;
  always @* begin
    best = 0;
    for (k = Places - 1; k >= 0; k = k - 1) if (levels[k] & (k >> (PlaceBits - SideBits)) == find4_side) best = k;
  end
  always @* begin
    if (phase != Unset) begin
      assert (found_valid == find4);                           // PORT
      if (find4) begin
        assert (found == |levels[{find4_side, {(PlaceBits - SideBits) {1'b0}}}+:(1<<(PlaceBits-SideBits))]);  // PORT
        if (found) begin
          assert ({find4_side, found_page, found_slot} == best);                              // PORT
          assert (found_size == sizes[best*SizeBits+:SizeBits]);  // PORT
        end
      end
    end
  end

  // ---- walk: every level with a size, best first; a wipe leaves no page behind ----
  wire [PlaceBits-1:0] given = {walk_book, level_side, level_page, level_slot};
  always @(posedge clk_i) begin
    if (en_i) begin
      if (walk_start_i) cursor <= {walk_book_i, {(PlaceBits - BookBits) {1'b0}}};
      else if (level_valid & level_ready_i) cursor <= given + 1;
    end
  end
  always @* begin
    if (phase != Unset) begin
      if (level_valid) assert (walking & ~wiping & given >= cursor);  // PORT
      if (walk_done) assert (walking);                         // PORT
      if (level_valid) assert (levels[given] & level_size == sizes[given*SizeBits+:SizeBits]);  // PORT
    end
  end
  wire [Places-1:0] due;          // levels that the walk has not given yet
  generate
    for (g = 0; g < Places; g = g + 1) begin : g_due
      assign due[g] = walking & ~wiping & (g >> (PlaceBits - BookBits)) == walk_book & levels[g] & g >= cursor;
      // PORT: none is left out
      always @* if (phase != Unset & due[g]) assert (~walk_done & (~level_valid | given <= g));
    end
  endgenerate

  // ---- what has been seen to happen ----
  reg wrote, gave_last;                // in the cycle before: a level was written, the last page was given back
  reg [PlaceBits-1:0] place5;
  reg [3:0] levels_given;
  reg reset_in_traffic;
  wire [PlaceBits-1:0] place1 = {side1, page1, slot1}, place2 = {side2, page2, slot2}, place3 = {side3, page3, slot3};
  wire takes = write4 & ~pages[place4>>SlotBits];
  wire gives = write4 & levels[place4>>SlotBits<<SlotBits+:(1<<SlotBits)] == 1 << slot4 & size4 == 0;
  always @(posedge clk_i) begin
    if (phase == Unset | (en_i & phase == Clearing)) {wrote, gave_last} <= 0;
    else if (en_i) begin
      wrote <= write4;
      gave_last <= gives & pages_held == limit;
      place5 <= place4;
    end
    if (phase == Unset) reset_in_traffic <= 0;
    else if (rst_i) reset_in_traffic <= set3 & set4 & (Paged == 0 | set2);
    if (walk_start_i) levels_given <= 0;
    else if (en_i & level_valid & level_ready_i) levels_given <= levels_given + 1;
  end
  wire run = phase == Running;
  always @* begin
    cover (run & set4 & ~want_changed);
    // A younger set of the level that is being written, in each stage, and one that has read behind the write.
    cover (run & write4 & set3 & place3 == place4);
    cover (run & write4 & set1 & place1 == place4);
    cover (run & wrote & set1 & place1 == place5);
    cover (run & ~en_i & set1 & set3 & set4 & (Paged == 0 | set2));
    cover (run & find4 & found & past3 & past3_side != find4_side);
    cover (run & find4 & ~found);
    cover (run & wiped & pages_held == 2);
    cover (run & walking & ~wiping & walk_done & levels_given == 2);
    cover (run & clear_i & pages_held != 0);
    cover (run & reset_in_traffic & set1);
  end
  generate
    if (Paged) begin : g_paged_covers
      always @* begin
        cover (run & set4 & want_changed & full);
        cover (run & write4 & set2 & place2 == place4);
        cover (run & wrote & set2 & place2 == place5);
        // The last page is given back, and the next record takes it, for another page of a side or for the same.
        cover (run & gave_last & takes & place4 >> SlotBits != place5 >> SlotBits);
        cover (run & gave_last & takes & place4 >> SlotBits == place5 >> SlotBits);
      end
    end
  endgenerate

  // ======== invariants over the state of the ladder ========
  `include "ladder_words.vh"
  `include "ladder_state.vh"

  // Stages of finds, walks and sets are those of the surroundings.
  always @* begin
    if (phase != Unset) begin
      assert (phase <= Running & (Paged != 0 | ~set2));
      assert ({\dut.a1_valid_q , \dut.a2_valid , \dut.a3_valid_q , \dut.a4_valid_q } == {set1, Paged ? set2 : set1,
          set3, set4});
      assert ({\dut.f1_valid_q , \dut.f2_valid_q , \dut.f3_valid_q , \dut.f4_valid_q } == {find1, find2, find3, find4});
      assert ({\dut.g1_valid , \dut.g2_valid , \dut.g3_valid } == {past1, past2, past3});
      assert ((\dut.u_walk.state_q != Idle) == walk_in_flight);
      assert (~\dut.u_walk.done_q | walking);
      if (walking) assert ({\dut.u_walk.wiping_q , \dut.u_walk.book_q } == {wiping, walk_book});
      if (\dut.u_walk.done_q ) assert (\dut.u_walk.ask_q );
      assert (~(sets_in_flight & (finds_in_flight | walking)) & ~(finds_in_flight & walking));
      if (phase == Clearing) begin
        assert (cleared < Sides);
        assert (~sets_in_flight & ~finds_in_flight & ~walk_in_flight & ~walking & ~\dut.d_valid );
      end
      if (set1) assert ({\dut.a1_side_q , \dut.a1_page_q , \dut.a1_slot_q , \dut.a1_size } == {side1, page1,
          slot1, size1} & page1 < SidePages);
      if (set2) assert ({\dut.a2_side , \dut.a2_page , \dut.a2_slot } == {side2, page2, slot2} & page2 < SidePages);
      if (set2 & Overlap != 0) assert (\dut.a2_size == size2);
      if (set3 & Overlap != 0) assert ({\dut.g_stages.a3_side_q , \dut.g_stages.a3_page_q } == {side3, page3});
      if (set3) assert ({\dut.a3_slot , \dut.a3_size } == {slot3, size3} & page3 < SidePages);
      if (set4) assert ({\dut.a4_side , \dut.a4_page , \dut.a4_slot , \dut.a4_size } == {side4, page4,
          slot4, size4} & page4 < SidePages);
    end
  end

  // ---- memories: the model, but that a wipe is done side by side ----
  localparam [3:0] Idle = 4'd0;
  localparam [3:0] SummaryData = 4'd2;
  localparam [3:0] Page = 4'd3;
  localparam [3:0] PageData = 4'd4;
  localparam [3:0] Group = 4'd5;
  localparam [3:0] GroupData = 4'd6;
  localparam [3:0] Level = 4'd7;
  localparam [3:0] LevelData = 4'd8;
  wire [3:0] walk_state = \dut.u_walk.state_q ;
  wire walk_ask = \dut.u_walk.ask_q ;
  wire [SideBits-1:0] walk_side = {walk_book, walk_ask};
  wire [SidePages-1:0] walk_pages = \dut.u_walk.summary_q ;
  wire [SidePageBits-1:0] walk_page = \dut.u_walk.page_q ;
  wire [Entries-1:0] kept;       // pages that a wipe has not zeroed yet
  wire [Entries-1:0] owned;      // pages that a wipe has not given back yet
  wire [PhysicalBits*Entries-1:0] map;
  generate
    for (g = 0; g < Entries; g = g + 1) begin : g_map
      localparam [SideBits-1:0] Side = g >> SidePageBits;
      localparam [SidePageBits-1:0] PageOfSide = g;
      if (Paged) assign map[g*PhysicalBits+:PhysicalBits] = page_words[g*WordBits+Groups+:PhysicalBits];
      else assign map[g*PhysicalBits+:PhysicalBits] = g >> (EntryBits - PlaceOfPageBits);
      assign kept[g] = pages[g] & ~(walking & wiping & Side[SideBits-1:1] == walk_book & (walk_done | (walk_ask
          & ~Side[0])));
      assign owned[g] = kept[g] & ~(walk_in_flight & wiping & Side == walk_side & walk_state >= Page
          & ~|(walk_pages & (1 << PageOfSide)) &
          ~((walk_state == PageData | \dut.u_walk.give_q ) & PageOfSide == walk_page));
      if (PageOfSide >= SidePages) begin : g_no_page
        always @* if (phase != Unset) assert (~pages[g]);
      end else begin : g_summary
        always @* if (run | (phase == Clearing & Side < cleared)) assert (summary_words[Side*SidePages+PageOfSide]
            == kept[g]);
      end
    end
    for (g = 0; g < Entries << GroupBits; g = g + 1) begin : g_groups
      wire [Levels-1:0] leaf = levels[g*Levels+:Levels];
      localparam Entry = g >> GroupBits;
      localparam [GroupBits-1:0] GroupOfPage = g;
      localparam PageWord = Entry >> (EntryBits - PlaceOfPageBits);
      always @* if (run & kept[Entry]) assert (page_words[PageWord*WordBits+GroupOfPage] == |leaf);
      always @* if (run & owned[Entry] & |leaf) assert (leaf_words[{map[Entry*PhysicalBits+:PhysicalBits],
          GroupOfPage}*Levels+:Levels] == leaf);
    end
    for (g = 0; g < Places; g = g + 1) begin : g_sizes
      wire [PhysicalBits-1:0] physical = map[(g>>SlotBits)*PhysicalBits+:PhysicalBits];
      localparam [SlotBits-1:0] Slot = g;
      always @* if (run & owned[g>>SlotBits] & levels[g])
        assert (size_words[{physical, Slot}*SizeBits+:SizeBits] == sizes[g*SizeBits+:SizeBits]);
      always @* if (phase == Clearing) assert (~levels[g]);
    end
  endgenerate

  // ---- pages: each one is held once, returned once, or fresh ----
  generate
    if (Paged) begin : g_pages
      wire [PageBits:0] count = \dut.g_pool.u_pool.returned_count_q ;
      wire [PageBits-1:0] next = \dut.g_pool.u_pool.page_q ;
      reg [EntryBits:0] owners;
      integer j;
      always @* begin
        owners = 0;
        for (j = 0; j < Entries; j = j + 1) owners = owners + owned[j];
      end
      wire [EntryBits:0] fresh = owners + count;
      wire pool_known = run | (phase == Clearing & cleared != 0);
      always @* begin
        if (pool_known) begin
          assert (owners <= limit);
          assert (fresh <= limit);
          assert (\dut.g_pool.u_pool.room_q == limit - owners);
          assert (\dut.g_pool.u_pool.full_q == (owners == limit));
          assert (\dut.g_pool.u_pool.fresh_q == fresh[PageBits-1:0]);
          assert (next == (count == 0 ? fresh[PageBits-1:0] : returned_words[(count-1)*PageBits+:PageBits]));
        end
      end
      // A page is below fresh and in one place only, so that the pages below fresh = owners + count are all in some
      // place.
      for (g = 0; g < Entries; g = g + 1) begin : g_owner
        wire [PageBits-1:0] page = map[g*PageBits+:PageBits];
        always @* if (pool_known & owned[g]) assert (page < fresh & (owners == limit | page != next));
        for (h = 0; h < g; h = h + 1) begin : g_other
          always @* if (pool_known & owned[g] & owned[h]) assert (map[h*PageBits+:PageBits] != page);
        end
        for (h = 0; h < Pages; h = h + 1) begin : g_returned
          always @* if (pool_known & owned[g] & h < count) assert (returned_words[h*PageBits+:PageBits] != page);
        end
      end
      for (g = 0; g < Pages; g = g + 1) begin : g_returned
        wire [PageBits-1:0] page = returned_words[g*PageBits+:PageBits];
        always @* if (pool_known & g < count) assert (page < fresh);
        for (h = 0; h < g; h = h + 1) begin : g_other
          always @* if (pool_known & g < count) assert (returned_words[h*PageBits+:PageBits] != page);
        end
      end
    end
  endgenerate

  // ---- sets ----
`define VIEW(stage, side_, page_, slot_) \
  wire [SidePages-1:0] stage``_summary; \
  wire [Groups-1:0] stage``_groups; \
  wire [Levels-1:0] stage``_leaf; \
  wire [SizeBits-1:0] stage``_size; \
  wire [PhysicalBits-1:0] stage``_physical; \
  wire stage``_held, stage``_group, stage``_level; \
  ladder_view #( \
      .SideBits(SideBits), .SidePages(SidePages), .SidePageBits(SidePageBits), .GroupBits(GroupBits), \
          .LevelBits(LevelBits), \
      .SizeBits(SizeBits), .PhysicalBits(PhysicalBits) \
  ) u_``stage ( \
      .sizes(sizes), .map(map), .side(side_), .page(page_), .slot(slot_), .summary(stage``_summary), \
          .held(stage``_held), \
      .groups(stage``_groups), .group(stage``_group), .leaf(stage``_leaf), .level(stage``_level), .size(stage``_size), \
      .physical(stage``_physical));
  // Escaped names do not survive as arguments of a macro.
  wire [SideBits-1:0] d_side = \dut.g_stages.d_side_q ;
  wire [SidePageBits-1:0] d_page = \dut.g_stages.d_page_q , f2_page = \dut.f2_page_q , f3_page = \dut.f3_page_q ,
      f4_page = \dut.f4_page_q ;
  wire [SidePageBits-1:0] g1_page = \dut.g1_page , g2_page = \dut.g2_page , g3_page = \dut.g3_page ;
  wire [SlotBits-1:0] d_slot = \dut.g_stages.d_slot_q , f4_slot = \dut.f4_slot_q ;
  `VIEW(m1, side1, page1, slot1)
  // Without a page table a2 is a1.
  wire in2 = Paged ? set2 : set1;
  wire [SideBits-1:0] in2_side = Paged ? side2 : side1;
  wire [SidePageBits-1:0] in2_page = Paged ? page2 : page1;
  wire [SlotBits-1:0] in2_slot = Paged ? slot2 : slot1;
  `VIEW(m2, in2_side, in2_page, in2_slot)
  `VIEW(m3, side3, page3, slot3)
  `VIEW(m4, side4, page4, slot4)
  `VIEW(md, d_side, d_page, d_slot)
  wire [SideBits-1:0] only_side = set1 ? side1 : set2 ? side2 : set3 ? side3 : side4;
  wire [SidePageBits-1:0] only_page = set1 ? page1 : set2 ? page2 : set3 ? page3 : page4;
  wire [SlotBits-1:0] only_slot = set1 ? slot1 : set2 ? slot2 : set3 ? slot3 : slot4;
  wire [PlaceBits-1:0] only = {only_side, only_page, only_slot};
  `VIEW(mo, only_side, only_page, only_slot)

  // What a stage has of its level, the patches included that it is still to get, is what the model has; below a bit
  // that is 0,
  // anything.
  wire d1_side = \dut.d_valid & \dut.g_stages.d_side_q == side1;
  wire d1_page = d1_side & \dut.g_stages.d_page_q == page1;
  wire d2_page = \dut.d_valid & \dut.g_stages.d_side_q == in2_side & \dut.g_stages.d_page_q == in2_page;
  wire d2_leaf = d2_page & \dut.g_stages.d_slot_q >> LevelBits == in2_slot >> LevelBits;
  wire d2_size = d2_page & \dut.g_stages.d_slot_q == in2_slot;
  always @* begin
    if (run) begin
      if (set1) begin
        assert ((d1_side ? \dut.g_stages.d_summary_q : \dut.summary_data ) == m1_summary);
        if (m1_held) assert ((d1_page ? \dut.g_stages.d_groups_q : \dut.page_data [Groups-1:0]) == m1_groups);
        if (Paged != 0 & m1_held) assert (\dut.a1_physical == m1_physical);
      end
      if (in2) begin
        assert (\dut.a2_own_summary == m2_summary);
        if (m2_held) assert (\dut.a2_own_groups == m2_groups);
        if (Paged != 0 & m2_held) assert (\dut.g_physical.a2_physical_q == m2_physical);
      end
      if (in2 & Overlap != 0) begin
        if (m2_group) assert ((d2_leaf ? \dut.g_stages.d_leaf_q : \dut.leaf_data ) == m2_leaf);
        if (m2_level) assert ((d2_size ? \dut.g_stages.d_size_q : \dut.size_data ) == m2_size);
      end
      if (set3 & Overlap != 0) begin
        assert (\dut.g_stages.a3_summary_q == m3_summary & \dut.g_stages.a3_held_q == m3_held);
        assert (\dut.g_stages.a3_groups_q == m3_groups & \dut.g_stages.a3_leaf_q == m3_leaf);
        if (Paged == 0 | m3_held) assert (\dut.g_stages.a3_physical_q == m3_physical);
        if (m3_level) assert (\dut.g_stages.a3_old_q == m3_size);
      end
      if (set4 & Overlap != 0) begin
        assert (\dut.g_stages.a4_summary_q == m4_summary & \dut.g_stages.a4_groups_q == m4_groups);
        assert (\dut.g_stages.a4_leaf_q == m4_leaf & \dut.g_stages.a4_old_q == m4_size);
        if (Paged == 0 | m4_held) assert (\dut.g_stages.a4_physical_q == m4_physical);
      end
      // One set at a time: what was read for it stands at the memories until it is retired.
      if (Overlap == 0) begin
        assert (set1 + set2 + set3 + set4 <= 1 & ~\dut.d_valid );
        if (set1 | set2 | set3 | set4) assert ({\dut.a1_side_q , \dut.a1_page_q , \dut.a1_slot_q } == only);
        if (in2 | set3 | set4) begin
          assert ({\dut.a2_side , \dut.a2_page , \dut.a2_slot } == only & \dut.a2_own_summary == mo_summary);
          if (mo_held) assert (\dut.a2_own_groups == mo_groups);
          if (Paged != 0 & mo_held) assert (\dut.g_physical.a2_physical_q == mo_physical);
          if (mo_group) assert (\dut.leaf_data == mo_leaf);
          if (mo_level) assert (\dut.size_data == mo_size);
        end
      end
      if (set4) begin
        assert (\dut.a4_changed_q == (m4_size != size4));
        assert (\dut.a4_nonzero_q == |size4);
        // Nothing looks at it where every level has its own place and nothing is forwarded.
        if (Overlap != 0 | Paged != 0) assert (\dut.a4_held_q == m4_held);
        assert (\dut.a4_rest_leaf_q == |(m4_leaf & ~(1 << slot4[LevelBits-1:0])));
        assert (\dut.a4_rest_groups_q == |(m4_groups & ~(1 << slot4[SlotBits-1:LevelBits])));
      end
      // The writes of the cycle before, valid for reads that were issued in it: the wiped book comes only later.
      if (Overlap != 0 & \dut.d_valid & (set1 | set2)) begin
        assert (\dut.g_stages.d_summary_q == md_summary & \dut.g_stages.d_groups_q == md_groups);
        assert (\dut.g_stages.d_leaf_q == md_leaf & \dut.g_stages.d_size_q == md_size);
        if (Paged != 0 & md_held) assert (\dut.g_physical.d_physical_q == md_physical);
      end
    end
  end

  // ---- finds ----
  function [SidePageBits-1:0] first_page(input [SidePages-1:0] bits);
    integer f;
    begin
      first_page = 0;
      for (f = SidePages - 1; f >= 0; f = f - 1) if (bits[f]) first_page = f;
    end
  endfunction
  function [GroupBits-1:0] first_group(input [Groups-1:0] bits);
    integer f;
    begin
      first_group = 0;
      for (f = Groups - 1; f >= 0; f = f - 1) if (bits[f]) first_group = f;
    end
  endfunction
  function [LevelBits-1:0] first_level(input [Levels-1:0] bits);
    integer f;
    begin
      first_level = 0;
      for (f = Levels - 1; f >= 0; f = f - 1) if (bits[f]) first_level = f;
    end
  endfunction
  `VIEW(f1, find1_side, {SidePageBits{1'b0}}, {SlotBits{1'b0}})
  `VIEW(g1, past1_side, g1_page, {SlotBits{1'b0}})
  `VIEW(g2, past2_side, g2_page, {SlotBits{1'b0}})
  wire [SlotBits-1:0] g3_slot = {\dut.g3_group , {LevelBits{1'b0}}};
  `VIEW(g3, past3_side, g3_page, g3_slot)
  `VIEW(f2, find2_side, f2_page, {SlotBits{1'b0}})
  wire [SlotBits-1:0] f3_slot = {\dut.f3_group_q , {LevelBits{1'b0}}};
  `VIEW(f3, find3_side, f3_page, f3_slot)
  `VIEW(f4, find4_side, f4_page, f4_slot)
  always @* begin
    if (run) begin
      if (find1) assert (\dut.f1_side_q == find1_side & \dut.summary_data == f1_summary);
      if (past1) begin
        assert (\dut.g1_side == past1_side & \dut.g1_found == |g1_summary);
        if (|g1_summary) assert (\dut.g1_page == first_page(g1_summary));
      end
      if (find2) begin
        assert ((Paged != 0 | \dut.f2_side_q == find2_side) & \dut.f2_found_q == |f2_summary);
        if (|f2_summary) begin
          assert (\dut.f2_page_q == first_page(f2_summary) & \dut.page_data [Groups-1:0] == f2_groups);
          if (Paged != 0) assert (\dut.page_data >> Groups == f2_physical);
        end
      end
      if (past2) begin
        assert (\dut.g2_found == |g2_summary);
        if (|g2_summary) begin
          assert (\dut.g2_page == first_page(g2_summary));
          assert (\dut.g2_group == first_group(g2_groups) & \dut.g2_physical == g2_physical);
        end
      end
      if (find3) begin
        assert (\dut.f3_found_q == |f3_summary);
        if (|f3_summary) begin
          assert (\dut.f3_page_q == first_page(f3_summary) & \dut.f3_group_q == first_group(f3_groups));
          assert (\dut.f3_physical_q == f3_physical & \dut.leaf_data == f3_leaf);
        end
      end
      if (past3) begin
        assert (\dut.g3_found == |g3_summary);
        if (|g3_summary) begin
          assert (\dut.g3_page == first_page(g3_summary) & \dut.g3_group == first_group(g3_groups));
          assert (\dut.g3_physical == g3_physical & \dut.g3_level == first_level(g3_leaf));
        end
      end
      if (find4) begin
        assert (\dut.f4_found_q == |f4_summary);
        if (|f4_summary) begin
          assert (\dut.f4_page_q == first_page(f4_summary));
          assert (\dut.f4_slot_q == {first_group(f4_groups), first_level(f4_leaf)});
          assert (\dut.size_data == f4_size);
        end
      end
    end
  end

  // ---- walks ----
  wire [SlotBits-1:0] walk_slot = \dut.u_walk.slot_q ;
  `VIEW(w, walk_side, walk_page, walk_slot)
  wire [Groups-1:0] walk_groups = \dut.u_walk.groups_q ;
  wire [Levels-1:0] walk_leaf = \dut.u_walk.leaf_q ;
  wire [GroupBits-1:0] walk_group = walk_slot[SlotBits-1:LevelBits];
  always @* begin
    if (run & walk_in_flight) begin
      assert (walk_state <= LevelData & (~wiping | walk_state <= (Paged ? PageData : Page)));
      assert (~\dut.u_walk.give_q | (wiping & walk_state == Page));
      if (walk_state == SummaryData) assert (\dut.summary_data == w_summary);
      if (walk_state >= Page) assert ((walk_pages & ~w_summary) == 0);
      if (wiping & Paged == 0 & walk_state == Page) assert (walk_pages == 0);
      if (walk_state >= PageData | \dut.u_walk.give_q ) begin
        assert (w_held & walk_page < SidePages);
        assert ((walk_pages & ((2 << walk_page) - 1)) == 0);
      end
      if (walk_state == PageData) assert (\dut.page_data [Groups-1:0] == w_groups & (Paged
          == 0 | \dut.page_data >> Groups == w_physical));
      if (walk_state >= Group | \dut.u_walk.give_q ) assert (\dut.u_walk.physical_q == w_physical);
      if (walk_state >= Group) assert ((walk_groups & ~w_groups) == 0);
      if (walk_state >= GroupData) assert (w_group & (walk_groups & ((2 << walk_group) - 1)) == 0);
      if (walk_state == GroupData) assert (\dut.leaf_data == w_leaf);
      if (walk_state >= Level) assert ((walk_leaf & ~w_leaf) == 0);
      if (walk_state == LevelData) assert (w_level & (walk_leaf & ((2 << walk_slot[LevelBits-1:0]) - 1)) == 0
          & \dut.size_data == w_size);
    end
    if (phase != Unset) assert (walk_in_flight | ~\dut.u_walk.give_q );
  end
  generate
    for (g = 0; g < Places; g = g + 1) begin : g_walk
      localparam [SideBits-1:0] Side = g >> (PlaceBits - SideBits);
      localparam [SidePageBits-1:0] PageOfSide = g >> SlotBits;
      localparam [GroupBits-1:0] GroupOfPage = g >> LevelBits;
      localparam [LevelBits-1:0] LevelOfGroup = g;
      wire here_page = walk_state >= PageData & PageOfSide == walk_page;
      wire here_group = here_page & walk_state >= GroupData & GroupOfPage == walk_group;
      wire pending_level = here_group & (walk_state == GroupData | walk_leaf[LevelOfGroup] | (walk_state
          == LevelData & LevelOfGroup == walk_slot[LevelBits-1:0]));
      wire pending_group = here_page & (walk_state == PageData | walk_groups[GroupOfPage]);
      wire pending = walk_in_flight & ~wiping & Side[SideBits-1:1] == walk_book & levels[g] & (
          (Side[0] & ~walk_ask) |
          (Side[0] == walk_ask & (walk_state < Page | |(walk_pages
              & (1 << PageOfSide)) | pending_group | pending_level)));
      always @* if (run) assert (pending == due[g]);
    end
  endgenerate

endmodule
`default_nettype wire
