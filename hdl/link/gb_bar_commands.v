// Command lines from their ring into the kernel (clauses BAR-5, BAR-7).
//
// Reads a line a word a cycle, the next one behind it without a gap, and keeps its commands in one of two banks while
// it checks: what is executed is what was checked, whatever the host writes meanwhile. A line that is right is fed to
// the kernel; 8 cycles a line. One that is not is refused when all before it are with the kernel, so that it is the
// line at command_lines_o, and is looked at again when its doorbell is rung (rung_i) after the look began.
//
// Handshakes: cmd_* as the kernel's: valid/ready, data holds. ring_read_o: the word one cycle later. doorbell_i and
// generation_i are stable but for a reset; rst_i may come at any time and drops everything. taken_o, refused_o (one of
// crc, stale, form): one cycle each. Latency: first command 10 cycles after the doorbell.
`default_nettype none
module gb_bar_commands #(
    parameter LineBits = 8  // log2 of the lines of the ring
) (
    input wire clk_i,
    input wire rst_i,
    input wire [15:0] generation_i,
    input wire [31:0] doorbell_i,
    input wire rung_i,
    output wire ring_read_o,
    output wire [LineBits+2:0] ring_address_o,
    input wire [63:0] ring_data_i,
    output wire cmd_valid_o,
    input wire cmd_ready_i,
    output wire [127:0] cmd_data_o,
    output wire [31:0] command_lines_o,
    output wire [31:0] refused_lines_o,
    output wire taken_o,
    output wire refused_crc_o,
    output wire refused_stale_o,
    output wire refused_form_o
);
  `include "transports.vh"
  localparam CrcWidth = 64;
  `include "gb_crc32.vh"
  // As gb_crc32.vh has it: inverted. Behind a message and its CRC the CRC is this, whatever the message and the seed.
  localparam [31:0] Seed = ~LNK_CRC_SEED;
  localparam [31:0] Residue = 32'h2144df1c;

  // ---- the line that is read ----
  reg [2:0] word_q;         // the one to be read next; 0: no line is being read
  reg [31:0] reading_q;     // index of the line
  reg [31:0] checked_q;     // lines that were right
  reg [31:0] taken_q;       // of them, those whose last command the kernel has
  reg waiting_q;            // refused: nothing until the doorbell is rung
  reg rung_q;               // since the last look began
  reg rung_before_q;        // since the look before it began, whose verdict is still to come
  reg retry_q;              // wrong, but lines before it are not yet with the kernel
  wire wrong;               // the verdict about the line at checked_q

  // A bank is free once the line before the last one is taken; more than two lines are never ahead.
  wire [1:0] ahead = reading_q[1:0] - taken_q[1:0];
  wire room = ~ahead[1];
  wire may_look = (~waiting_q | rung_q) & (~retry_q | checked_q == taken_q);
  wire starts = word_q == 3'd0 & ~wrong & room & doorbell_i != reading_q & may_look;
  wire read = word_q != 3'd0 | starts;

  // ---- the word that was read, one cycle later ----
  reg word_valid_q;
  reg [2:0] at_q;
  reg [31:0] crc_q;
  reg stale_q, form_q;
  reg [1:0] count_q;
  wire [1:0] command = at_q[2:1] - {1'b0, ~at_q[0]};  // words 1 and 2 are command 0
  wire is_command = at_q != 3'd0 & at_q != 3'd7;

  // ---- the verdict, one cycle behind the last word ----
  reg verdict_q;
  wire crc_right = crc_q == Residue;
  wire right = verdict_q & crc_right & ~stale_q & ~form_q;
  assign wrong = verdict_q & ~right;
  wire refused = wrong & checked_q == taken_q;
  reg [31:0] refused_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      word_q <= 3'd0;
      reading_q <= 32'd0;
      checked_q <= 32'd0;
      waiting_q <= 1'b0;
      rung_q <= 1'b0;
      rung_before_q <= 1'b0;
      retry_q <= 1'b0;
      word_valid_q <= 1'b0;
      verdict_q <= 1'b0;
      refused_q <= 32'd0;
    end else begin
      // The next look begins a cycle before the verdict: one that is wrong ends it, and is the last look again.
      rung_q <= rung_i | (rung_q & ~starts) | (rung_before_q & wrong);
      if (verdict_q) rung_before_q <= 1'b0;
      else if (starts) rung_before_q <= rung_q & checked_q != reading_q;
      word_valid_q <= read & ~wrong;
      verdict_q <= word_valid_q & at_q == 3'd7;
      if (right) checked_q <= checked_q + 32'd1;
      if (refused) refused_q <= refused_q + 32'd1;
      if (wrong) begin
        // The line behind it may be on its way already.
        word_q <= 3'd0;
        reading_q <= checked_q;
        waiting_q <= refused;
        retry_q <= ~refused;
      end else if (read) begin
        word_q <= word_q + 3'd1;
        if (&word_q) reading_q <= reading_q + 32'd1;
        if (starts) begin
          waiting_q <= 1'b0;
          retry_q <= 1'b0;
        end
      end
    end
  end

  always @(posedge clk_i) begin
    if (read) at_q <= word_q;
    if (word_valid_q) begin
      crc_q <= crc32_next(at_q == 3'd0 ? Seed : crc_q, ring_data_i);
      if (at_q == 3'd0) begin
        stale_q <= ring_data_i[31:0] != reading_q | ring_data_i[47:32] != generation_i;
        form_q <= ring_data_i[63:48] == 16'd0 | ring_data_i[63:48] > LNK_COMMANDS_PER_LINE[15:0];
        count_q <= ring_data_i[49:48];
      end else if (is_command) begin
        if (command >= count_q & ring_data_i != 64'd0) form_q <= 1'b1;
      end else if (ring_data_i[31:0] != 32'd0) begin
        form_q <= 1'b1;
      end
    end
  end

  // ---- two banks of commands: the bank of a line is its lowest bit ----
  reg [63:0] lows[0:7];
  reg [63:0] highs[0:7];
  wire [2:0] place = {reading_q[0], command};
  always @(posedge clk_i) begin
    if (word_valid_q & is_command & at_q[0]) lows[place] <= ring_data_i;
    if (word_valid_q & is_command & ~at_q[0]) highs[place] <= ring_data_i;
  end

  reg [1:0] even_count_q, odd_count_q;
  always @(posedge clk_i) begin
    if (right & ~checked_q[0]) even_count_q <= count_q;
    if (right & checked_q[0]) odd_count_q <= count_q;
  end

  // ---- to the kernel ----
  reg [1:0] fed_q;
  wire passes = cmd_valid_o & cmd_ready_i;
  wire [1:0] count = taken_q[0] ? odd_count_q : even_count_q;
  wire last = fed_q + 2'd1 == count;
  always @(posedge clk_i) begin
    if (rst_i) begin
      fed_q <= 2'd0;
      taken_q <= 32'd0;
    end else if (passes) begin
      fed_q <= last ? 2'd0 : fed_q + 2'd1;
      if (last) taken_q <= taken_q + 32'd1;
    end
  end

  assign ring_read_o = read;
  assign ring_address_o = {reading_q[LineBits-1:0], word_q};
  assign cmd_valid_o = checked_q != taken_q & ~rst_i;
  assign cmd_data_o = {highs[{taken_q[0], fed_q}], lows[{taken_q[0], fed_q}]};
  assign command_lines_o = taken_q;
  assign refused_lines_o = refused_q;
  assign taken_o = passes & last;
  assign refused_crc_o = refused & ~crc_right;
  assign refused_stale_o = refused & crc_right & stale_q;
  assign refused_form_o = refused & crc_right & ~stale_q & form_q;

  wire unused = &{1'b0, ahead[0]};
endmodule
`default_nettype wire
