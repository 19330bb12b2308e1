// The kernel behind a UART: what the top of a board instantiates between its pins (docs/link.md).
//
// gb_link takes every byte of a frame in the cycle in which the UART has it: it has room for a frame and the first ten
// bytes of the next one, and is done with the first before those are here. Only noise can be too fast for it, in blocks
// shorter than a frame: see there. Limits: those of gb_link and gb_uart_rx, so
// ClockHz / Baud is 8 at least. rst_i: one cycle or more; the line is idle after it.
`default_nettype none
module gb_serial_device #(
    parameter Books = 32,            // profile: books
    parameter Pages = 128,           // profile: pages of 128 levels, over all books and sides
    parameter Baskets = 64,          // profile: baskets
    parameter Legs = 256,            // profile: legs, over all baskets
    parameter LegsPerBasket = 32,    // profile: legs_per_basket
    parameter Fairs = 32,            // profile: fairs, books with a fair value at one time
    parameter BooksPerMessage = 16,  // profile: books_per_message
    parameter FinestTick = 10,       // profile: finest_tick, in 1e-4 USD
    parameter Paged = 1,             // structure of the kernel: see gatebook
    parameter Pipelined = 0,
    parameter Overlap = 1,
    parameter SerialFee = 0,
    parameter CrcBytes = 32,
    parameter TableRam = 0,
    parameter Telemetry = 1,
    parameter CommandWindow = 64,    // commands that the device holds: a power of two, 16..1024
    parameter EventWindow = 16,      // events that it holds until they are acknowledged: a power of two, 8..128
    parameter ClockHz = 48000000,    // of clk_i
    parameter Baud = 3000000,        // of the line
    parameter [127:0] BoardName = 128'd0,  // ASCII, first character in bits 7:0, padded with 0
    parameter [159:0] Commit = 160'd0      // of the sources, first byte in bits 7:0; 0: unknown
) (
    input wire clk_i,
    input wire rst_i,
    input wire rx_i,                 // asynchronous, idle 1
    output wire tx_o,
    input wire [31:0] time_scale_i,  // 0 on a board; of a simulation: thousandths of a second for one of the device
    output wire connected_o,         // the epoch is not 0
    output wire activity_o,          // one cycle for each frame that came in
    output wire fault_o              // one cycle for each frame that was dropped
);
  wire rx_valid, rx_ready, rx_error, tx_valid, tx_ready;
  wire [7:0] rx_data, tx_data;

  gb_uart_rx #(
      .ClockHz(ClockHz),
      .Baud(Baud)
  ) u_uart_rx (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .rx_i(rx_i),
      .rx_valid_o(rx_valid),
      .rx_ready_i(rx_ready),
      .rx_data_o(rx_data),
      .rx_error_o(rx_error)
  );

  gb_link_device #(
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
      .BoardName(BoardName),
      .Commit(Commit)
  ) u_device (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .rx_valid_i(rx_valid),
      .rx_ready_o(rx_ready),
      .rx_data_i(rx_data),
      .rx_error_i(rx_error),
      .tx_valid_o(tx_valid),
      .tx_ready_i(tx_ready),
      .tx_data_o(tx_data),
      .time_scale_i(time_scale_i),
      .connected_o(connected_o),
      .activity_o(activity_o),
      .fault_o(fault_o)
  );

  gb_uart_tx #(
      .ClockHz(ClockHz),
      .Baud(Baud)
  ) u_uart_tx (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .tx_valid_i(tx_valid),
      .tx_ready_o(tx_ready),
      .tx_data_i(tx_data),
      .tx_o(tx_o)
  );
endmodule
`default_nettype wire
