import type { Contender } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { hostedNull } from '#test/support/null-protocol/subject.ts';

/** The null protocol of the tests: it shares no code with any other one, and mutants are tried against it. */
export const NULL_CONTENDER: Contender = { subject: hostedNull(), parameters: {} };
