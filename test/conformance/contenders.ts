import type { Contender } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { hostedPbft } from '#libs/simulation/pbft/nodes/hosted-pbft.ts';

/** Waits that suit the simulated world. */
export const CONTENDER_WAITS = { view_timeout_ms: 300, view_timeout_ms_max: 3_000 } as const;

const HOSTED: readonly Contender[] = [
  { subject: hostedHotStuff(), parameters: CONTENDER_WAITS },
  { subject: hostedPbft(), parameters: CONTENDER_WAITS },
];

/** Every protocol of the product but this one: a chain goes over to each of them. */
export function contendersOf(protocol: string): readonly Contender[] {
  return HOSTED.filter(({ subject }) => subject.module.id !== protocol);
}
