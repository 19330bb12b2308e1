// What a board.json says, checked. docs/boards.md explains the fields.
import { PROFILE_FIELDS } from '../contract/definition.js';
import { NAMED_PROFILES, type Profile, profileFault } from '../contract/profile.js';
import { Fields } from './fields.js';

/** Parameters of the RTL that say how it is built, not what it holds: as in hdl/rtl/gatebook.v, with their ranges. */
const STRUCTURE = {
  Paged: [0, 1],
  Pipelined: [0, 1],
  Overlap: [0, 1],
  SerialFee: [0, 1],
  CrcBytes: [1, 32],
  TableRam: [0, 2],
  Telemetry: [0, 1],
} as const;

export type Structure = Readonly<Record<keyof typeof STRUCTURE, number>>;

/** How the link of a UART board is dimensioned; absent where there is no UART. */
export interface UartLink {
  readonly baud: number;
  /** Commands that the device holds. */
  readonly commandWindow: number;
  /** Events that it holds until they are acknowledged. */
  readonly eventWindow: number;
}

/** The program that writes a bitstream into a board; '{bitstream}' in its arguments is the path. */
export interface Loader {
  readonly command: string;
  readonly args: readonly string[];
  /** Arguments that write where it survives power-off; undefined where `args` do so or nothing can. */
  readonly permanent?: readonly string[];
  /** For people who do not have it. */
  readonly install: string;
}

export interface BoardDescription {
  /** Folder of hdl/boards, at most 16 characters: the device shows it in its identity. */
  readonly name: string;
  readonly title: string;
  readonly transport: 'uart' | 'pcie';
  readonly family: 'ecp5' | 'ice40' | 'xilinx';
  readonly part: string;
  /** Arguments of yosys' synth_FAMILY, of nextpnr and of the packer. */
  readonly tools: {
    readonly synth: readonly string[];
    readonly place: readonly string[];
    readonly pack: readonly string[];
  };
  readonly top: string;
  readonly pins: string;
  readonly oscillatorHz: number;
  /** Of everything behind the PLL. */
  readonly clockHz: number;
  readonly profile: Profile;
  readonly structure: Structure;
  readonly uart?: UartLink;
  /** open: built by `npm run bitstreams`; vivado: by AMD's tools, which nobody has tried here. */
  readonly flow: 'open' | 'vivado';
  readonly loader: Loader;
  /** Of the USB device that carries the link, four hex digits each. */
  readonly usb: readonly { readonly vendor: string; readonly product: string }[];
  readonly notes: readonly string[];
}

/** Kinds of pin files, by family. */
const PIN_FILES = { ecp5: '.lpf', ice40: '.pcf', xilinx: '.xdc' } as const;

/** Of the clocks: the parts here reach neither end. */
const LEAST_HZ = 1_000_000;
const MOST_HZ = 500_000_000;
/** FTDI's FT2232H ends at 12 Mbaud; below 9600 a HELLO takes seconds. */
const LEAST_BAUD = 9600;
const MOST_BAUD = 12_000_000;
/** With fewer clocks a bit, the middle of a bit is missed by more than a receiver can bear. */
export const LEAST_CLOCKS_PER_BIT = 8;
/** What the RTL of the link takes (hdl/link/gb_link_device.v). */
const COMMAND_WINDOW = [16, 1024] as const;
const EVENT_WINDOW = [8, 128] as const;

const COMMON = [
  'name',
  'title',
  'transport',
  'family',
  'part',
  'tools',
  'top',
  'pins',
  'oscillator_hz',
  'clock_hz',
  'profile',
  'structure',
  'flow',
  'loader',
  'usb',
  'notes',
] as const;
const UART = ['baud', 'command_window', 'event_window'] as const;

/**
 * Reads a description.
 * @param value the JSON of a board.json
 * @param folder name of the folder that it stands in
 * @throws BoardError BOARD_INVALID that names the field, its value and the range
 */
export function parseBoard(value: unknown, folder: string): BoardDescription {
  const fields = Fields.of(value, `hdl/boards/${folder}/board.json`);
  fields.only(...COMMON, ...UART);
  const name = fields.text('name', /^[a-z][a-z0-9]{0,15}$/, 'a lower-case word of at most 16 letters and digits');
  if (name !== folder) fields.fail('name', `the name of its folder, ${folder}`);
  const transport = fields.oneOf('transport', ['uart', 'pcie'] as const);
  const family = fields.oneOf('family', ['ecp5', 'ice40', 'xilinx'] as const);
  if (fields.raw('top') !== `gb_board_${name}`) fields.fail('top', `gb_board_${name}, as all tops are named`);
  const pins = `${name}${PIN_FILES[family]}`;
  if (fields.raw('pins') !== pins) fields.fail('pins', `${pins}, as the pin files of this family are named`);
  const clockHz = fields.whole('clock_hz', LEAST_HZ, MOST_HZ);
  const uart = uartOf(fields, transport, clockHz);
  return {
    name,
    title: fields.text('title', /^\S.{0,79}$/, 'a text of at most 80 characters'),
    transport,
    family,
    // It becomes a word of a Tcl script.
    part: fields.text('part', /^[\w.+-]+$/, 'the name of a part: letters, digits and _.+-'),
    tools: toolsOf(fields.inner('tools')),
    top: `gb_board_${name}`,
    pins,
    oscillatorHz: fields.whole('oscillator_hz', LEAST_HZ, MOST_HZ),
    clockHz,
    profile: profileOf(fields),
    structure: structureOf(fields.inner('structure')),
    ...(uart !== undefined && { uart }),
    flow: flowOf(fields, family),
    loader: loaderOf(fields.inner('loader')),
    usb: fields.has('usb') ? fields.objects('usb').map(usbOf) : [],
    notes: fields.texts('notes'),
  };
}

