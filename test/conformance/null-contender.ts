import type { Contender } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { hostedNull } from '#test/support/null-protocol/subject.ts';

/** The null protocol of the tests: what a chain goes over to while there is no second protocol. */
export const NULL_CONTENDER: Contender = { subject: hostedNull(), parameters: {} };
