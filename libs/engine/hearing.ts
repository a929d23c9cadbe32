import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { EngineOptions } from './engine-options.ts';
import type { EngineParts } from './engine-parts.ts';
import { mayGuestSay } from './guests.ts';
import type { HearableLater } from './ports/peer-listener.ts';
import type {
  Decided,
  PeerMessageBody,
  Transactions,
  TransactionsRequest,
  WaitingTransactions,
} from './ports/peer-message.ts';
import type { SyncRequest } from './sync/request-server.ts';

const OVER_RATE = 'more than its share of a second';
const OF_ANOTHER_KIND = 'certificate of another phase';

type HearingOptions = Pick<EngineOptions, 'protocol' | 'context' | 'monitor'>;

/** Gives the messages of members and guests to the parts of the engine that they are for. */
export class Hearing {
  readonly #options: HearingOptions;
  readonly #parts: EngineParts;

  constructor(options: HearingOptions, parts: EngineParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** A message of a member whose identity the channel proved, or of a guest. */
  receive(from: MemberIndex, body: PeerMessageBody | HearableLater): void {
    // Whether a guest may say it is seen once it is read.
    if (body.kind === 'incomplete') return this.#parts.references.pull.wait({ from, message: body });
    const { protocol, context, monitor } = this.#options;
    const isGuest = context.set.members[from] === undefined;
    if (isGuest && !mayGuestSay(body, protocol)) return monitor.refused(from, 'unknown-member', body.kind);
    const { desk, heartbeat, joining, sync, keeper, references } = this.#parts;
    switch (body.kind) {
      case 'transactions':
      case 'waiting':
      case 'transactions-request':
        return this.#hearOfTransactions(body, from);
      case 'evidence':
        return desk.receive(from, body.content);
      case 'whereabouts':
        if (!heartbeat.heard(body, from)) return this.#tooMuch(from, body.kind);
        return joining.heard(body, from);
      case 'blocks-request':
      case 'block-request':
      case 'snapshot-request':
      case 'chunk-request':
        return this.#answer(body, from);
      case 'blocks-response':
      case 'snapshot-response':
      case 'chunk-response':
        return sync.receive(body, from);
      case 'block-response': {
        const fault = keeper.receive(body.block, from);
        // Two members were asked, or sync was faster: no fault of the one that answers.
        if (fault !== undefined) monitor.refused(from, 'stale', fault);
        return;
      }
      case 'signatures-request':
        return references.server.answer(body, from) ? undefined : this.#tooMuch(from, body.kind);
      case 'signatures-response':
        return references.pull.arrived(body, from);
      case 'decided':
        return this.#hearDecision(body, from);
      case 'protocol':
        return this.#hearProtocol(body, from);
    }
  }

  #hearProtocol(message: ProtocolMessage, from: MemberIndex): void {
    const { watch, conduct, replica } = this.#parts;
    watch.heard(from, message);
    conduct.heard(from, message);
    replica.receive(from, message);
  }

  /** It goes the way of the protocol's own messages: verified within the budget of its sender, and its faults counted. */
  #hearDecision({ kind, certificate }: Decided, from: MemberIndex): void {
    const { protocol, monitor } = this.#options;
    if (certificate.kind !== protocol.votes.decides)
      return monitor.refused(from, 'invalid', kind, OF_ANOTHER_KIND);
    this.#hearProtocol(protocol.module.decision(certificate), from);
  }

  #hearOfTransactions(
    body: Transactions | WaitingTransactions | TransactionsRequest,
    from: MemberIndex,
  ): void {
    const { transactions, gossip, pull } = this.#parts;
    if (body.kind === 'transactions') {
      transactions.receive(body, from);
      return pull.arrived(body.transactions, from);
    }
    const { kind, hashes } = body;
    const isHeard = kind === 'waiting' ? pull.told(hashes, from) : gossip.answer(hashes, from);
    if (!isHeard) this.#tooMuch(from, kind);
  }

  #answer(body: SyncRequest, from: MemberIndex): void {
    if (!this.#parts.server.answer(body, from)) this.#tooMuch(from, 'sync requests');
  }

  #tooMuch(from: MemberIndex, what: string): void {
    this.#options.monitor.refused(from, 'overloaded', what, OVER_RATE);
  }
}
