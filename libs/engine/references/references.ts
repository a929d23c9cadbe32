import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ClaimVerifier, ClockPort, EngineMonitor, PeerPort } from '../ports/engine-ports.ts';
import { TellerRests } from '../timing/teller-rests.ts';
import { IncompleteMessages } from './incomplete-messages.ts';
import { ReferringTransport } from './referring-transport.ts';
import type { SignaturePool } from './signature-pool.ts';
import { SignaturePull } from './signature-pull.ts';
import { SignatureServer } from './signature-server.ts';

export interface ReferencesOptions {
  readonly protocol: Pick<HostedProtocol, 'module'>;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly monitor: EngineMonitor;
  readonly signatures: SignaturePool;
  /** Keeps nothing in `signatures`. */
  readonly verifier: ClaimVerifier;
}

/** Certificates by reference, in one epoch: they are said, completed, and their signatures are asked for and given. */
export class References {
  readonly transport: ReferringTransport;
  readonly pull: SignaturePull;
  readonly server: SignatureServer;

  constructor({ protocol, peers, clock, monitor, signatures: pool, verifier }: ReferencesOptions) {
    this.transport = new ReferringTransport({ module: protocol.module, peers, pool });
    const waiting = { messages: new IncompleteMessages(pool), rests: new TellerRests(clock) };
    this.pull = new SignaturePull({ peers, clock, monitor, verifier, ...waiting });
    this.server = new SignatureServer(pool, peers, clock);
  }

  stop(): void {
    this.pull.stop();
  }
}
