import { type Block, sealBlock } from '#libs/chain/block.ts';
import { toDigest } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { Prng } from '#libs/random/prng.ts';

const YEAR_MS = 31_536_000_000n;
const END_OF_TIME = (1n << 64n) - 1n;
const TRANSACTIONS = 400;
const TRANSACTION_BYTES = 4_000;

/** The block with a state that is not the one after it. */
export function withWrongRoot({ header, transactions }: Block): Block {
  return sealBlock({ ...header, stateRoot: toDigest('e'.repeat(64)) }, transactions);
}

/** The right header over a wrong body. A signature covers the header alone, so that of the right block holds. */
export function withWrongBody({ header }: Block): Block {
  const bodies = Array.from({ length: header.transactionCount }, () => transactionOf(new Uint8Array([1])));
  return sealBlock(header, bodies);
}

/** The block of long ago, in a year, or at the end of time. */
export function misdated(random: Prng, { header, transactions }: Block): Block {
  const timestampMs = random.pick([0n, header.timestampMs + YEAR_MS, END_OF_TIME]);
  return sealBlock({ ...header, timestampMs }, transactions);
}

/** The block with a transaction of some size, once or so often that it is far above every bound. */
export function fattened(random: Prng, { header }: Block): Block {
  const count = random.pick([1, TRANSACTIONS]);
  const large = transactionOf(new Uint8Array(TRANSACTION_BYTES));
  const transactions = Array.from({ length: count }, () => large);
  return sealBlock({ ...header, transactionCount: count }, transactions);
}
