// The event slot against the one token that it holds (clauses INT-1, INT-2). Claims about ports are marked PORT; the
// others are invariants, written against the state of gb_event_slot after flatten. Assumed: a reset comes first, and
// tokens are of the five kinds. Nothing else: any tokens, any readiness, resets at any time. The CRC of an event is
// that of its slices in turn, lowest first; crc_proof shows what one step of it is.
`default_nettype none
module slot_proof #(
    parameter CrcBytes = 8
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
  localparam StepBits = $clog2(Steps);

  wire en, evt_valid, empty, emitted;
  wire [255:0] evt_data;
  gb_event_slot #(.CrcBytes(CrcBytes)) dut (
      .clk_i(clk_i), .rst_i(rst_i), .en_o(en), .token_valid_i(token_valid_i), .token_kind_i(token_kind_i),
      .token_data_i(token_data_i), .evt_valid_o(evt_valid), .evt_ready_i(evt_ready_i), .evt_data_o(evt_data),
      .empty_o(empty), .emitted_o(emitted));
  (* hierconn *) wire \dut.taken_q , \dut.sent_q , \dut.event_q , \dut.counted_q , \dut.clear_q ;
  (* hierconn *) wire [StepBits-1:0] \dut.step_q ;
  (* hierconn *) wire [255:0] \dut.data_q ;
  (* hierconn *) wire [31:0] \dut.crc_q ;
  (* hierconn *) wire [47:0] \dut.count_q ;
  wire taken = \dut.taken_q ;
  wire sent = \dut.sent_q ;
  wire [5:0] step = \dut.step_q ;

  reg known = 0;
  always @* begin
    if (~known) assume (rst_i);
    assume (token_kind_i <= TOKEN_CLEAR);
  end
  always @(posedge clk_i) if (rst_i) known <= 1;

  // ---- the model: a token, whether it is waiting, the slices of it that are counted; count and CRC of all before ----
  reg waiting, counting;
  reg [2:0] kind;
  reg [255:0] data;            // as it leaves: a fence with its fields
  reg [5:0] slices;
  reg [47:0] count;
  reg [31:0] crc, running;     // running: with the slices so far
  wire push = token_valid_i & en;
  wire leaves = evt_valid & evt_ready_i;
  wire is_event = kind == TOKEN_EVENT | kind == TOKEN_RAW | kind == TOKEN_FENCE;
  wire is_counted = kind == TOKEN_EVENT | kind == TOKEN_FENCE;
  reg [255:0] filled;
  always @* begin
    filled = token_data_i;
    if (token_kind_i == TOKEN_FENCE) begin
      filled[EVT_FENCE_EVENTS_LSB+:EVT_FENCE_EVENTS_BITS] = count;
      filled[EVT_FENCE_CRC_LSB+:EVT_FENCE_CRC_BITS] = crc;
    end
  end
  wire [255:0] rest_of_data = data >> (CrcWidth * slices);
  wire [31:0] next_running = crc32_next(running, rest_of_data[CrcWidth-1:0]);
  always @(posedge clk_i) begin
    if (rst_i) {waiting, counting, slices, count, crc, running} <= 0;
    else begin
      if (push) {waiting, kind, data} <= {1'b1, token_kind_i, filled};
      if (waiting & leaves) begin
        waiting <= 0;
        counting <= is_counted;
      end
      if (waiting & ~is_event) begin
        waiting <= 0;
        if (kind == TOKEN_SET) {crc, count} <= data[79:0];
        else {crc, count} <= 0;
        running <= kind == TOKEN_SET ? data[79:48] : 0;
      end
      if (counting) begin
        running <= next_running;
        slices <= slices == Steps - 1 ? 0 : slices + 1;
        if (slices == Steps - 1) begin
          counting <= 0;
          count <= count + 1;
          crc <= next_running;
        end
      end
    end
  end

  reg waited;
  reg [255:0] waited_data;
  always @(posedge clk_i) begin
    waited <= ~rst_i & evt_valid & ~evt_ready_i;
    waited_data <= evt_data;
  end
  always @* begin
    if (known) begin
      if (waited) assert (evt_valid & evt_data == waited_data);             // PORT
      assert (evt_valid == (waiting & is_event));                           // PORT: nothing lost, nothing twice
      if (evt_valid) assert (evt_data == data);                             // PORT
      assert (en == (~waiting & ~counting));                                // PORT: no token meets another one
      assert (emitted == leaves & empty == en);                             // PORT
      assert (~(waiting & counting) & slices < Steps & (slices == 0 | counting));
      assert (kind <= TOKEN_CLEAR | ~waiting);

      assert (taken == (waiting | counting) & sent == counting & step == slices);
      if (taken) begin
        assert (\dut.event_q == is_event & \dut.counted_q == is_counted);
        if (~is_event) assert (\dut.clear_q == (kind == TOKEN_CLEAR));
        assert (\dut.data_q == rest_of_data);
      end
      if (counting) assert (is_counted);
      else assert (running == crc);
      assert (\dut.count_q == count & \dut.crc_q == running);
    end
    cover (known & evt_valid & kind == TOKEN_FENCE & count == 1);
    cover (known & evt_valid & kind == TOKEN_FENCE & count == 48'hfeedf00dbeef);
    cover (known & waited & kind == TOKEN_RAW & leaves);
    cover (known & rst_i & counting & slices == 1);
  end
endmodule
`default_nettype wire
