// The kernel on a Radiona ULX3S with an LFE5U-85F, behind its FT231X (USB-serial, at most 3 Mbaud).
//
// clk_i is the 25 MHz oscillator, rx_i and tx_o are the UART as the FPGA sees it. Lights, from led_o[0]: alive,
// connected, activity, fault (gb_board_leds); the others stay dark. wifi_gpio0_o holds GPIO0 of the ESP32 high, as the
// board's manual asks for: low, it makes the ESP32 take over at the next reset.
// Parameters: board.json, which the builds pass; the defaults here are the same (test/board holds both together).
`default_nettype none
module gb_board_ulx3s #(
    parameter Books = 32,            // profile, as in docs/contract.md
    parameter Pages = 128,
    parameter Baskets = 64,
    parameter Legs = 256,
    parameter LegsPerBasket = 32,
    parameter Fairs = 32,
    parameter BooksPerMessage = 16,
    parameter FinestTick = 10,
    parameter Paged = 1,             // structure, as in gatebook
    parameter Pipelined = 1,
    parameter Overlap = 1,
    parameter SerialFee = 0,
    parameter CrcBytes = 32,
    parameter TableRam = 0,
    parameter Telemetry = 1,
    parameter CommandWindow = 64,    // commands that the device can hold
    parameter EventWindow = 16,      // events that it can hold until they are acknowledged
    parameter ClockHz = 50_000_000,  // what the PLL makes of clk_i
    parameter Baud = 3_000_000,
    parameter [159:0] Commit = 160'd0  // of the sources, first byte in bits 7:0; the build gives it
) (
    input wire clk_i,
    input wire rx_i,
    output wire tx_o,
    output wire [7:0] led_o,
    output wire wifi_gpio0_o
);
  // 25 MHz / 1 * 2 = 50 MHz; the oscillator of the PLL runs at 50 * 12 = 600 MHz (400..800). The phase of half a period
  // less one is what the feedback over CLKOP needs. Charge pump and loop filter are attributes, which a router without
  // them takes for 0: these are what ecppll of Project Trellis gives for 25 to 50 MHz.
  wire clk;
  wire locked;
  (* ICP_CURRENT="12" *) (* LPF_RESISTOR="8" *) (* MFG_ENABLE_FILTEROPAMP="1" *) (* MFG_GMCREF_SEL="2" *)
  EHXPLLL #(
      .CLKI_DIV(1),
      .CLKFB_DIV(2),
      .CLKOP_DIV(12),
      .CLKOP_CPHASE(5),
      .CLKOP_FPHASE(0),
      .CLKOP_ENABLE("ENABLED"),
      .FEEDBK_PATH("CLKOP"),
      .DPHASE_SOURCE("DISABLED"),
      .OUTDIVIDER_MUXA("DIVA"),
      .INTFB_WAKE("DISABLED"),
      .STDBY_ENABLE("DISABLED"),
      .PLLRST_ENA("DISABLED")
  ) u_pll (
      .CLKI(clk_i),
      .CLKFB(clk),
      .RST(1'b0),
      .STDBY(1'b0),
      .PHASESEL0(1'b0),
      .PHASESEL1(1'b0),
      .PHASEDIR(1'b1),
      .PHASESTEP(1'b1),
      .PHASELOADREG(1'b1),
      .PLLWAKESYNC(1'b0),
      .ENCLKOP(1'b0),
      .CLKOP(clk),
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
      .BoardName({88'd0, "s", "3", "x", "l", "u"}),
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
      .BlinkBits(26)
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
  assign wifi_gpio0_o = 1'b1;
endmodule
`default_nettype wire
