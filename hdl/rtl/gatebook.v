// The kernel for a design that knows its size when it is built: the ports for the profile are tied to the parameters,
// so that the profile is exactly what the memories hold, and the comparisons with it become comparisons with constants.
//
// Handshakes: cmd_* and evt_*: a record passes in a cycle in which valid and ready are both 1. valid does not wait for
// ready, data holds while valid is 1 and ready is 0. Commands are 128 bits, events 256 bits (docs/contract.md). rst_i
// is synchronous, active high, one cycle or more; the epoch in rst_epoch_i of its last cycle comes back in RESET_DONE,
// the first event after it. Latency and throughput: those of gb_kernel. Limits: the ranges of the profile
// (docs/contract.md); parameters are not checked against the size of a part.
`default_nettype none
module gatebook #(
    parameter Books = 32,            // profile: books
    parameter Pages = 128,           // profile: pages of 128 levels, over all books and sides
    parameter Baskets = 64,          // profile: baskets
    parameter Legs = 256,            // profile: legs, over all baskets
    parameter LegsPerBasket = 32,    // profile: legs_per_basket
    parameter Fairs = 32,            // profile: fairs, books with a fair value at one time
    parameter BooksPerMessage = 16,  // profile: books_per_message
    parameter FinestTick = 10,       // profile: finest_tick, in 1e-4 USD
    parameter Paged = 1,             // 1: a page table; 0: every level of every book has its own place
    parameter Pipelined = 0,         // 1: registers behind the memories: more cycles, a faster clock
    parameter Overlap = 1,           // 0: one record in the kernel at a time: small
    parameter SerialFee = 0,         // 1: the fee a bit a cycle, small; 0: multipliers
    parameter CrcBytes = 32,         // bytes of an event a cycle through its CRC: 1..32, a power of two
    parameter TableRam = 0,          // rows and baskets in 1: block RAM, 2: LUT RAM, 0: either
    parameter Telemetry = 1          // 1: counters behind telemetry_address_i; 0: they read 0
) (
    input wire clk_i,
    input wire rst_i,
    input wire [31:0] rst_epoch_i,
    input wire cmd_valid_i,
    output wire cmd_ready_o,
    input wire [127:0] cmd_data_i,
    output wire evt_valid_o,
    input wire evt_ready_i,
    output wire [255:0] evt_data_o,
    output wire idle_o,
    input wire [7:0] telemetry_address_i,
    output wire [63:0] telemetry_data_o
);
  localparam [31:0] LIMIT_BOOKS = Books;
  localparam [31:0] LIMIT_PAGES = Pages;
  localparam [31:0] LIMIT_BASKETS = Baskets;
  localparam [31:0] LIMIT_LEGS = Legs;
  localparam [31:0] LIMIT_LEGS_PER_BASKET = LegsPerBasket;
  localparam [31:0] LIMIT_FAIRS = Fairs;
  localparam [31:0] LIMIT_BOOKS_PER_MESSAGE = BooksPerMessage;
  localparam [31:0] LIMIT_FINEST_TICK = FinestTick;

  gb_kernel #(
      .Books(Books),
      .Pages(Pages),
      .Baskets(Baskets),
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
  ) u_kernel (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .rst_epoch_i(rst_epoch_i),
      .limit_books_i(LIMIT_BOOKS[16:0]),
      .limit_pages_i(LIMIT_PAGES[20:0]),
      .limit_baskets_i(LIMIT_BASKETS[16:0]),
      .limit_legs_i(LIMIT_LEGS[20:0]),
      .limit_legs_per_basket_i(LIMIT_LEGS_PER_BASKET[8:0]),
      .limit_fairs_i(LIMIT_FAIRS[16:0]),
      .limit_books_per_message_i(LIMIT_BOOKS_PER_MESSAGE[16:0]),
      .limit_finest_tick_i(LIMIT_FINEST_TICK[15:0]),
      .cmd_valid_i(cmd_valid_i),
      .cmd_ready_o(cmd_ready_o),
      .cmd_data_i(cmd_data_i),
      .evt_valid_o(evt_valid_o),
      .evt_ready_i(evt_ready_i),
      .evt_data_o(evt_data_o),
      .idle_o(idle_o),
      .telemetry_address_i(telemetry_address_i),
      .telemetry_data_o(telemetry_data_o)
  );
endmodule
`default_nettype wire
