// The way out of a small part, in the place of gb_event_queue and with its tokens: one entry, which the CRC takes out
// of itself slice by slice once the event has left (clauses INT-1, INT-2, REC-6).
//
// Tokens come in at most one a cycle, in cycles with en_o = 1 only; en_o is 0 while the entry is taken.
//   Event   counted and in the CRC          Raw   an event outside both (RESET_DONE)
//   Fence   an event that takes its fields events and crc along
//   Set     no event: count = data[47:0], crc = data[79:48]      Clear   no event: count and CRC are 0
// Out: valid/ready; data holds while valid waits; valid does not wait for ready. Latency 1 cycle from token to valid.
// Throughput: one event in 32 / CrcBytes + 2 cycles, any other token in 2.
`default_nettype none
module gb_event_slot #(
    parameter CrcBytes = 1    // bytes that the CRC takes in one cycle: 1, 2, 4, 8 or 16
) (
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
  localparam CrcWidth = 8 * CrcBytes;
  `include "gb_crc32.vh"
  localparam Steps = 32 / CrcBytes;
  localparam StepBits = $clog2(Steps);

  reg taken_q;               // a token is here, or the CRC of an event is not finished
  reg sent_q;                // the event has left
  reg event_q, counted_q, clear_q;
  reg [StepBits-1:0] step_q;
  reg [255:0] data_q;
  reg [31:0] crc_q;
  reg [47:0] count_q;

  wire fence = token_kind_i == TOKEN_FENCE;
  wire leaves = evt_valid_o & evt_ready_i;
  wire last_step = &step_q;
  wire done = ~event_q | (counted_q ? sent_q & last_step : leaves);

  // What was counted before a fence is final: nothing is taken while anything is on its way.
  reg [255:0] data;
  always @* begin
    data = token_data_i;
    if (fence) begin
      data[EVT_FENCE_EVENTS_LSB+:EVT_FENCE_EVENTS_BITS] = count_q;
      data[EVT_FENCE_CRC_LSB+:EVT_FENCE_CRC_BITS] = crc_q;
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      taken_q <= 1'b0;
      sent_q <= 1'b0;
      step_q <= 0;
      crc_q <= 32'd0;
      count_q <= 48'd0;
    end else begin
      taken_q <= taken_q ? ~done : token_valid_i;
      sent_q <= counted_q & (leaves | (sent_q & ~last_step));
      if (sent_q) begin
        step_q <= step_q + 1'b1;
        crc_q <= crc32_next(crc_q, data_q[CrcWidth-1:0]);
        if (last_step) count_q <= count_q + 1'b1;
      end
      if (taken_q & ~event_q) {crc_q, count_q} <= clear_q ? 80'd0 : data_q[79:0];
    end
  end

  always @(posedge clk_i) begin
    if (~taken_q) begin
      event_q <= token_kind_i == TOKEN_EVENT | token_kind_i == TOKEN_RAW | fence;
      counted_q <= token_kind_i == TOKEN_EVENT | fence;
      clear_q <= token_kind_i == TOKEN_CLEAR;
      data_q <= data;
    end else if (sent_q) begin
      data_q <= data_q >> CrcWidth;
    end
  end

  assign en_o = ~taken_q;
  assign evt_valid_o = taken_q & event_q & ~sent_q;
  assign evt_data_o = data_q;
  assign empty_o = ~taken_q;
  assign emitted_o = leaves;
endmodule
`default_nettype wire
