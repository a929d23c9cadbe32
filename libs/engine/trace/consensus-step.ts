import { assert } from '#libs/assert/assert.ts';
import type { Digest, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import { isPhase } from '#libs/protocol/hotstuff/statements.ts';

/** The phases as they stand in the names of steps. */
type PhaseWord = 'prepare' | 'precommit' | 'commit';

/**
 * The names of the steps of a view, in the words of the event registry (test/requirements/texts.md 5.4); names that
 * it lacks follow its pattern. `sent` to one member, `broadcasted` to all; `received` before signatures are verified,
 * `validated` after.
 */
export type StepName =
  | `proposal_${'created' | 'broadcasted' | 'received' | 'validated' | 'rejected'}`
  | `${PhaseWord}_vote_${'created' | 'sent' | 'received' | 'validated' | 'rejected'}`
  | `${PhaseWord}_qc_${'formed' | 'broadcasted' | 'sent' | 'received' | 'validated' | 'rejected'}`
  | `block_${'added' | 'committed'}`
  | 'locked_qc_updated'
  | 'highest_qc_updated'
  | `safenode_check_${'passed' | 'failed'}`
  | `view_timer_${'started' | 'cancelled'}`
  | 'view_timeout_detected'
  | `timeout_message_${'sent' | 'received' | 'validated' | 'rejected'}`
  | `timeout_certificate_${'sent' | 'received' | 'validated' | 'rejected'}`
  | 'view_change_started'
  | `new_view_message_${'sent' | 'received' | 'validated' | 'rejected'}`
  | 'new_view_started'
  | 'leader_elected'
  | `storage_tx_${'begin' | 'commit' | 'rollback'}`
  | 'state_sync_requested'
  | 'equivocation_found'
  | `evidence_${'stored' | 'broadcasted'}`;

/** One step, with its known facts. */
export interface ConsensusStep {
  readonly name: StepName;
  readonly view: View;
  readonly height?: Height;
  readonly digest?: Digest;
  readonly parent?: Digest;
  readonly leader?: MemberIndex;
  /** Voter, sender, receiver or offender. */
  readonly member?: MemberIndex;
  readonly phase?: string;
  readonly voteCount?: number;
  /** Weight that decides. */
  readonly required?: bigint;
  readonly timeoutMs?: number;
  readonly isTimeoutCapped?: boolean;
  readonly reason?: string;
  readonly oldView?: View;
  readonly lockedView?: View;
  readonly justifyView?: View;
}

/** Listens to the steps of a member. It decides nothing, and gathers nothing while nobody wants steps. */
export interface StepTrace {
  isWanted(): boolean;
  step(step: ConsensusStep): void;
}

const PHASE_WORDS = { prepare: 'prepare', 'pre-commit': 'precommit', commit: 'commit' } as const;

export function phaseWord(kind: string): PhaseWord {
  assert(isPhase(kind), `${kind} is no phase`);
  return PHASE_WORDS[kind];
}
