import type { Custodian } from '#libs/custody/custodian.ts';
import { type Learnable, learnableOpening } from '#libs/custody/learn-grounds.ts';
import { learnables, statementRequest } from '#libs/custody/statement-request.ts';
import type { Grounds } from '#libs/protocol/grounds.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { SignatureAnswer } from '#libs/replica/ports.ts';
import { type ClaimNumbers, VerifiedClaims } from './claim-numbers.ts';
import type { ProcessLane, WorkMeter } from './process-lane.ts';
import type { SignatureWork } from './signature-work.ts';
import { hopMs, type WorkCosts } from './work-costs.ts';
import { WorkQueue } from './work-queue.ts';

interface ModelledSignerParts {
  readonly lane: ProcessLane;
  readonly work: SignatureWork;
  readonly custodian: Custodian;
  readonly numbers: ClaimNumbers;
  readonly costs: WorkCosts;
  /** The bytes of every signature. */
  readonly signature: Uint8Array;
}

interface SigningCall {
  readonly statement: VoteStatement;
  readonly grounds: Grounds;
  readonly done: (answer: SignatureAnswer) => void;
}

/**
 * The signer of a member: it verifies what a statement rests on by itself, each signature once; it judges requests in the order
 * of their arrival, by the rules of production, records durably, signs, and verifies its signature.
 */
export class ModelledSigner {
  readonly #parts: ModelledSignerParts;
  readonly #verified = new VerifiedClaims();
  readonly #calls = new WorkQueue<SigningCall>();
  #isJudging = false;

  constructor(parts: ModelledSignerParts) {
    this.#parts = parts;
  }

  sign(call: SigningCall): void {
    this.#calls.push(call);
    if (!this.#isJudging) this.#next();
  }

  #next(): void {
    const call = this.#calls.shift();
    this.#isJudging = call !== undefined;
    if (call === undefined) return;
    const { custodian } = this.#parts;
    const { statement, grounds } = call;
    const judge = (): void => {
      this.#learn(
        () => learnables(custodian, statement, grounds),
        (meter) => this.#decide(call, meter),
      );
    };
    const { opening } = grounds;
    if (opening === undefined) return judge();
    // The leader may follow from the block before, so that is shown first, as a service shows it.
    this.#learn(() => [learnableOpening(custodian, opening)].filter((each) => each !== undefined), judge);
  }

  /** Verifies what is not known yet of some facts, and believes them. They are asked for when the signer comes to them. */
  #learn(found: () => readonly Learnable[], then: (meter: WorkMeter) => void): void {
    const { lane, work, numbers, costs, signature } = this.#parts;
    lane.push((meter) => {
      const facts = found();
      const claims = facts.flatMap((fact) => fact.claims);
      const fresh = this.#verified.add(numbers.ofAll(claims));
      meter.spend((costs.messageFactor * costs.callUs + claims.length * costs.claimUs) / 1_000);
      // Of a certificate that it has seen the name alone comes.
      if (fresh > 0) meter.spend(hopMs(costs, fresh * signature.length));
      const believe = (deciding: WorkMeter): void => {
        for (const { learn } of facts) learn();
        then(deciding);
      };
      meter.afterwards(() => work.verify(fresh, () => lane.push(believe)));
    });
  }

  #decide({ statement, grounds, done }: SigningCall, meter: WorkMeter): void {
    const { custodian, work, costs, signature } = this.#parts;
    const { chain, epoch, session } = custodian.state;
    const decision = custodian.decide(statementRequest({ chain, epoch, session }, statement, grounds));
    if (decision.kind === 'sign') {
      custodian.commit(decision);
      meter.spend(costs.recordCpuMs);
      meter.wait(costs.recordMs - costs.recordCpuMs);
    }
    meter.afterwards(() => {
      if (decision.kind === 'refuse') done({ kind: 'refused', reason: decision.reason });
      else work.sign(() => work.verify(1, () => done({ kind: 'signed', signature })));
      this.#next();
    });
  }
}
