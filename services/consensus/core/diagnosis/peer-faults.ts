import type { OperatorCode } from '#libs/engine/ports/operator-codes.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import { PEER_FAULTS_MAX, RECENT_MS } from './diagnosis-limits.ts';

/** An act of a peer, lately, that no honest member commits. */
export interface PeerFault {
  readonly peer: string;
  /** The operator code, or the cause of the refusal where no code names it. */
  readonly topic: string;
  readonly count: number;
}

/** Causes that honest members have too: they are late, in another epoch, or behind. */
const HARMFUL: ReadonlySet<RefusalCause> = new Set([
  'malformed',
  'oversized',
  'wrong-chain',
  'wrong-sender',
  'invalid',
  'equivocation',
  'bad-signature',
  'false-evidence',
]);

/** Codes of what happens among honest members under load, or after a split. */
const ORDINARY: ReadonlySet<OperatorCode> = new Set<OperatorCode>([
  'BANDWIDTH_THROTTLE',
  'EVIDENCE_RATE_LIMITED',
  'FORK_DETECTED',
  'MEMORY_PRESSURE_DROP',
  'NATURAL_FORK',
  'PREMATURE_VOTE',
  'STALE_EVIDENCE_REJECTED',
]);

interface Noted extends PeerFault {
  readonly lastMs: number;
}

/** The faults of peers of the last minutes, by peer and kind. Bounded for any input: the oldest is forgotten first. */
export class PeerFaults {
  readonly #nowMs: () => number;
  /** The one that was seen last stands last. */
  readonly #noted = new Map<string, Noted>();

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  refused(peer: string, cause: RefusalCause, code: OperatorCode | undefined): void {
    const isHarm = code === undefined ? HARMFUL.has(cause) : !ORDINARY.has(code);
    if (isHarm) this.#note(peer, code ?? cause);
  }

  noticed(peer: string, code: OperatorCode | undefined): void {
    if (code !== undefined && !ORDINARY.has(code)) this.#note(peer, code);
  }

  recent(): readonly PeerFault[] {
    const since = this.#nowMs() - RECENT_MS;
    const noted = [...this.#noted.values()].filter(({ lastMs }) => lastMs >= since);
    return noted.map(({ peer, topic, count }) => ({ peer, topic, count }));
  }

  #note(peer: string, topic: string): void {
    const nowMs = this.#nowMs();
    const key = `${peer} ${topic}`;
    const known = this.#noted.get(key);
    const isRecent = known !== undefined && known.lastMs >= nowMs - RECENT_MS;
    this.#noted.delete(key);
    const [oldest] = this.#noted.keys();
    if (this.#noted.size >= PEER_FAULTS_MAX && oldest !== undefined) this.#noted.delete(oldest);
    this.#noted.set(key, { peer, topic, count: (isRecent ? known.count : 0) + 1, lastMs: nowMs });
  }
}
