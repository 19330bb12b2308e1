; What the device does with frames (docs/link.md), for gb_link_engine; `npm run link-program` makes the ROM from it.
;
; One accumulator A, flags Z, C, and N (bit 7 of A). Multi-byte numbers are little-endian: sub/cmp work on the low
; byte, sbc/cpc on the next one, and Z then speaks of all bytes: an ld in between changes Z, but not what they add to.
;   OPERATION operand   ld add adc sub sbc cmp cpc and   A and the operand; cmp and cpc only set the flags
;   tx operand          the byte goes into the frame under construction
;   st NAME             variable = A               inc NAME, incc NAME   variable + 1, variable + C
;   out NAME            an action of the hardware around it
;   j, jz, jnz, jc, jnc, jn, jnn, and j/jn with the name of a condition
; Operands: #N or #{Verilog} immediate, NAME variable, [NAME] the variable at NAME | A, rx.NAME received, io.NAME input.

; Variables
.ram EPOCH 0            ; of the link, 0 since power-up
.ram EXPECTED 2         ; index of the next command
.ram TOLD 4             ; credit in the last DATA
.ram ACKED 6            ; index of the first event that the host has not acknowledged
.ram NEXT 8             ; index of the next event to be sent
.ram TOP 10             ; index behind the last event ever sent
.ram CREDIT 12          ; index of the first event that may not be sent
.ram T 14               ; scratch, 4 bytes
.ram NONCE 18           ; of the last HELLO
.ram ADDRESS 22         ; of the last READ
.ram TAG 24
.ram DUE_IDENTITY 26    ; not 0: to be sent
.ram DUE_VALUE 27
.ram DUE_DATA 28
.ram DUE_REPLAY 29      ; the flag itself
.ram LEFT 30            ; room for events in the frame
.ram TYPE 31            ; of the frame under construction
.ram COUNTERS 32        ; in the order of their table: 24 bytes, aligned to 32
.ram RECEIVED 32
.ram UNKNOWN 40
.ram WRONG 42
.ram GAPS 44
.ram DUPLICATES 46
.ram OVERRUNS 48
.ram SENT 50
.ram REWINDS 52
.ram RESETS 54
.ram TURN 56            ; who goes first, so that none keeps another from the line: behind IDENTITY (1) VALUE, behind
;                         VALUE (128) DATA, else (0) IDENTITY; the others in this order

; Received: gb_frame_rx puts byte i of a frame at (i - 9) mod 16
.rx TYPE 7
.rx EPOCH 8
.rx SEQ 10
.rx ACK 12
.rx CREDIT 14
.rx BODY 0
.rx NONCE 11

; Inputs
.io STATUS 0            ; {overrun, verdict[1:0], 0}: a verdict that is not 0 is the index of its counter
.io LENGTH 1            ; of the frame, less 9
.io RECORDS 2
.io FREE 3              ; room for commands; reading its low byte keeps the high one
.io TIME_SCALE 8
.io TELEMETRY 16

; Actions
.out RELEASE 0          ; the received frame is done with
.out COMMIT 1           ; its commands are taken
.out RESET 2            ; both rings are emptied, the kernel is reset
.out EPOCH_BYTE 3       ; A is shifted into the epoch of the kernel, lowest byte first
.out BEGIN 4            ; of a frame
.out END 5              ; of a frame: CRC, and off it goes
.out ACK 6              ; events before A are forgotten
.out NEXT 7             ; A is the next event to be copied
.out COPY 8             ; an event goes into the frame
.out KEEP 9             ; telemetry at address A is kept
.out FAULT 10           ; a frame was dropped

; ---- after rst_i ----
          ld #0
.repeat 14
          st EPOCH+%
.end
.repeat 4
          st DUE_IDENTITY+%
.end
.repeat 25
          st COUNTERS+%
.end
          ld #{WINDOW[7:0]}
          st TOLD
          ld #{WINDOW[15:8]}
          st TOLD+1

loop:     j pending receive
          j busy loop
          ld TURN
          jn data_turn
          jnz value_turn
          ld DUE_IDENTITY
          jnz identity
value_turn:
          ld DUE_VALUE
          jnz value
data_turn:
          ld DUE_DATA
          jnz data
          jn event no_event
          ld NEXT
          cmp CREDIT
          ld NEXT+1
          cpc CREDIT+1
          jnz data
