// gb_serial_device with a board and a commit, as link_device.
`default_nettype none
module serial_device #(
    parameter Books = 8,
    parameter Pages = 16,
    parameter Baskets = 8,
    parameter Legs = 64,
    parameter LegsPerBasket = 8,
    parameter Fairs = 4,
    parameter BooksPerMessage = 4,
    parameter FinestTick = 1,
    parameter Paged = 1,
    parameter Pipelined = 0,
    parameter Overlap = 1,
    parameter SerialFee = 0,
    parameter CrcBytes = 32,
    parameter TableRam = 0,
    parameter Telemetry = 1,
    parameter CommandWindow = 16,
    parameter EventWindow = 8,
    parameter ClockHz = 48000000,
    parameter Baud = 3000000
) (
    input wire clk_i,
    input wire rst_i,
    input wire rx_i,
    output wire tx_o,
    input wire [31:0] time_scale_i,
    output wire connected_o,
    output wire activity_o,
    output wire fault_o
);
  localparam [127:0] Name = "hcneb";  // its first character is in bits 7:0
  localparam [159:0] Bytes = 160'h1413121110_0f0e0d0c0b_0a09080706_0504030201;

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
      .BoardName(Name),
      .Commit(Bytes)
  ) u_device (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .rx_i(rx_i),
      .tx_o(tx_o),
      .time_scale_i(time_scale_i),
      .connected_o(connected_o),
      .activity_o(activity_o),
      .fault_o(fault_o)
  );
endmodule
`default_nettype wire
