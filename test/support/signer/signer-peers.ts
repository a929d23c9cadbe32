import type { Block } from '#libs/chain/block.ts';
import { type Digest, digestBytes, type Epoch, toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { SigningKey } from '#libs/crypto/signature-scheme.ts';
import type { Roster } from '#libs/membership/roster.ts';
import { QuorumCertificate as WireCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import {
  CertificateKind,
  type Grounds,
  type Scope,
  type SignRequest,
  type Statement,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { genesisRoot, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement, type Phase, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { ValidatorFacts } from '#libs/protocol/validator-set.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { signRequestOf } from '#services/consensus/adapters/sign-request.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import type { SignerClient } from './signer-home.ts';

/**
 * Members 1 to 3 of a federation of four, whose member 0 is the signer under test: together a quorum, so that they
 * can certify any block. Member 0 leads views 4, 8, 12.
 */
export class SignerPeers {
  readonly #chain: Digest;
  readonly #keys: readonly SigningKey[];

  private constructor(chain: Digest, keys: readonly SigningKey[]) {
    this.#chain = chain;
    this.#keys = keys;
  }

  static async create(scheme: string, chain: Digest): Promise<SignerPeers> {
    const chosen = schemeByName(scheme);
    const pairs = await Promise.all([1, 2, 3].map(() => chosen.generate()));
    return new SignerPeers(
      chain,
      pairs.map(({ secretKey }) => chosen.loadKey(secretKey)),
    );
  }

  /** The facts of the genesis, with `publicKey` as member 0. */
  firstEpoch(publicKey: Uint8Array) {
    const keys = [publicKey, ...this.#keys.map((key) => key.publicKey)];
    const members = keys.map(
      (key, index): ValidatorFacts => ({ name: `m${index}`, publicKey: key, weight: 1n }),
    );
    return { members, root: genesisRoot(GENESIS.digest) };
  }

  get chain(): Digest {
    return this.#chain;
  }

  /** All four, as a handover names them. */
  roster(publicKey: Uint8Array): Roster {
    return this.firstEpoch(publicKey).members.map((member) => ({
      ...member,
      gatewayPublicKey: member.publicKey.subarray(0, 32),
    }));
  }

  scope(session = 0n): Scope {
    return { chainDigest: digestBytes(this.#chain), epoch: 0n, session };
  }

  /** A certificate by members 1 to 3. */
  async certificate(phase: Phase, { header, digest }: Block): Promise<QuorumCertificate> {
    const { view, height, epoch } = header;
    const statement = blockStatement(phase, view, { height, digest });
    const signatures = await Promise.all(
      [1, 2, 3].map(async (member) => ({
        member: toMemberIndex(member),
        signature: await this.sign(member, statement, epoch),
      })),
    );
    return { kind: phase, instance: 0n, view, height, digest, signatures };
  }

  async sign(
    member: number,
    statement: VoteStatement,
    epoch = toEpoch(0n),
    table: Pick<VoteTable, 'protocol' | 'bytes'> = HOTSTUFF_TABLE,
  ): Promise<Uint8Array> {
    const key = this.#keys[member - 1];
    if (key === undefined) throw new Error(`no key of member ${member}`);
    return key.sign(table.bytes({ chain: this.#chain, protocol: table.protocol, epoch }, statement));
  }

  /** A certificate by members 1 to 3, of a vote in any protocol. */
  async certified(
    table: VoteTable,
    { kind, instance, view, block }: Omit<VoteStatement, 'reports'>,
    epoch: Epoch,
  ): Promise<QuorumCertificate> {
    if (block === undefined) throw new Error('a certificate is of a block');
    const statement = { kind, instance, view, block, reports: [] };
    const signatures = await Promise.all(
      [1, 2, 3].map(async (member) => ({
        member: toMemberIndex(member),
        signature: await this.sign(member, statement, epoch, table),
      })),
    );
    return { kind, instance, view, ...block, signatures };
  }

  /** Signs with the key of `secret`. */
  async signWith(secret: Uint8Array, scheme: string, statement: VoteStatement): Promise<Uint8Array> {
    const scope = { chain: this.#chain, protocol: 'hotstuff', epoch: toEpoch(0n) };
    return schemeByName(scheme).loadKey(secret).sign(signingBytes(scope, statement));
  }

  /** A PREPARE vote for a block on genesis, which the leader of its view proposed. */
  async prepare(view: number, salt = 0, session = 0n): Promise<SignRequest> {
    const block = blockOn(GENESIS, view, { salt });
    const { header, digest } = block;
    const proposal = blockStatement('proposal', header.view, { height: header.height, digest });
    return withGrounds(this.vote('prepare', block, session), {
      header: headerToWire(header),
      proposalSignature: await this.sign(view % 4, proposal),
    });
  }

  /** A vote of a later phase, or of PREPARE without its grounds. */
  vote(phase: Phase, { header, digest }: Block, session = 0n): SignRequest {
    return this.#request(blockStatement(phase, header.view, { height: header.height, digest }), session);
  }

  proposal({ header, digest }: Block, session = 0n): SignRequest {
    const statement = blockStatement('proposal', header.view, { height: header.height, digest });
    return withGrounds(this.#request(statement, session), { header: headerToWire(header) });
  }

  /** Gives up a view, and reports genesis or a block. */
  timeout(view: number, high: Block = GENESIS, session = 0n): SignRequest {
    const reported = { view: high.header.view, digest: high.digest };
    return this.#request(timeoutStatement(toView(BigInt(view)), reported), session);
  }

  #request(statement: VoteStatement, session: bigint): SignRequest {
    return { scope: this.scope(session), ...signRequestOf({ statement, grounds: {} }, undefined) };
  }
}

const NO_GROUNDS: Grounds = {
  ...{ header: undefined, justifyView: 0n, proposalSignature: new Uint8Array() },
  ...{ proposalKey: undefined, certificate: undefined },
};

/** The same request with other grounds. */
export function withGrounds(request: SignRequest, change: Partial<Grounds>): SignRequest {
  return { ...request, grounds: { ...(request.grounds ?? NO_GROUNDS), ...change } };
}

/** The same request about another statement. */
export function withStatement({ statement, ...rest }: SignRequest, change: Partial<Statement>): SignRequest {
  return { ...rest, statement: statement && { ...statement, ...change } };
}

/** Hands a certificate over in pieces. @returns its view. */
export async function putCertificate(
  client: SignerClient,
  scope: Scope,
  certificate: QuorumCertificate,
): Promise<bigint> {
  return putBytes(client, scope, WireCertificate.encode(certificateToWire(certificate)).finish());
}

export async function putBytes(
  client: SignerClient,
  scope: Scope,
  content: Uint8Array,
  kind: CertificateKind = CertificateKind.QUORUM,
): Promise<bigint> {
  const call = client.putCertificate({ deadlineMs: 120_000 });
  for (let start = 0; start < content.length; start += 65_536) {
    call.send({ kind, chunk: content.subarray(start, start + 65_536), scope });
  }
  call.end();
  for await (const { view } of call.responses) return view;
  throw new Error('no receipt');
}
