// The device side of the serial link without a line and without a kernel (docs/link.md): frames in bytes on one side,
// commands and events on the other.
//
// Handshakes: rx, tx, cmd and evt: valid/ready; valid does not wait for ready, data holds while it waits.
// rx_ready_o: a second frame has to come in up to its tenth byte before the first one is done with, which takes 620
// cycles at most; ten bytes take 800 cycles at 8 cycles a bit. So at a UART no byte of a frame waits behind a frame.
// Behind a block that is too short for a frame, which is noise, the end of another one may, and be lost there: then
// whatever comes next is dropped with it (line_errors), and sent again (LNK-9). Bytes that come faster than from a UART
// wait for so long, once a frame. kernel_reset_o lasts one cycle, with the epoch of the kernel.
// Latency from the last 0x00 of a frame to the first command that is valid: 130 cycles; from evt_valid_i to the first
// byte of its frame, where nothing else is to be sent: 33 to be taken, then 200 at most.
// Limits: CommandWindow a power of two from 16 to 1024, EventWindow one from 8 to 128; others do not elaborate.
`default_nettype none
module gb_link #(
    parameter CommandWindow = 64,          // commands that are held: a power of two, 16..1024
    parameter EventWindow = 16,            // events that are held until they are acknowledged: one of 8..128
    parameter [255:0] Profile = 256'd0,    // eight u32 in the order of the profile table, first in bits 31:0
    parameter [31:0] ClockHz = 48000000,   // of clk_i
    parameter [31:0] Baud = 3000000,       // of the line
    parameter [127:0] BoardName = 128'd0,  // first character in bits 7:0
    parameter [159:0] Commit = 160'd0,     // first byte in bits 7:0
    parameter Telemetry = 1                // 0: telemetry_data_i is 0
) (
    input wire clk_i,
    input wire rst_i,
    input wire rx_valid_i,
    output wire rx_ready_o,
    input wire [7:0] rx_data_i,
    input wire rx_error_i,             // with valid: the stop bit was missing
    output wire tx_valid_o,
    input wire tx_ready_i,
    output wire [7:0] tx_data_o,
    output wire cmd_valid_o,
    input wire cmd_ready_i,
    output wire [127:0] cmd_data_o,
    input wire evt_valid_i,
    output wire evt_ready_o,
    input wire [255:0] evt_data_i,
    output wire kernel_reset_o,
    output wire [31:0] kernel_epoch_o,
    output wire [7:0] telemetry_address_o,
    input wire [63:0] telemetry_data_i,  // one cycle after the address
    input wire [31:0] time_scale_i,
    output wire connected_o,
    output wire activity_o,
    output wire fault_o
);
  // There is no such module: what is out of its range does not elaborate, and the message of any tool says why.
  generate
    if (CommandWindow < 16 || CommandWindow > 1024 || (CommandWindow & (CommandWindow - 1)) != 0) begin : g_commands
      gb_command_window_is_a_power_of_two_from_16_to_1024 u_refused ();
    end
    if (EventWindow < 8 || EventWindow > 128 || (EventWindow & (EventWindow - 1)) != 0) begin : g_events
      gb_event_window_is_a_power_of_two_from_8_to_128 u_refused ();
    end
  endgenerate

  wire pending, ended, in_header, payload, overrun;
  wire [1:0] verdict;
  wire [7:0] length, payload_at, payload_data, header_data;
  wire header_read;
  wire [3:0] header_address;
  wire release_frame, commit, reset, epoch_byte, begin_frame, end_frame, acknowledge, set_next, copy, keep;
  wire [7:0] a;

  gb_frame_rx u_frame_rx (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .rx_valid_i(rx_valid_i),
      .rx_ready_o(rx_ready_o),
      .rx_data_i(rx_data_i),
      .rx_error_i(rx_error_i),
      .pending_o(pending),
      .ended_o(ended),
      .release_i(release_frame),
      .verdict_o(verdict),
      .length_o(length),
      .read_i(header_read),
      .read_address_i(header_address),
      .read_data_o(header_data),
      .in_header_o(in_header),
      .payload_o(payload),
      .payload_at_o(payload_at),
      .payload_data_o(payload_data)
  );

  // Everything that belongs to an epoch is reset together, in the cycle after the action.
  reg reset_q, connected_q;
  reg [31:0] kernel_epoch_q;
  always @(posedge clk_i) begin
    reset_q <= rst_i | reset;
    if (rst_i) begin
      connected_q <= 1'b0;
      kernel_epoch_q <= 32'd0;
    end else begin
      if (reset) connected_q <= 1'b1;
      if (epoch_byte) kernel_epoch_q <= {a, kernel_epoch_q[31:8]};
    end
  end
  wire clear = rst_i | reset_q;

  wire [15:0] free;
  gb_command_ring #(
      .Window(CommandWindow)
  ) u_commands (
      .clk_i(clk_i),
      .clear_i(clear),
      .in_header_i(in_header),
      .payload_i(payload),
      .payload_at_i(payload_at),
      .payload_data_i(payload_data),
      .ended_i(ended),
      .overrun_o(overrun),
      .commit_i(commit),
      .records_i(length[7:4]),
      .free_o(free),
      .cmd_valid_o(cmd_valid_o),
      .cmd_ready_i(cmd_ready_i),
      .cmd_data_o(cmd_data_o)
  );

  wire available, copying, event_byte;
  wire [7:0] event_data;
  gb_event_ring #(
      .Window(EventWindow)
  ) u_events (
      .clk_i(clk_i),
      .clear_i(clear),
      .evt_valid_i(evt_valid_i),
      .evt_ready_o(evt_ready_o),
      .evt_data_i(evt_data_i),
      .acknowledge_i(acknowledge),
      .next_i(set_next),
      .index_i(a[$clog2(EventWindow):0]),
      .available_o(available),
      .copy_i(copy),
      .copying_o(copying),
      .byte_o(event_byte),
      .data_o(event_data)
  );

  // Counters of the kernel go on: all bytes of one have to be of one cycle.
  wire [63:0] telemetry;
  generate
    if (Telemetry == 1) begin : g_telemetry
      reg [63:0] kept_q;
      always @(posedge clk_i) if (keep) kept_q <= telemetry_data_i;
      assign telemetry = kept_q;
    end else begin : g_none
      wire unused_telemetry = &{1'b0, keep, telemetry_data_i};
      assign telemetry = 64'd0;
    end
  endgenerate
  assign telemetry_address_o = a;

  wire tx_busy, put;
  wire [7:0] put_data;
  gb_link_engine #(
      .CommandWindow(CommandWindow),
      .EventWindow(EventWindow),
      .Profile(Profile),
      .ClockHz(ClockHz),
      .Baud(Baud),
      .BoardName(BoardName),
      .Commit(Commit)
  ) u_engine (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .rx_pending_i(pending),
      .rx_verdict_i(verdict),
      .rx_overrun_i(overrun),
      .rx_length_i(length),
      .rx_read_o(header_read),
      .rx_address_o(header_address),
      .rx_data_i(header_data),
      .free_i(free),
      .event_i(available),
      .copying_i(copying),
      .tx_busy_i(tx_busy),
      .tx_put_o(put),
      .tx_data_o(put_data),
      .time_scale_i(time_scale_i),
      .telemetry_i(telemetry),
      .data_o(a),
      .out_release_o(release_frame),
      .out_commit_o(commit),
      .out_reset_o(reset),
      .out_epoch_byte_o(epoch_byte),
      .out_begin_o(begin_frame),
      .out_end_o(end_frame),
      .out_ack_o(acknowledge),
      .out_next_o(set_next),
      .out_copy_o(copy),
      .out_keep_o(keep),
      .out_fault_o(fault_o)
  );

  gb_frame_tx u_frame_tx (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .begin_i(begin_frame),
      .put_i(put | event_byte),
      .data_i(event_byte ? event_data : put_data),
      .end_i(end_frame),
      .busy_o(tx_busy),
      .tx_valid_o(tx_valid_o),
      .tx_ready_i(tx_ready_i),
      .tx_data_o(tx_data_o)
  );

  assign kernel_reset_o = clear;
  assign kernel_epoch_o = kernel_epoch_q;
  assign connected_o = connected_q;
  assign activity_o = ended;
endmodule
`default_nettype wire
