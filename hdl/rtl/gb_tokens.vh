// What units hand to the event queue (gb_event_queue), and the event fields it fills in. Include inside a module.
localparam [2:0] TOKEN_EVENT = 3'd0;
localparam [2:0] TOKEN_RAW = 3'd1;
localparam [2:0] TOKEN_FENCE = 3'd2;
localparam [2:0] TOKEN_SET = 3'd3;
localparam [2:0] TOKEN_CLEAR = 3'd4;
