import { assert } from '../assert/assert.ts';
import type { Digest, Epoch } from '../chain/ids.ts';
import type { Statement } from '../protocol/statement.ts';
import { type CustodyState, virginState } from './custody-state.ts';
import { type Decision, decide, type SignDecision } from './decide.ts';
import type { Slot } from './slot.ts';

/**
 * The custody state of one key, held in memory. Memory must never run ahead of the disk: between `decide`
 * and `commit` the owner makes the decision durable, and decides nothing else. The simulation has no disk,
 * so there a register that outlives a crash is the disk.
 */
export class SlotRegister {
  #state: CustodyState;
  #pending: SignDecision | undefined;

  constructor(state: CustodyState) {
    this.#state = state;
  }

  /** A register for a key that never signed. */
  static virgin(chain: Digest, protocol: string): SlotRegister {
    return new SlotRegister(virginState(chain, protocol));
  }

  get mark(): Slot | undefined {
    return this.#state.mark;
  }

  get state(): CustodyState {
    return this.#state;
  }

  /** Judges a statement; nothing changes yet. A decision to sign holds until the next one is made. */
  decide(statement: Statement, epoch: Epoch): Decision {
    const decision = decide(this.#state, statement, epoch);
    this.#pending = decision.kind === 'sign' ? decision : undefined;
    return decision;
  }

  /** Takes over the decision to sign that was made last. It is durable by now. */
  commit(decision: SignDecision): void {
    assert(decision === this.#pending, 'a decision to sign is committed once, and before the next is made');
    this.#state = decision.nextState;
    this.#pending = undefined;
  }
}
