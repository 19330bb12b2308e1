// A board that is no gatebook: every byte that comes in goes out again, with 0xff for one whose stop bit is missing.
// For the tests of the harness alone; its UART counts whole cycles and has no more than one byte of room.
`default_nettype none
module echo_board #(
    parameter ClockHz = 50000000,
    parameter Baud = 3000000
) (
    input wire clk_i,
    input wire rx_i,
    output wire tx_o
);
  localparam integer BIT = (ClockHz + Baud / 2) / Baud;

  reg [1:0] rx_q;
  reg [15:0] rx_count_q;
  reg [3:0] rx_bits_q;
  reg [7:0] rx_data_q;
  reg rx_busy_q;
  reg rx_done_q;
  reg rx_error_q;
  reg [15:0] tx_count_q;
  reg [3:0] tx_bits_q;
  reg [9:0] tx_shift_q;
  reg tx_q;
  initial begin
    rx_q = 2'b11;
    rx_count_q = 16'd0;
    rx_bits_q = 4'd0;
    rx_data_q = 8'd0;
    rx_busy_q = 1'b0;
    rx_done_q = 1'b0;
    rx_error_q = 1'b0;
    tx_count_q = 16'd0;
    tx_bits_q = 4'd0;
    tx_shift_q = 10'h3ff;
    tx_q = 1'b1;
  end

  always @(posedge clk_i) begin
    rx_q <= {rx_q[0], rx_i};
    rx_done_q <= 1'b0;
    if (!rx_busy_q) begin
      rx_busy_q  <= !rx_q[1];
      rx_count_q <= BIT / 2 - 2;
      rx_bits_q  <= 4'd0;
    end else if (rx_count_q != 16'd0) rx_count_q <= rx_count_q - 16'd1;
    else begin
      rx_count_q <= BIT - 1;
      rx_bits_q  <= rx_bits_q + 4'd1;
      if (rx_bits_q == 4'd0) rx_busy_q <= !rx_q[1];
      else if (rx_bits_q == 4'd9) begin
        rx_busy_q  <= 1'b0;
        rx_done_q  <= 1'b1;
        rx_error_q <= !rx_q[1];
      end else rx_data_q <= {rx_q[1], rx_data_q[7:1]};
    end
  end

  always @(posedge clk_i) begin
    if (tx_bits_q == 4'd0) begin
      tx_q <= 1'b1;
      if (rx_done_q) begin
        tx_shift_q <= {1'b1, rx_error_q ? 8'hff : rx_data_q, 1'b0};
        tx_bits_q  <= 4'd10;
        tx_count_q <= 16'd0;
      end
    end else if (tx_count_q != 16'd0) tx_count_q <= tx_count_q - 16'd1;
    else begin
      tx_count_q <= tx_bits_q == 4'd1 ? BIT - 3 : BIT - 1;
      tx_q <= tx_shift_q[0];
      tx_shift_q <= {1'b1, tx_shift_q[9:1]};
      tx_bits_q <= tx_bits_q - 4'd1;
    end
  end
  assign tx_o = tx_q;
endmodule
`default_nettype wire
