import { DBFT_TERMS } from '#libs/protocol/dbft/parameters.ts';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import { PBFT_TERMS } from '#libs/protocol/pbft/parameters.ts';
import type { Contender } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { hostedDbft } from '#libs/simulation/dbft/nodes/hosted-dbft.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { hostedPbft } from '#libs/simulation/pbft/nodes/hosted-pbft.ts';
import { usualNumbers } from '#test/support/protocol/usual-numbers.ts';

/** Waits that suit the simulated world. */
export const CONTENDER_WAITS = { view_timeout_ms: 300, view_timeout_ms_max: 3_000 } as const;

/** All numbers of PBFT, with these waits: a change to it names each. */
export const PBFT_NUMBERS: ParameterValues = { ...usualNumbers(PBFT_TERMS), ...CONTENDER_WAITS };

/** The same of dBFT. */
export const DBFT_NUMBERS: ParameterValues = { ...usualNumbers(DBFT_TERMS), ...CONTENDER_WAITS };

const HOSTED: readonly Contender[] = [
  { subject: hostedHotStuff(), parameters: CONTENDER_WAITS },
  { subject: hostedPbft(), parameters: PBFT_NUMBERS },
  { subject: hostedDbft(), parameters: DBFT_NUMBERS },
];

/** Every protocol of the product but this one: a chain goes over to each of them. */
export function contendersOf(protocol: string): readonly Contender[] {
  return HOSTED.filter(({ subject }) => subject.module.id !== protocol);
}
