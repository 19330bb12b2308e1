// The program of gb_link_engine: a ROM of 512 words, whose lines are assembled from gb_link_program.asm. Its parameters
// are what IDENTITY says of the device (clause LNK-12). Latency 1 cycle from read_i to word_o, which then holds.
`default_nettype none
module gb_link_program #(
    parameter CommandWindow = 64,          // commands
    parameter EventWindow = 16,            // events
    parameter [255:0] Profile = 256'd0,    // eight u32 in the order of the profile table, first in bits 31:0
    parameter [31:0] ClockHz = 48000000,   // of the kernel
    parameter [31:0] Baud = 3000000,       // of the line
    parameter [127:0] BoardName = 128'd0,  // first character in bits 7:0
    parameter [159:0] Commit = 160'd0      // first byte in bits 7:0
) (
    input wire clk_i,
    input wire read_i,
    input wire [8:0] address_i,
    output reg [15:0] word_o
);
  `include "transports.vh"
  `include "contract.vh"
  `include "gb_link_isa.vh"
  localparam [15:0] WINDOW = CommandWindow;
  localparam [15:0] EVENTS_HELD = EventWindow;
  localparam [7:0] EVENTS = EVENTS_HELD[7:0];
  localparam [15:0] QUARTER = WINDOW >> 2;
  localparam [31:0] FLAGS = LNK_FLAG_POLL | LNK_FLAG_REPLAY;
  localparam [7:0] TYPE_MASK = ~FLAGS[7:0];
  // Bytes 8..59 of IDENTITY. The digest goes out in the order of its hex digits.
  localparam [415:0] Static = {
    EVENTS_HELD,
    WINDOW,
    Baud,
    ClockHz,
    Profile,
    CONTRACT_DIGEST[7:0],
    CONTRACT_DIGEST[15:8],
    CONTRACT_DIGEST[23:16],
    CONTRACT_DIGEST[31:24],
    CONTRACT_DIGEST[39:32],
    CONTRACT_DIGEST[47:40],
    CONTRACT_DIGEST[55:48],
    CONTRACT_DIGEST[63:56]
  };

  always @(posedge clk_i) begin
    if (read_i) begin
      case (address_i)
        `include "gb_link_program.vh"
        default: word_o <= 16'd0;
      endcase
    end
  end
endmodule
`default_nettype wire
