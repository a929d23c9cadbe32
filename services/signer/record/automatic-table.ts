import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, digestBytes, toDigest, ZERO_DIGEST } from '#libs/chain/ids.ts';
import type { ValidatorFacts } from '#libs/protocol/validator-set.ts';
import type { AutomaticFacts } from './rules/custody-ledger.ts';

const policyRow = z.object({ members_min: z.number() }).optional();
const voteRow = z.object({ digest: z.instanceof(Uint8Array) }).optional();
const memberRow = z.object({ name: z.string(), weight: z.string() }).optional();

/** The tables of signer.db for votes that a node gives by itself. */
export class AutomaticTable implements AutomaticFacts {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get membersMin(): number | undefined {
    return policyRow.parse(this.#database.prepare('SELECT members_min FROM policy').get())?.members_min;
  }

  given(epoch: bigint): Digest | undefined {
    const row = this.#database.prepare('SELECT digest FROM automatic_vote WHERE epoch = ?').get(epoch);
    const digest = voteRow.parse(row)?.digest;
    return digest && toDigest(toHex(digest));
  }

  earlierMember(publicKey: Uint8Array, before: bigint): ValidatorFacts | undefined {
    const newest = this.#database.prepare(
      'SELECT name, weight FROM member WHERE public_key = ? AND epoch < ? ORDER BY epoch DESC LIMIT 1',
    );
    const row = memberRow.parse(newest.get(publicKey, before));
    return row && { name: row.name, publicKey, weight: BigInt(row.weight) };
  }

  /** Notes a vote, in the transaction of the caller. A vote for another change of the epoch makes that fail. */
  give(epoch: bigint, digest: Digest): void {
    if (this.given(epoch) === digest) return;
    this.#database
      .prepare('INSERT INTO automatic_vote (epoch, digest) VALUES (?, ?)')
      .run(epoch, digestBytes(digest));
  }

  /**
   * Uses up the automatic vote of an epoch. The votes of another record of this key are unknown, so in this epoch the
   * key gives no more automatic votes.
   */
  spend(epoch: bigint): void {
    if (this.given(epoch) === undefined) this.give(epoch, ZERO_DIGEST);
  }

  /** Notes the least number of members, once, in the transaction of the caller. */
  setMembersMin(membersMin: number): void {
    this.#database.prepare('INSERT INTO policy (id, members_min) VALUES (1, ?)').run(membersMin);
  }
}
