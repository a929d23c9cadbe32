import type { MemberIndex } from '#libs/chain/ids.ts';
import {
  type HeldSignatures,
  NO_SIGNATURES,
  type WantedSignatures,
} from '#libs/protocol/named-signatures.ts';
import { NAMED_PER_MEMBER_MAX, STATEMENTS_PER_MEMBER_MAX } from '#libs/protocol/naming-limits.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { WantedList } from '#libs/protocol/wanted-list.ts';
import type { WireLimits } from './limits.ts';
import { demand } from './refusal.ts';

/** Stands for a signature that is missing, in a message that nobody gets to see before it is there. */
const MISSING: KeySignature = { signature: new Uint8Array() };

/** The reading of one message whose certificates may stand by reference: completed from signatures that the reader holds. */
export class CertificateReading {
  readonly limits: WireLimits;
  readonly #held: HeldSignatures;
  readonly #missing = new WantedList();

  constructor(limits: WireLimits, held: HeldSignatures = NO_SIGNATURES) {
    this.limits = limits;
    this.#held = held;
  }

  /** The signature that a reference names; a stand-in for one that the reader lacks, which is remembered. */
  signatureOf(statement: VoteStatement, member: MemberIndex): KeySignature {
    const signature = this.#held.signatureOf(statement, member);
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

  /** The signatures that the message names and the reader lacks: it cannot be used without them. */
  get missing(): readonly WantedSignatures[] {
    return this.#missing.all;
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
