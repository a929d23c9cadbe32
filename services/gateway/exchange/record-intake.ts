import type { Logger } from '#libs/log/logger.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import type { ExchangeNetwork, RecordCryptography } from './ports.ts';
import { scopeOfConnection, usableAddresses } from './rules/address-scope.ts';
import { RECORDS_PER_MESSAGE_MAX, STALE_MS } from './rules/exchange-limits.ts';
import type { PeerList } from './rules/peer-list.ts';
import { recordProblem, recordStatement, type ToldRecord } from './rules/record.ts';

export interface RecordIntakeOptions {
  readonly list: PeerList;
  readonly network: ExchangeNetwork;
  readonly cryptography: RecordCryptography;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly log: Logger;
  /** Called when a peer tells a newer record of ours than we know of: our clock was set back, or our disk restored. */
  readonly onOwnNewer: (sequence: bigint) => void;
}

/** The outcome for the records of one message. */
export interface IntakeResult {
  /** Keys of the new records. */
  readonly news: readonly string[];
  /** The rule that the teller broke; the rest of its message was not looked at. */
  readonly fault: string | undefined;
}

type Verdict = 'news' | 'known' | 'left out' | { readonly fault: string };

/**
 * Judges records in layers, the cheap ones first (P2P-75): syntax, then novelty, then policy and bounds, then
 * the signature. A dial shows whether a peer can be reached; only then is it kept for the next start.
 */
export class RecordIntake {
  readonly #options: RecordIntakeOptions;

  constructor(options: RecordIntakeOptions) {
    this.#options = options;
  }

  take(records: readonly ToldRecord[], teller: PeerConnection): IntakeResult {
    if (records.length > RECORDS_PER_MESSAGE_MAX) return { news: [], fault: 'too many entries' };
    const news: string[] = [];
    for (const told of records) {
      const verdict = this.#judge(told, teller);
      if (typeof verdict !== 'string') return { news, fault: verdict.fault };
      if (verdict === 'news') news.push(told.record.key);
    }
    return { news, fault: undefined };
  }

  #judge(told: ToldRecord, teller: PeerConnection): Verdict {
    const { list, network, nowMs } = this.#options;
    const { record, seenAgoMs } = told;
    const problem = recordProblem(record);
    if (problem !== undefined) return { fault: `entry with ${problem}` };
    if (record.key === network.self) return this.#judgeOwn(told);
    if (!list.isNews(record)) {
      if (list.get(record.key)?.record.sequence === record.sequence)
        list.seen(record.key, nowMs() - seenAgoMs);
      return 'known';
    }
    if (seenAgoMs > STALE_MS) return 'left out';
    return this.#judgeNews(told, teller);
  }

  #judgeNews(told: ToldRecord, teller: PeerConnection): Verdict {
    const { list, network, nowMs, log } = this.#options;
    const { record } = told;
    const usable = usableAddresses(record.addresses, scopeOfConnection(teller.address));
    if (usable.length === 0) {
      log.debug('peer entry left out, none of its addresses is of use here', { peer_key: record.key });
      return 'left out';
    }
    const isMember = network.members()?.has(record.key) === true;
    if (list.get(record.key) === undefined && !list.hasRoomFor(teller.peer, isMember)) {
      network.complain(teller.peer, 'peer tells of too many peers, the rest is left out');
      return 'left out';
    }
    if (!this.#isSigned(told)) return { fault: 'entry with a false signature' };
    list.put({ ...told, usable, source: teller.peer, isMember, nowMs: nowMs() });
    return 'news';
  }

  #judgeOwn(told: ToldRecord): Verdict {
    if (this.#isSigned(told)) this.#options.onOwnNewer(told.record.sequence);
    return 'left out';
  }

  #isSigned({ record }: ToldRecord): boolean {
    return this.#options.cryptography.verify(record.key, recordStatement(record), record.signature);
  }
}
