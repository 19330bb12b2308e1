// A kernel for the tests of the harness. It has the ports of gb_kernel; the opcode says how it misbehaves.
// 8'hf0 gives one event that repeats the command; any other command is taken and ignored.
`default_nettype none
module gb_kernel (
    input wire clk_i,
    input wire rst_i,
    input wire [31:0] rst_epoch_i,
    input wire [16:0] limit_books_i,
    input wire [20:0] limit_pages_i,
    input wire [16:0] limit_baskets_i,
    input wire [20:0] limit_legs_i,
    input wire [8:0] limit_legs_per_basket_i,
    input wire [16:0] limit_fairs_i,
    input wire [16:0] limit_books_per_message_i,
    input wire [15:0] limit_finest_tick_i,
    input wire cmd_valid_i,
    output wire cmd_ready_o,
    input wire [127:0] cmd_data_i,
    output wire evt_valid_o,
    input wire evt_ready_i,
    output wire [255:0] evt_data_o,
    output wire idle_o,
    input wire [7:0] telemetry_address_i,
    output reg [63:0] telemetry_data_o
);
  localparam [7:0] Fatal = 8'd1;
  localparam [7:0] Finish = 8'd2;
  localparam [7:0] Stop = 8'd3;
  localparam [7:0] Silence = 8'd4;  // takes nothing and gives nothing from here on
  localparam [7:0] Flood = 8'd5;    // gives events without end
  localparam [7:0] Echo = 8'hf0;

  reg valid_q, silent_q, flood_q;
  reg [255:0] data_q;
  assign cmd_ready_o = !valid_q && !silent_q && !flood_q;
  assign evt_valid_o = valid_q;
  assign evt_data_o = data_q;
  assign idle_o = cmd_ready_o;

  wire accept = cmd_valid_i && cmd_ready_o;
  always @(posedge clk_i) begin
    telemetry_data_o <= {56'd0, telemetry_address_i};
    if (evt_ready_i && !flood_q) valid_q <= 1'b0;
    if (accept) begin
      case (cmd_data_i[7:0])
        Fatal: $fatal(1, "told to");
        Finish: $finish;
        Stop: $stop;
        Silence: silent_q <= 1'b1;
        Flood: begin
          flood_q <= 1'b1;
          valid_q <= 1'b1;
        end
        Echo: begin
          valid_q <= 1'b1;
          data_q <= {128'd0, cmd_data_i};
        end
        default: ;
      endcase
    end
    if (rst_i) begin
      valid_q <= 1'b1;
      silent_q <= 1'b0;
      flood_q <= 1'b0;
      data_q <= {192'd0, rst_epoch_i, 32'd6};
    end
  end

  wire unused = &{1'b0, limit_books_i, limit_pages_i, limit_baskets_i, limit_legs_i, limit_legs_per_basket_i,
      limit_fairs_i, limit_books_per_message_i, limit_finest_tick_i};
endmodule
`default_nettype wire
