import type { Block } from '#libs/chain/block.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { HostedModule, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { statementText } from '#libs/protocol/named-signatures.ts';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import type { TransportPort } from '#libs/replica/ports.ts';
import type { PeerPort } from '../ports/engine-ports.ts';
import { TOLD_MAX, WHOLE_BYTES_MAX } from './reference-limits.ts';
import type { SignaturePool } from './signature-pool.ts';

export interface ReferringOptions {
  readonly module: Pick<HostedModule, 'claims' | 'ownClaim' | 'proposed' | 'reported' | 'votePath'>;
  readonly peers: Pick<PeerPort, 'send'>;
  readonly pool: SignaturePool;
  /** Bytes of clients' transactions up to which a proposal carries them. */
  readonly carriedBytesMax: number;
  /** Of the epoch: the terms say who counts votes. */
  readonly context: { readonly parameters: ParameterValues };
}

/**
 * Sends the messages of the protocol with certificates by reference: the receivers have verified most of the signatures already, and ask
 * for the others. A proposal to all names the transactions of clients, which its receivers have from gossip, unless these are few bytes. Only where votes go to the leader, so that nobody else could form it, a certificate goes whole when it is told to all for
 * the first time.
 */
export class ReferringTransport implements TransportPort<ProtocolMessage> {
  readonly #options: ReferringOptions;
  readonly #told = new Set<string>();

  constructor(options: ReferringOptions) {
    this.#options = options;
  }

  send(to: MemberIndex | 'all', message: ProtocolMessage): void {
    const { module, peers, pool } = this.#options;
    const claims = module.claims(message);
    // A member that names signatures must be able to give them. All of them were verified here.
    pool.pin(claims);
    peers.send(to, message, undefined, this.#formFor(to, message, claims));
  }

  /**
   * A proposal of this member goes whole to one other, which may just have come back. A proposal of another, which it passes on, is compact as to all: several
   * members do so at a time, and the one that lacks it has others give it the transactions once.
   */
  #formFor(
    to: MemberIndex | 'all',
    message: ProtocolMessage,
    claims: ReturnType<HostedModule['claims']>,
  ): MessageForm {
    const { module, carriedBytesMax } = this.#options;
    const isPassedOn = module.ownClaim(message) === undefined;
    const block = to === 'all' || isPassedOn ? module.proposed(message) : undefined;
    if (block !== undefined && bytesOfClients(block) > carriedBytesMax) return 'compact';
    return to === 'all' ? this.#formToAll(message, claims) : 'reference';
  }

  #formToAll(message: ProtocolMessage, claims: ReturnType<HostedModule['claims']>): MessageForm {
    const { module, context } = this.#options;
    const [first] = claims;
    const isProof = module.ownClaim(message) === undefined && module.reported(message) === undefined;
    if (!isProof || first === undefined || module.votePath(context.parameters) === 'all') return 'reference';
    const text = statementText(first.statement);
    if (this.#told.has(text)) return 'reference';
    this.#told.add(text);
    for (const oldest of this.#told) {
      if (this.#told.size <= TOLD_MAX) break;
      this.#told.delete(oldest);
    }
    const sizeBytes = claims.reduce((sum, { signature }) => sum + signature.length, 0);
    return sizeBytes <= WHOLE_BYTES_MAX ? 'whole' : 'reference';
  }
}

function bytesOfClients({ transactions }: Block): number {
  return transactions.reduce((sum, { kind, bytes }) => (kind === 'system' ? sum : sum + bytes.length), 0);
}
