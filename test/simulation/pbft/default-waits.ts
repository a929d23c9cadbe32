import { PBFT_TERMS } from '#libs/protocol/pbft/parameters.ts';
import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';

const { bounds, timing } = PBFT_TERMS.parameters;

/** The waits of a genesis of PBFT that names none. */
export const DEFAULT_WAITS: ProtocolTiming = timing(
  Object.fromEntries(Object.entries(bounds).map(([name, each]) => [name, each.default])),
);
