import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { LackingBlock } from '#libs/chain/named-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { type HeldParts, NO_PARTS } from '#libs/protocol/held-parts.ts';
import type { WantedSignatures } from '#libs/protocol/named-signatures.ts';
import { NAMED_PER_MEMBER_MAX, STATEMENTS_PER_MEMBER_MAX } from '#libs/protocol/naming-limits.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { WantedList } from '#libs/protocol/wanted-list.ts';
import type { WireLimits } from './limits.ts';
import { demand } from './refusal.ts';

/** Stands for a signature that is missing, in a message that nobody gets to see before it is there. */
const MISSING: KeySignature = { signature: new Uint8Array() };

/** The reading of one message that may name signatures and transactions: it is completed from those that the reader holds. */
export class MessageReading {
  readonly limits: WireLimits;
  readonly #held: HeldParts;
  readonly #missing = new WantedList();
  #lacked: Digest[] = [];
  #lacking: LackingBlock | undefined;

  constructor(limits: WireLimits, held: Partial<HeldParts> = NO_PARTS) {
    this.limits = limits;
    this.#held = { ...NO_PARTS, ...held };
  }

  /** The signature that a reference names; a stand-in for one that the reader lacks, which is remembered. */
  signatureOf(statement: VoteStatement, member: MemberIndex): KeySignature {
    const signature = this.#held.signatures.signatureOf(statement, member);
    if (signature !== undefined) return signature;
    this.#missing.want(statement, member);
    const { statements, names } = this.#missing;
    demand(
      statements <= missingMax(STATEMENTS_PER_MEMBER_MAX, this.limits),
      'certificates of too many statements',
    );
    demand(names <= missingMax(NAMED_PER_MEMBER_MAX, this.limits), 'too many signatures are named');
    return MISSING;
  }

  /** The transaction that a block names; undefined for one that the reader lacks, which is remembered for `blockRead`. */
  transactionOf(hash: Digest): Transaction | undefined {
    const transaction = this.#held.transactions.transactionOf(hash);
    if (transaction === undefined) this.#lacked.push(hash);
    return transaction;
  }

  /** A block was read that names transactions. @throws WireRefusal for a second one that lacks some: a message proposes one block. */
  blockRead(block: Omit<LackingBlock, 'hashes'>): void {
    if (this.#lacked.length === 0) return;
    demand(this.#lacking === undefined, 'two blocks whose transactions are not known');
    this.#lacking = { ...block, hashes: this.#lacked };
    this.#lacked = [];
  }

  /** Whether the reader holds all that the message names. */
  get isComplete(): boolean {
    return this.#lacking === undefined && this.missing.length === 0;
  }

  /** The signatures that the message names and the reader lacks: it cannot be used without them. */
  get missing(): readonly WantedSignatures[] {
    return this.#missing.all;
  }

  /** The block in it whose transactions the reader lacks; undefined when it lacks none. */
  get lacking(): LackingBlock | undefined {
    return this.#lacking;
  }
}

/**
 * The bound of the names in a message that its reader lacks. The entry of each member may show a share of each faulty member that nobody
 * else was given, and an honest member passes them on. Everything above is of a liar, and would cost the reader time without end.
 */
function missingMax(perMember: number, { membersMax }: WireLimits): number {
  const faulty = Math.floor((membersMax - 1) / 3);
  return (perMember + faulty) * membersMax;
}
