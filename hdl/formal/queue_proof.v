// The event queue against a list of the tokens that were pushed and have not left (clauses INT-1, INT-2).
// Claims about ports are marked PORT; the others are invariants, written against the state of gb_event_queue after
// flatten. Assumed: a reset comes first, and tokens are of the five kinds. Nothing else: any pushes, any readiness,
// resets at any time. The CRC is taken as a fold of crc32_next; crc_proof shows what that function is.
`default_nettype none
module queue_proof #(
    parameter CrcBytes = 32
) (
    input wire clk_i,
    input wire rst_i,
    input wire token_valid_i,
    input wire [2:0] token_kind_i,
    input wire [255:0] token_data_i,
    input wire evt_ready_i
);
  `include "contract.vh"
  `include "gb_tokens.vh"
  localparam CrcWidth = 8 * CrcBytes;
  `include "gb_crc32.vh"
  localparam Steps = 32 / CrcBytes;
  localparam StepBits = Steps > 1 ? $clog2(Steps) : 1;

  wire en, evt_valid, empty, emitted;
  wire [255:0] evt_data;
  gb_event_queue #(.CrcBytes(CrcBytes)) dut (
      .clk_i(clk_i), .rst_i(rst_i), .en_o(en), .token_valid_i(token_valid_i), .token_kind_i(token_kind_i),
      .token_data_i(token_data_i), .evt_valid_o(evt_valid), .evt_ready_i(evt_ready_i), .evt_data_o(evt_data),
      .empty_o(empty), .emitted_o(emitted));

  (* hierconn *) wire \dut.head_valid_q , \dut.tail_valid_q , \dut.sent_q , \dut.pop ;
  (* hierconn *) wire [2:0] \dut.head_kind_q , \dut.tail_kind_q ;
  (* hierconn *) wire [255:0] \dut.head_data_q , \dut.tail_data_q ;
  (* hierconn *) wire [StepBits-1:0] \dut.step_q ;
  (* hierconn *) wire [31:0] \dut.crc_q ;
  (* hierconn *) wire [47:0] \dut.count_q ;
  wire head_valid = \dut.head_valid_q ;
  wire tail_valid = \dut.tail_valid_q ;
  wire sent = \dut.sent_q ;
  wire pop = \dut.pop ;
  wire [2:0] head_kind = \dut.head_kind_q ;
  wire [255:0] head_data = \dut.head_data_q ;
  wire [5:0] step = \dut.step_q ;

  reg known = 0;
  always @* begin
    if (~known) assume (rst_i);
    assume (token_kind_i <= TOKEN_CLEAR);
  end
  always @(posedge clk_i) if (rst_i) known <= 1;

  // ---- the list: what was pushed and has not left, at most two; and the head, which stays until it is counted ----
  reg [1:0] listed;
  reg [2:0] kind0, kind1;
  reg [255:0] data0, data1;
  reg [47:0] count;   // events and CRC before the head
  reg [31:0] crc;
  wire push = token_valid_i & en;
  wire leaves = evt_valid & evt_ready_i | (pop & head_kind >= TOKEN_SET);
  always @(posedge clk_i) begin
    if (rst_i) listed <= 0;
    else begin
      listed <= listed + push - leaves;
      if (leaves) {kind0, data0} <= {kind1, data1};
      if (push & listed == leaves) {kind0, data0} <= {token_kind_i, token_data_i};
      if (push & listed != leaves) {kind1, data1} <= {token_kind_i, token_data_i};
    end
  end

  // ---- the CRC of an event: g_fold[n].kept is the CRC after n slices of the head, once they have been taken ----
  wire counted = head_valid & head_kind == TOKEN_EVENT;
  wire [31:0] whole;
  always @(posedge clk_i) begin
    if (rst_i) {count, crc} <= 0;
    else if (pop) begin
      if (counted) {count, crc} <= {count + 48'd1, whole};
      if (head_kind == TOKEN_SET) {crc, count} <= head_data[79:0];
      if (head_kind == TOKEN_CLEAR) {crc, count} <= 0;
    end
  end
  genvar g;
  generate
    for (g = 1; g <= Steps; g = g + 1) begin : g_fold
      wire [31:0] earlier, after;
      if (g == 1) begin : g_first
        assign earlier = crc;
      end else begin : g_next
        assign earlier = g_fold[g-1].kept;
      end
      assign after = crc32_next(earlier, head_data[(g-1)*CrcWidth+:CrcWidth]);
      reg [31:0] kept;
      always @(posedge clk_i) if (counted & step == g - 1) kept <= after;
      always @* if (known & counted & step >= g) begin
        assert (kept == after);
        if (step == g) assert (\dut.crc_q == kept);
      end
    end
  endgenerate
  assign whole = g_fold[Steps].after;

  // ---- ports ----
  reg waited;
  reg [255:0] waited_data;
  always @(posedge clk_i) begin
    waited <= ~rst_i & evt_valid & ~evt_ready_i;
    waited_data <= evt_data;
  end
  reg [255:0] expected;
  always @* begin
    expected = data0;
    if (kind0 == TOKEN_FENCE) begin
      expected[EVT_FENCE_EVENTS_LSB+:EVT_FENCE_EVENTS_BITS] = count;
      expected[EVT_FENCE_CRC_LSB+:EVT_FENCE_CRC_BITS] = crc;
    end
  end
  // What is left to do, in cycles, if the event can leave: it goes down by one or more.
  wire [6:0] head_rest = ~head_valid ? 0 : head_kind == TOKEN_FENCE ? Steps + 1 : counted ? Steps - step : 1;
  wire [7:0] rest = head_rest + (tail_valid ? Steps + 1 : 0);
  reg moving;
  reg [7:0] rest_before;
  always @(posedge clk_i) begin
    moving <= ~rst_i & evt_ready_i & ~push;
    rest_before <= rest;
  end
  always @* begin
    if (known) begin
      if (waited) assert (evt_valid & evt_data == waited_data);                    // PORT
      if (evt_valid) assert (listed != 0 & kind0 <= TOKEN_FENCE & evt_data == expected);  // PORT
      // PORT: so push never meets a full list
      if (listed == 2) assert (~en);
      assert (emitted == (evt_valid & evt_ready_i));                               // PORT
      if (empty) assert (listed == 0 & ~evt_valid);                                // PORT
      if (moving) assert (rest < rest_before | rest == 0);                         // PORT: everything pushed leaves
      assert (en == ~tail_valid);  // shut only while both entries are taken

      assert (~tail_valid | head_valid);
      assert (listed == {1'b0, head_valid & ~sent} + {1'b0, tail_valid});
      assert (~sent | (counted & ~evt_valid));
      if (head_valid & ~sent) begin
        assert (head_kind == kind0 | (head_kind == TOKEN_EVENT & kind0 == TOKEN_FENCE));
        assert (head_data == (head_kind == kind0 ? data0 : expected));
      end
      if (tail_valid) assert ({\dut.tail_kind_q , \dut.tail_data_q } == (sent ? {kind0, data0} : {kind1, data1}));
      assert (~head_valid | head_kind <= TOKEN_CLEAR);
      assert (~tail_valid | \dut.tail_kind_q <= TOKEN_CLEAR);
      assert (\dut.count_q == count);
      assert (step < Steps & (step == 0 | counted));
      if (step == 0) assert (\dut.crc_q == crc);
    end
    // Full, a fence behind an event, and both kinds of setting the counts.
    cover (known & ~en & evt_valid & evt_ready_i & kind1 == TOKEN_FENCE);
    cover (known & evt_valid & kind0 == TOKEN_FENCE & count == 2);
    cover (known & evt_valid & kind0 == TOKEN_FENCE & count == 48'hfeedf00dbeef);
    cover (known & waited & waited_data[7:0] == 8'hff & kind0 == TOKEN_RAW & push);
    cover (known & rst_i & ~en & waited);
  end
  generate
    if (Steps > 1) begin : g_counts_on
      always @* cover (known & sent & listed == 1);
    end
  endgenerate
endmodule
`default_nettype wire
