import { isQuorumReached, reachText } from '#libs/membership/quorum-reach.ts';
import type { MemberStatus } from './ports.ts';

/** One condition of a member that does its work. */
export interface ReadinessRule {
  /** As probes name it. */
  readonly name: string;
  /** Why the condition is not met, for a person; empty while it is. */
  readonly fault: (status: MemberStatus) => string;
}

const DRAINING = 'takes no new transactions: its operator is about to stop it';

/**
 * The conditions under which a member decides blocks with the others. A member that is not ready answers reads all the
 * same; transactions that it is given wait.
 */
export const READINESS: readonly ReadinessRule[] = [
  { name: 'not_halted', fault: ({ haltReason, halt }) => (halt?.isReached ? '' : haltReason) },
  { name: 'halt_height', fault: ({ haltReason, halt }) => (halt?.isReached ? haltReason : '') },
  { name: 'takes_transactions', fault: ({ isDraining }) => (isDraining ? DRAINING : '') },
  { name: 'signer', fault: ({ signerFault }) => signerFault },
  { name: 'quorum', fault: ({ quorum }) => (isQuorumReached(quorum) ? '' : reachText(quorum)) },
  {
    name: 'caught_up',
    fault: ({ mode, targetHeight }) => (mode === 'catching-up' ? `catches up to height ${targetHeight}` : ''),
  },
];

/** Whether all conditions are met. */
export function isReady(status: MemberStatus): boolean {
  return READINESS.every(({ fault }) => fault(status) === '');
}