function uartOf(fields: Fields, transport: BoardDescription['transport'], clockHz: number): UartLink | undefined {
  if (transport === 'pcie') {
    const stray = UART.find((name) => fields.has(name));
    if (stray !== undefined) fields.fail(stray, 'a field of a board behind PCIe');
    return undefined;
  }
  const baud = fields.whole('baud', LEAST_BAUD, MOST_BAUD);
  const most = Math.floor(clockHz / LEAST_CLOCKS_PER_BIT);
  if (baud > most) {
    fields.fail('baud', `in ${LEAST_BAUD}..${most}: a bit takes at least ${LEAST_CLOCKS_PER_BIT} clocks of clock_hz`);
  }
  return {
    baud,
    commandWindow: fields.powerOfTwo('command_window', ...COMMAND_WINDOW),
    eventWindow: fields.powerOfTwo('event_window', ...EVENT_WINDOW),
  };
}

function flowOf(fields: Fields, family: BoardDescription['family']): BoardDescription['flow'] {
  const flow = fields.oneOf('flow', ['open', 'vivado'] as const);
  if ((flow === 'vivado') !== (family === 'xilinx')) fields.fail('flow', `the flow of family ${family}`);
  return flow;
}

function toolsOf(fields: Fields): BoardDescription['tools'] {
  fields.only('synth', 'place', 'pack');
  return {
    synth: toolArguments(fields, 'synth'),
    place: toolArguments(fields, 'place'),
    pack: toolArguments(fields, 'pack'),
  };
}

/** They become words of a yosys script, which knows no quotes: nothing in them may begin another command. */
const TOOL_ARGUMENT = /^-?[\w.:+-]+$/;

function toolArguments(fields: Fields, name: string): readonly string[] {
  const args = fields.texts(name);
  if (!args.every((arg) => TOOL_ARGUMENT.test(arg))) fields.fail(name, 'a list of words of letters, digits and _.:+-');
  return args;
}

/** A name of docs/contract.md, or the eight values in the order of its table. */
function profileOf(fields: Fields): Profile {
  const value = fields.raw('profile');
  if (typeof value === 'string') {
    const named = Object.hasOwn(NAMED_PROFILES, value) ? NAMED_PROFILES[value] : undefined;
    return named ?? fields.fail('profile', `one of ${Object.keys(NAMED_PROFILES).join(', ')}`);
  }
  const count = PROFILE_FIELDS.length;
  if (!Array.isArray(value) || value.length !== count || value.some((each) => typeof each !== 'number')) {
    return fields.fail('profile', `a name or ${count} numbers`);
  }
  const [books, pages, baskets, legs, legsPerBasket, fairs, booksPerMessage, finestTick] = value as number[];
  const profile = { books, pages, baskets, legs, legsPerBasket, fairs, booksPerMessage, finestTick } as Profile;
  const fault = profileFault(profile);
  return fault === undefined ? profile : fields.fail('profile', `a profile: ${fault}`);
}

function structureOf(fields: Fields): Structure {
  const names = Object.keys(STRUCTURE) as (keyof typeof STRUCTURE)[];
  fields.only(...names);
  const values = names.map((name) => {
    const [least, most] = STRUCTURE[name];
    return [
      name,
      name === 'CrcBytes' ? fields.powerOfTwo(name, least, most) : fields.whole(name, least, most),
    ] as const;
  });
  return Object.fromEntries(values) as Record<keyof typeof STRUCTURE, number>;
}

/** Programs that `board flash` may call: it runs nothing else, whatever a board.json says. */
export const LOADERS = ['openFPGALoader', 'iceprog', 'fujprog'] as const;

function loaderOf(fields: Fields): Loader {
  fields.only('command', 'args', 'permanent', 'install');
  const loader = {
    command: fields.oneOf('command', LOADERS),
    args: withBitstream(fields, 'args'),
    install: fields.text('install', /^\S/, 'how to get it'),
  };
  return fields.has('permanent') ? { ...loader, permanent: withBitstream(fields, 'permanent') } : loader;
}

function withBitstream(fields: Fields, name: string): readonly string[] {
  const args = fields.texts(name);
  if (args.filter((arg) => arg === '{bitstream}').length !== 1) fields.fail(name, "arguments with '{bitstream}' once");
  return args;
}

function usbOf(fields: Fields): { vendor: string; product: string } {
  fields.only('vendor', 'product');
  const id = (name: string) => fields.text(name, /^[0-9a-f]{4}$/, 'four hex digits in lower case');
  return { vendor: id('vendor'), product: id('product') };
}
