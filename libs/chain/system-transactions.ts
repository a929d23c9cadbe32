import { equalBytes } from '#libs/bytes/bytes.ts';
import type { Transaction } from './transaction.ts';

/** The desk of a member that takes transactions of one kind: evidence, the change of epochs, votes for a change of the members. */
export type SystemDesk = 'evidence' | 'handover' | 'membership';

interface SystemRule {
  /** The first bytes of its transactions, and of no others: one for each version of their format, which follows. */
  readonly prefixes: readonly Uint8Array[];
  /**
   * `clients`: anybody brings them, and members pass them on as they pass on those of the application. `members`: a member makes
   * them itself, and neither clients nor members submit them.
   */
  readonly submittedBy: 'clients' | 'members';
  /** `opening`: only at the beginning of a block whose rules demand it there, and counted for no limit. */
  readonly place: 'opening' | 'anywhere';
}

/**
 * All transactions of the system: those that begin with `btcfed/`. Bytes of that namespace with no line here are refused
 * from clients, from members and in a block, so a line more is a change of the rules of the chain.
 */
export const SYSTEM_TRANSACTIONS = {
  evidence: {
    prefixes: [ascii('btcfed/evidence/v1'), ascii('btcfed/evidence/v2')],
    submittedBy: 'members',
    place: 'anywhere',
  },
  handover: {
    prefixes: [ascii('btcfed/handover/v1'), ascii('btcfed/handover/v2'), ascii('btcfed/handover/v3')],
    submittedBy: 'members',
    place: 'opening',
  },
  // Of every version: a vote must be of the version of today, wherever it stands.
  membership: { prefixes: [ascii('btcfed/membership/')], submittedBy: 'clients', place: 'anywhere' },
} as const satisfies Record<SystemDesk, SystemRule>;

const DESKS = Object.keys(SYSTEM_TRANSACTIONS) as readonly SystemDesk[];
const OPENING = DESKS.filter((desk) => SYSTEM_TRANSACTIONS[desk].place === 'opening');

/** The desk that takes a transaction; undefined for one of the application, and for one of the system that no desk knows. */
export function deskOf(transaction: Transaction): SystemDesk | undefined {
  if (transaction.kind === 'application') return undefined;
  return DESKS.find((desk) => isFor(desk, transaction));
}

/** Whether a transaction claims to be of this kind: then it must be, wherever it stands. */
export function isFor(desk: SystemDesk, { kind, bytes }: Transaction): boolean {
  return kind === 'system' && hasPrefixOf(desk, bytes);
}

/** Whether a transaction is in the namespace of the system, and no desk knows it. */
export function isUnknown(transaction: Transaction): boolean {
  return transaction.kind === 'system' && deskOf(transaction) === undefined;
}

/** Whether bytes begin as the transactions of this desk do. */
export function hasPrefixOf(desk: SystemDesk, bytes: Uint8Array): boolean {
  const { prefixes } = SYSTEM_TRANSACTIONS[desk];
  return prefixes.some((prefix) => equalBytes(bytes.subarray(0, prefix.length), prefix));
}

/** Whether clients may submit a transaction, and members pass it on. */
export function mayBeSubmitted(transaction: Transaction): boolean {
  const desk = deskOf(transaction);
  if (desk === undefined) return transaction.kind === 'application';
  return SYSTEM_TRANSACTIONS[desk].submittedBy === 'clients';
}

/** The transactions of a block that are no openers: those that the limits of a block count, whatever the block should open with. */
export function withoutOpeners(transactions: readonly Transaction[]): readonly Transaction[] {
  let openers = 0;
  for (const desk of OPENING) {
    const next = transactions[openers];
    if (next !== undefined && isFor(desk, next)) openers += 1;
  }
  return transactions.slice(openers);
}

function ascii(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'ascii'));
}
