// Words of gb_link_program, 16 bits: {0, operation, space, place} or {1, condition, wanted value, target}. Include
// inside a module.
localparam [4:0] LD = 5'd0;
localparam [4:0] AND = 5'd1;
localparam [4:0] ADD = 5'd2;
localparam [4:0] ADC = 5'd3;
localparam [4:0] SUB = 5'd4;
localparam [4:0] SBC = 5'd5;
localparam [4:0] CMP = 5'd6;
localparam [4:0] CPC = 5'd7;
localparam [4:0] INC = 5'd8;
localparam [4:0] INCC = 5'd9;
localparam [4:0] ST = 5'd10;
localparam [4:0] TX = 5'd11;
localparam [4:0] OUT = 5'd12;

// Where the operand is: bit 2 adds A to the place.
localparam [2:0] IMMEDIATE = 3'd0;
localparam [2:0] RAM = 3'd1;
localparam [2:0] RX = 3'd2;
localparam [2:0] IO = 3'd3;
localparam [2:0] INDEXED = 3'd5;

localparam [0:0] JUMP = 1'd1;
localparam [2:0] ALWAYS = 3'd0;
localparam [2:0] ZERO = 3'd1;
localparam [2:0] CARRY = 3'd2;
localparam [2:0] NEGATIVE = 3'd3;
localparam [2:0] PENDING = 3'd4;
localparam [2:0] BUSY = 3'd5;
localparam [2:0] EVENT = 3'd6;
localparam [2:0] COPYING = 3'd7;
localparam [2:0] SET = 3'b100;     // and two bits that mean nothing
localparam [2:0] CLEAR = 3'b000;
