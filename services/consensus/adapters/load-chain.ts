import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type Digest, type MemberIndex, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { AppError } from '#libs/errors/app-error.ts';
import type { SigningScope } from '#libs/protocol/statement.ts';
import { type ValidatorSet, validatorSet } from '#libs/protocol/validator-set.ts';
import { type Genesis, genesisDigest } from '#libs/settings/genesis.ts';
import { parseGenesis } from '#libs/settings/parse-genesis.ts';
import type { SnapshotStore } from './chain-store/snapshot-store.ts';
import type { ChainStore } from './chain-store.ts';
import { openChainStore } from './open-chain-store.ts';
import { soundStore } from './sound-store.ts';

const FOLDER_MODE = 0o700;

/** The chain that this member belongs to, and its place in it. */
export interface LoadedChain {
  readonly genesis: Genesis;
  readonly chainDigest: Digest;
  readonly genesisDigest: Digest;
  readonly set: ValidatorSet;
  readonly scope: SigningScope;
  readonly me: MemberIndex;
  readonly store: ChainStore;
  readonly snapshots: SnapshotStore;
}

export interface ChainFiles {
  readonly genesisPath: string;
  readonly folder: string;
  /** Name of this member in the genesis. */
  readonly member: string;
  /** Told when the file turns out to be damaged, or cannot be written: the member must not vote. */
  readonly onDamage: (reason: string) => void;
}

/** @throws AppError that names the file and what to do. */
export function loadChain({ genesisPath, folder, member, onDamage }: ChainFiles): LoadedChain {
  const genesis = parseGenesis(readText(genesisPath));
  const index = genesis.members.findIndex(({ name }) => name === member);
  if (index < 0) {
    throw new AppError(`CONSENSUS_MEMBER: ${genesisPath} has no member named ${member}`, {
      code: 'CONSENSUS_MEMBER_UNKNOWN',
    });
  }
  const chainDigest = genesisDigest(genesis);
  const epoch = toEpoch(0n);
  const first = genesisBlock(genesis);
  const path = join(folder, 'chain.db');
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  const store = openChainStore({ path, genesis: first, chainDigest });
  return {
    genesis,
    chainDigest,
    genesisDigest: first.digest,
    set: validatorSet(
      epoch,
      genesis.members.map(({ name, weight, consensusPublicKey }) => ({
        name,
        weight,
        publicKey: consensusPublicKey,
      })),
    ),
    scope: { chain: chainDigest, protocol: genesis.protocol, epoch },
    me: toMemberIndex(index),
    store: soundStore(store, path, onDamage),
    snapshots: soundStore(store.snapshots, path, onDamage),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError(`cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'CONSENSUS_GENESIS_UNREADABLE',
    });
  }
}
