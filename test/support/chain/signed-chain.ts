import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '#libs/bytes/hex.ts';
import type { Block } from '#libs/chain/block.ts';
import { type BlockWithFrontier, buildBlock } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { CertificateRule } from '#libs/chain/kept-certificates.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { ed25519FromSeed } from '#libs/crypto/ed25519.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { KeyPair } from '#libs/crypto/signature-scheme.ts';
import { RangeSize } from '#libs/engine/blocks/range-check.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { type ValidatorSet, validatorSet } from '#libs/protocol/validator-set.ts';
import type { SigningScope } from '#libs/protocol/vote/statement.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { type Genesis, genesisDigest } from '#libs/settings/genesis.ts';
import { defaultGenesisParameters } from '#libs/settings/genesis-parameters.ts';
import { parseGenesis } from '#libs/settings/parse-genesis.ts';
import type { ChainStore } from '#services/consensus/adapters/chain-store.ts';
import { openChainStore } from '#services/consensus/adapters/open-chain-store.ts';

const MEMBERS = 4;
const QUORUM = 3;
const START_MS = 1_795_219_200_000;

export interface SignedChainPlan {
  readonly scheme: string;
  readonly blocks: number;
  /** A certificate is signed for each so many blocks, or as many as make a range; the links prove the others. */
  readonly blocksPerCertificate: number;
  readonly transactionsPerBlock: number;
  readonly transactionBytes: number;
}

/** A federation of four with real keys, and the chain that it decided. */
export class SignedChain {
  readonly scheme;
  readonly set: ValidatorSet;
  readonly scope: SigningScope;
  /** The file that a stranger knows of it. */
  readonly file: Genesis;
  readonly genesis: Block;
  readonly #keys: readonly KeyPair[];
  readonly #plan: SignedChainPlan;

  private constructor(plan: SignedChainPlan, keys: readonly KeyPair[]) {
    this.#plan = plan;
    this.#keys = keys;
    this.scheme = schemeByName(plan.scheme);
    this.file = genesisOf(plan.scheme, keys);
    this.genesis = genesisBlock(this.file);
    this.scope = { chain: genesisDigest(this.file), protocol: 'hotstuff', epoch: toEpoch(0n) };
    this.set = validatorSet(
      toEpoch(0n),
      keys.map(({ publicKey }, index) => ({ name: `m${index}`, publicKey, weight: 1n })),
    );
  }

  static async of(plan: SignedChainPlan): Promise<SignedChain> {
    const scheme = schemeByName(plan.scheme);
    return new SignedChain(plan, await Promise.all(Array.from({ length: MEMBERS }, () => scheme.generate())));
  }

  /**
   * The store of a member that has nothing but genesis.
   *
   * @param rule - Which certificates it keeps; left out for that of every member.
   */
  open(folder: string, rule?: CertificateRule): ChainStore {
    mkdirSync(folder, { recursive: true });
    return openChainStore({
      path: join(folder, 'chain.db'),
      genesis: this.genesis,
      chainDigest: this.scope.chain,
      protocol: HOTSTUFF,
      member: 'm0',
      ...(rule && { rule }),
    });
  }

  /** Decides all blocks, in a store. */
  async decide(store: ChainStore): Promise<void> {
    const { blocks, blocksPerCertificate } = this.#plan;
    let last: BlockWithFrontier = { block: this.genesis, frontier: EMPTY_FRONTIER };
    let open: BlockWithFrontier[] = [];
    let size = new RangeSize();
    for (let height = 1; height <= blocks; height++) {
      last = this.#blockUpon(last, height);
      if (open.length > 0 && !size.fits([last.block])) {
        await this.#close(store, open);
        open = [];
        size = new RangeSize();
        size.fits([last.block]);
      }
      open.push(last);
      if (height % blocksPerCertificate !== 0 && height < blocks) continue;
      await this.#close(store, open);
      open = [];
      size = new RangeSize();
    }
  }

  async #close(store: ChainStore, branch: readonly BlockWithFrontier[]): Promise<void> {
    const last = branch.at(-1);
    if (last !== undefined) store.extend(branch, await this.#certify(last));
  }

  #blockUpon({ block, frontier }: BlockWithFrontier, height: number): BlockWithFrontier {
    const { transactionsPerBlock, transactionBytes } = this.#plan;
    const transactions = Array.from({ length: transactionsPerBlock }, (_, index) =>
      transactionOf(Buffer.alloc(transactionBytes, `${height} ${index} `)),
    );
    return buildBlock({
      parent: block,
      frontier,
      view: toView(BigInt(height)),
      epoch: this.set.epoch,
      proposer: toMemberIndex(height % MEMBERS),
      nowMs: BigInt(START_MS + height),
      transactions,
    });
  }

  async #certify({ block: { header, digest } }: BlockWithFrontier): Promise<QuorumCertificate> {
    const { view, height } = header;
    const message = signingBytes(this.scope, blockStatement('commit', view, { height, digest }));
    const signatures = await Promise.all(
      this.#keys.slice(0, QUORUM).map(async ({ secretKey }, index) => ({
        member: toMemberIndex(index),
        signature: await this.scheme.sign(secretKey, message),
      })),
    );
    return { kind: 'commit', instance: 0n, view, height, digest, signatures };
  }
}

function genesisOf(scheme: string, keys: readonly KeyPair[]): Genesis {
  return parseGenesis(
    JSON.stringify({
      ...{ version: 1, chain_id: 'signed', protocol: 'hotstuff', scheme, genesis_time_ms: START_MS },
      parameters: defaultGenesisParameters(),
      members: keys.map(({ publicKey }, index) => ({
        name: `m${index}`,
        consensus_public_key: toHex(publicKey),
        gateway_public_key: Buffer.from(ed25519FromSeed(new Uint8Array(32).fill(index)).publicKey).toString(
          'base64',
        ),
        weight: 1,
      })),
    }),
  );
}
