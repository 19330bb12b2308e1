// The rules of the link (clauses LNK-4..LNK-15) as a program: an accumulator of 8 bits, a memory of 64 bytes and a ROM
// in the place of forty registers of 16 bits with their comparisons. What it does stands in gb_link_program.asm, what
// its words mean in gb_link_isa.vh.
//
// Two cycles an instruction: in the first the operand is read, in the second it acts and the next word is read.
// rx_* is gb_frame_rx, tx_* gb_frame_tx. The actions (out_*) last one cycle, with A in data_o. tx_put_o is a byte for
// the frame under construction, in tx_data_o.
// Longest time from pending to release: 620 cycles, where seven events are being copied when the frame comes in; 230
// where nothing is. In a loop without work it looks every 64 cycles, or 74 where events wait for credit.
`default_nettype none
module gb_link_engine #(
    parameter CommandWindow = 64,
    parameter EventWindow = 16,
    parameter [255:0] Profile = 256'd0,
    parameter [31:0] ClockHz = 48000000,
    parameter [31:0] Baud = 3000000,
    parameter [127:0] BoardName = 128'd0,
    parameter [159:0] Commit = 160'd0
) (
    input wire clk_i,
    input wire rst_i,
    input wire rx_pending_i,
    input wire [1:0] rx_verdict_i,
    input wire rx_overrun_i,
    input wire [7:0] rx_length_i,      // of the frame, less 9
    output wire rx_read_o,
    output wire [3:0] rx_address_o,
    input wire [7:0] rx_data_i,
    input wire [15:0] free_i,          // room for commands
    input wire event_i,                // there is an event that was not copied
    input wire copying_i,
    input wire tx_busy_i,
    output wire tx_put_o,
    output wire [7:0] tx_data_o,
    input wire [31:0] time_scale_i,
    input wire [63:0] telemetry_i,     // what out_keep_o kept
    output wire [7:0] data_o,          // A
    output wire out_release_o,
    output wire out_commit_o,
    output wire out_reset_o,
    output wire out_epoch_byte_o,
    output wire out_begin_o,
    output wire out_end_o,
    output wire out_ack_o,
    output wire out_next_o,
    output wire out_copy_o,
    output wire out_keep_o,
    output wire out_fault_o
);
  `include "gb_link_isa.vh"

  reg live_q;                // 0: the first word is not here yet
  reg acts_q;                // the second cycle
  reg [8:0] at_q;            // of the word
  reg [7:0] a_q;
  reg zero_q, low_zero_q, carry_q;
  reg [7:0] free_high_q;

  wire [15:0] word;
  wire act = live_q & acts_q;
  wire is_jump = word[15];
  wire [4:0] operation = word[15:11];
  wire [7:0] place = word[7:0];

  // ---- operands ----

  wire [5:0] ram_address = place[5:0] | (word[10] ? a_q[5:0] : 6'd0);
  wire [7:0] ram_data;
  reg [7:0] io, operand;
  always @* begin
    casez (place[4:0])
      5'b00000: io = {4'd0, rx_overrun_i, rx_verdict_i, 1'b0};
      5'b00001: io = rx_length_i;
      5'b00010: io = {4'd0, rx_length_i[7:4]};
      5'b00011: io = free_i[7:0];
      5'b00100: io = free_high_q;
      5'b01???: io = time_scale_i[8*place[1:0]+:8];
      5'b1????: io = telemetry_i[8*place[2:0]+:8];
      default: io = 8'd0;
    endcase
    case (word[9:8])
      ISA_IMMEDIATE[1:0]: operand = place;
      ISA_RAM[1:0]: operand = ram_data;
      ISA_RX[1:0]: operand = rx_data_i;
      default: operand = io;
    endcase
  end

  // ---- arithmetic ----

  wire with_a = (operation != ISA_LD) & (operation != ISA_INC) & (operation != ISA_INCC);
  wire subtracts = operation == ISA_SUB | operation == ISA_SBC | operation == ISA_CMP | operation == ISA_CPC;
  wire chained = operation == ISA_ADC | operation == ISA_SBC | operation == ISA_CPC | operation == ISA_INCC;
  wire carry = chained ? carry_q : subtracts | (operation == ISA_INC);
  wire [7:0] left = with_a ? a_q : 8'd0;
  wire [7:0] right = operand ^ {8{subtracts}};
  wire [8:0] sum = {1'b0, left} + {1'b0, right} + {8'd0, carry};
  wire [7:0] result = operation == ISA_AND ? a_q & operand : sum[7:0];
  wire zero = result == 8'd0;
  wire to_a = operation <= ISA_SBC;
  wire counts = operation >= ISA_ADD & operation <= ISA_INCC;

  always @(posedge clk_i) begin
    if (act & ~is_jump) begin
      if (to_a) a_q <= result;
      if (operation <= ISA_INCC) zero_q <= zero & (low_zero_q | ~chained);
      if (counts) begin
        carry_q <= sum[8];
        low_zero_q <= zero & (low_zero_q | ~chained);
      end
      if (word[9:8] == ISA_IO[1:0] & place[2:0] == 3'd3) free_high_q <= free_i[15:8];
    end
  end

  gb_ram_1r1w #(
      .Width(8),
      .Depth(64),
      .AddressBits(6)
  ) u_ram (
      .clk_i(clk_i),
      .en_i(1'b1),
      .write_i(act & (operation == ISA_INC | operation == ISA_INCC | operation == ISA_ST)),
      .write_address_i(ram_address),
      .write_data_i(operation == ISA_ST ? a_q : result),
      .read_i(~acts_q),
      .read_address_i(ram_address),
      .read_data_o(ram_data)
  );

  // ---- the next word ----

  reg condition;
  always @* begin
    case (word[14:12])
      ISA_ALWAYS: condition = 1'b1;
      ISA_ZERO: condition = zero_q;
      ISA_CARRY: condition = carry_q;
      ISA_NEGATIVE: condition = a_q[7];
      ISA_PENDING: condition = rx_pending_i;
      ISA_BUSY: condition = tx_busy_i;
      ISA_EVENT: condition = event_i;
      default: condition = copying_i;
    endcase
  end
  wire taken = is_jump & (condition == word[11]);
  wire [8:0] next = ~live_q ? 9'd0 : taken ? word[8:0] : at_q + 9'd1;

  always @(posedge clk_i) begin
    if (rst_i) begin
      live_q <= 1'b0;
      acts_q <= 1'b1;
      at_q <= 9'd0;
    end else begin
      live_q <= 1'b1;
      acts_q <= ~acts_q;
      if (acts_q) at_q <= next;
    end
  end

  gb_link_program #(
      .CommandWindow(CommandWindow),
      .EventWindow(EventWindow),
      .Profile(Profile),
      .ClockHz(ClockHz),
      .Baud(Baud),
      .BoardName(BoardName),
      .Commit(Commit)
  ) u_program (
      .clk_i(clk_i),
      .read_i(acts_q),
      .address_i(next),
      .word_o(word)
  );

  // ---- actions, in the order of their numbers ----

  wire out = act & (operation == ISA_OUT);
  assign out_release_o = out & (place[3:0] == 4'd0);
  assign out_commit_o = out & (place[3:0] == 4'd1);
  assign out_reset_o = out & (place[3:0] == 4'd2);
  assign out_epoch_byte_o = out & (place[3:0] == 4'd3);
  assign out_begin_o = out & (place[3:0] == 4'd4);
  assign out_end_o = out & (place[3:0] == 4'd5);
  assign out_ack_o = out & (place[3:0] == 4'd6);
  assign out_next_o = out & (place[3:0] == 4'd7);
  assign out_copy_o = out & (place[3:0] == 4'd8);
  assign out_keep_o = out & (place[3:0] == 4'd9);
  assign out_fault_o = out & (place[3:0] == 4'd10);

  assign rx_read_o = ~acts_q;
  assign rx_address_o = place[3:0];
  assign tx_put_o = act & (operation == ISA_TX);
  assign tx_data_o = operand;
  assign data_o = a_q;
endmodule
`default_nettype wire
