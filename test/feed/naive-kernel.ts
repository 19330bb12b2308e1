// A second, slow reading of the commands that decoders write: levels in maps, baskets by definition. For tests only;
// it knows just enough of the contract to count signals and to compare books.
import * as contract from '../../src/contract/generated/records.js';

const { Opcode, Side, Outcome, PRICE_ONE } = contract;

export interface NaiveBook {
  state: 'empty' | 'building' | 'live' | 'stale';
  tick: number;
  fee: number;
  /** Size by price in 1e-4 USD. */
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
}

interface NaiveBasket {
  readonly kind: number;
  readonly payout: number;
  readonly legs: { book: number; outcome: number }[];
  minEdge: number;
  open: boolean;
}

/** Applies commands; throws where the contract would refuse a book command of a decoder. */
export class NaiveKernel {
  readonly books = new Map<number, NaiveBook>();
  /** OPEN signals by SignalKind. */
  readonly opened = new Map<number, number>();
  commits = 0;
  private readonly baskets = new Map<number, NaiveBasket>();

  book(id: number): NaiveBook {
    const known = this.books.get(id);
    if (known !== undefined) return known;
    const made: NaiveBook = { state: 'empty', tick: 0, fee: 0, bids: new Map(), asks: new Map() };
    this.books.set(id, made);
    return made;
  }

  apply(commands: Uint8Array): void {
    const words = new Uint32Array(commands.slice().buffer);
    for (let at = 0; at < words.length; at += 4) this.command(words.subarray(at, at + 4));
  }

  private command(words: Uint32Array): void {
    const [w0 = 0, w1 = 0, w2 = 0, w3 = 0] = words;
    const opcode = w0 & 0xff;
    const id = w0 >>> 16;
    switch (opcode) {
      case Opcode.BASKET_CREATE: {
        this.baskets.set(id, { kind: w2 & 0xff, payout: w1, legs: [], minEdge: 0, open: false });
        return;
      }
      case Opcode.BASKET_LEG: {
        this.baskets.get(id)?.legs.push({ book: contract.basketLegBook(w1), outcome: contract.basketLegOutcome(w0) });
        return;
      }
      case Opcode.BASKET_ARM: {
        const basket = this.baskets.get(id);
        if (basket !== undefined) basket.minEdge = contract.basketArmMinEdge(w1);
        return;
      }
      default:
        this.bookCommand(this.book(id), opcode, w0, w1, w2, w3);
    }
    if ((w0 & 0x100) !== 0) this.publish();
  }

  private bookCommand(book: NaiveBook, opcode: number, w0: number, w1: number, w2: number, w3: number): void {
    if (opcode === Opcode.BOOK_BEGIN) {
      book.state = 'building';
      book.tick = contract.bookBeginTick(w1);
      book.bids.clear();
      book.asks.clear();
    } else if (opcode === Opcode.BOOK_LIVE && (book.state === 'building' || book.state === 'stale')) {
      book.state = 'live';
    } else if (opcode === Opcode.BOOK_STALE && book.state === 'live') {
      book.state = 'stale';
    } else if (opcode === Opcode.LEVEL_SET && (book.state === 'live' || book.state === 'building')) {
      const price = contract.levelSetLevel(w1) * book.tick;
      if (price <= 0 || price >= PRICE_ONE) throw new Error(`level out of range: ${price}`);
      const side = contract.levelSetSide(w0) === Side.BID ? book.bids : book.asks;
      const size = (w3 & 0xffff) * 2 ** 32 + w2;
      if (size === 0) side.delete(price);
      else side.set(price, size);
    } else if (opcode === Opcode.BOOK_FEE) {
      book.fee = contract.bookFeeRate(w1);
    } else {
      throw new Error(`opcode ${opcode} refused in state ${book.state}`);
    }
  }

  private publish(): void {
    this.commits++;
    for (const basket of this.baskets.values()) {
      const edge = this.edge(basket);
      const open = edge !== undefined && edge >= basket.minEdge;
      if (open && !basket.open) this.opened.set(basket.kind, (this.opened.get(basket.kind) ?? 0) + 1);
      basket.open = open;
    }
  }

  private edge(basket: NaiveBasket): number | undefined {
    let edge = basket.payout;
    for (const leg of basket.legs) {
      const book = this.book(leg.book);
      if (book.state !== 'live') return undefined;
      const yes = leg.outcome === Outcome.YES;
      const best = yes ? Math.min(...book.asks.keys()) : Math.max(...book.bids.keys());
      if (!Number.isFinite(best)) return undefined;
      const price = yes ? best : PRICE_ONE - best;
      // fee(P) of the contract, in exact arithmetic
      const fee = (BigInt(book.fee) * BigInt(price) * BigInt(PRICE_ONE - price) + 0xffffffffn) >> 32n;
      edge -= price * 100 + Number(fee);
    }
    return edge;
  }
}
