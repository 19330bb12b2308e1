// The kernel behind the byte port of the serial link (docs/link.md): a complete device but for its line.
//
// Handshakes: rx and tx: a byte passes in a cycle in which valid and ready are both 1; tx_valid_o does not wait for
// tx_ready_i and tx_data_o holds while it waits. rx_error_i belongs to rx_data_i: its stop bit was missing.
// Latencies, how long rx_ready_o may be 0, and limits: those of gb_link.
`default_nettype none
module gb_link_device #(
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
    input wire rx_valid_i,
    output wire rx_ready_o,
    input wire [7:0] rx_data_i,
    input wire rx_error_i,
    output wire tx_valid_o,
    input wire tx_ready_i,
    output wire [7:0] tx_data_o,
    input wire [31:0] time_scale_i,  // 0 on a board; of a simulation: thousandths of a second for one of the device
    output wire connected_o,         // the epoch is not 0
    output wire activity_o,          // one cycle for each frame that came in
    output wire fault_o              // one cycle for each frame that was dropped
);
  localparam [31:0] BooksWord = Books;
  localparam [31:0] PagesWord = Pages;
  localparam [31:0] BasketsWord = Baskets;
  localparam [31:0] LegsWord = Legs;
  localparam [31:0] LegsPerBasketWord = LegsPerBasket;
  localparam [31:0] FairsWord = Fairs;
  localparam [31:0] BooksPerMessageWord = BooksPerMessage;
  localparam [31:0] FinestTickWord = FinestTick;
  localparam [255:0] Profile = {
    FinestTickWord,
    BooksPerMessageWord,
    FairsWord,
    LegsPerBasketWord,
    LegsWord,
    BasketsWord,
    PagesWord,
    BooksWord
  };

  wire kernel_reset;
  wire [31:0] kernel_epoch;
  wire cmd_valid, cmd_ready, evt_valid, evt_ready, unused_idle;
  wire [127:0] cmd_data;
  wire [255:0] evt_data;
  wire [7:0] telemetry_address;
  wire [63:0] telemetry_data;

  gb_link #(
      .CommandWindow(CommandWindow),
      .EventWindow(EventWindow),
      .Profile(Profile),
      .ClockHz(ClockHz),
      .Baud(Baud),
      .BoardName(BoardName),
      .Commit(Commit),
      .Telemetry(Telemetry)
  ) u_link (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .rx_valid_i(rx_valid_i),
      .rx_ready_o(rx_ready_o),
      .rx_data_i(rx_data_i),
      .rx_error_i(rx_error_i),
      .tx_valid_o(tx_valid_o),
      .tx_ready_i(tx_ready_i),
      .tx_data_o(tx_data_o),
      .cmd_valid_o(cmd_valid),
      .cmd_ready_i(cmd_ready),
      .cmd_data_o(cmd_data),
      .evt_valid_i(evt_valid),
      .evt_ready_o(evt_ready),
      .evt_data_i(evt_data),
      .kernel_reset_o(kernel_reset),
      .kernel_epoch_o(kernel_epoch),
      .telemetry_address_o(telemetry_address),
      .telemetry_data_i(telemetry_data),
      .time_scale_i(time_scale_i),
      .connected_o(connected_o),
      .activity_o(activity_o),
      .fault_o(fault_o)
  );

  gatebook #(
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
      .Telemetry(Telemetry)
  ) u_gatebook (
      .clk_i(clk_i),
      .rst_i(kernel_reset),
      .rst_epoch_i(kernel_epoch),
      .cmd_valid_i(cmd_valid),
      .cmd_ready_o(cmd_ready),
      .cmd_data_i(cmd_data),
      .evt_valid_o(evt_valid),
      .evt_ready_i(evt_ready),
      .evt_data_o(evt_data),
      .idle_o(unused_idle),
      .telemetry_address_i(telemetry_address),
      .telemetry_data_o(telemetry_data)
  );
endmodule
`default_nettype wire
