// A doorbell of the BAR (clause BAR-4): its index never leaves low..high, never goes back, and takes just those values
// that lie between itself and high, modulo 2^32. Assumed: what gb_bar_control gives it: low and high go only forward,
// low never over the index.
`default_nettype none
module bar_doorbell_proof (
    input wire clk_i,
    input wire rst_i,
    input wire write_i,
    input wire [31:0] data_i,
    input wire [31:0] low_i,
    input wire [31:0] high_i
);
  wire [31:0] index;
  wire ignored;
  gb_bar_doorbell dut (
      .clk_i(clk_i), .rst_i(rst_i), .write_i(write_i), .data_i(data_i), .low_i(low_i), .high_i(high_i),
      .index_o(index), .ignored_o(ignored));

  reg known = 0;
  reg written, fits;
  reg [31:0] was_low, was_high, was, wanted;
  wire [31:0] room = high_i - low_i;
  wire [31:0] at = index - low_i;
  always @* begin
    if (~known) assume (rst_i);
    if (rst_i) assume (low_i == 0 & high_i < 32'h80000000);
    else begin
      assume (room < 32'h80000000);
      assume (at <= room);
    end
  end
  always @(posedge clk_i) begin
    if (rst_i) known <= 1;
    written <= write_i & ~rst_i;
    fits <= (data_i - index) <= (high_i - index);
    was <= rst_i ? 32'd0 : index;
    wanted <= data_i;
    was_low <= low_i;
    was_high <= high_i;
  end
  always @* begin
    if (known) begin
      if (written & fits) assert (index == wanted);
      else assert (index == was);
      // Between what low and high were then, so between what they are now.
      assert (index - was_low <= was_high - was_low);
      assert (index - was < 32'h80000000);
      if (~rst_i) assert (ignored == (write_i & ~((data_i - index) <= (high_i - index))));
      cover (written & ~fits);
      cover (written & fits & was > index);
    end
  end
endmodule
`default_nettype wire
