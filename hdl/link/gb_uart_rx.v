// A byte from an asynchronous line: 8 data bits, no parity, one stop bit, least significant bit first (clause LNK-1).
//
// The line passes two flip-flops; a falling edge then starts a phase accumulator so that it overflows in the middle of
// each bit. A start bit that is over by its middle was none. After a stop bit that is 0 the line has to become 1 before
// another byte begins, so that a break is one byte with an error.
// Out: rx_valid_o with data and error from the middle of the stop bit on, until rx_ready_i or the next byte: whoever
// reads has the time of a whole byte, 10 * ClockHz / Baud cycles. What is not taken until then is lost, and the byte
// that takes its place carries an error.
// Limits: ClockHz / Baud from 8 to 65,536; another one does not elaborate. At 8 cycles a bit a sender may be off by
// 3.75 % either way.
`default_nettype none
module gb_uart_rx #(
    parameter ClockHz = 48000000,  // of clk_i
    parameter Baud = 3000000       // of the line: ClockHz / 65536 .. ClockHz / 8
) (
    input wire clk_i,
    input wire rst_i,
    input wire rx_i,               // asynchronous, idle 1
    output wire rx_valid_o,
    input wire rx_ready_i,
    output wire [7:0] rx_data_o,
    output wire rx_error_o         // the stop bit was missing, or a byte before this one was lost
);
  // There is no such module: what is out of its range does not elaborate, and the message of any tool says why.
  generate
    if (ClockHz / 8 < Baud || ClockHz / 65536 > Baud) begin : g_rate
      gb_clock_hz_over_baud_is_from_8_to_65536 u_refused ();
    end
  endgenerate

  // A step is 2^12 at least, so that its rounding is 0.013 % at most.
  localparam PhaseBits = 12 + $clog2(ClockHz / Baud + 1);
  localparam [63:0] Rate = Baud;
  localparam [63:0] Clock = ClockHz;
  localparam [63:0] Rounded = ((Rate << PhaseBits) + (Clock >> 1)) / Clock;
  localparam [PhaseBits-1:0] Step = Rounded[PhaseBits-1:0];
  // Half a bit is over when the edge is seen at once; it is seen half a cycle late on average, and an overflow comes
  // half a cycle late as well.
  localparam [PhaseBits-1:0] Start = (1 << (PhaseBits - 1)) + Step;

  // Two to synchronise, which Vivado then keeps side by side, and the last one is that of a cycle ago.
  (* ASYNC_REG = "TRUE" *) reg [2:0] line_q;
  reg busy_q, first_q;           // first: in the start bit
  reg [PhaseBits-1:0] phase_q;
  reg [8:0] bits_q;              // what came in, and behind it a 1, which gets to bit 0 with the last bit of data
  reg valid_q, error_q, lost_q;
  reg [7:0] data_q;

  wire now = line_q[1];
  wire [PhaseBits:0] sum = {1'b0, phase_q} + {1'b0, Step};
  wire middle = sum[PhaseBits];
  wire last = bits_q[0];         // in the stop bit

  always @(posedge clk_i) begin
    if (rst_i) begin
      line_q <= 3'b111;
      busy_q <= 1'b0;
      valid_q <= 1'b0;
      lost_q <= 1'b0;
    end else begin
      line_q <= {line_q[1:0], rx_i};
      if (~busy_q) busy_q <= line_q[2] & ~now;
      else if (middle) busy_q <= ~((first_q & now) | last);
      if (busy_q & middle & last) begin
        valid_q <= 1'b1;
        lost_q <= valid_q & ~rx_ready_i;
      end else if (rx_ready_i) begin
        valid_q <= 1'b0;
      end
    end
  end

  always @(posedge clk_i) begin
    if (~busy_q) begin
      phase_q <= Start;
      first_q <= 1'b1;
      bits_q <= 9'h100;
    end else begin
      phase_q <= sum[PhaseBits-1:0];
      if (middle) first_q <= 1'b0;
      if (middle & ~first_q) bits_q <= {now, bits_q[8:1]};
    end
    if (busy_q & middle & last) begin
      data_q <= bits_q[8:1];
      error_q <= ~now;
    end
  end

  assign rx_valid_o = valid_q;
  assign rx_data_o = data_q;
  assign rx_error_o = error_q | lost_q;
endmodule
`default_nettype wire
