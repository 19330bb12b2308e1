// The way out: two entries, the CRC and the event count (clauses INT-1, INT-2, REC-6), and the clock enable of
// everything before it. gb_event_slot stands for it in small parts.
//
// Tokens come in at most one a cycle, in cycles with en_o = 1 only; en_o is a register and is 0 while both entries are
// taken.
//   Event   counted and in the CRC          Raw   an event outside both (RESET_DONE)
//   Fence   an event whose fields events and crc are filled in when all before it have been counted
//   Set     no event: count = data[47:0], crc = data[79:48]      Clear   no event: count and CRC are 0
// Out: valid/ready; data holds while valid waits; valid does not wait for ready. Latency 1 cycle from token to valid, 2
// for Fence. Throughput: one event a cycle.
`default_nettype none
module gb_event_queue (
    input wire clk_i,
    input wire rst_i,
    output wire en_o,
    input wire token_valid_i,
    input wire [2:0] token_kind_i,
    input wire [255:0] token_data_i,
    output wire evt_valid_o,
    input wire evt_ready_i,
    output wire [255:0] evt_data_o,
    output wire empty_o,
    output wire emitted_o      // one cycle for each event that left
);
  `include "contract.vh"
  `include "gb_tokens.vh"
  localparam CrcWidth = 256;
  `include "gb_crc32.vh"

  reg head_valid_q, tail_valid_q, en_q;
  reg [2:0] head_kind_q, tail_kind_q;
  reg [255:0] head_data_q, tail_data_q;
  reg [31:0] crc_q;
  reg [47:0] count_q;

  wire is_event = head_valid_q & (head_kind_q == TOKEN_EVENT | head_kind_q == TOKEN_RAW);
  wire counted = head_kind_q == TOKEN_EVENT;
  wire taken = evt_valid_o & evt_ready_i;
  wire pop = head_valid_q & (is_event ? taken : head_kind_q != TOKEN_FENCE);
  wire push = token_valid_i & en_q;

  wire head_valid_d = pop ? tail_valid_q | push : head_valid_q | push;
  wire tail_valid_d = (head_valid_q & ~pop) & (tail_valid_q | push) | (tail_valid_q & pop & push);

  always @(posedge clk_i) begin
    if (rst_i) begin
      head_valid_q <= 1'b0;
      tail_valid_q <= 1'b0;
      en_q <= 1'b1;
      crc_q <= 32'd0;
      count_q <= 48'd0;
    end else begin
      head_valid_q <= head_valid_d;
      tail_valid_q <= tail_valid_d;
      en_q <= ~tail_valid_d;
      if (taken & counted) begin
        crc_q <= crc32_next(crc_q, head_data_q);
        count_q <= count_q + 1'b1;
      end
      if (pop & head_kind_q == TOKEN_SET) {crc_q, count_q} <= head_data_q[79:0];
      if (pop & head_kind_q == TOKEN_CLEAR) {crc_q, count_q} <= 80'd0;
    end
  end

  always @(posedge clk_i) begin
    if (pop | ~head_valid_q) begin
      head_kind_q <= tail_valid_q ? tail_kind_q : token_kind_i;
      head_data_q <= tail_valid_q ? tail_data_q : token_data_i;
    end else if (head_kind_q == TOKEN_FENCE) begin
      head_kind_q <= TOKEN_EVENT;
      head_data_q[EVT_FENCE_EVENTS_LSB+:EVT_FENCE_EVENTS_BITS] <= count_q;
      head_data_q[EVT_FENCE_CRC_LSB+:EVT_FENCE_CRC_BITS] <= crc_q;
    end
    if (push) begin
      tail_kind_q <= token_kind_i;
      tail_data_q <= token_data_i;
    end
  end

  assign en_o = en_q;
  assign evt_valid_o = is_event;
  assign evt_data_o = head_data_q;
  assign empty_o = ~head_valid_q;
  assign emitted_o = taken;
endmodule
`default_nettype wire
