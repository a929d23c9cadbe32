import { TRANSACTION_BODIES_PER_SECOND, TRANSACTION_BYTES_PER_SECOND } from './limits.ts';

const MS_PER_SECOND = 1_000;

interface Account {
  bodies: number;
  bytes: number;
  atMs: number;
}

/** The transactions that each member may bring in a second. Votes have no such bound here, so a flood of transactions delays none. */
export class TransactionBudget {
  readonly #accounts = new Map<string, Account>();
  readonly #nowMs: () => number;

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @param member - Its key, in hex. @returns false when it must come again later. */
  take(member: string, sizeBytes: number): boolean {
    const nowMs = this.#nowMs();
    const account = this.#accounts.get(member) ?? { bodies: 0, bytes: 0, atMs: nowMs };
    const seconds = (nowMs - account.atMs) / MS_PER_SECOND;
    const bodies = Math.max(0, account.bodies - seconds * TRANSACTION_BODIES_PER_SECOND);
    const bytes = Math.max(0, account.bytes - seconds * TRANSACTION_BYTES_PER_SECOND);
    const isGranted = bodies <= TRANSACTION_BODIES_PER_SECOND - 1 && bytes < TRANSACTION_BYTES_PER_SECOND;
    const used = isGranted ? { bodies: bodies + 1, bytes: bytes + sizeBytes } : { bodies, bytes };
    this.#accounts.set(member, { ...used, atMs: nowMs });
    return isGranted;
  }

  /** Forgets members that are of the circle no more. */
  keepOnly(members: ReadonlySet<string>): void {
    for (const member of this.#accounts.keys()) if (!members.has(member)) this.#accounts.delete(member);
  }
}
