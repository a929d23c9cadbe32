import { existsSync, readFileSync } from 'node:fs';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { keyFor } from '#libs/membership/member-keys.ts';
import { type Genesis, genesisDigest } from '#libs/settings/genesis.ts';
import { genesisText } from '#libs/settings/genesis-text.ts';
import { parsePeersYaml, peersYaml } from '#libs/settings/peers-yaml.ts';
import { bindSigner } from '#services/signer/ceremony/init.ts';
import { type MemberFile, readMemberFile } from '../adapters/member-file.ts';
import { readConfiguration, readGenesis } from '../adapters/read-home.ts';
import { firstEpochOf } from '../core/first-epoch.ts';
import { type MemberPaths, memberPaths } from '../core/member-home.ts';
import { invalidInput } from '../words/errors.ts';
import type { PassphraseSource } from '../words/passphrase.ts';
import { writeGenesis, writeSecret } from './write-member.ts';

export interface BindMemberOptions {
  /** Absolute, made by `createMember`. */
  readonly home: string;
  readonly genesis: string;
  /** Paths of member.json files, for peers.yaml: all other members of the genesis; this member's own may be among them. */
  readonly members: readonly string[];
  /** Passphrase of the consensus key, asked for when it is sealed. */
  readonly passphrase?: PassphraseSource | undefined;
  /** The genesis does not name this member: it joins later. */
  readonly join?: boolean;
}

export interface BoundMember {
  readonly name: string;
  readonly chainId: string;
  readonly chainDigest: string;
  /** Entries of peers.yaml. */
  readonly peers: number;
}

/**
 * Second step of a member's life: binds it to the chain of a genesis that names its keys. The signer's key is bound
 * for good, so everything else is checked first.
 */
export async function bindMember(options: BindMemberOptions): Promise<BoundMember> {
  const paths = memberPaths(options.home);
  if (existsSync(paths.genesis))
    throw invalidInput(`${paths.genesis} exists: this member has its chain already`);
  if (!existsSync(paths.memberFile))
    throw invalidInput(
      `${options.home} is no home of a member: make it first, with "btcfed init --home ${options.home} --name NAME" and without --genesis`,
    );
  const own = readMemberFile(paths.memberFile);
  const genesis = readGenesis(options.genesis);
  if (options.join === true) checkJoining(own, genesis, options);
  else checkNamed(own, genesis, options);
  const peers = peersOf(own, genesis, options);

  const chainDigest = genesisDigest(genesis);
  await writeSecret(paths.peers, peersYaml(peers));
  const { passphrase } = options;
  await bindSigner({
    folder: paths.signerFolder,
    ...{ chainDigest, protocol: genesis.protocol },
    first: firstEpochOf(genesis),
    passphrase,
  });
  await writeGenesis(paths, genesisText(genesis));
  return { name: own.name, chainId: genesis.chainId, chainDigest, peers: peerCount(paths) };
}

function checkNamed(own: MemberFile, genesis: Genesis, { home, genesis: file }: BindMemberOptions): void {
  const identity = readConfiguration(memberPaths(home).conf).identity.publicKey;
  const named = genesis.members.find(({ gatewayPublicKey }) => equalBytes(gatewayPublicKey, identity));
  if (named === undefined) throw invalidInput(`${file} has no member with the identity of ${home}/conf.yaml`);
  if (!equalBytes(named.consensusPublicKey, own.consensusPublicKey)) {
    throw invalidInput(`${file} gives ${named.name} another consensus key than the one in ${home}`);
  }
  const audit = keyFor(named, 'audit');
  if (audit !== undefined && !equalBytes(audit, keyFor(own, 'audit') ?? new Uint8Array())) {
    throw invalidInput(`${file} gives ${named.name} another audit key than the one in ${home}`);
  }
  if (genesis.scheme === own.scheme) return;
  throw invalidInput(`${file} signs by ${genesis.scheme}, the key of ${home} by ${own.scheme}`);
}

function checkJoining(
  own: MemberFile,
  genesis: Genesis,
  { home, genesis: file, members }: BindMemberOptions,
): void {
  if (genesis.members.some(({ name }) => name === own.name)) {
    throw invalidInput(
      `${file} names ${own.name} already: leave out --join, or choose another name for ${home}`,
    );
  }
  if (genesis.scheme !== own.scheme) {
    throw invalidInput(`${file} signs by ${genesis.scheme}, the key of ${home} by ${own.scheme}`);
  }
  if (members.length === 0)
    throw invalidInput('--member: give the member.json of members that are there now');
}

/** The other members of the genesis, at the addresses that their files name. */
function peersOf(own: MemberFile, genesis: Genesis, { members: files, join = false }: BindMemberOptions) {
  const others = files
    .map((file) => ({ file, ...readMemberFile(file) }))
    .filter(({ gatewayPublicKey }) => !equalBytes(gatewayPublicKey, own.gatewayPublicKey));
  // A member that joins later needs the members of that time, and the genesis may name none of them.
  if (!join) checkComplete([own, ...others], genesis);
  return others.map(({ file, gatewayPublicKey: publicKey, addresses }) => {
    if (!join && !genesis.members.some((member) => equalBytes(member.gatewayPublicKey, publicKey))) {
      throw invalidInput(`${file} is no member of the genesis`);
    }
    if (addresses.length === 0)
      throw invalidInput(
        `${file} names no address: its operator writes where it is reached into "addresses"`,
      );
    return { publicKey, addresses };
  });
}

/** The key is bound for good: a peers.yaml with gaps would have to be fixed by hand, on every host. */
function checkComplete(files: readonly MemberFile[], { members }: Genesis): void {
  const missing = members.filter(
    ({ gatewayPublicKey }) => !files.some((file) => equalBytes(file.gatewayPublicKey, gatewayPublicKey)),
  );
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw invalidInput(`--member lacks the member.json of ${names}: give the files of all members`);
}

function peerCount({ peers }: MemberPaths): number {
  return parsePeersYaml(readFileSync(peers, 'utf8')).peers.length;
}
