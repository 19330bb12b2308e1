// The kernel on an iCEBreaker (iCE40UP5K), behind channel B of its FT2232H (USB-serial).
//
// clk_i is the 12 MHz oscillator, rx_i and tx_o are the UART as the FPGA sees it. Lights: on the board itself, lit
// by 0, led_green_n_o (alive) and led_red_n_o (fault); on the part that can be broken off, led_o[0] connected and
// led_o[1] activity. Parameters: board.json, which the builds pass; the defaults here are the same (test/board holds
// both together).
`default_nettype none
module gb_board_icebreaker #(
    parameter Books = 2,             // profile, as in docs/contract.md
    parameter Pages = 4,
    parameter Baskets = 0,
    parameter Legs = 0,
    parameter LegsPerBasket = 0,
    parameter Fairs = 0,
    parameter BooksPerMessage = 2,
    parameter FinestTick = 100,
    parameter Paged = 0,             // structure, as in gatebook
    parameter Pipelined = 0,
    parameter Overlap = 0,
    parameter SerialFee = 1,
    parameter CrcBytes = 1,
    parameter TableRam = 1,
    parameter Telemetry = 0,
    parameter CommandWindow = 64,    // commands that the device can hold
    parameter EventWindow = 16,      // events that it can hold until they are acknowledged
    parameter ClockHz = 24_000_000,  // what the PLL makes of clk_i
    parameter Baud = 3_000_000,
    parameter [159:0] Commit = 160'd0  // of the sources, first byte in bits 7:0; the build gives it
) (
    input wire clk_i,
    input wire rx_i,
    output wire tx_o,
    output wire led_green_n_o,
    output wire led_red_n_o,
    output wire [1:0] led_o
);
  // 12 MHz / (0 + 1) * (63 + 1) / 2^5 = 24 MHz; the oscillator of the PLL runs at 768 MHz (533..1066).
  wire clk;
  wire locked;
  SB_PLL40_PAD #(
      .FEEDBACK_PATH("SIMPLE"),
      .DIVR(4'd0),
      .DIVF(7'd63),
      .DIVQ(3'd5),
      .FILTER_RANGE(3'd1)
  ) u_pll (
      .PACKAGEPIN(clk_i),
      .RESETB(1'b1),
      .BYPASS(1'b0),
      .PLLOUTGLOBAL(clk),
      .LOCK(locked)
  );

  wire rst;
  gb_board_reset u_reset (
      .clk_i(clk),
      .locked_i(locked),
      .rst_o(rst)
  );

  wire [31:0] time_scale;
  gb_time_scale u_time_scale (.time_scale_o(time_scale));

  wire connected;
  wire activity;
  wire fault;
  gb_serial_device #(
      .Books(Books),
      .Pages(Pages),
      .Baskets(Baskets),
      .Legs(Legs),
      .LegsPerBasket(LegsPerBasket),
      .Fairs(Fairs),
      .BooksPerMessage(BooksPerMessage),
      .FinestTick(FinestTick),
      .Paged(Paged),
      .Pipelined(Pipelined),
      .Overlap(Overlap),
      .SerialFee(SerialFee),
      .CrcBytes(CrcBytes),
      .TableRam(TableRam),
      .Telemetry(Telemetry),
      .CommandWindow(CommandWindow),
      .EventWindow(EventWindow),
      .ClockHz(ClockHz),
      .Baud(Baud),
      // The first character in the lowest bits.
      .BoardName({48'd0, "r", "e", "k", "a", "e", "r", "b", "e", "c", "i"}),
      .Commit(Commit)
  ) u_device (
      .clk_i(clk),
      .rst_i(rst),
      .rx_i(rx_i),
      .tx_o(tx_o),
      .time_scale_i(time_scale),
      .connected_o(connected),
      .activity_o(activity),
      .fault_o(fault)
  );

  wire alive;
  wire faulty;
  gb_board_leds #(
      .BlinkBits(24)
  ) u_leds (
      .clk_i(clk),
      .rst_i(rst),
      .connected_i(connected),
      .activity_i(activity),
      .fault_i(fault),
      .alive_o(alive),
      .connected_o(led_o[0]),
      .activity_o(led_o[1]),
      .fault_o(faulty)
  );
  assign led_green_n_o = !alive;
  assign led_red_n_o = !faulty;
endmodule
`default_nettype wire
