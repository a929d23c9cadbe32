import type { MemberIndex } from '#libs/chain/ids.ts';
import type {
  HostedModule,
  HostedProtocol,
  ProtocolMessage,
} from '#libs/protocol/hosting/hosted-protocol.ts';
import { Bodies, type BodiesOptions } from '../bodies/bodies.ts';
import type { ClaimVerifier, ClockPort, EngineMonitor, PeerPort } from '../ports/engine-ports.ts';
import type { HearableLater } from '../ports/peer-listener.ts';
import { TellerRests } from '../timing/teller-rests.ts';
import { IncompleteMessages } from './incomplete-messages.ts';
import { LateChecks } from './late-checks.ts';
import { LateSignatures } from './late-signatures.ts';
import { CARRIED_BYTES_MAX } from './reference-limits.ts';
import { type ReferringOptions, ReferringTransport } from './referring-transport.ts';
import type { SignaturePool } from './signature-pool.ts';
import { SignaturePull } from './signature-pull.ts';
import { SignatureServer } from './signature-server.ts';

export interface ReferencesOptions
  extends Pick<BodiesOptions, 'chain' | 'mempool' | 'limits' | 'standingOf' | 'viewMs'> {
  readonly protocol: Pick<HostedProtocol, 'module'>;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly monitor: EngineMonitor;
  readonly signatures: SignaturePool;
  /** Keeps nothing in `signatures`. */
  readonly verifier: ClaimVerifier;
  readonly context: ReferringOptions['context'] & BodiesOptions['context'];
  /** Bytes of clients' transactions up to which a proposal carries them; `CARRIED_BYTES_MAX` when left out. */
  readonly carriedBytesMax?: number | undefined;
}

/** Messages that name parts, in one epoch: they are said and completed, and signatures and transactions are asked for and given. */
export class References {
  readonly transport: ReferringTransport;
  readonly pull: SignaturePull;
  readonly server: SignatureServer;
  readonly bodies: Bodies;
  readonly #late = new LateSignatures();
  readonly #ownClaim: HostedModule['ownClaim'];
  #isStopped = false;

  constructor(options: ReferencesOptions) {
    const { protocol, peers, clock, monitor, signatures: pool, verifier, context } = options;
    const { carriedBytesMax = CARRIED_BYTES_MAX } = options;
    this.#ownClaim = protocol.module.ownClaim;
    this.transport = new ReferringTransport({
      module: protocol.module,
      peers,
      pool,
      context,
      carriedBytesMax,
    });
    const late = new LateChecks({ verifier, pool, late: this.#late });
    const waiting = {
      messages: new IncompleteMessages(pool, context.set.members.length),
      rests: new TellerRests(clock),
    };
    this.pull = new SignaturePull({ peers, clock, monitor, verifier, late, ...waiting });
    this.server = new SignatureServer(pool, peers, clock);
    this.bodies = new Bodies(options);
  }

  /**
   * A message came that cannot be read without parts. Transactions come first: with them it is read again, and its certificates may be
   * complete by then.
   * @returns the draft of a proposal that the protocol refuses as it is.
   */
  wait(from: MemberIndex, message: HearableLater): ProtocolMessage | undefined {
    if (this.#isStopped) return undefined;
    if (message.lacking !== undefined) return this.bodies.pull.wait(from, message, message.lacking);
    this.pull.wait({ from, message });
    return undefined;
  }

  /** A message was refused that came too late to count: its signature may be named later. */
  late(from: MemberIndex, message: ProtocolMessage): void {
    const claim = this.#ownClaim(message);
    if (claim?.member === from) this.#late.keep(claim);
  }

  /** Nothing is asked for from now on; others are given what they ask for. */
  stop(): void {
    this.#isStopped = true;
    this.pull.stop();
    this.bodies.stop();
  }
}
