// The rules of the serial link and of the BAR that are not layout. Device (RTL) and host (src/link, src/hal) are
// written independently from them.
import type { Clause } from './clauses.js';

type Group = { readonly title: string; readonly clauses: readonly Clause[] };

export const LINK_CLAUSE_GROUPS: readonly Group[] = [
  {
    title: 'Frames',
    clauses: [
      {
        id: 'LNK-1',
        text: 'The line carries bytes: 8 data bits, no parity, one stop bit, least significant bit first. Each direction is a stream of COBS blocks, each ended by 0x00. A sender may put further 0x00 anywhere between blocks; a receiver ignores an empty block. After silence a sender puts one 0x00 before the block, so that noise on the idle line costs no frame.',
      },
      {
        id: 'LNK-2',
        text: 'A block decodes to a frame of at most 253 bytes, so no COBS code is 0xff and a frame of n bytes takes n + 2 on the line. A code of 0xff, a code that points past the end of the block, a frame longer than 253 or shorter than 12 bytes, and a block in which the line reported an error are dropped whole and counted (bad_frames, line_errors). Nothing of a dropped frame acts.',
      },
      {
        id: 'LNK-3',
        text: 'The last four bytes of a frame are the CRC-32 (IEEE, reflected, initial and final value all ones), least significant byte first, of a seed and the bytes before them. The seed of HELLO and IDENTITY is empty, for ever; that of every other frame is the eight bytes of the contract digest, in the order of its hex digits. So two ends of different contracts understand HELLO and IDENTITY, and of each other nothing else.',
      },
      {
        id: 'LNK-4',
        text: 'Checks are made in this order, the first failure counts the frame and ends it: form (LNK-2), CRC (crc_errors), known type and a length that it can have (unknown_frames), epoch (wrong_epochs; of DATA alone: HELLO and IDENTITY are of no epoch, that of RESET is a new one, that of READ and VALUE stops neither, LNK-15), then the rules of its type (of DATA: gaps, duplicates and overruns, LNK-7). A frame that passes all is counted in frames_received, and in no other of these. Flags are part of DATA alone; any other type with a flag is unknown. A device does not know IDENTITY and VALUE, a host does not know HELLO, RESET and READ.',
      },
      {
        id: 'LNK-5',
        text: 'The number of records in a DATA frame is its length: none, or up to 15 commands of 16 bytes towards the device, up to 7 events of 32 bytes towards the host.',
      },
    ],
  },
  {
    title: 'Sequence, acknowledgement, credit',
    clauses: [
      {
        id: 'LNK-6',
        text: 'Records are numbered from 0 in each epoch, commands and events apart; seq, ack and credit are such indices modulo 2^16, absolute, so that a lost frame is made good by the next one. a is ahead of b when (a - b) modulo 2^16 is in 1..32767. No side ever has more than 32767 records unacknowledged.',
      },
      {
        id: 'LNK-7',
        text: 'A receiver takes the records of a DATA frame only if seq is the index it expects and there is room for all of them; it takes all or none, in order, and expects the index behind them then. A seq ahead of it is a gap (gaps), one behind it a duplicate (duplicates), too many records an overrun (overruns). A DATA frame without records carries the seq of the next record that its sender has not sent in this go: ahead of what is expected it is a gap as well, behind it none of these.',
      },
      {
        id: 'LNK-8',
        text: 'The ack of a DATA frame whose epoch is right acts whatever its seq: records before it are forgotten by their sender. It acts if it lies between the last ack and the last record ever sent, both included; otherwise it is ignored. A credit of such a frame acts if it is ahead of the last one. Ack and credit of RESET, READ and VALUE act in nothing. A sender never sends a record whose index is not behind the credit; before the first frame of the other side, the credit of the host is the event_window and that of the device the command_window, from 0.',
      },
      {
        id: 'LNK-9',
        text: 'REPLAY asks the other side to send again from the ack of the frame, if that is not ahead of what it has sent. A device sets REPLAY in the next frame that it sends after a gap, an overrun, or a frame that was dropped for its form or its CRC, and once for each of these at most. A device grants REPLAY always (rewinds); a host may pass over one whose ack it has just gone back to, for one round trip.',
      },
      {
        id: 'LNK-10',
        text: 'A device has no timers. It sends DATA with events when it has events within the credit; DATA without any after each frame of the right epoch that carried records or POLL, after a frame of a wrong epoch, after each RESET, after a REPLAY became due, and when a quarter of its command window has become free since it last told its credit in a DATA frame. Frames that fall due together are one.',
      },
      {
        id: 'LNK-11',
        text: 'The host has the timers. While anything is outstanding, and now and then while nothing is, it sends DATA with POLL; the answer shows by seq and ack what was lost either way. Time-outs are counted in bit times of the link, times the time_scale that a simulation reports.',
      },
    ],
  },
  {
    title: 'Epochs',
    clauses: [
      {
        id: 'LNK-12',
        text: 'HELLO is answered by one IDENTITY with its nonce, at any time, without credit; it changes nothing. Of several that wait for an answer the last one is answered.',
      },
      {
        id: 'LNK-13',
        text: 'RESET carries the new epoch in its header, 1..65535, other than the current one; the host takes one that differs from the epoch in IDENTITY. It passes without credit. The device drops every record that it holds, in both directions, numbers both anew from 0 with full windows, resets the kernel with kernel_epoch, and takes the epoch. A frame that is on the line already is ended as it is, in the old epoch. A RESET of the current epoch resets nothing: it is a repetition, and is answered like POLL. A RESET of epoch 0 is an unknown frame.',
      },
      {
        id: 'LNK-14',
        text: 'After power-up the epoch is 0: the device answers HELLO and READ, and DATA as a frame of a wrong epoch. A host that meets an epoch other than its own in a good frame, after its own RESET was answered, knows that the device began anew, and says so; it never goes on by itself.',
      },
      {
        id: 'LNK-15',
        text: 'READ is answered by VALUE, in any epoch, without credit; it has no effect. Of several that wait the last one is answered. The device does not look at the epoch of a READ; that of a VALUE is the epoch of the device. The host takes a VALUE whatever its epoch, and learns from that what LNK-14 says.',
      },
    ],
  },
];

