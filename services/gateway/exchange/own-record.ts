import type { ExchangeNetwork, RecordCryptography } from './ports.ts';
import { advertisedAddresses } from './rules/address-scope.ts';
import { RECORD_ADDRESSES_MAX, RECORD_REFRESH_MS } from './rules/exchange-limits.ts';
import { type PeerRecord, recordStatement } from './rules/record.ts';

export interface OwnRecordOptions {
  readonly network: ExchangeNetwork;
  readonly cryptography: RecordCryptography;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** First sequence number; above that of the last run, so the time of day in milliseconds. */
  readonly firstSequence: bigint;
}

/**
 * Our own entry: signed anew when our addresses change, when it gets old, and when others hold a higher number
 * from an older run.
 */
export class OwnRecord {
  readonly #options: OwnRecordOptions;
  #sequence: bigint;
  #record: PeerRecord | undefined;
  #signedAtMs = 0;

  constructor(options: OwnRecordOptions) {
    this.#options = options;
    this.#sequence = options.firstSequence;
  }

  /** The record in force; undefined while we have no address that others could dial. */
  get current(): PeerRecord | undefined {
    return this.#record;
  }

  /** Signs anew if there is a reason to; answers whether it did. */
  refresh(): boolean {
    const { network, nowMs } = this.#options;
    const addresses = advertisedAddresses(network.listenAddresses(), RECORD_ADDRESSES_MAX);
    const isSame = this.#record?.addresses.join(' ') === addresses.join(' ');
    if (addresses.length === 0 || (isSame && nowMs() - this.#signedAtMs < RECORD_REFRESH_MS)) return false;
    this.#sign(addresses);
    return true;
  }

  /** Notes that others hold a record of ours with this number; answers whether ours had to be raised above it. */
  raiseAbove(sequence: bigint): boolean {
    if (this.#record === undefined || sequence <= this.#record.sequence) return false;
    this.#sequence = sequence + 1n;
    this.#sign(this.#record.addresses);
    return true;
  }

  #sign(addresses: readonly string[]): void {
    const { network, cryptography, nowMs } = this.#options;
    const unsigned = { key: network.self, addresses, sequence: this.#sequence };
    this.#record = { ...unsigned, signature: cryptography.sign(recordStatement(unsigned)) };
    this.#sequence += 1n;
    this.#signedAtMs = nowMs();
  }
}
