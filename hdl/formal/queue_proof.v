// The event queue against a list of the tokens that were pushed and have not left (clauses INT-1, INT-2).
// Claims about ports are marked PORT; the others are invariants, written against the state of gb_event_queue after
// flatten. Assumed: a reset comes first, and tokens are of the five kinds. Nothing else: any pushes, any readiness,
// resets at any time. The CRC is taken as a fold of crc32_next; crc_proof shows what that function is.
`default_nettype none
module queue_proof (
    input wire clk_i,
    input wire rst_i,
    input wire token_valid_i,
    input wire [2:0] token_kind_i,
    input wire [255:0] token_data_i,
    input wire evt_ready_i
);
  `include "contract.vh"
  `include "gb_tokens.vh"
  localparam CrcWidth = 256;
  `include "gb_crc32.vh"

  wire en, evt_valid, empty, emitted;
  wire [255:0] evt_data;
  gb_event_queue dut (
      .clk_i(clk_i), .rst_i(rst_i), .en_o(en), .token_valid_i(token_valid_i), .token_kind_i(token_kind_i),
      .token_data_i(token_data_i), .evt_valid_o(evt_valid), .evt_ready_i(evt_ready_i), .evt_data_o(evt_data),
      .empty_o(empty), .emitted_o(emitted));

  (* hierconn *) wire \dut.head_valid_q , \dut.tail_valid_q , \dut.pop ;
  (* hierconn *) wire [2:0] \dut.head_kind_q , \dut.tail_kind_q ;
  (* hierconn *) wire [255:0] \dut.head_data_q , \dut.tail_data_q ;
  (* hierconn *) wire [31:0] \dut.crc_q ;
  (* hierconn *) wire [47:0] \dut.count_q ;
  wire head_valid = \dut.head_valid_q ;
  wire tail_valid = \dut.tail_valid_q ;
  wire pop = \dut.pop ;
  wire [2:0] head_kind = \dut.head_kind_q ;
  wire [255:0] head_data = \dut.head_data_q ;

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

  // ---- the count and the CRC of what has left ----
  wire counted = head_valid & head_kind == TOKEN_EVENT;
  always @(posedge clk_i) begin
    if (rst_i) {count, crc} <= 0;
    else if (pop) begin
      if (counted) {count, crc} <= {count + 48'd1, crc32_next(crc, head_data)};
      if (head_kind == TOKEN_SET) {crc, count} <= head_data[79:0];
      if (head_kind == TOKEN_CLEAR) {crc, count} <= 0;
    end
  end

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
  wire [2:0] rest = (~head_valid ? 0 : head_kind == TOKEN_FENCE ? 2 : 1) + (tail_valid ? 2 : 0);
  reg moving;
  reg [2:0] rest_before;
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
      assert (listed == {1'b0, head_valid} + {1'b0, tail_valid});
      if (head_valid) begin
        assert (head_kind == kind0 | (head_kind == TOKEN_EVENT & kind0 == TOKEN_FENCE));
        assert (head_data == (head_kind == kind0 ? data0 : expected));
      end
      if (tail_valid) assert ({\dut.tail_kind_q , \dut.tail_data_q } == {kind1, data1});
      assert (~head_valid | head_kind <= TOKEN_CLEAR);
      assert (~tail_valid | \dut.tail_kind_q <= TOKEN_CLEAR);
      assert (\dut.count_q == count);
      assert (\dut.crc_q == crc);
    end
    // Full, a fence behind an event, and both kinds of setting the counts.
    cover (known & ~en & evt_valid & evt_ready_i & kind1 == TOKEN_FENCE);
    cover (known & evt_valid & kind0 == TOKEN_FENCE & count == 2);
    cover (known & evt_valid & kind0 == TOKEN_FENCE & count == 48'hfeedf00dbeef);
    cover (known & waited & waited_data[7:0] == 8'hff & kind0 == TOKEN_RAW & push);
    cover (known & rst_i & ~en & waited);
  end
endmodule
`default_nettype wire
