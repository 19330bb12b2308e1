// What `npm run synth` places: the kernel between registers, on three pins, so that a part of any package holds it and
// a figure is a figure of the kernel. Every input is the XOR of two bits of a shift register, another pair for each, so
// that none depends on another as far as synthesis sees; every output goes through a tree of registered XORs to a pin.
// So no path of the kernel ends at a pin, none of its outputs is unused, and nothing of it may be trimmed
// (scripts/synth-netlist.mjs checks that nothing was).
// Not a board: nobody can talk to it. The ports for the profile are tied to the parameters, as a board ties them.
`default_nettype none
module synth_top #(
    parameter Books = 32,
    parameter Pages = 128,
    parameter Baskets = 64,
    parameter Legs = 256,
    parameter LegsPerBasket = 32,
    parameter Fairs = 32,
    parameter BooksPerMessage = 16,
    parameter FinestTick = 10,
    parameter Paged = 1,
    parameter Pipelined = 0,
    parameter Overlap = 1,
    parameter SerialFee = 0,
    parameter CrcBytes = 32,
    parameter TableRam = 0,
    parameter Telemetry = 1
) (
    input wire clk_i,
    input wire serial_i,
    output wire serial_o
);
  localparam Inputs = 1 + 32 + 1 + 128 + 1 + 8;
  localparam Outputs = 1 + 1 + 256 + 1 + 64;

  // Input 0 and 1 are pairs (0, 1) and (0, 2), then come (1, 2), (0, 3), ...: all pairs of 19 bits make 171.
  localparam ShiftBits = 19;
  reg [ShiftBits-1:0] shift_q;
  always @(posedge clk_i) shift_q <= {shift_q[ShiftBits-2:0], serial_i};
  wire [Inputs-1:0] inputs;
  genvar high, low;
  generate
    for (high = 1; high < ShiftBits; high = high + 1) begin : g_high
      for (low = 0; low < high; low = low + 1) begin : g_low
        assign inputs[high*(high-1)/2+low] = shift_q[high] ^ shift_q[low];
      end
    end
  endgenerate

  wire [Outputs-1:0] outputs;
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
      .rst_i(inputs[0]),
      .rst_epoch_i(inputs[1+:32]),
      .cmd_valid_i(inputs[33]),
      .cmd_ready_o(outputs[0]),
      .cmd_data_i(inputs[34+:128]),
      .evt_valid_o(outputs[1]),
      .evt_ready_i(inputs[162]),
      .evt_data_o(outputs[2+:256]),
      .idle_o(outputs[258]),
      .telemetry_address_i(inputs[163+:8]),
      .telemetry_data_o(outputs[259+:64])
  );

  // Four bits into one, so that a stage is one small lookup table: 323, 81, 21, 6, 2, 1.
  reg [83:0] fold1_q;
  reg [23:0] fold2_q;
  reg [7:0] fold3_q;
  reg [3:0] fold4_q;
  reg fold5_q;
  wire [323:0] padded = {1'b0, outputs};
  integer i;
  always @(posedge clk_i) begin
    fold1_q <= 84'd0;
    fold2_q <= 24'd0;
    fold3_q <= 8'd0;
    fold4_q <= 4'd0;
    for (i = 0; i < 81; i = i + 1) fold1_q[i] <= ^padded[4*i+:4];
    for (i = 0; i < 21; i = i + 1) fold2_q[i] <= ^fold1_q[4*i+:4];
    for (i = 0; i < 6; i = i + 1) fold3_q[i] <= ^fold2_q[4*i+:4];
    for (i = 0; i < 2; i = i + 1) fold4_q[i] <= ^fold3_q[4*i+:4];
    fold5_q <= ^fold4_q;
  end
  assign serial_o = fold5_q;
endmodule
`default_nettype wire
