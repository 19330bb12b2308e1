// Bursts that run into a limit of the profile which ordinary commands hardly meet, and tidy up after themselves.
import { type CommandWriter, MICRO_ONE, PAGE_LEVELS, PRICE_ONE, Side } from '../contract/generated/records.js';
import type { Model } from './model.js';
import type { Prng } from './prng.js';

/** Limits above are not flooded: the burst would be the program. */
const MOST_COMMANDS = 70_000;
/** Bursts longer than this come once in LONG_EVERY. */
const LONG = 5_000;
const LONG_EVERY = 8;

type Flood = (out: CommandWriter, model: Model, random: Prng) => void;

/** MESSAGE_LIMIT: one book more than a message may touch. */
const messages: Flood = (out, model, random) => {
  const { profile } = model;
  const n = Math.min(profile.books, profile.booksPerMessage + 1);
  const first = random.below(profile.books - n + 1);
  for (let i = 0; i < n; i++) out.bookFee(first + i, 0);
  out.bookFee(first, 0, true);
  model.published();
};

/** BASKET_LEGS_LIMIT: one leg more than a basket may hold. */
const basketLegs: Flood = (out, model, random) => {
  const { profile, baskets } = model;
  const position = random.below(baskets.length);
  const id = baskets[position] as number;
  out.basketRemove(id).basketCreate(id, MICRO_ONE, 4);
  addLegs(out, id, profile.books, profile.legsPerBasket + 1);
  out.basketArm(id, -(2 ** 31), 0).basketRemove(id);
  model.removeBasket(position);
};

/** LEGS_LIMIT: full baskets until no leg is left. */
const allLegs: Flood = (out, model) => {
  const { profile, baskets } = model;
  const perBasket = Math.min(profile.legsPerBasket, 2 * profile.books);
  if (perBasket === 0) return;
  const n = Math.min(baskets.length, Math.ceil((profile.legs + 1) / perBasket));
  for (let i = 0; i < n; i++) {
    out.basketRemove(baskets[i] as number).basketCreate(baskets[i] as number, MICRO_ONE, 4);
    addLegs(out, baskets[i] as number, profile.books, perBasket);
  }
  for (let i = 0; i < n; i++) {
    out.basketRemove(baskets[i] as number);
    model.removeBasket(i);
  }
};

function addLegs(out: CommandWriter, id: number, books: number, count: number): void {
  for (let i = 0; i < count; i++) out.basketLeg(id, (i >> 1) % books, i & 1);
}

/** PAGE_LIMIT: one level in every page of book after book. */
const pages: Flood = (out, model) => {
  const { profile, ticks } = model;
  const tick = ticks[0] as number;
  const max = PRICE_ONE / tick - 1;
  const perBook = 2 * Math.ceil(max / PAGE_LEVELS);
  const books = Math.min(profile.books, Math.ceil((profile.pages + 1) / perBook));
  for (let book = 0; book < books; book++) {
    out.bookBegin(book, tick, true);
    for (let slot = 0; slot < max; slot += PAGE_LEVELS) {
      out.levelSet(book, Side.BID, max - slot, 1_000_000).levelSet(book, Side.ASK, slot + 1, 1_000_000, true);
    }
  }
  for (let book = 0; book < books; book++) {
    out.bookBegin(book, tick, true);
    const position = model.books.indexOf(book);
    if (position >= 0) model.beginBook(position, tick, PRICE_ONE / 2);
  }
  model.published();
};

/** FAIR_LIMIT: one fair value more than there is room for. */
const fairs: Flood = (out, model) => {
  const { profile } = model;
  const n = Math.min(profile.books, profile.fairs + 1);
  for (let book = 0; book < n; book++) out.fairSet(book, 500_000, 0);
  for (let book = 0; book < n; book++) {
    out.fairClear(book);
    const position = model.books.indexOf(book);
    if (position >= 0) model.clearFair(position);
  }
};

/** Writes one flood that the profile has room for, or nothing; `turn` counts the calls, so that each kind comes. */
export function writeFlood(out: CommandWriter, model: Model, random: Prng, turn: number): void {
  const { profile } = model;
  const hasBaskets = model.baskets.length > 0;
  const floods: readonly (readonly [Flood, number])[] = [
    [messages, profile.booksPerMessage],
    [basketLegs, hasBaskets ? profile.legsPerBasket : Number.POSITIVE_INFINITY],
    [allLegs, hasBaskets ? profile.legs : Number.POSITIVE_INFINITY],
    [pages, profile.pages],
    [fairs, profile.fairs * 2],
  ];
  const [flood, commands] = floods[turn % floods.length] as readonly [Flood, number];
  if (commands > MOST_COMMANDS || (commands > LONG && !random.oneIn(LONG_EVERY))) return;
  flood(out, model, random);
}
