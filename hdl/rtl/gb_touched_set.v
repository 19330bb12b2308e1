// A set of baskets that is filled in any order and emptied in ascending order (clause MSG-4).
//
// Filling: insert_i with insert_id_i, one a cycle, the same id any number of times. first_found_o and first_id_o are
// the lowest id of the set with the one that is being inserted (combinational), so that emptying need not wait for a
// search. Emptying: take_first_i takes that lowest id and starts the search for the others; no insert_i in the cycles
// after it, until empty_o. next_valid_o with next_id_o: the next id, 3 cycles after take_first_i at the earliest, then
// one every cycle at most (one every second cycle across a word); take_next_i takes it. empty_o: nothing is left and
// nothing will come. clear_i empties the set. The clock enable en_i freezes everything.
//
// One bit a basket in words of WordBits, and one summary bit a word. A word means something only while its summary bit
// is set, so that words are never cleared.
`default_nettype none

module gb_touched_set #(
    parameter Baskets = 16,    // ids that the set can hold: 0..Baskets-1
    parameter BasketBits = 4,  // bits of an id, max(1, clog2(Baskets))
    parameter IndexBits = 2    // bits of an id that choose a bit of a word; 1..BasketBits
) (
    input  wire                  clk_i,
    input  wire                  rst_i,
    input  wire                  en_i,
    input  wire                  clear_i,
    input  wire                  insert_i,
    input  wire [BasketBits-1:0] insert_id_i,
    output wire                  first_found_o,
    output wire [BasketBits-1:0] first_id_o,
    input  wire                  take_first_i,
    output wire                  next_valid_o,
    output wire [BasketBits-1:0] next_id_o,
    input  wire                  take_next_i,
    output wire                  empty_o
);
  localparam WordBits = 1 << IndexBits;
  localparam Words = (Baskets + WordBits - 1) / WordBits;
  localparam NumberBits = (BasketBits > IndexBits) ? BasketBits - IndexBits : 1;  // of the number of a word
  localparam SummaryBits = 1 << NumberBits;

  reg [   WordBits-1:0] words_q        [0:Words-1];
  reg [SummaryBits-1:0] summary_q;
  reg                   first_found_q;
  reg [ BasketBits-1:0] first_id_q;
  reg                   searching_q;
  reg                   skip_q;  // the lowest bit of the first word is the one that take_first_i took
  reg [   WordBits-1:0] word_q;
  reg [ NumberBits-1:0] number_q;
  reg                   next_valid_q;
  reg [ BasketBits-1:0] next_id_q;

  wire insert_lower = ~first_found_q | (insert_id_i < first_id_q);
  wire search = searching_q & (~next_valid_q | take_next_i);
  wire [WordBits-1:0] word_rest = word_q & (word_q - 1'b1);
  wire [SummaryBits-1:0] summary_rest = summary_q & (summary_q - 1'b1);
  wire [IndexBits-1:0] word_index;
  wire [NumberBits-1:0] summary_index;
  wire [NumberBits-1:0] insert_number;
  wire [BasketBits-1:0] found_id;
  wire [NumberBits-1:0] word_address = searching_q ? summary_index : insert_number;
  wire [WordBits-1:0] word = words_q[word_address];

  generate
    if (BasketBits > IndexBits) begin : g_words
      assign insert_number = insert_id_i[BasketBits-1:IndexBits];
      assign found_id = {number_q, word_index};
    end else begin : g_word
      wire unused = &{1'b0, number_q};
      assign insert_number = 1'b0;
      assign found_id = word_index;
    end
  endgenerate

  wire unused_word_found, unused_summary_found;
  gb_find_first #(.Width(WordBits), .IndexBits(IndexBits)) u_word_index (
      .bits_i(word_q), .found_o(unused_word_found), .index_o(word_index));
  gb_find_first #(.Width(SummaryBits), .IndexBits(NumberBits)) u_summary_index (
      .bits_i(summary_q), .found_o(unused_summary_found), .index_o(summary_index));

  assign first_found_o = first_found_q | insert_i;
  assign first_id_o = (insert_i & insert_lower) ? insert_id_i : first_id_q;
  assign next_valid_o = next_valid_q;
  assign next_id_o = next_id_q;
  assign empty_o = ~first_found_q & ~searching_q & ~next_valid_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      summary_q <= {SummaryBits{1'b0}};
      first_found_q <= 1'b0;
      searching_q <= 1'b0;
      next_valid_q <= 1'b0;
    end else if (en_i) begin
      if (insert_i) begin
        summary_q[insert_number] <= 1'b1;
        first_found_q <= 1'b1;
      end
      if (take_next_i) next_valid_q <= 1'b0;
      if (take_first_i) begin
        first_found_q <= 1'b0;
        searching_q   <= 1'b1;
      end
      if (search) begin
        if (word_q != {WordBits{1'b0}}) next_valid_q <= 1'b1;
        else summary_q <= summary_rest;
        if (word_rest == {WordBits{1'b0}} & summary_q == {SummaryBits{1'b0}}) searching_q <= 1'b0;
      end
      if (clear_i) begin
        summary_q <= {SummaryBits{1'b0}};
        first_found_q <= 1'b0;
        searching_q <= 1'b0;
        next_valid_q <= 1'b0;
      end
    end
  end

  always @(posedge clk_i) begin
    if (en_i) begin
      if (insert_i) begin
        words_q[insert_number] <= (summary_q[insert_number] ? word : {WordBits{1'b0}})
            | ({{(WordBits - 1) {1'b0}}, 1'b1} << insert_id_i[IndexBits-1:0]);
        if (insert_lower) first_id_q <= insert_id_i;
      end
      if (take_first_i) begin
        skip_q <= 1'b1;
        word_q <= {WordBits{1'b0}};
      end else if (search) begin
        if (word_q != {WordBits{1'b0}}) begin
          word_q <= word_rest;
          next_id_q <= found_id;
        end else begin
          skip_q <= 1'b0;
          word_q <= skip_q ? word & (word - 1'b1) : word;
          number_q <= summary_index;
        end
      end
    end
  end
endmodule

`default_nettype wire
