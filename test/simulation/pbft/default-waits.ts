import { PBFT_TERMS } from '#libs/protocol/pbft/parameters.ts';
import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';
import { usualNumbers } from '#test/support/protocol/usual-numbers.ts';

/** The waits of a genesis of PBFT that names none. */
export const DEFAULT_WAITS: ProtocolTiming = PBFT_TERMS.parameters.timing(usualNumbers(PBFT_TERMS));
