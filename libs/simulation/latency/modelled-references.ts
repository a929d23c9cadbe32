import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ClaimVerifier, ClockPort, PeerPort } from '#libs/engine/ports/engine-ports.ts';
import type { SignatureMessage } from '#libs/engine/ports/signature-messages.ts';
import { IncompleteMessages } from '#libs/engine/references/incomplete-messages.ts';
import { LateChecks } from '#libs/engine/references/late-checks.ts';
import { LateSignatures } from '#libs/engine/references/late-signatures.ts';
import { CARRIED_BYTES_MAX } from '#libs/engine/references/reference-limits.ts';
import type { ReferencesOptions } from '#libs/engine/references/references.ts';
import { ReferringTransport } from '#libs/engine/references/referring-transport.ts';
import { SignaturePull } from '#libs/engine/references/signature-pull.ts';
import { SignatureServer } from '#libs/engine/references/signature-server.ts';
import { TellerRests } from '#libs/engine/timing/teller-rests.ts';
import type { HostedModule, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import { WantedList } from '#libs/protocol/wanted-list.ts';
import type { ModelledMessage } from './latency-setting.ts';
import type { NumberedPool } from './numbered-pool.ts';

interface ModelledReferencesParts {
  readonly module: HostedModule;
  readonly peers: Pick<PeerPort, 'send'>;
  readonly clock: ClockPort;
  readonly verifier: ClaimVerifier;
  readonly pool: NumberedPool;
  readonly context: ReferencesOptions['context'];
}

/** Certificates by reference at one member, by the rules of production: the signatures named, those lacking, and the member asked for them. */
export class ModelledReferences {
  readonly transport: ReferringTransport;
  readonly #parts: ModelledReferencesParts;
  readonly #pull: SignaturePull;
  readonly #server: SignatureServer;
  readonly #late = new LateSignatures();

  constructor(parts: ModelledReferencesParts) {
    const { module, peers, clock, pool, verifier, context } = parts;
    this.#parts = parts;
    this.transport = new ReferringTransport({
      ...{ module, peers, pool, context },
      carriedBytesMax: CARRIED_BYTES_MAX,
    });
    this.#pull = new SignaturePull({
      ...{ peers, clock, verifier, monitor: { refused: () => {} } },
      late: new LateChecks({ verifier, pool, late: this.#late }),
      ...{
        messages: new IncompleteMessages(pool, context.set.members.length),
        rests: new TellerRests(clock),
      },
    });
    this.#server = new SignatureServer(pool, peers, clock);
  }

  hear(from: MemberIndex, message: SignatureMessage): void {
    if (message.kind === 'signatures-response') this.#pull.arrived(message, from);
    else this.#server.answer(message, from);
  }

  /** A message came too late to count. */
  late(message: ProtocolMessage): void {
    const claim = this.#parts.module.ownClaim(message);
    if (claim !== undefined) this.#late.keep(claim);
  }

  /** Takes a message of the protocol at once, or once all signatures that it names are here. */
  read(
    from: MemberIndex,
    { form, bytes }: ModelledMessage,
    message: ProtocolMessage,
    take: () => void,
  ): void {
    const missing = form === 'whole' ? [] : this.#lackedBy(message);
    if (missing.length === 0) return take();
    const again = () => ({ ok: true, body: message }) as const;
    this.#pull.wait({
      from,
      message: { kind: 'incomplete', missing, lacking: undefined, sizeBytes: bytes, again, hear: take },
    });
  }

  /** The sender's own signature goes with its message. */
  #lackedBy(message: ProtocolMessage) {
    const { module, pool } = this.#parts;
    const claims = module.claims(message);
    if (pool.holdsAll(claims)) return [];
    const own = module.ownClaim(message);
    const wanted = new WantedList();
    for (const { statement, member } of pool.lackedOf(claims))
      if (member !== own?.member || statement.kind !== own.statement.kind) wanted.want(statement, member);
    return wanted.all;
  }
}
