import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '#libs/assert/assert.ts';
import { fromHex } from '#libs/bytes/hex.ts';
import { type Digest, type Height, toHeight } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { SignatureScheme, SigningKey } from '#libs/crypto/signature-scheme.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import type { Logger } from '#libs/log/logger.ts';
import { OPEN_POLICY } from '#libs/membership/policy.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { VOTE_PATHS } from '#libs/protocol/vote-path.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import type { SignatureAnswer } from '#libs/replica/ports.ts';
import { chainTag, type Genesis, genesisDigest } from '#libs/settings/genesis.ts';
import { genesisText } from '#libs/settings/genesis-text.ts';
import type { GatewayLink } from '#services/consensus/adapters/gateway-link.ts';
import { loadChain } from '#services/consensus/adapters/load-chain.ts';
import { MemberMonitor } from '#services/consensus/adapters/member-monitor.ts';
import type { SigningOrder } from '#services/consensus/adapters/signing-order.ts';
import { Member } from '#services/consensus/member.ts';
import { type MemoryGateway, MemoryGateways } from './memory-gateways.ts';

const ED25519_BYTES = 32;
const POLL_MS = 20;
const HEIGHT_MS_MAX = 900_000;
const CLIENT = { client: { kind: 'address', owner: '192.0.2.1' } } as const;

export interface ManyPlan {
  readonly members: number;
  readonly scheme: string;
  readonly votePath: 'leader' | 'all';
  readonly viewTimeoutMs: number;
  readonly folder: string;
  readonly log: Logger;
}

interface Seat {
  readonly member: Member;
  readonly gateway: MemoryGateway;
  height(): bigint;
  digestAt(height: Height): Digest | undefined;
  close(): Promise<void>;
}

/** The work of one decision, counted over all members. */
export interface DecisionFigures {
  readonly tookMs: number;
  readonly signatures: number;
  readonly verified: number;
  /** Bytes that all sent, and the one that sent most. */
  readonly sentBytes: number;
  readonly busiestBytes: number;
}

/** Members of one federation in one process: engine, codec, store and crypto of production; links in memory, keys without custody. */
export class ManyMembers {
  readonly #plan: ManyPlan;
  readonly #genesis: Genesis;
  readonly #keys: readonly SigningKey[];
  readonly #scheme: SignatureScheme;
  readonly #gateways: MemoryGateways;
  readonly #seats = new Map<number, Seat>();
  readonly #verifiers: BatchVerifier[] = [];
  #signatures = 0;
  #submitted = 0;

