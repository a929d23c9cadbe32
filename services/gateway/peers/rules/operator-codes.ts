/**
 * The codes that operators search their logs for (test/requirements/texts.md 5.5), as far as a gateway sees
 * their causes; the rest is for consensus.
 */
const CODES: Readonly<Record<string, string>> = {
  'stream is reset: consensus frame too large': 'OVERSIZED_PROPOSAL',
  'stream is reset: bytes above the rate limit': 'BANDWIDTH_VIOLATION',
  'peer sends too many frames, it is slowed down': 'BANDWIDTH_THROTTLE',
  'frames of a peer are dropped, its share of the inbox is full': 'MEMORY_PRESSURE_DROP',
  'peer is not read for a while, as consensus asks': 'DOS_ATTACKER_BLOCKED',
};

/** The code of a peer's fault; undefined where no code names it. */
export function codeOfComplaint(cause: string): string | undefined {
  return CODES[cause];
}
