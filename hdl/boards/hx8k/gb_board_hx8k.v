// The kernel on Lattice's iCE40-HX8K breakout board (iCE40HX8K-B-EVN), behind channel B of its FT2232H (USB-serial).
//
// clk_i is the 12 MHz oscillator, rx_i and tx_o are the UART as the FPGA sees it. Lights, from led_o[0] (D2): alive,
// connected, activity, fault (gb_board_leds); the others stay dark. Parameters: board.json, which the builds pass; the
// defaults here are the same (test/board holds both together).
`default_nettype none
module gb_board_hx8k #(
    parameter Books = 4,             // profile, as in docs/contract.md
    parameter Pages = 8,
    parameter Baskets = 0,
    parameter Legs = 0,
    parameter LegsPerBasket = 0,
    parameter Fairs = 0,
    parameter BooksPerMessage = 4,
    parameter FinestTick = 100,
    parameter Paged = 0,             // structure, as in gatebook
    parameter Pipelined = 0,
    parameter Overlap = 0,
    parameter SerialFee = 1,
    parameter CrcBytes = 1,
    parameter TableRam = 0,
    parameter Telemetry = 0,
    parameter CommandWindow = 64,    // commands that the device can hold
    parameter EventWindow = 16,      // events that it can hold until they are acknowledged
    parameter ClockHz = 48_000_000,  // what the PLL makes of clk_i
    parameter Baud = 3_000_000,
    parameter [159:0] Commit = 160'd0  // of the sources, first byte in bits 7:0; the build gives it
) (
    input wire clk_i,
    input wire rx_i,
    output wire tx_o,
    output wire [7:0] led_o
);
  // 12 MHz / (0 + 1) * (63 + 1) / 2^4 = 48 MHz; the oscillator of the PLL runs at 768 MHz (533..1066).
  wire clk;
  wire locked;
  SB_PLL40_CORE #(
      .FEEDBACK_PATH("SIMPLE"),
      .DIVR(4'd0),
      .DIVF(7'd63),
      .DIVQ(3'd4),
      .FILTER_RANGE(3'd1)
  ) u_pll (
      .REFERENCECLK(clk_i),
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
      .BoardName({96'd0, "k", "8", "x", "h"}),
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

  gb_board_leds #(
      .BlinkBits(25)
  ) u_leds (
      .clk_i(clk),
      .rst_i(rst),
      .connected_i(connected),
      .activity_i(activity),
      .fault_i(fault),
      .alive_o(led_o[0]),
      .connected_o(led_o[1]),
      .activity_o(led_o[2]),
      .fault_o(led_o[3])
  );
  assign led_o[7:4] = 4'd0;
endmodule
`default_nettype wire