; LNK-10: a quarter of the window has become free
no_event: ld io.FREE
          add EXPECTED
          st T
          ld io.FREE+1
          adc EXPECTED+1
          st T+1
          ld T
          sub TOLD
          st T
          ld T+1
          sbc TOLD+1
          st T+1
          ld T
          cmp #{QUARTER[7:0]}
          ld T+1
          cpc #{QUARTER[15:8]}
          jc data
          ld #0
          st TURN
          j loop

; ---- a frame has come in: LNK-4 ----
receive:  ld io.STATUS
          and #6
          jz intact
          inc [COUNTERS]
          incc [COUNTERS+1]
          ld #{LNK_FLAG_REPLAY[7:0]}
          st DUE_REPLAY
          st DUE_DATA
          j fault
intact:   ld rx.TYPE
          cmp #{LNK_TYPE_HELLO[7:0]}
          jz hello
          cmp #{LNK_TYPE_READ[7:0]}
          jz read
          cmp #{LNK_TYPE_RESET[7:0]}
          jz reset
          and #{TYPE_MASK}
          cmp #{LNK_TYPE_DATA[7:0]}
          jz records
unknown:  inc UNKNOWN
          incc UNKNOWN+1
fault:    out FAULT
release:  out RELEASE
          j loop
accepted: inc RECEIVED
          incc RECEIVED+1
          j release

hello:    ld io.LENGTH
          cmp #3
          jnz unknown
          ld rx.NONCE
          st NONCE
          ld rx.NONCE+1
          st NONCE+1
          ld rx.NONCE+2
          st NONCE+2
          ld rx.NONCE+3
          st NONCE+3
          ld #1
          st DUE_IDENTITY
          j accepted

read:     ld io.LENGTH
          cmp #8
          jnz unknown
          ld rx.BODY
          st ADDRESS
          ld rx.BODY+1
          st ADDRESS+1
          ld rx.BODY+2
          st TAG
          ld rx.BODY+3
          st TAG+1
          ld #1
          st DUE_VALUE
          j accepted

; LNK-13
reset:    ld io.LENGTH
          cmp #8
          jnz unknown
          ld rx.EPOCH
          cmp #0
          ld rx.EPOCH+1
          cpc #0
          jz unknown
          ld rx.EPOCH
          cmp EPOCH
          ld rx.EPOCH+1
          cpc EPOCH+1
          jz taken
          ld rx.EPOCH
          st EPOCH
          ld rx.EPOCH+1
          st EPOCH+1
          ld rx.BODY
          out EPOCH_BYTE
          ld rx.BODY+1
          out EPOCH_BYTE
          ld rx.BODY+2
          out EPOCH_BYTE
          ld rx.BODY+3
          out EPOCH_BYTE
          out RESET
          ld #0
          st EXPECTED
          st EXPECTED+1
          st ACKED
          st ACKED+1
          st NEXT
          st NEXT+1
          st TOP
          st TOP+1
          st CREDIT+1
          st DUE_REPLAY
          ld #{EVENTS}
          st CREDIT
          ld #{WINDOW[7:0]}
          st TOLD
          ld #{WINDOW[15:8]}
          st TOLD+1
          inc RESETS
          incc RESETS+1
taken:    ld #1
          st DUE_DATA
          j accepted

records:  ld io.LENGTH
          and #15
          cmp #4
          jnz unknown
          ld rx.EPOCH
          cmp EPOCH
          ld rx.EPOCH+1
          cpc EPOCH+1
          jnz wrong
          ld EPOCH
          cmp #0
          ld EPOCH+1
          cpc #0
          jz wrong
; LNK-8: ack - ACKED is at most TOP - ACKED
          ld rx.ACK
          sub ACKED
          st T
          ld rx.ACK+1
          sbc ACKED+1
          st T+1
          ld TOP
          sub ACKED
          st T+2
          ld TOP+1
          sbc ACKED+1
          st T+3
          ld T+2
          cmp T
          ld T+3
          cpc T+1
          jnc credit
          ld rx.ACK
          st ACKED
          out ACK
          ld rx.ACK+1
          st ACKED+1
; LNK-9, and an ack of what was about to be sent again
          ld rx.TYPE
          and #{LNK_FLAG_REPLAY[7:0]}
          jnz rewind
          ld NEXT
          cmp rx.ACK
          ld NEXT+1
          sbc rx.ACK+1
          jn forward
          j credit
rewind:   inc REWINDS
          incc REWINDS+1
forward:  ld rx.ACK
          st NEXT
          out NEXT
          ld rx.ACK+1
          st NEXT+1