export const BAR_CLAUSE_GROUPS: readonly Group[] = [
  {
    title: 'Window',
    clauses: [
      {
        id: 'BAR-1',
        text: 'The window begins with BAR_MAGIC; from byte 4 on stands a list of blocks, each with type, version and the offset of the next. Offsets ascend, so that a list cannot run in a circle. A host finds everything else through the list and passes over types that it does not know. Numbers are little-endian.',
      },
      {
        id: 'BAR-2',
        text: 'No read has an effect. Every read is answered; where nothing is, with zeros. A word of all ones where all ones cannot be means that the device is gone.',
      },
      {
        id: 'BAR-3',
        text: 'Registers and doorbells are written as aligned words of 32 bits: a write of part of a word, or of a word that is not writable, changes nothing and is answered like any other. Ring lines may be written in any pieces, in any order, any number of times before their doorbell; the command ring reads back as zeros.',
      },
      {
        id: 'BAR-4',
        text: 'A doorbell holds an absolute index of lines since the reset, modulo 2^32, so that a repeated or a coalesced write is harmless. A command doorbell that is behind what was rung before, or further ahead of command_lines than the ring has lines, changes nothing; nor does an event doorbell that is behind what was rung before, or ahead of event_lines.',
      },
    ],
  },
  {
    title: 'Lines',
    clauses: [
      {
        id: 'BAR-5',
        text: 'Line i of a ring lies at slot i modulo its lines. The host writes command line i only when i - command_lines is less than the lines of the ring. The device takes lines in order up to the doorbell. It takes a line only if sequence, generation, count, zeros and CRC are right; otherwise it counts refused_lines once and waits until the command doorbell is written again, whatever the value, and then looks at the line again.',
      },
      {
        id: 'BAR-6',
        text: 'The device writes event line i only when i - event_doorbell is less than the lines of the ring, and then counts event_lines. The host takes line i when sequence and generation are those it expects and the CRC is right. Otherwise the line is not there yet, or torn, or of a former lap: the host reads it again, and when event_lines says that it is there, and it stays wrong, that is a fault of the device.',
      },
      {
        id: 'BAR-7',
        text: 'CRCs are CRC-32 as in LNK-3, seeded with the contract digest: lines of another contract are never taken.',
      },
    ],
  },
  {
    title: 'Reset',
    clauses: [
      {
        id: 'BAR-8',
        text: 'The host writes reset_epoch and then generation. A generation in 1..65535 other than the one that stands there drops everything in flight, sets both doorbells and both line counts and refused_lines to 0, resets the kernel with reset_epoch, and shows in generation_done, which is 0 until then, when the kernel takes commands and events are numbered anew. The host writes lines and doorbells only from then on: what it wrote before may be lost, and the device clears the CRCs of both rings. Writing the same generation again, 0 or more than 65535 changes nothing. Lines of a former generation are never taken by either side.',
      },
      {
        id: 'BAR-9',
        text: 'The first event line after a reset carries RESET_DONE. After power-up generation is 0, and no command line is taken.',
      },
    ],
  },
];
