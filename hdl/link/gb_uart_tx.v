// A byte onto an asynchronous line: 8 data bits, no parity, one stop bit, least significant bit first (clause LNK-1).
//
// In: valid/ready; a byte is taken in the last cycle of a stop bit, so bytes follow one another without a gap. A phase
// accumulator makes bits of ClockHz / Baud cycles on average, each up to one cycle longer or shorter; it starts anew
// after silence. Latency 1 cycle from a byte to its start bit. Limits: ClockHz / Baud from 2 to 65,536; another one
// does not elaborate.
`default_nettype none
module gb_uart_tx #(
    parameter ClockHz = 48000000,  // of clk_i
    parameter Baud = 3000000       // of the line: ClockHz / 65536 .. ClockHz / 2
) (
    input wire clk_i,
    input wire rst_i,
    input wire tx_valid_i,
    output wire tx_ready_o,
    input wire [7:0] tx_data_i,
    output wire tx_o               // idle 1
);
  // There is no such module: what is out of its range does not elaborate, and the message of any tool says why.
  generate
    if (ClockHz / 2 < Baud || ClockHz / 65536 > Baud) begin : g_rate
      gb_clock_hz_over_baud_is_from_2_to_65536 u_refused ();
    end
  endgenerate

  // A step is 2^12 at least, so that its rounding is 0.013 % at most.
  localparam PhaseBits = 12 + $clog2(ClockHz / Baud + 1);
  localparam [63:0] Rate = Baud;
  localparam [63:0] Clock = ClockHz;
  localparam [63:0] Rounded = ((Rate << PhaseBits) + (Clock >> 1)) / Clock;
  localparam [PhaseBits-1:0] Step = Rounded[PhaseBits-1:0];

  reg busy_q;
  reg [PhaseBits-1:0] phase_q;
  reg [9:0] bits_q;              // bit 0 is on the line; the stop bit is the last 1

  wire [PhaseBits:0] sum = {1'b0, phase_q} + {1'b0, Step};
  wire last = sum[PhaseBits] & (bits_q[9:1] == 9'd0);
  wire take = tx_valid_i & tx_ready_o;

  always @(posedge clk_i) begin
    if (rst_i) begin
      busy_q <= 1'b0;
      bits_q <= 10'd1;
    end else begin
      if (take) busy_q <= 1'b1;
      else if (last) busy_q <= 1'b0;
      if (take) bits_q <= {1'b1, tx_data_i, 1'b0};
      else if (busy_q & sum[PhaseBits] & ~last) bits_q <= {1'b0, bits_q[9:1]};
    end
  end

  always @(posedge clk_i) phase_q <= busy_q ? sum[PhaseBits-1:0] : {PhaseBits{1'b0}};

  assign tx_ready_o = ~busy_q | last;
  assign tx_o = bits_q[0];
endmodule
`default_nettype wire
