// gb_find_first at every width that is used, against a search from the top down.
`default_nettype none
module find_first_check #(
    parameter Width = 16,
    parameter IndexBits = 4
) (
    input wire [Width-1:0] bits
);
  wire found;
  wire [IndexBits-1:0] index;
  gb_find_first #(.Width(Width), .IndexBits(IndexBits)) dut (.bits_i(bits), .found_o(found), .index_o(index));
  reg [IndexBits-1:0] lowest;
  integer i;
  always @* begin
    lowest = 0;
    for (i = Width - 1; i >= 0; i = i - 1) if (bits[i]) lowest = i;
    assert (found == (bits != 0));
    if (found) assert (index == lowest);
    cover (index == Width - 1);
    cover (~found);
  end
endmodule

module find_first_proof (
    input wire [127:0] bits_i
);
  find_first_check #(.Width(2), .IndexBits(1)) u_2 (.bits(bits_i[1:0]));
  find_first_check #(.Width(3), .IndexBits(2)) u_3 (.bits(bits_i[2:0]));
  find_first_check #(.Width(4), .IndexBits(2)) u_4 (.bits(bits_i[3:0]));
  find_first_check #(.Width(5), .IndexBits(3)) u_5 (.bits(bits_i[4:0]));
  find_first_check #(.Width(8), .IndexBits(3)) u_8 (.bits(bits_i[7:0]));
  find_first_check #(.Width(16), .IndexBits(4)) u_16 (.bits(bits_i[15:0]));
  find_first_check #(.Width(32), .IndexBits(5)) u_32 (.bits(bits_i[31:0]));
  find_first_check #(.Width(64), .IndexBits(6)) u_64 (.bits(bits_i[63:0]));
  find_first_check #(.Width(79), .IndexBits(7)) u_79 (.bits(bits_i[78:0]));
  find_first_check #(.Width(128), .IndexBits(7)) u_128 (.bits(bits_i));
endmodule
`default_nettype wire
