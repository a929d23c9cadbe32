import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import { LATE_REPORTS, type PeerListener } from '#libs/engine/ports/peer-listener.ts';
import type { Logger } from '#libs/log/logger.ts';
import { peekReport } from '#libs/peer-wire/peek-report.ts';
import { nameOf } from '#libs/peer-wire/peer-bodies.ts';
import { decodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import type { ProtocolWire } from '#libs/peer-wire/protocol-wire.ts';
import type { WireLimits } from '#libs/wire/limits.ts';

const MUTED = 'nothing of it is read for a while';

/** Faults of ours that are logged, each once: a peer that provokes one could do so ten thousand times. */
const LOGGED_FAULTS_MAX = 64;

export interface MemberHearingOptions {
  /** First 8 bytes of the genesis digest. */
  readonly chainTag: Uint8Array;
  readonly limits: WireLimits;
  readonly log: Logger;
}

/** The node that hears, in the epoch that it is in. */
interface Hearer {
  readonly listener: PeerListener;
  readonly epoch: Epoch;
  /** The messages of the protocol that the epoch runs. */
  readonly protocol: ProtocolWire;
}

/** The way of the bytes of a member into the node: the cheapest refusals come first. */
export class MemberHearing {
  readonly #options: MemberHearingOptions;
  readonly #loggedFaults = new Set<string>();

  constructor(options: MemberHearingOptions) {
    this.#options = options;
  }

  /** One message that we fail to handle is dropped: it must not cost the connection to every member. */
  hear(from: MemberIndex, payload: Uint8Array, to: Hearer): void {
    try {
      this.#decode(from, payload, to);
    } catch (error) {
      to.listener.refused(from, 'invalid', 'it could not be handled');
      if (this.#loggedFaults.size >= LOGGED_FAULTS_MAX || this.#loggedFaults.has(String(error))) return;
      this.#loggedFaults.add(String(error));
      this.#options.log.error('message of a member could not be handled, it is dropped', error, { from });
    }
  }

  #decode(from: MemberIndex, payload: Uint8Array, { listener, epoch, protocol }: Hearer): void {
    if (!listener.hears(from)) return listener.refused(from, 'overloaded', MUTED, MUTED);
    const { chainTag, limits } = this.#options;
    const envelope = { chainTag, epoch, protocol };
    const peeked = peekReport(payload, envelope);
    const isPeeked = peeked !== undefined;
    if (isPeeked && !listener.hearsReport(from, peeked)) {
      return listener.refused(from, 'stale', LATE_REPORTS, LATE_REPORTS);
    }
    const decoded = decodePeerMessage(payload, { ...envelope, limits, held: listener.held });
    if (decoded.ok) {
      const type = nameOf(decoded.body);
      this.#options.log.debug('peer message received', { type, size_bytes: payload.length, member: from });
    }
    // A report whose fields stand in another order is not peeked at: `hear` then checks its budget.
    listener.hear(from, decoded, isPeeked);
  }
}
