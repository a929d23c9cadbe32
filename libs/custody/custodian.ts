import { assert } from '#libs/assert/assert.ts';
import { toView } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import { leavesOpen } from './choice.ts';
import type { CustodyContext, CustodyRequest } from './custody-context.ts';
import type { CustodyState } from './custody-state.ts';
import { decide } from './decide.ts';
import type { Decision, SignDecision } from './decision.ts';
import { FactBook } from './fact-book.ts';
import { learnCertified } from './learn-certified.ts';
import { learnChoices } from './learn-rounds.ts';

/**
 * The custody state of one key, held in memory, and the facts verified for it. Memory must never run ahead of
 * the disk: between `decide` and `commit` the owner makes the decision durable, and decides nothing else. The
 * simulation has no disk, so there a custodian that outlives a crash is the disk.
 */
export class Custodian {
  #context: CustodyContext;
  #facts: FactBook;
  #state: CustodyState;
  #pending: SignDecision | undefined;

  constructor(context: CustodyContext, state: CustodyState, facts = new FactBook()) {
    this.#context = context;
    this.#state = state;
    this.#facts = facts;
    for (const [instance, { view, height, digest }] of state.high) {
      facts.certified({ kind: context.table.prepared, instance, view, height, digest });
    }
  }

  /** The context of the epoch that the state is in. */
  get context(): CustodyContext {
    return this.#context;
  }

  /** The facts verified for this epoch. */
  get facts(): FactBook {
    return this.#facts;
  }

  get state(): CustodyState {
    return this.#state;
  }

  /** Judges a request; nothing changes yet. A decision to sign holds until the next one is made. */
  decide(request: CustodyRequest): Decision {
    const decision = decide(this.context, this.#state, request, this.facts);
    this.#pending = decision.kind === 'sign' ? decision : undefined;
    return decision;
  }

  /** Applies the last decision to sign, which is durable by now. */
  commit(decision: SignDecision): void {
    assert(decision === this.#pending, 'a decision to sign is committed once, and before the next is made');
    this.replace(decision.nextState);
  }

  /** Applies another state that is durable by now: a session, a quarantine, an epoch. */
  replace(state: CustodyState): void {
    this.#state = state;
    this.#pending = undefined;
  }

  /** Begins an epoch that is durable by now. Facts of the one before are forgotten. */
  enter(context: CustodyContext, state: CustodyState): void {
    this.#context = context;
    this.#facts = new FactBook();
    this.replace(state);
  }

  /** Remembers a certificate, all of whose signatures were verified. */
  learn({ kind, instance, view, height, digest, signatures }: QuorumCertificate): void {
    // That of the root has no signature, and teaches nothing.
    if (signatures.length === 0) return;
    learnCertified(this.#context.table, this.facts, { kind, instance, view, height, digest });
  }

  /**
   * Whether a leave certificate, whatever its signatures, would teach nothing new. That of another quorum may leave another block
   * open, which the leader of the next view may rightly propose.
   */
  knowsLeave({ instance, view, high }: Pick<LeaveCertificate, 'instance' | 'view' | 'high'>): boolean {
    const { facts, context } = this;
    if (context.table.instances === 'one') return view <= facts.provenIn(instance);
    const choice = facts.choice(instance, toView(view + 1n));
    return choice !== undefined && leavesOpen(choice, high?.digest);
  }

  /** Remembers that a quorum left a view, all of whose signatures were verified, and the choices that it leaves. */
  learnLeave({ kind, instance, view, shares, high }: LeaveCertificate): void {
    this.facts.left({ instance, view });
    if (high !== undefined) this.learn(high);
    if (this.#context.table.instances === 'one') return;
    const leaves = shares.map(({ member, reports }) => ({
      member,
      statement: { kind, instance, view, block: undefined, reports },
    }));
    learnChoices(this, leaves);
  }
}
