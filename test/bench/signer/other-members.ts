import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type Digest, digestBytes, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { SigningKey } from '#libs/crypto/signature-scheme.ts';
import { MEMBERS_MIN } from '#libs/membership/limits.ts';
import { QuorumCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import {
  CertificateKind,
  type Grounds,
  type PutCertificateRequest,
  type Scope,
  type SignRequest,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement, type Phase } from '#libs/protocol/hotstuff/statements.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { signRequestOf } from '#services/consensus/adapters/sign-request.ts';
import type { FirstEpochFacts } from '#services/launcher/core/first-epoch.ts';
import { withGrounds } from '#test/support/signer/signer-peers.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const EPOCH = toEpoch(0n);
const OTHERS = [1, 2, 3] as const;
const MEMBERS = 1n + BigInt(OTHERS.length);

/**
 * Members 1 to 3 of a federation of four, whose member 0 is the signer that is measured: they sign the grounds that
 * it needs before it signs, as in a real federation.
 */
export class OtherMembers {
  readonly #chain: Digest;
  readonly #keys: readonly SigningKey[];
  /** The newest block: the next one stands on it. */
  #tip: Block = GENESIS;

  private constructor(chain: Digest, keys: readonly SigningKey[]) {
    this.#chain = chain;
    this.#keys = keys;
  }

  static async create(schemeName: string, chain: Digest): Promise<OtherMembers> {
    const scheme = schemeByName(schemeName);
    const keys: SigningKey[] = [];
    for (const _ of OTHERS) {
      const { secretKey } = await scheme.generate();
      keys.push(scheme.loadKey(secretKey));
      secretKey.fill(0);
    }
    return new OtherMembers(chain, keys);
  }

  /** The facts of a genesis with `publicKey` as member 0. */
  firstEpoch(publicKey: Uint8Array): FirstEpochFacts {
    const keys = [publicKey, ...this.#keys.map((key) => key.publicKey)];
    const members = keys.map((key, index) => ({ name: `m${index}`, publicKey: key, weight: 1n }));
    return { members, root: genesisRoot(GENESIS.digest), membersMin: MEMBERS_MIN };
  }

  /** The block of a view, on the one of the view before. */
  nextBlock(view: bigint): { readonly block: Block; readonly justifyView: bigint } {
    const parent = this.#tip;
    const { header, digest } = parent;
    const block = sealBlock(
      {
        ...GENESIS.header,
        height: toHeight(header.height + 1n),
        view: toView(view),
        proposer: toMemberIndex(leaderOf(view)),
        parent: digest,
      },
      [],
    );
    this.#tip = block;
    return { block, justifyView: header.view };
  }

  proposal(block: Block, justifyView: bigint, session: bigint): SignRequest {
    return this.#request(about(block, 'proposal'), session, {
      header: headerToWire(block.header),
      justifyView,
    });
  }

  /** A PREPARE request with the leader's signature, unless the signer leads the view. */
  async prepare(block: Block, justifyView: bigint, session: bigint): Promise<SignRequest> {
    const { header } = block;
    const leader = leaderOf(header.view);
    const proposalSignature =
      leader === 0 ? new Uint8Array() : await this.#sign(leader, about(block, 'proposal'));
    return this.#request(about(block, 'prepare'), session, {
      header: headerToWire(header),
      justifyView,
      proposalSignature,
    });
  }

  vote(phase: Phase, block: Block, session: bigint, certificate?: QuorumCertificate): SignRequest {
    return this.#request(about(block, phase), session, { certificate });
  }

  #request(statement: VoteStatement, session: bigint, grounds: Partial<Grounds>): SignRequest {
    const made = signRequestOf({ statement, grounds: {} }, undefined);
    return withGrounds({ scope: this.#scope(session), ...made }, grounds);
  }

  /** A certificate of the first two of the others and the signer itself, whose vote is `own`. */
  async certificate(phase: Phase, block: Block, own: Uint8Array): Promise<QuorumCertificate> {
    const { view, height } = block.header;
    const signatures = [{ member: toMemberIndex(0), signature: own }];
    for (const member of OTHERS.slice(0, 2)) {
      signatures.push({
        member: toMemberIndex(member),
        signature: await this.#sign(member, about(block, phase)),
      });
    }
    return certificateToWire({ kind: phase, instance: 0n, view, height, digest: block.digest, signatures });
  }

  /** A certificate by itself, in one piece. */
  handedOver(certificate: QuorumCertificate, session: bigint): PutCertificateRequest {
    const chunk = QuorumCertificate.encode(certificate).finish();
    return { kind: CertificateKind.QUORUM, chunk, scope: this.#scope(session) };
  }

  close(): void {
    for (const key of this.#keys) key.close();
  }

  #scope(session: bigint): Scope {
    return { chainDigest: digestBytes(this.#chain), epoch: EPOCH, session };
  }

  async #sign(member: number, statement: VoteStatement): Promise<Uint8Array> {
    const key = this.#keys[member - 1];
    if (key === undefined) throw new Error(`no key of member ${member}`);
    return key.sign(signingBytes({ chain: this.#chain, protocol: 'hotstuff', epoch: EPOCH }, statement));
  }
}

/** Round robin, as the genesis of a local federation has it. */
export function leaderOf(view: bigint): number {
  return Number(view % MEMBERS);
}

function about({ header, digest }: Block, kind: 'proposal' | Phase): VoteStatement {
  return blockStatement(kind, header.view, { height: header.height, digest });
}
