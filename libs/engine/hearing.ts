import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { EngineOptions } from './engine-options.ts';
import type { EngineParts } from './engine-parts.ts';
import { mayGuestSay } from './guests.ts';
import type { PartMessage } from './ports/body-messages.ts';
import type { HearableLater } from './ports/peer-listener.ts';
import type {
  BlockResponse,
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
    if (body.kind === 'incomplete') return this.#waitFor(body, from);
    const { protocol, context, monitor } = this.#options;
    const isGuest = context.set.members[from] === undefined;
    if (isGuest && !mayGuestSay(body, protocol)) return monitor.refused(from, 'unknown-member', body.kind);
    const { desk, heartbeat, joining, sync } = this.#parts;
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
      case 'block-response':
        return this.#hearBlock(body, from);
      case 'signatures-request':
      case 'signatures-response':
      case 'bodies-request':
      case 'bodies-response':
        return this.#hearOfParts(body, from);
      case 'decided':
        return this.#hearDecision(body, from);
      case 'protocol':
        return this.#hearProtocol(body, from);
    }
  }

  /** A proposal that is refused whatever it lacks is heard as it is: its sender may need help, or contradict itself. */
  #waitFor(message: HearableLater, from: MemberIndex): void {
    const refused = this.#parts.references.wait(from, message);
    if (refused !== undefined) this.#hearProtocol(refused, from);
  }

  #hearBlock({ block }: BlockResponse, from: MemberIndex): void {
    const { keeper, references } = this.#parts;
    const isAsked = references.bodies.pull.blockArrived(block);
    const fault = keeper.receive(block, from);
    // Two members were asked, or sync was faster: no fault of the one that answers.
    if (fault !== undefined && !isAsked) this.#options.monitor.refused(from, 'stale', fault);
  }

  /** Of signatures and transactions that messages name. */
  #hearOfParts(body: PartMessage, from: MemberIndex): void {
    const { references } = this.#parts;
    const { bodies } = references;
    if (body.kind === 'signatures-response') return references.pull.arrived(body, from);
    if (body.kind === 'bodies-response') return bodies.pull.answered(body.transactions, from);
    const isHeard =
      body.kind === 'bodies-request'
        ? bodies.server.answer(body, from)
        : references.server.answer(body, from);
    if (!isHeard) this.#tooMuch(from, body.kind);
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
    const { transactions, gossip, pull, references } = this.#parts;
    if (body.kind === 'transactions') {
      transactions.receive(body, from);
      pull.arrived(body.transactions, from);
      return references.bodies.pull.arrived(body.transactions);
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
