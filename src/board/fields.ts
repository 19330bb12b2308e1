// Reading fields of a JSON object: each reader returns the value or throws with field, value and range.
import { BoardError } from './errors.js';

/** An object of JSON, and where it stands: 'hdl/boards/ulx3s/board.json' or that with a field behind it. */
export class Fields {
  constructor(
    private readonly object: Readonly<Record<string, unknown>>,
    private readonly where: string,
    private readonly prefix = '',
  ) {}

  /** @param value any JSON value; anything but an object is refused */
  static of(value: unknown, where: string, prefix = ''): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new Fields(value as Record<string, unknown>, where, prefix);
    }
    const name = prefix === '' ? 'the file' : prefix.replace(/\.$/, '');
    throw new BoardError('BOARD_INVALID', `${where}: ${name} = ${shown(value)} is not an object`);
  }

  has(name: string): boolean {
    return this.object[name] !== undefined;
  }

  fail(name: string, range: string): never {
    const value = this.object[name];
    const what = value === undefined ? 'is missing; it takes' : `= ${shown(value)} is not`;
    throw new BoardError('BOARD_INVALID', `${this.where}: ${this.prefix}${name} ${what} ${range}`);
  }

  /** No other fields than these: a misspelt one would be passed over. */
  only(...names: readonly string[]): void {
    const unknown = Object.keys(this.object).find((name) => !names.includes(name));
    if (unknown === undefined) return;
    const value = shown(this.object[unknown]);
    throw new BoardError(
      'BOARD_INVALID',
      `${this.where}: ${this.prefix}${unknown} = ${value} is not a field of a board: ${names.join(', ')}`,
    );
  }

  raw(name: string): unknown {
    return this.object[name];
  }

  text(name: string, pattern: RegExp, range: string): string {
    const value = this.object[name];
    return typeof value === 'string' && pattern.test(value) ? value : this.fail(name, range);
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = choices.find((choice) => choice === this.object[name]);
    return value ?? this.fail(name, `one of ${choices.join(', ')}`);
  }

  whole(name: string, least: number, most: number): number {
    const value = this.object[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.fail(name, `a whole number in ${least}..${most}`);
  }

  powerOfTwo(name: string, least: number, most: number): number {
    const value = this.whole(name, least, most);
    return (value & (value - 1)) === 0 ? value : this.fail(name, `a power of two in ${least}..${most}`);
  }

  texts(name: string): readonly string[] {
    const value = this.object[name];
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value as string[];
    return this.fail(name, 'a list of texts');
  }

  objects(name: string): readonly Fields[] {
    const value = this.object[name];
    if (!Array.isArray(value)) return this.fail(name, 'a list of objects');
    return value.map((each, i) => Fields.of(each, this.where, `${this.prefix}${name}[${i}].`));
  }

  inner(name: string): Fields {
    if (this.object[name] === undefined) this.fail(name, 'an object');
    return Fields.of(this.object[name], this.where, `${this.prefix}${name}.`);
  }
}

const MOST_SHOWN = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
}
