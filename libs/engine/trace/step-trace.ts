import type { ConsensusStep } from '#libs/protocol/hosting/consensus-step.ts';

/** Listens to the steps of a member. It decides nothing, and gathers nothing while nobody wants steps. */
export interface StepTrace {
  isWanted(): boolean;
  step(step: ConsensusStep): void;
}
