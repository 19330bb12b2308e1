// A memory with one write port and one read port.
// Handshake: none; nothing happens while en_i is 0. Latency: 1 cycle from read_i to read_data_o, which then holds until
// the next read. Throughput: one read and one write a cycle. A read in the cycle of a write to the same word may give
// anything (here it gives the old word): whoever uses it does not look, or knows better, so that block RAMs need no
// logic around them. The contents are undefined until written: users clear them or mask them.
`default_nettype none
module gb_ram_1r1w #(
    parameter Width = 8,        // bits a word
    parameter Depth = 16,       // words
    parameter AddressBits = 4,  // bits of an address; 2^AddressBits >= Depth
    parameter Style = 0         // of the memory: 0 as synthesis likes, 1 block RAM, 2 LUT RAM
) (
    input wire clk_i,
    input wire en_i,
    input wire write_i,
    input wire [AddressBits-1:0] write_address_i,
    input wire [Width-1:0] write_data_i,
    input wire read_i,
    input wire [AddressBits-1:0] read_address_i,
    output reg [Width-1:0] read_data_o
);
  generate
    if (Style == 1) begin : g_block
      (* no_rw_check, ram_style = "block" *) reg [Width-1:0] words[0:Depth-1];
      always @(posedge clk_i) begin
        if (en_i) begin
          if (write_i) words[write_address_i] <= write_data_i;
          if (read_i) read_data_o <= words[read_address_i];
        end
      end
    end else if (Style == 2) begin : g_distributed
      (* no_rw_check, ram_style = "distributed" *) reg [Width-1:0] words[0:Depth-1];
      always @(posedge clk_i) begin
        if (en_i) begin
          if (write_i) words[write_address_i] <= write_data_i;
          if (read_i) read_data_o <= words[read_address_i];
        end
      end
    end else begin : g_any
      (* no_rw_check *) reg [Width-1:0] words[0:Depth-1];
      always @(posedge clk_i) begin
        if (en_i) begin
          if (write_i) words[write_address_i] <= write_data_i;
          if (read_i) read_data_o <= words[read_address_i];
        end
      end
    end
  endgenerate
endmodule
`default_nettype wire
