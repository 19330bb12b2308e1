// CRC-32 (IEEE 802.3, reflected, as zlib has it; clause INT-1) over CrcWidth bits, lowest byte first. Include inside a
// module that has the localparam CrcWidth. crc: as it is reported, 0 for no bytes; the inversions before and after are
// inside. A function, so that it can stand inside the clocked branch that needs it: a simulator then computes it for
// events only. Each bit of the result is the parity of a constant choice of the inputs, worked out at elaboration: the
// shift register itself, 256 steps deep, is more than synthesis sees through.
localparam CrcInputs = CrcWidth + 32;  // {data, crc}

// Row r, CrcInputs bits: which inputs bit r of the result is the parity of.
function [32*CrcInputs-1:0] crc32_choices(input one);
  integer step;
  integer row;
  reg [CrcInputs-1:0] feedback;
  begin
    crc32_choices = 0;
    for (row = 0; row < 32; row = row + 1) crc32_choices[row*CrcInputs+row] = one;
    for (step = 0; step < CrcWidth; step = step + 1) begin
      feedback = crc32_choices[CrcInputs-1:0];
      feedback[32+step] = ~feedback[32+step];
      crc32_choices = crc32_choices >> CrcInputs;
      for (row = 0; row < 32; row = row + 1) begin
        if (((32'hedb88320 >> row) & 32'd1) == 32'd1) begin
          crc32_choices[row*CrcInputs+:CrcInputs] = crc32_choices[row*CrcInputs+:CrcInputs] ^ feedback;
        end
      end
    end
  end
endfunction
localparam [32*CrcInputs-1:0] CrcChoices = crc32_choices(1'b1);

function [31:0] crc32_next(input [31:0] crc, input [CrcWidth-1:0] data);
  integer row;
  reg [CrcInputs-1:0] inputs;
  begin
    inputs = {data, ~crc};
    for (row = 0; row < 32; row = row + 1) begin
      crc32_next[row] = ~^(inputs & CrcChoices[row*CrcInputs+:CrcInputs]);
    end
  end
endfunction
