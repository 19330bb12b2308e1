// Words of gb_link_program, 16 bits: {0, operation, space, place} or {1, condition, wanted value, target}. Include
// inside a module.
localparam [4:0] ISA_LD = 5'd0;
localparam [4:0] ISA_AND = 5'd1;
localparam [4:0] ISA_ADD = 5'd2;
localparam [4:0] ISA_ADC = 5'd3;
localparam [4:0] ISA_SUB = 5'd4;
localparam [4:0] ISA_SBC = 5'd5;
localparam [4:0] ISA_CMP = 5'd6;
localparam [4:0] ISA_CPC = 5'd7;
localparam [4:0] ISA_INC = 5'd8;
localparam [4:0] ISA_INCC = 5'd9;
localparam [4:0] ISA_ST = 5'd10;
localparam [4:0] ISA_TX = 5'd11;
localparam [4:0] ISA_OUT = 5'd12;

// Where the operand is: bit 2 adds A to the place.
localparam [2:0] ISA_IMMEDIATE = 3'd0;
localparam [2:0] ISA_RAM = 3'd1;
localparam [2:0] ISA_RX = 3'd2;
localparam [2:0] ISA_IO = 3'd3;
localparam [2:0] ISA_INDEXED = 3'd5;

localparam [0:0] ISA_JUMP = 1'd1;
localparam [2:0] ISA_ALWAYS = 3'd0;
localparam [2:0] ISA_ZERO = 3'd1;
localparam [2:0] ISA_CARRY = 3'd2;
localparam [2:0] ISA_NEGATIVE = 3'd3;
localparam [2:0] ISA_PENDING = 3'd4;
localparam [2:0] ISA_BUSY = 3'd5;
localparam [2:0] ISA_EVENT = 3'd6;
localparam [2:0] ISA_COPYING = 3'd7;
localparam [2:0] ISA_SET = 3'b100;     // and two bits that mean nothing
localparam [2:0] ISA_CLEAR = 3'b000;
