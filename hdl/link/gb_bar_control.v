// The control registers of the BAR (clauses BAR-3, BAR-4, BAR-8, BAR-9). write_i for one cycle with word, data and
// strobes, at most every second cycle. Reads: read_data_o one cycle after read_i; 0 where there is no register.
// restart_o is 1 in the cycle after an accepted generation was written: there generation_o is the new one already, and
// both doorbells are 0. The pulses behind it count what was ignored, in the cycle of write_i.
`default_nettype none
module gb_bar_control #(
    parameter [31:0] Lines = 256           // of each ring
) (
    input wire clk_i,
    input wire rst_i,
    input wire write_i,
    input wire [13:0] write_word_i,        // address / 4
    input wire [31:0] write_data_i,
    input wire [3:0] write_strobes_i,
    input wire read_i,
    input wire [13:0] read_word_i,         // address / 4
    output reg [31:0] read_data_o,

    input wire [31:0] command_lines_i,
    input wire [31:0] event_lines_i,
    input wire [31:0] refused_lines_i,
    input wire event_written_i,            // one cycle for each event line

    output wire restart_o,
    output wire connected_o,               // generation is not 0
    output wire [15:0] generation_o,
    output wire [31:0] epoch_o,
    output wire command_rung_o,            // its doorbell was written, with whatever value
    output wire [31:0] command_doorbell_o,
    output wire [31:0] event_doorbell_o,

    output wire doorbell_ignored_o,
    output wire generation_ignored_o,
    output wire partial_o,                 // some bytes of a word, not all
    output wire stray_o                    // a whole word where nothing can be written
);
  `include "transports.vh"
  localparam [5:0] EPOCH = LNK_CONTROL_RESET_EPOCH[7:2];
  localparam [5:0] GENERATION = LNK_CONTROL_GENERATION[7:2];
  localparam [5:0] GENERATION_DONE = LNK_CONTROL_GENERATION_DONE[7:2];
  localparam [5:0] COMMAND_LINES = LNK_CONTROL_COMMAND_LINES[7:2];
  localparam [5:0] EVENT_LINES = LNK_CONTROL_EVENT_LINES[7:2];
  localparam [5:0] REFUSED_LINES = LNK_CONTROL_REFUSED_LINES[7:2];
  localparam [5:0] COMMAND_DOORBELL = LNK_CONTROL_COMMAND_DOORBELL[7:2];
  localparam [5:0] EVENT_DOORBELL = LNK_CONTROL_EVENT_DOORBELL[7:2];

  reg connected_q, restart_q;
  reg [15:0] generation_q, done_q;
  reg [31:0] epoch_q;

  wire whole = write_i & (&write_strobes_i);
  wire here = write_word_i[13:6] == LNK_MAP_CONTROL[15:8];
  wire [5:0] at = write_word_i[5:0];
  wire writes_epoch = whole & here & at == EPOCH;
  wire writes_generation = whole & here & at == GENERATION;
  wire rings_command = whole & here & at == COMMAND_DOORBELL;
  wire rings_event = whole & here & at == EVENT_DOORBELL;
  wire usable = write_data_i[31:16] == 16'd0 & write_data_i != 32'd0 & write_data_i[15:0] != generation_q;
  wire begins = writes_generation & usable;

  always @(posedge clk_i) begin
    if (rst_i) begin
      connected_q <= 1'b0;
      restart_q <= 1'b0;
      generation_q <= 16'd0;
      done_q <= 16'd0;
      epoch_q <= 32'd0;
    end else begin
      restart_q <= begins;
      if (writes_epoch) epoch_q <= write_data_i;
      if (begins) begin
        connected_q <= 1'b1;
        generation_q <= write_data_i[15:0];
        done_q <= 16'd0;
      end else if (event_written_i & ~restart_q) begin
        done_q <= generation_q;
      end
    end
  end

  wire command_ignored, event_ignored;
  gb_bar_doorbell u_command_doorbell (
      .clk_i(clk_i),
      .rst_i(rst_i | begins),
      .write_i(rings_command),
      .data_i(write_data_i),
      .low_i(command_lines_i),
      .high_i(command_lines_i + Lines),
      .index_o(command_doorbell_o),
      .ignored_o(command_ignored)
  );
  // What was read is free at once: nothing but the doorbell itself is below it.
  gb_bar_doorbell u_event_doorbell (
      .clk_i(clk_i),
      .rst_i(rst_i | begins),
      .write_i(rings_event),
      .data_i(write_data_i),
      .low_i(event_doorbell_o),
      .high_i(event_lines_i),
      .index_o(event_doorbell_o),
      .ignored_o(event_ignored)
  );

  always @(posedge clk_i) begin
    if (read_i) begin
      read_data_o <= 32'd0;
      if (read_word_i[13:6] == LNK_MAP_CONTROL[15:8]) begin
        case (read_word_i[5:0])
          EPOCH: read_data_o <= epoch_q;
          GENERATION: read_data_o <= {16'd0, generation_q};
          GENERATION_DONE: read_data_o <= {16'd0, done_q};
          COMMAND_LINES: read_data_o <= command_lines_i;
          EVENT_LINES: read_data_o <= event_lines_i;
          REFUSED_LINES: read_data_o <= refused_lines_i;
          COMMAND_DOORBELL: read_data_o <= command_doorbell_o;
          EVENT_DOORBELL: read_data_o <= event_doorbell_o;
          default: read_data_o <= 32'd0;
        endcase
      end
    end
  end

  assign restart_o = restart_q;
  assign connected_o = connected_q;
  assign generation_o = generation_q;
  assign epoch_o = epoch_q;
  assign command_rung_o = rings_command;
  assign doorbell_ignored_o = command_ignored | event_ignored;
  assign generation_ignored_o = writes_generation & ~usable;
  assign partial_o = write_i & (|write_strobes_i) & ~(&write_strobes_i);
  assign stray_o = whole & ~(writes_epoch | writes_generation | rings_command | rings_event);
endmodule
`default_nettype wire
