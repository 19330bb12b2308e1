// The words of the ladder's memories as vectors. `memory_map` makes a register `words[i]` of every word, and `flatten`
// joins it with the wire of that name declared here (attribute hierconn). Words that a configuration does not have stay
// free, and nothing reads them. Included in ladder_proof.
// summary, by book side
(* hierconn *) wire [SidePages-1:0] \dut.u_summary.words[0] , \dut.u_summary.words[1] , \dut.u_summary.words[2] ;
(* hierconn *) wire [SidePages-1:0] \dut.u_summary.words[3] , \dut.u_summary.words[4] , \dut.u_summary.words[5] ;
(* hierconn *) wire [SidePages-1:0] \dut.u_summary.words[6] , \dut.u_summary.words[7] ;
wire [8*SidePages-1:0] summary_words = {
    \dut.u_summary.words[7] , \dut.u_summary.words[6] , \dut.u_summary.words[5] ,
    \dut.u_summary.words[4] , \dut.u_summary.words[3] , \dut.u_summary.words[2] ,
    \dut.u_summary.words[1] , \dut.u_summary.words[0] };
// page, by {book side, page}
(* hierconn *) wire [WordBits-1:0] \dut.u_page.words[0] , \dut.u_page.words[1] , \dut.u_page.words[2] , \dut.u_page.words[3] ;
(* hierconn *) wire [WordBits-1:0] \dut.u_page.words[4] , \dut.u_page.words[5] , \dut.u_page.words[6] , \dut.u_page.words[7] ;
(* hierconn *) wire [WordBits-1:0] \dut.u_page.words[8] , \dut.u_page.words[9] , \dut.u_page.words[10] , \dut.u_page.words[11] ;
(* hierconn *) wire [WordBits-1:0] \dut.u_page.words[12] , \dut.u_page.words[13] , \dut.u_page.words[14] , \dut.u_page.words[15] ;
wire [16*WordBits-1:0] page_words = {
    \dut.u_page.words[15] , \dut.u_page.words[14] , \dut.u_page.words[13] , \dut.u_page.words[12] ,
    \dut.u_page.words[11] , \dut.u_page.words[10] , \dut.u_page.words[9] , \dut.u_page.words[8] ,
    \dut.u_page.words[7] , \dut.u_page.words[6] , \dut.u_page.words[5] , \dut.u_page.words[4] ,
    \dut.u_page.words[3] , \dut.u_page.words[2] , \dut.u_page.words[1] , \dut.u_page.words[0] };
// leaf, by {physical page, group}
(* hierconn *) wire [Levels-1:0] \dut.u_leaf.words[0] , \dut.u_leaf.words[1] , \dut.u_leaf.words[2] , \dut.u_leaf.words[3] ;
(* hierconn *) wire [Levels-1:0] \dut.u_leaf.words[4] , \dut.u_leaf.words[5] , \dut.u_leaf.words[6] , \dut.u_leaf.words[7] ;
(* hierconn *) wire [Levels-1:0] \dut.u_leaf.words[8] , \dut.u_leaf.words[9] , \dut.u_leaf.words[10] , \dut.u_leaf.words[11] ;
(* hierconn *) wire [Levels-1:0] \dut.u_leaf.words[12] , \dut.u_leaf.words[13] , \dut.u_leaf.words[14] , \dut.u_leaf.words[15] ;
(* hierconn *) wire [Levels-1:0] \dut.u_leaf.words[16] , \dut.u_leaf.words[17] , \dut.u_leaf.words[18] , \dut.u_leaf.words[19] ;
(* hierconn *) wire [Levels-1:0] \dut.u_leaf.words[20] , \dut.u_leaf.words[21] , \dut.u_leaf.words[22] , \dut.u_leaf.words[23] ;
(* hierconn *) wire [Levels-1:0] \dut.u_leaf.words[24] , \dut.u_leaf.words[25] , \dut.u_leaf.words[26] , \dut.u_leaf.words[27] ;
(* hierconn *) wire [Levels-1:0] \dut.u_leaf.words[28] , \dut.u_leaf.words[29] , \dut.u_leaf.words[30] , \dut.u_leaf.words[31] ;
wire [32*Levels-1:0] leaf_words = {
    \dut.u_leaf.words[31] , \dut.u_leaf.words[30] , \dut.u_leaf.words[29] , \dut.u_leaf.words[28] ,
    \dut.u_leaf.words[27] , \dut.u_leaf.words[26] , \dut.u_leaf.words[25] , \dut.u_leaf.words[24] ,
    \dut.u_leaf.words[23] , \dut.u_leaf.words[22] , \dut.u_leaf.words[21] , \dut.u_leaf.words[20] ,
    \dut.u_leaf.words[19] , \dut.u_leaf.words[18] , \dut.u_leaf.words[17] , \dut.u_leaf.words[16] ,
    \dut.u_leaf.words[15] , \dut.u_leaf.words[14] , \dut.u_leaf.words[13] , \dut.u_leaf.words[12] ,
    \dut.u_leaf.words[11] , \dut.u_leaf.words[10] , \dut.u_leaf.words[9] , \dut.u_leaf.words[8] ,
    \dut.u_leaf.words[7] , \dut.u_leaf.words[6] , \dut.u_leaf.words[5] , \dut.u_leaf.words[4] ,
    \dut.u_leaf.words[3] , \dut.u_leaf.words[2] , \dut.u_leaf.words[1] , \dut.u_leaf.words[0] };