  private constructor(plan: ManyPlan, keys: readonly SigningKey[], genesis: Genesis) {
    this.#plan = plan;
    this.#keys = keys;
    this.#genesis = genesis;
    this.#scheme = schemeByName(plan.scheme);
    const tag = fromHex(chainTag(genesisDigest(genesis))) ?? new Uint8Array();
    const signatureBytes = this.#scheme.sizes.signature;
    this.#gateways = new MemoryGateways({
      ...{ chainTag: tag, members: plan.members, signatureBytes, log: plan.log },
    });
  }

  static async of(plan: ManyPlan): Promise<ManyMembers> {
    const scheme = schemeByName(plan.scheme);
    const pairs = await Promise.all(Array.from({ length: plan.members }, () => scheme.generate()));
    const members = pairs.map(({ publicKey }, at) => ({
      ...{ name: `m${at}`, consensusPublicKey: publicKey, gatewayPublicKey: gatewayKey(), weight: 1n },
    }));
    const keys = pairs.map(({ secretKey }) => scheme.loadKey(secretKey));
    return new ManyMembers(plan, keys, { ...genesisOf(plan), members });
  }

  /** Starts a member that has nothing but the genesis, and lets it meet the others. */
  async start(at: number): Promise<void> {
    const folder = join(this.#plan.folder, `m${at}`);
    mkdirSync(folder, { recursive: true });
    const genesisPath = join(folder, 'genesis.json');
    writeFileSync(genesisPath, genesisText(this.#genesis));
    const fail = (reason: unknown): never => {
      throw new Error(String(reason));
    };
    const files = { genesisPath, folder, member: `m${at}` };
    const chain = await loadChain({
      ...files,
      onDamage: fail,
      onDisk: fail,
      onUnreadable: fail,
      synced: () => {},
    });
    const gateway = this.#gateways.open(this.#genesis.members[at]?.gatewayPublicKey ?? new Uint8Array());
    const verifier = new BatchVerifier({ schemes: [this.#scheme] });
    this.#verifiers.push(verifier);
    const member = new Member({
      chain,
      // It has all that a member uses of a link.
      gateway: gateway as unknown as GatewayLink,
      signer: { sign: (order, done) => this.#sign(at, order, done) },
      signerFault: () => '',
      haltHeight: new HaltHeight(),
      verifier,
      monitor: new MemberMonitor(this.#plan.log, String, () => performance.now()),
      final: new FinalChannel(),
      snapshotBlocks: undefined,
      log: this.#plan.log,
      guests: [],
    });
    this.#seats.set(at, {
      member,
      gateway,
      height: () => chain.store.tip().header.height,
      digestAt: (height) => chain.store.blockAt(height)?.digest,
      close: async () => {
        await member.stop();
        chain.store.close();
      },
    });
    await member.start();
    this.#gateways.connect();
  }

  /** Decides one transaction; `isSilent`: the leader of the view that waits for it says nothing until it is decided. */
  async decide(isSilent = false): Promise<DecisionFigures> {
    const before = this.#counts();
    const startMs = performance.now();
    const { leader } = this.#seat(this.#someone()).member.status();
    const gateway = isSilent ? this.#seat(leader).gateway : undefined;
    if (gateway !== undefined) gateway.isSilent = true;
    this.#submitted += 1;
    const from = this.#someone(gateway === undefined ? undefined : leader);
    const transaction = transactionOf(Buffer.from(`transaction ${this.#submitted}`));
    this.#seat(from).member.clientMempool().submit(transaction, CLIENT);
    await this.reach(BigInt(this.#submitted), gateway === undefined ? [] : [leader]);
    const tookMs = performance.now() - startMs;
    if (gateway !== undefined) gateway.isSilent = false;
    const after = this.#counts();
    const sent = after.sent.map((bytes, at) => bytes - (before.sent[at] ?? 0));
    return {
      tookMs,
      signatures: after.signatures - before.signatures,
      verified: after.verified - before.verified,
      sentBytes: sent.reduce((sum, each) => sum + each, 0),
      busiestBytes: Math.max(...sent),
    };
  }

  /** Waits until all that run, but for some, have a height. */
  async reach(height: bigint, without: readonly number[] = []): Promise<void> {
    const startMs = performance.now();
    const seats = [...this.#seats].filter(([at]) => !without.includes(at));
    while (!seats.every(([, seat]) => seat.height() >= height)) {
      assert(performance.now() - startMs < HEIGHT_MS_MAX, `height ${height} is not reached`);
      await sleep(POLL_MS);
    }
  }

  get height(): bigint {
    return BigInt(this.#submitted);
  }

  /** Whether all have one block at every height. */
  agree(): boolean {
    const heights = Array.from({ length: this.#submitted + 1 }, (_, at) => toHeight(BigInt(at)));
    const seats = [...this.#seats.values()];
    return heights.every((height) => new Set(seats.map((seat) => seat.digestAt(height))).size === 1);
  }

  async stop(): Promise<void> {
    for (const seat of this.#seats.values()) await seat.close();
    for (const key of this.#keys) key.close();
  }

  #counts() {
    const verified = this.#verifiers.reduce((sum, { counts }) => sum + counts.verified, 0);
    return { signatures: this.#signatures, verified, sent: this.#gateways.sentBytes };
  }

  #someone(but?: number): number {
    return [...this.#seats.keys()].find((at) => at !== but) ?? 0;
  }

  #seat(at: number): Seat {
    const seat = this.#seats.get(at);
    assert(seat !== undefined, `member ${at} does not run`);
    return seat;
  }

  #sign(at: number, { statement, epoch }: SigningOrder, done: (answer: SignatureAnswer) => void): void {
    const scope = { chain: genesisDigest(this.#genesis), protocol: HOTSTUFF.id, epoch };
    const key = this.#keys[at];
    assert(key !== undefined, `member ${at} has no key`);
    this.#signatures += 1;
    key.sign(signingBytes(scope, statement)).then(
      (signature) => done({ kind: 'signed', signature }),
      (error: unknown) => done({ kind: 'refused', reason: String(error) }),
    );
  }
}

function genesisOf({ scheme, votePath, viewTimeoutMs }: ManyPlan): Omit<Genesis, 'members'> {
  return {
    version: 1,
    chainId: 'many-members',
    protocol: HOTSTUFF.id,
    scheme,
    genesisTimeMs: 0n,
    allowDominantMember: false,
    parameters: { blockBytesMax: 1_048_576, blockTransactionsMax: 10_000, transactionBytesMax: 262_144 },
    protocolParameters: {
      view_timeout_ms: viewTimeoutMs,
      view_timeout_ms_max: 10 * viewTimeoutMs,
      ...(votePath === 'all' ? { vote_path: VOTE_PATHS.indexOf('all') } : {}),
    },
    membership: OPEN_POLICY,
  };
}

function gatewayKey(): Uint8Array {
  const { publicKey } = generateKeyPairSync('ed25519');
  return publicKey.export({ type: 'spki', format: 'der' }).subarray(-ED25519_BYTES);
}
