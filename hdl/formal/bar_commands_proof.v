// Command lines of the BAR (clause BAR-5) as far as order and room go; that only right lines pass is for the benches.
// Whether a CRC is right is left open (a cutpoint). Claims: no word at or beyond the doorbell is read; lines are taken
// in order, and never more than were rung; a command once offered stays until the kernel takes it; a refusal is about
// the line at command_lines, and nothing is read from then on until the doorbell is rung; where it was since the look
// at that very line began, whatever was looked at behind it, the line is looked at again at once, and only then.
// Assumed: gb_bar_doorbell's claims about the doorbell.
`default_nettype none
module bar_commands_proof (
    input wire clk_i,
    input wire rst_i,
    input wire [15:0] generation_i,
    input wire [31:0] doorbell_i,
    input wire rung_i,
    input wire [63:0] ring_data_i,
    input wire cmd_ready_i
);
  localparam LineBits = 2;
  localparam Lines = 1 << LineBits;
  wire read, valid, taken, crc, stale, form;
  wire [LineBits+2:0] address;
  wire [127:0] data;
  wire [31:0] lines, refusals;
  gb_bar_commands #(.LineBits(LineBits)) dut (
      .clk_i(clk_i), .rst_i(rst_i), .generation_i(generation_i), .doorbell_i(doorbell_i), .rung_i(rung_i),
      .ring_read_o(read), .ring_address_o(address), .ring_data_i(ring_data_i), .cmd_valid_o(valid),
      .cmd_ready_i(cmd_ready_i), .cmd_data_o(data), .command_lines_o(lines), .refused_lines_o(refusals),
      .taken_o(taken), .refused_crc_o(crc), .refused_stale_o(stale), .refused_form_o(form));
  (* hierconn *) wire [31:0] \dut.reading_q ;

  reg known = 0;
  wire refused = crc | stale | form;
  wire [31:0] rung_ahead = doorbell_i - lines;
  wire [31:0] reading = \dut.reading_q - lines;
  reg [31:0] was_doorbell, was_lines;
  always @* begin
    if (~known) assume (rst_i);
    // As gb_bar_doorbell holds it: never behind what was taken, never more ahead than the ring has lines, and only
    // forward.
    assume (rung_ahead <= Lines);
    if (known & ~rst_i) assume (doorbell_i - was_lines >= was_doorbell - was_lines);
  end

  wire begins = read & address[2:0] == 0;
  wire [3:0] begun = begins ? 4'd1 << \dut.reading_q [1:0] : 4'd0;
  reg [3:0] rungs;                  // since the last look at a line began, by its lowest bits: three are ahead at most
  wire rung = rungs[lines[1:0]];
  reg silent;                       // refused, and not rung since that look
  reg again;                        // refused, and rung since that look
  reg held, was_taken, was_refused;
  reg [127:0] was;
  reg [31:0] was_refusals;
  always @(posedge clk_i) begin
    if (rst_i) known <= 1;
    was_doorbell <= rst_i ? 32'd0 : doorbell_i;
    was_lines <= rst_i ? 32'd0 : lines;
    rungs <= {4{~rst_i}} & ({4{rung_i}} | (rungs & ~begun));
    silent <= ~rst_i & ~rung_i & ((refused & ~rung) | silent);
    again <= ~rst_i & refused & (rung | rung_i);
    held <= valid & ~cmd_ready_i & ~rst_i;
    was <= data;
    was_taken <= taken & ~rst_i;
    was_refusals <= rst_i ? 32'd0 : refusals;
    was_refused <= refused & ~rst_i;
  end
  always @* begin
    if (known & ~rst_i) begin
      if (read) assert (reading < rung_ahead & reading < 3 & ~silent);
      if (again) assert (begins & reading == 0);
      if (read) assert (address[LineBits+2:3] == \dut.reading_q [LineBits-1:0]);
      if (held) assert (valid & data == was);
      if (valid) assert (rung_ahead != 0);
      if (taken) assert (valid & cmd_ready_i);
      assert (lines == was_lines + was_taken);
      assert (refusals == was_refusals + was_refused);
      if (refused) assert (~valid & crc + stale + form == 1);
      cover (lines == 2);
      cover (silent & lines == 1);
      cover (again & lines == 1);
    end
  end
endmodule
`default_nettype wire
