// Events of the kernel as lines in their ring (clauses BAR-6, BAR-7): a word a cycle, straight from the event while the
// kernel holds it, which passes with the last word. Latency: 8 cycles from evt_valid_i to the whole line, one event in
// 8 cycles.
// Handshakes: evt_*: valid/ready. ring_write_o: a word. doorbell_i: an index of lines; line i is begun only while
// i - doorbell_i is less than the lines of the ring. rst_i may come at any time; what is half written then has no CRC.
// written_o: one cycle, that of the last word, after which event_lines_o counts it. waiting_o: an event has no room.
`default_nettype none
module gb_bar_events #(
    parameter LineBits = 8  // log2 of the lines of the ring
) (
    input wire clk_i,
    input wire rst_i,
    input wire [15:0] generation_i,
    input wire [31:0] command_lines_i,
    input wire [63:0] cycles_i,
    input wire [31:0] doorbell_i,
    input wire evt_valid_i,
    output wire evt_ready_o,
    input wire [255:0] evt_data_i,
    output wire ring_write_o,
    output wire [LineBits+2:0] ring_address_o,
    output wire [63:0] ring_data_o,
    output wire [31:0] event_lines_o,
    output wire written_o,
    output wire waiting_o
);
  `include "transports.vh"
  localparam CrcWidth = 64;
  `include "gb_crc32.vh"
  localparam [31:0] Seed = ~LNK_CRC_SEED;  // as gb_crc32.vh has it: inverted
  localparam [15:0] ONE_EVENT = 16'd1;

  reg [2:0] word_q;
  reg [31:0] lines_q;
  reg [31:0] crc_q;
  wire [31:0] unread = lines_q - doorbell_i;  // 0..lines of the ring
  wire full = unread[LineBits];
  wire write = word_q != 3'd0 | (evt_valid_i & ~full);
  wire last = &word_q;
  wire [31:0] crc;
  gb_bar_crc_end u_crc_end (
      .crc_i(crc_q),
      .crc_o(crc)
  );

  reg [63:0] word;
  always @* begin
    case (word_q)
      3'd0: word = {ONE_EVENT, generation_i, lines_q};
      3'd1: word = {32'd0, command_lines_i};
      3'd2: word = evt_data_i[63:0];
      3'd3: word = evt_data_i[127:64];
      3'd4: word = evt_data_i[191:128];
      3'd5: word = evt_data_i[255:192];
      3'd6: word = cycles_i;
      default: word = {crc, 32'd0};
    endcase
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      word_q <= 3'd0;
      lines_q <= 32'd0;
    end else if (write) begin
      word_q <= word_q + 3'd1;
      if (last) lines_q <= lines_q + 32'd1;
    end
    if (write) crc_q <= crc32_next(word_q == 3'd0 ? Seed : crc_q, word);
  end

  assign evt_ready_o = last & ~rst_i;
  assign ring_write_o = write & ~rst_i;
  assign ring_address_o = {lines_q[LineBits-1:0], word_q};
  assign ring_data_o = word;
  assign event_lines_o = lines_q;
  assign written_o = last & ~rst_i;
  assign waiting_o = evt_valid_i & word_q == 3'd0 & full & ~rst_i;

  wire unused = &{1'b0, unread};
endmodule
`default_nettype wire
