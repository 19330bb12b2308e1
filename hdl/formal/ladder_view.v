// What the flat model says about one level and what is above it. Combinational.
`default_nettype none
module ladder_view #(
    parameter SideBits = 2,
    parameter SidePages = 2,
    parameter SidePageBits = 1,
    parameter GroupBits = 1,
    parameter LevelBits = 1,
    parameter SizeBits = 2,
    parameter PhysicalBits = 2
) (
    input wire [(SizeBits<<(SideBits+SidePageBits+GroupBits+LevelBits))-1:0] sizes,  // by {side, page, slot}
    input wire [(PhysicalBits<<(SideBits+SidePageBits))-1:0] map,                    // physical pages by {side, page}
    input wire [SideBits-1:0] side,
    input wire [SidePageBits-1:0] page,
    input wire [GroupBits+LevelBits-1:0] slot,
    output wire [SidePages-1:0] summary,
    output wire held,
    output wire [(1<<GroupBits)-1:0] groups,
    output wire group,
    output wire [(1<<LevelBits)-1:0] leaf,
    output wire level,
    output wire [SizeBits-1:0] size,
    output wire [PhysicalBits-1:0] physical
);
  localparam SlotBits = GroupBits + LevelBits;
  localparam EntryBits = SideBits + SidePageBits;
  wire [(1<<(EntryBits+SlotBits))-1:0] levels;
  wire [(1<<(EntryBits+GroupBits))-1:0] all_groups;
  wire [(1<<EntryBits)-1:0] pages;
  genvar i;
  generate
    for (i = 0; i < 1 << (EntryBits + SlotBits); i = i + 1) begin : g_level
      assign levels[i] = |sizes[SizeBits*i+:SizeBits];
    end
    for (i = 0; i < 1 << (EntryBits + GroupBits); i = i + 1) begin : g_group
      assign all_groups[i] = |levels[(i<<LevelBits)+:(1<<LevelBits)];
    end
    for (i = 0; i < 1 << EntryBits; i = i + 1) begin : g_page
      assign pages[i] = |all_groups[(i<<GroupBits)+:(1<<GroupBits)];
    end
  endgenerate
  wire [EntryBits-1:0] entry = {side, page};
  assign summary = pages[{side, {SidePageBits{1'b0}}}+:SidePages];
  assign held = pages[entry];
  assign groups = all_groups[{entry, {GroupBits{1'b0}}}+:(1<<GroupBits)];
  assign group = all_groups[{entry, slot[SlotBits-1:LevelBits]}];
  assign leaf = levels[{entry, slot[SlotBits-1:LevelBits], {LevelBits{1'b0}}}+:(1<<LevelBits)];
  assign level = levels[{entry, slot}];
  assign size = sizes[{entry, slot}*SizeBits+:SizeBits];
  assign physical = map[entry*PhysicalBits+:PhysicalBits];
endmodule
`default_nettype wire
