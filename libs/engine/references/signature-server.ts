import type { MemberIndex } from '#libs/chain/ids.ts';
import type { GivenSignatures, HeldSignatures, WantedSignatures } from '#libs/protocol/named-signatures.ts';
import type { Signed } from '#libs/protocol/signed.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { SignaturesRequest } from '../ports/signature-messages.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import { SharedBytes } from '../timing/shared-bytes.ts';
import {
  SIGNATURES_ANSWER_BYTES_MAX,
  SIGNATURES_SERVED_BYTES_EACH_MIN,
  SIGNATURES_SERVED_BYTES_MAX,
  SIGNATURES_SERVED_PER_SECOND_MAX,
} from './reference-limits.ts';

/** Gives members the signatures that they lack: each within a budget of requests, all within one of bytes, and each answer within a bound. */
export class SignatureServer {
  readonly #pool: HeldSignatures;
  readonly #peers: Pick<PeerPort, 'send'>;
  readonly #requests: SecondBudget;
  readonly #bytes: SharedBytes;

  constructor(pool: HeldSignatures, peers: Pick<PeerPort, 'send'>, clock: ClockPort) {
    this.#pool = pool;
    this.#peers = peers;
    this.#requests = new SecondBudget(clock, SIGNATURES_SERVED_PER_SECOND_MAX);
    this.#bytes = new SharedBytes(clock, {
      eachMin: SIGNATURES_SERVED_BYTES_EACH_MIN,
      allMax: SIGNATURES_SERVED_BYTES_MAX,
    });
  }

  /** Answers also when it holds none, so that the next is asked at once. @returns false when the member asks too often or too much. */
  answer({ wanted }: SignaturesRequest, from: MemberIndex): boolean {
    if (!this.#bytes.hasRoom(from) || !this.#requests.take(from)) return false;
    const given = this.#given(wanted);
    this.#bytes.take(
      from,
      given.reduce((sum, { signatures }) => sum + bytesOf(signatures), 0),
    );
    this.#peers.send(from, { kind: 'signatures-response', given });
    return true;
  }

  #given(wanted: readonly WantedSignatures[]): readonly GivenSignatures[] {
    const given: GivenSignatures[] = [];
    let left = SIGNATURES_ANSWER_BYTES_MAX;
    for (const { statement, members } of wanted) {
      const signatures = fitting(this.#held(statement, members), left);
      left -= bytesOf(signatures);
      if (signatures.length > 0) given.push({ statement, signatures });
    }
    return given;
  }

  #held(statement: VoteStatement, members: readonly MemberIndex[]): readonly Signed[] {
    return members.flatMap((member) => {
      const held = this.#pool.signatureOf(statement, member);
      return held === undefined ? [] : [{ member, ...held }];
    });
  }
}

/** The first of these signatures that are no more bytes than this together. */
function fitting(signatures: readonly Signed[], bytesMax: number): readonly Signed[] {
  let left = bytesMax;
  const tooMany = signatures.findIndex(({ signature }) => {
    left -= signature.length;
    return left < 0;
  });
  return tooMany < 0 ? signatures : signatures.slice(0, tooMany);
}

function bytesOf(signatures: readonly Signed[]): number {
  return signatures.reduce((sum, { signature }) => sum + signature.length, 0);
}
