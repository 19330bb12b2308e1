// The kernel behind the byte port of the serial link (docs/link.md): a complete device but for its line.
//
// Handshakes: rx and tx: a byte passes in a cycle in which valid and ready are both 1; tx_valid_o does not wait for
// tx_ready_i and tx_data_o holds while it waits. rx_error_i belongs to rx_data_i: its stop bit was missing.
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
  assign rx_ready_o = 1'b1;
  assign tx_valid_o = 1'b0;
  assign tx_data_o = 8'd0;
  assign connected_o = 1'b0;
  assign activity_o = 1'b0;
  assign fault_o = 1'b0;
endmodule
`default_nettype wire
