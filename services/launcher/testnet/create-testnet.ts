import { availableParallelism } from 'node:os';
import type { Digest } from '#libs/chain/ids.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { type Genesis, genesisDigest } from '#libs/settings/genesis.ts';
import { genesisText } from '#libs/settings/genesis-text.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { parseGenesis } from '#libs/settings/parse-genesis.ts';
import type { Transport } from '#libs/settings/transport.ts';
import { bindSigner, createSignerKey } from '#services/signer/ceremony/init.ts';
import { memberFileText } from '../adapters/member-file.ts';
import { firstEpochOf } from '../core/first-epoch.ts';
import { type MemberPaths, memberPaths } from '../core/member-home.ts';
import { foundingPolicy } from './founding-size.ts';
import { genesisParametersFor, type MeasuredParameters, type NamedParameters } from './genesis-parameters.ts';
import type { MemberPlan } from './member-plan.ts';
import {
  makeMemberFolders,
  writeCertificates,
  writeGenesis,
  writeSecret,
  writeSettings,
} from './write-member.ts';

export interface TestnetOptions {
  readonly chainId: string;
  readonly protocol: string;
  readonly scheme: string;
  readonly members: readonly MemberPlan[];
  readonly votePath?: VotePath | undefined;
  readonly transport?: Transport | undefined;
  readonly parameters?: NamedParameters | undefined;
  /** Written into every conf.yaml; empty: found at start. */
  readonly natsUrl?: string;
  /** Called after the keys of each member are made. */
  readonly progress: (done: number, of: number) => void;
}

export interface Testnet {
  readonly genesis: Genesis;
  readonly chainDigest: Digest;
}

/** A member whose keys exist. */
interface KeyedMember {
  readonly plan: MemberPlan;
  readonly paths: MemberPaths;
  readonly identity: IdentityKey;
  readonly consensusPublicKey: Uint8Array;
}

const HOST = '127.0.0.1';

/** Makes a federation that can be started: keys, one genesis for all, and a home per member. */
export async function createTestnet(options: TestnetOptions): Promise<Testnet> {
  const { protocol, scheme, members, votePath, transport, parameters } = options;
  // All members may share this machine.
  const machine = { protocol, scheme, members: members.length, cores: availableParallelism() };
  const measured = await genesisParametersFor({ ...machine, votePath, transport, parameters });
  const keyed: KeyedMember[] = [];
  for (const plan of members) {
    keyed.push(await createKeys(plan, options));
    options.progress(keyed.length, members.length);
  }
  const genesis = newGenesis(options, measured, keyed);
  const chainDigest = genesisDigest(genesis);
  for (const member of keyed) {
    await writeHome(member, { genesis, others: keyed.filter((other) => other !== member), options });
    const chain = { chainDigest, protocol: genesis.protocol, first: firstEpochOf(genesis) };
    await bindSigner({ folder: member.paths.signerFolder, ...chain });
  }
  return { genesis, chainDigest };
}

async function createKeys(plan: MemberPlan, { scheme }: TestnetOptions): Promise<KeyedMember> {
  const paths = memberPaths(plan.home);
  makeMemberFolders(paths);
  await writeCertificates(paths, plan.name);
  const consensusPublicKey = await createSignerKey({ folder: paths.signerFolder, scheme });
  return { plan, paths, identity: IdentityKey.generate(), consensusPublicKey };
}

function newGenesis(
  { chainId, protocol, scheme }: TestnetOptions,
  measured: MeasuredParameters,
  members: readonly KeyedMember[],
): Genesis {
  const genesis: Genesis = {
    version: 1,
    chainId,
    protocol,
    scheme,
    genesisTimeMs: BigInt(Date.now()),
    allowDominantMember: false,
    membership: foundingPolicy(members.length),
    ...measured,
    members: members.map(({ plan, identity, consensusPublicKey }) => ({
      name: plan.name,
      consensusPublicKey,
      gatewayPublicKey: identity.publicKey,
      weight: 1n,
    })),
  };
  return parseGenesis(genesisText(genesis)); // A genesis that no service would accept must not be written.
}

interface HomeFacts {
  readonly genesis: Genesis;
  readonly others: readonly KeyedMember[];
  readonly options: TestnetOptions;
}

async function writeHome(member: KeyedMember, { genesis, others, options }: HomeFacts): Promise<void> {
  const { plan, paths, identity } = member;
  await writeGenesis(paths, genesisText(genesis));
  await writeSecret(paths.memberFile, memberFileOf(member, genesis.scheme));
  await writeSettings(paths, {
    identity,
    networkAddresses: [gatewayAddress(plan)],
    clientAddress: `${HOST}:${plan.ports.client}`,
    signerAddress: `${HOST}:${plan.ports.signer}`,
    metricsAddress: `${HOST}:${plan.ports.metrics}`,
    ...(options.natsUrl === undefined ? {} : { natsUrl: options.natsUrl }),
    peers: others.map((other) => ({
      publicKey: other.identity.publicKey,
      addresses: [gatewayAddress(other.plan)],
    })),
  });
}

/** The file of one member: later joiners begin with those of all members (`btcfed init --join --member`). */
function memberFileOf({ plan, identity, consensusPublicKey }: KeyedMember, scheme: string): string {
  const gateway = { gatewayPublicKey: identity.publicKey, addresses: [gatewayAddress(plan)] };
  return memberFileText({ name: plan.name, scheme, consensusPublicKey, ...gateway });
}

function gatewayAddress({ ports }: MemberPlan): string {
  return `/ip4/${HOST}/tcp/${ports.gateway}`;
}