// size, by {physical page, slot}
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[0] , \dut.u_size.words[1] , \dut.u_size.words[2] , \dut.u_size.words[3] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[4] , \dut.u_size.words[5] , \dut.u_size.words[6] , \dut.u_size.words[7] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[8] , \dut.u_size.words[9] , \dut.u_size.words[10] , \dut.u_size.words[11] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[12] , \dut.u_size.words[13] , \dut.u_size.words[14] , \dut.u_size.words[15] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[16] , \dut.u_size.words[17] , \dut.u_size.words[18] , \dut.u_size.words[19] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[20] , \dut.u_size.words[21] , \dut.u_size.words[22] , \dut.u_size.words[23] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[24] , \dut.u_size.words[25] , \dut.u_size.words[26] , \dut.u_size.words[27] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[28] , \dut.u_size.words[29] , \dut.u_size.words[30] , \dut.u_size.words[31] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[32] , \dut.u_size.words[33] , \dut.u_size.words[34] , \dut.u_size.words[35] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[36] , \dut.u_size.words[37] , \dut.u_size.words[38] , \dut.u_size.words[39] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[40] , \dut.u_size.words[41] , \dut.u_size.words[42] , \dut.u_size.words[43] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[44] , \dut.u_size.words[45] , \dut.u_size.words[46] , \dut.u_size.words[47] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[48] , \dut.u_size.words[49] , \dut.u_size.words[50] , \dut.u_size.words[51] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[52] , \dut.u_size.words[53] , \dut.u_size.words[54] , \dut.u_size.words[55] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[56] , \dut.u_size.words[57] , \dut.u_size.words[58] , \dut.u_size.words[59] ;
(* hierconn *) wire [SizeBits-1:0] \dut.u_size.words[60] , \dut.u_size.words[61] , \dut.u_size.words[62] , \dut.u_size.words[63] ;
wire [64*SizeBits-1:0] size_words = {
    \dut.u_size.words[63] , \dut.u_size.words[62] , \dut.u_size.words[61] , \dut.u_size.words[60] ,
    \dut.u_size.words[59] , \dut.u_size.words[58] , \dut.u_size.words[57] , \dut.u_size.words[56] ,
    \dut.u_size.words[55] , \dut.u_size.words[54] , \dut.u_size.words[53] , \dut.u_size.words[52] ,
    \dut.u_size.words[51] , \dut.u_size.words[50] , \dut.u_size.words[49] , \dut.u_size.words[48] ,
    \dut.u_size.words[47] , \dut.u_size.words[46] , \dut.u_size.words[45] , \dut.u_size.words[44] ,
    \dut.u_size.words[43] , \dut.u_size.words[42] , \dut.u_size.words[41] , \dut.u_size.words[40] ,
    \dut.u_size.words[39] , \dut.u_size.words[38] , \dut.u_size.words[37] , \dut.u_size.words[36] ,
    \dut.u_size.words[35] , \dut.u_size.words[34] , \dut.u_size.words[33] , \dut.u_size.words[32] ,
    \dut.u_size.words[31] , \dut.u_size.words[30] , \dut.u_size.words[29] , \dut.u_size.words[28] ,
    \dut.u_size.words[27] , \dut.u_size.words[26] , \dut.u_size.words[25] , \dut.u_size.words[24] ,
    \dut.u_size.words[23] , \dut.u_size.words[22] , \dut.u_size.words[21] , \dut.u_size.words[20] ,
    \dut.u_size.words[19] , \dut.u_size.words[18] , \dut.u_size.words[17] , \dut.u_size.words[16] ,
    \dut.u_size.words[15] , \dut.u_size.words[14] , \dut.u_size.words[13] , \dut.u_size.words[12] ,
    \dut.u_size.words[11] , \dut.u_size.words[10] , \dut.u_size.words[9] , \dut.u_size.words[8] ,
    \dut.u_size.words[7] , \dut.u_size.words[6] , \dut.u_size.words[5] , \dut.u_size.words[4] ,
    \dut.u_size.words[3] , \dut.u_size.words[2] , \dut.u_size.words[1] , \dut.u_size.words[0] };
// the stack of the page pool
(* hierconn *) wire [PageBits-1:0] \dut.g_pool.u_pool.returned[0] , \dut.g_pool.u_pool.returned[1] ;
(* hierconn *) wire [PageBits-1:0] \dut.g_pool.u_pool.returned[2] , \dut.g_pool.u_pool.returned[3] ;
(* hierconn *) wire [PageBits-1:0] \dut.g_pool.u_pool.returned[4] , \dut.g_pool.u_pool.returned[5] ;
(* hierconn *) wire [PageBits-1:0] \dut.g_pool.u_pool.returned[6] , \dut.g_pool.u_pool.returned[7] ;
wire [8*PageBits-1:0] returned_words = {
    \dut.g_pool.u_pool.returned[7] , \dut.g_pool.u_pool.returned[6] ,
    \dut.g_pool.u_pool.returned[5] , \dut.g_pool.u_pool.returned[4] ,
    \dut.g_pool.u_pool.returned[3] , \dut.g_pool.u_pool.returned[2] ,
    \dut.g_pool.u_pool.returned[1] , \dut.g_pool.u_pool.returned[0] };
