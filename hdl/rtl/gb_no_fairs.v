// What stands for gb_fair_engine in a build without fair values: the refusals of FAIR_SET and FAIR_CLEAR where no book
// may have one. exec_done_o one cycle after exec_valid_i, with FAIR_RANGE, BAND_RANGE, FAIR_LIMIT or FAIR_ABSENT.
// Nothing happens while en_i is 0.
`default_nettype none
module gb_no_fairs (
    input wire clk_i,
    input wire rst_i,
    input wire en_i,
    input wire exec_valid_i,
    input wire [127:0] exec_record_i,
    output wire exec_done_o,
    output reg [7:0] exec_error_o
);
  `include "contract.vh"
  reg done_q;
  wire [31:0] fair = exec_record_i[CMD_FAIR_SET_FAIR_LSB+:CMD_FAIR_SET_FAIR_BITS];
  wire [31:0] band = exec_record_i[CMD_FAIR_SET_BAND_LSB+:CMD_FAIR_SET_BAND_BITS];

  always @(posedge clk_i) begin
    if (rst_i) done_q <= 1'b0;
    else if (en_i) done_q <= exec_valid_i;
    if (en_i & exec_valid_i) begin
      exec_error_o <=
          exec_record_i[7:0] == OP_FAIR_CLEAR ? ERROR_CODE_FAIR_ABSENT :
          fair > LIMIT_FAIR_MAX[31:0] ? ERROR_CODE_FAIR_RANGE :
          band > LIMIT_FAIR_MAX[31:0] ? ERROR_CODE_BAND_RANGE : ERROR_CODE_FAIR_LIMIT;
    end
  end
  assign exec_done_o = done_q;
  wire unused = &{1'b0, exec_record_i};
endmodule
`default_nettype wire
