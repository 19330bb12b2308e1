// What stands at the beginning of the BAR: magic, and the list of blocks behind it (clause BAR-1).
// Handshake: read_i with the word; word_o one cycle later, until the next read. Words behind the list are 0.
`default_nettype none
module gb_bar_blocks #(
    parameter [255:0] Profile = 0,    // eight u32 in the order of the profile table, the first lowest
    parameter [31:0] Lines = 256,     // of each ring
    parameter [31:0] ClockHz = 0,
    parameter [127:0] BoardName = 0,
    parameter [159:0] Commit = 0
) (
    input wire clk_i,
    input wire read_i,
    input wire [9:0] word_i,          // address / 4
    input wire [31:0] time_scale_i,
    output reg [31:0] word_o
);
  `include "contract.vh"
  `include "transports.vh"
  // Offsets ascend: the blocks stand one behind the other.
  localparam [31:0] IdentityAt = 32'd4;
  localparam [31:0] CommandRingAt = IdentityAt + LNK_BLOCK_BYTES + LNK_IDENTITY_BLOCK_BYTES;
  localparam [31:0] EventRingAt = CommandRingAt + LNK_BLOCK_BYTES + LNK_RING_BLOCK_BYTES;
  localparam [31:0] ControlAt = EventRingAt + LNK_BLOCK_BYTES + LNK_RING_BLOCK_BYTES;
  localparam [31:0] RegistersAt = ControlAt + LNK_BLOCK_BYTES + LNK_CONTROL_BLOCK_BYTES;
  localparam [31:0] Bytes = RegistersAt + LNK_BLOCK_BYTES + LNK_REGISTERS_BLOCK_BYTES;
  localparam [31:0] TimeScaleAt = IdentityAt + LNK_BLOCK_BYTES + LNK_IDENTITY_BLOCK_TIME_SCALE;
  localparam [31:0] Registers = LNK_REGISTER_LINK + LNK_BAR_COUNTER_RESETS + 32'd1;
  localparam [15:0] Version = 16'd1;
  localparam [31:0] None = 32'd0;

  // The bytes of the digest in the order of its hex digits: the first lowest.
  localparam [63:0] Digest = {
    CONTRACT_DIGEST[7:0], CONTRACT_DIGEST[15:8], CONTRACT_DIGEST[23:16], CONTRACT_DIGEST[31:24],
    CONTRACT_DIGEST[39:32], CONTRACT_DIGEST[47:40], CONTRACT_DIGEST[55:48], CONTRACT_DIGEST[63:56]
  };

  localparam [8*Bytes-1:0] Words = {
    Registers, LNK_MAP_REGISTERS, None, Version, LNK_BLOCK_REGISTERS[15:0],
    LNK_MAP_CONTROL, RegistersAt, Version, LNK_BLOCK_CONTROL[15:0],
    LNK_MAP_CONTROL + LNK_CONTROL_EVENT_DOORBELL, Lines, LNK_MAP_EVENT_RING,
    ControlAt, Version, LNK_BLOCK_EVENT_RING[15:0],
    LNK_MAP_CONTROL + LNK_CONTROL_COMMAND_DOORBELL, Lines, LNK_MAP_COMMAND_RING,
    EventRingAt, Version, LNK_BLOCK_COMMAND_RING[15:0],
    Commit, BoardName, None, ClockHz, Profile, Digest, LNK_BAR_VERSION,
    CommandRingAt, Version, LNK_BLOCK_IDENTITY[15:0],
    LNK_BAR_MAGIC
  };

  reg [31:0] word;
  integer at;
  always @* begin
    word = 32'd0;
    for (at = 0; at < Bytes / 4; at = at + 1) begin
      if (word_i == at[9:0]) word = Words[32*at+:32];
    end
    if (word_i == TimeScaleAt[11:2]) word = time_scale_i;
  end

  always @(posedge clk_i) begin
    if (read_i) word_o <= word;
  end
endmodule
`default_nettype wire