credit:   ld rx.CREDIT
          cmp CREDIT
          ld rx.CREDIT+1
          sbc CREDIT+1
          jn sequence
          ld rx.CREDIT
          st CREDIT
          ld rx.CREDIT+1
          st CREDIT+1
; LNK-7
sequence: ld rx.SEQ
          cmp EXPECTED
          ld rx.SEQ+1
          sbc EXPECTED+1
          jz in_order
          jn behind
          inc GAPS
          incc GAPS+1
          j again
behind:   ld io.LENGTH
          cmp #4
          jz poll
          inc DUPLICATES
          incc DUPLICATES+1
          j answer
in_order: ld io.LENGTH
          cmp #4
          jz poll
          ld io.STATUS
          and #8
          jnz overrun
          out COMMIT
          ld EXPECTED
          add io.RECORDS
          st EXPECTED
          ld EXPECTED+1
          adc #0
          st EXPECTED+1
          j taken
overrun:  inc OVERRUNS
          incc OVERRUNS+1
again:    ld #{LNK_FLAG_REPLAY[7:0]}
          st DUE_REPLAY
answer:   ld #1
          st DUE_DATA
          j release
poll:     ld rx.TYPE
          and #{LNK_FLAG_POLL[7:0]}
          jnz taken
          j accepted
wrong:    inc WRONG
          incc WRONG+1
          ld #1
          st DUE_DATA
          j fault

; ---- a frame goes out ----
value:    ld #0
          st DUE_VALUE
          ld #128
          st TURN
          ld #{LNK_TYPE_VALUE[7:0]}
          j header
data:     ld #0
          st TURN
          ld #{LNK_TYPE_DATA[7:0]}
          add DUE_REPLAY
header:   st TYPE
          out BEGIN
          tx TYPE
          tx EPOCH
          tx EPOCH+1
          tx NEXT
          tx NEXT+1
          tx EXPECTED
          tx EXPECTED+1
          ld io.FREE
          add EXPECTED
          st T
          ld io.FREE+1
          adc EXPECTED+1
          st T+1
          tx T
          tx T+1
          ld TYPE
          cmp #{LNK_TYPE_VALUE[7:0]}
          jz register
          ld T
          st TOLD
          ld T+1
          st TOLD+1
          ld #0
          st DUE_DATA
          st DUE_REPLAY
          ld #{LNK_EVENTS_PER_FRAME[7:0]}
          st LEFT
          ld NEXT
          cmp CREDIT
          ld NEXT+1
          cpc CREDIT+1
event:    jz events
          jn event events
          out COPY
          inc NEXT
          incc NEXT+1
          ld LEFT
          sub #1
          st LEFT
          jz last
          ld NEXT
          cmp CREDIT
          ld NEXT+1
          cpc CREDIT+1
copying:  j copying copying
          j event
last:     j copying last
events:   ld TOP
          cmp NEXT
          ld TOP+1
          sbc NEXT+1
          jnn end
          ld NEXT
          st TOP
          ld NEXT+1
          st TOP+1
end:      out END
          inc SENT
          incc SENT+1
          j loop

; LNK-15
register: ld ADDRESS
          out KEEP
          tx ADDRESS
          tx ADDRESS+1
          tx TAG
          tx TAG+1
          ld ADDRESS+1
          jz kernel
          cmp #{LNK_REGISTER_LINK[15:8]}
          jnz none
          ld ADDRESS
          cmp #12
          jc none
          add ADDRESS
          tx [COUNTERS]
          tx [COUNTERS+1]
          j zeros
none:     tx #0
          tx #0
zeros:
.repeat 6
          tx #0
.end
          j end
kernel:
.repeat 8
          tx io.TELEMETRY+%
.end
          j end

; LNK-12
identity: ld #0
          st DUE_IDENTITY
          ld #1
          st TURN
          out BEGIN
          tx #{LNK_TYPE_IDENTITY[7:0]}
          tx #{LNK_LINK_VERSION[7:0]}
          tx EPOCH
          tx EPOCH+1
          tx NONCE
          tx NONCE+1
          tx NONCE+2
          tx NONCE+3
.repeat 52
          tx #{Static[8*%+:8]}
.end
          tx io.TIME_SCALE
          tx io.TIME_SCALE+1
          tx io.TIME_SCALE+2
          tx io.TIME_SCALE+3
.repeat 16
          tx #{BoardName[8*%+:8]}
.end
.repeat 20
          tx #{Commit[8*%+:8]}
.end
          j end
