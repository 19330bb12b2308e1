// Counters beside the stream: they never enter an event. Read: telemetry_data_o one cycle after the address, whatever
// the core does.
//
// Latencies are in cycles of the core (the time in which en is 1), from the handshake of a record: back-pressure does
// not enter them.
//   0 records   1 events   2 cycles   3 cycles not idle   4 cycles frozen by back-pressure
//   5 cycles in which a record had to wait
//   32 + kind: {last, max, min, samples (saturating)} of the time to the end of the record, 16 bits each. Kinds 0..18
//   are the opcodes in the order of the command table, 3 being LEVEL_SET without commit; 19 one with commit; 20 the
//   first TOP of a record, 21 its first SIGNAL.
// Times above 65,535 wrap. Cleared by rst_i alone.
`default_nettype none
module gb_telemetry (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire idle_i,
    input wire waiting_i,             // valid and not ready
    input wire emitted_i,
    input wire finish_i,
    input wire [7:0] opcode_i,
    input wire commits_i,
    input wire top_i,
    input wire signal_i,
    input wire [15:0] accepted_at_i,
    output wire [15:0] now_o,
    input wire [7:0] telemetry_address_i,
    output reg [63:0] telemetry_data_o
);
  `include "contract.vh"
  localparam [4:0] KindTop = 5'd20;
  localparam [4:0] KindSignal = 5'd21;

  reg [15:0] now_q;
  reg [63:0] records_q, events_q, cycles_q, busy_q, frozen_q, waited_q;
  reg [31:0] seen_q;
  reg [63:0] latencies[0:31];
  reg top_seen_q, signal_seen_q;

  reg [4:0] kind;
  always @* begin
    case (opcode_i)
      OP_BOOK_BEGIN: kind = 5'd0;
      OP_BOOK_LIVE: kind = 5'd1;
      OP_BOOK_STALE: kind = 5'd2;
      OP_LEVEL_SET: kind = commits_i ? 5'd19 : 5'd3;
      OP_BOOK_FEE: kind = 5'd4;
      OP_BOOK_MASK: kind = 5'd5;
      OP_BASKET_CREATE: kind = 5'd6;
      OP_BASKET_LEG: kind = 5'd7;
      OP_BASKET_ARM: kind = 5'd8;
      OP_BASKET_DISARM: kind = 5'd9;
      OP_BASKET_REMOVE: kind = 5'd10;
      OP_BASKET_MASK: kind = 5'd11;
      OP_FAIR_SET: kind = 5'd12;
      OP_FAIR_CLEAR: kind = 5'd13;
      OP_RESTORE_BEGIN: kind = 5'd14;
      OP_RESTORE_COUNTS: kind = 5'd15;
      OP_RESTORE_END: kind = 5'd16;
      OP_FENCE: kind = 5'd17;
      OP_BOOK_DIGEST: kind = 5'd18;
      default: kind = 5'd31;
    endcase
  end

  // One sample is registered, then merged. A first TOP or signal in the cycle in which its record ends waits: no
  // record can end in the cycle after.
  reg sample_q, late_q;
  reg [4:0] late_kind_q;
  reg [4:0] sample_kind_q;
  reg [15:0] sample_time_q;
  wire first_event = (top_i & ~top_seen_q) | (signal_i & ~signal_seen_q);
  wire [4:0] event_kind = top_i & ~top_seen_q ? KindTop : KindSignal;
  wire [47:0] merged_from = latencies[sample_kind_q][47:0];
  wire seen = seen_q[sample_kind_q];
  wire [15:0] count = merged_from[15:0];
  wire [15:0] least = merged_from[31:16];
  wire [15:0] most = merged_from[47:32];

  always @(posedge clk_i) begin
    if (rst_i) begin
      now_q <= 16'd0;
      {records_q, events_q, cycles_q, busy_q, frozen_q, waited_q} <= 384'd0;
      seen_q <= 32'd0;
      sample_q <= 1'b0;
      late_q <= 1'b0;
      top_seen_q <= 1'b0;
      signal_seen_q <= 1'b0;
    end else begin
      cycles_q <= cycles_q + 1'b1;
      if (~idle_i) busy_q <= busy_q + 1'b1;
      if (~en_i) frozen_q <= frozen_q + 1'b1;
      if (waiting_i) waited_q <= waited_q + 1'b1;
      if (emitted_i) events_q <= events_q + 1'b1;
      if (en_i) begin
        now_q <= now_q + 1'b1;
        sample_q <= finish_i | first_event | late_q;
        sample_kind_q <= finish_i ? kind : late_q ? late_kind_q : event_kind;
        sample_time_q <= late_q ? sample_time_q : now_q - accepted_at_i;
        late_q <= finish_i & first_event;
        late_kind_q <= event_kind;
        if (finish_i) records_q <= records_q + 1'b1;
        top_seen_q <= (top_seen_q | top_i) & ~finish_i;
        signal_seen_q <= (signal_seen_q | signal_i) & ~finish_i;
        if (sample_q) begin
          seen_q[sample_kind_q] <= 1'b1;
          latencies[sample_kind_q] <= {
              sample_time_q, seen & most > sample_time_q ? most : sample_time_q,
              seen & least < sample_time_q ? least : sample_time_q,
              ~seen ? 16'd1 : &count ? count : count + 16'd1};
        end
      end
    end
  end

  always @(posedge clk_i) begin
    case (telemetry_address_i)
      8'd0: telemetry_data_o <= records_q;
      8'd1: telemetry_data_o <= events_q;
      8'd2: telemetry_data_o <= cycles_q;
      8'd3: telemetry_data_o <= busy_q;
      8'd4: telemetry_data_o <= frozen_q;
      8'd5: telemetry_data_o <= waited_q;
      default:
      telemetry_data_o <= telemetry_address_i[7:5] == 3'd1 & seen_q[telemetry_address_i[4:0]] ?
          latencies[telemetry_address_i[4:0]] : 64'd0;
    endcase
  end

  assign now_o = now_q;
endmodule
`default_nettype wire
