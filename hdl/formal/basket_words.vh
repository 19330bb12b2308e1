// The words of the memories of the engine in vectors, the first lowest: of 4 baskets with 4 memberships each and of 16
// places by book, cut to the size of the proof.
(* hierconn *) wire [BaseBits-1:0]
    \dut.u_base.words[0] , \dut.u_base.words[1] ,
    \dut.u_base.words[2] , \dut.u_base.words[3] ;
wire [Baskets*BaseBits-1:0] bases = {
  \dut.u_base.words[3] , \dut.u_base.words[2] ,
  \dut.u_base.words[1] , \dut.u_base.words[0] 
};
(* hierconn *) wire [EntryBits-1:0]
    \dut.u_sums.words[0] , \dut.u_sums.words[1] ,
    \dut.u_sums.words[2] , \dut.u_sums.words[3] ;
wire [Baskets*EntryBits-1:0] sums = {
  \dut.u_sums.words[3] , \dut.u_sums.words[2] ,
  \dut.u_sums.words[1] , \dut.u_sums.words[0] 
};
(* hierconn *) wire [CountBits-1:0]
    \dut.u_members.u_counts.words[0] , \dut.u_members.u_counts.words[1] ,
    \dut.u_members.u_counts.words[2] , \dut.u_members.u_counts.words[3] ;
wire [Books*CountBits-1:0] counts = {
  \dut.u_members.u_counts.words[3] , \dut.u_members.u_counts.words[2] ,
  \dut.u_members.u_counts.words[1] , \dut.u_members.u_counts.words[0] 
};
(* hierconn *) wire [MemberBits-1:0]
    \dut.u_members.u_by_basket.words[0] , \dut.u_members.u_by_basket.words[1] ,
    \dut.u_members.u_by_basket.words[2] , \dut.u_members.u_by_basket.words[3] ;
(* hierconn *) wire [MemberBits-1:0]
    \dut.u_members.u_by_basket.words[4] , \dut.u_members.u_by_basket.words[5] ,
    \dut.u_members.u_by_basket.words[6] , \dut.u_members.u_by_basket.words[7] ;
(* hierconn *) wire [MemberBits-1:0]
    \dut.u_members.u_by_basket.words[8] , \dut.u_members.u_by_basket.words[9] ,
    \dut.u_members.u_by_basket.words[10] , \dut.u_members.u_by_basket.words[11] ;
(* hierconn *) wire [MemberBits-1:0]
    \dut.u_members.u_by_basket.words[12] , \dut.u_members.u_by_basket.words[13] ,
    \dut.u_members.u_by_basket.words[14] , \dut.u_members.u_by_basket.words[15] ;
wire [LegsPerBasket*Baskets*MemberBits-1:0] members = {
  \dut.u_members.u_by_basket.words[15] , \dut.u_members.u_by_basket.words[14] ,
  \dut.u_members.u_by_basket.words[13] , \dut.u_members.u_by_basket.words[12] ,
  \dut.u_members.u_by_basket.words[11] , \dut.u_members.u_by_basket.words[10] ,
  \dut.u_members.u_by_basket.words[9] , \dut.u_members.u_by_basket.words[8] ,
  \dut.u_members.u_by_basket.words[7] , \dut.u_members.u_by_basket.words[6] ,
  \dut.u_members.u_by_basket.words[5] , \dut.u_members.u_by_basket.words[4] ,
  \dut.u_members.u_by_basket.words[3] , \dut.u_members.u_by_basket.words[2] ,
  \dut.u_members.u_by_basket.words[1] , \dut.u_members.u_by_basket.words[0] 
};
(* hierconn *) wire [ListBits-1:0]
    \dut.u_members.u_by_book.words[0] , \dut.u_members.u_by_book.words[1] ,
    \dut.u_members.u_by_book.words[2] , \dut.u_members.u_by_book.words[3] ;
(* hierconn *) wire [ListBits-1:0]
    \dut.u_members.u_by_book.words[4] , \dut.u_members.u_by_book.words[5] ,
    \dut.u_members.u_by_book.words[6] , \dut.u_members.u_by_book.words[7] ;
(* hierconn *) wire [ListBits-1:0]
    \dut.u_members.u_by_book.words[8] , \dut.u_members.u_by_book.words[9] ,
    \dut.u_members.u_by_book.words[10] , \dut.u_members.u_by_book.words[11] ;
(* hierconn *) wire [ListBits-1:0]
    \dut.u_members.u_by_book.words[12] , \dut.u_members.u_by_book.words[13] ,
    \dut.u_members.u_by_book.words[14] , \dut.u_members.u_by_book.words[15] ;
wire [Books*(1<<BasketBits)*ListBits-1:0] lists = {
  \dut.u_members.u_by_book.words[15] , \dut.u_members.u_by_book.words[14] ,
  \dut.u_members.u_by_book.words[13] , \dut.u_members.u_by_book.words[12] ,
  \dut.u_members.u_by_book.words[11] , \dut.u_members.u_by_book.words[10] ,
  \dut.u_members.u_by_book.words[9] , \dut.u_members.u_by_book.words[8] ,
  \dut.u_members.u_by_book.words[7] , \dut.u_members.u_by_book.words[6] ,
  \dut.u_members.u_by_book.words[5] , \dut.u_members.u_by_book.words[4] ,
  \dut.u_members.u_by_book.words[3] , \dut.u_members.u_by_book.words[2] ,
  \dut.u_members.u_by_book.words[1] , \dut.u_members.u_by_book.words[0] 
};
