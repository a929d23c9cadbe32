import { isSameStatement } from '#libs/protocol/evidence.ts';
import type { Grounds } from '#libs/protocol/grounds.ts';
import { signingKeyFault } from '#libs/protocol/signed.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { SIGNATURES_UNDER_WAY_MAX, SIGNATURES_WAITING_MAX } from './limits.ts';
import type { SignatureAnswer, SignerPort } from './ports.ts';

/** A request for a signature: the statement, and the grounds on which it may be signed. */
interface SignatureRequest {
  readonly statement: VoteStatement;
  readonly grounds: Grounds;
}

interface Asked {
  readonly statement: VoteStatement;
  answer: SignatureAnswer | undefined;
}

/** Why an answer is no signature to use: the signer refused, or another key made it than the kind takes. */
export function refusalIn(
  answer: SignatureAnswer,
  { kind }: VoteStatement,
  table: VoteTable,
): string | undefined {
  if (answer.kind === 'refused') return answer.reason;
  return answer.kind === 'signed' ? signingKeyFault(answer, kind, table) : undefined;
}

/**
 * Asks for signatures in order, a few at a time, and hands the answers on in that same order: a vote asked for
 * before a timeout comes back before it, so no vote of a view can leave after that view was given up. A leader's
 * proposal and its own vote are made side by side this way.
 */
export class OrderedSignatures {
  readonly #signer: SignerPort;
  readonly #isStale: (statement: VoteStatement) => boolean;
  readonly #answered: (statement: VoteStatement, answer: SignatureAnswer) => void;
  #waiting: SignatureRequest[] = [];
  /** Requests under way, oldest first. */
  readonly #asked: Asked[] = [];

  constructor(
    signer: SignerPort,
    isStale: (statement: VoteStatement) => boolean,
    answered: (statement: VoteStatement, answer: SignatureAnswer) => void,
  ) {
    this.#signer = signer;
    this.#isStale = isStale;
    this.#answered = answered;
  }

  /** A request that waits already is made once, with the newest grounds. */
  push({ statement, grounds }: SignatureRequest): void {
    this.#waiting = this.#waiting.filter(
      (each) => !this.#isStale(each.statement) && !isSameStatement(each.statement, statement),
    );
    if (this.#waiting.length < SIGNATURES_WAITING_MAX) this.#waiting.push({ statement, grounds });
    this.#next();
  }

  #next(): void {
    while (this.#asked.length < SIGNATURES_UNDER_WAY_MAX) {
      const request = this.#waiting.shift();
      if (request === undefined) return;
      if (!this.#isStale(request.statement)) this.#ask(request);
    }
  }

  #ask({ statement, grounds }: SignatureRequest): void {
    const asked: Asked = { statement, answer: undefined };
    this.#asked.push(asked);
    this.#signer.sign(statement, grounds, (answer) => {
      asked.answer = answer;
      this.#handOn();
      this.#next();
    });
  }

  #handOn(): void {
    for (let [head] = this.#asked; head?.answer !== undefined; [head] = this.#asked) {
      this.#asked.shift();
      this.#answered(head.statement, head.answer);
    }
  }
}
