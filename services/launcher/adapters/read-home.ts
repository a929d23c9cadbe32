import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { AppError } from '#libs/errors/app-error.ts';
import { logSettingsOf } from '#libs/log/log-section.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import type { Genesis } from '#libs/settings/genesis.ts';
import type { NodeConfiguration } from '#libs/settings/node-configuration.ts';
import { parseGenesis } from '#libs/settings/parse-genesis.ts';
import { SettingsError } from '#libs/settings/settings-error.ts';
import { transportOf } from '#libs/settings/transport.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { type MemberPaths, memberPaths } from '../core/member-home.ts';
import { type PassedOn, passedOnFrom } from '../core/passed-on.ts';
import { type ColorWishes, terminalKind } from '../core/terminal-kind.ts';
import { invalidInput } from '../words/errors.ts';
import { checkPresent } from './check-present.ts';
import { readMemberFile } from './member-file.ts';

export interface MemberHome {
  readonly facts: LaunchFacts;
  readonly genesis: Genesis;
  /** Position in the genesis; -1 for a member that joined later, or will. */
  readonly index: number;
}

/** Variables of the caller that count. */
export interface HomeEnvironment extends PassedOn, ColorWishes {
  readonly NATS_URL?: string | undefined;
}

/**
 * Reads the facts about a member from the files of its home. The member is the one of the genesis whose gateway key
 * belongs to the identity of conf.yaml.
 *
 * @throws AppError naming the file and what is wrong with it.
 */
export function readMemberHome(folder: string, env: HomeEnvironment, isTerminal = false): MemberHome {
  const paths = memberPaths(resolve(folder));
  const configuration = readConfiguration(paths.conf);
  if (!existsSync(paths.genesis)) {
    const command = `btcfed init --home ${paths.home} --genesis FILE --member FILE…`;
    throw invalidInput(`${paths.home} has no chain yet: bind it to one with "${command}"`);
  }
  const genesis = readGenesis(paths.genesis);
  const key = configuration.identity.publicKey;
  const index = genesis.members.findIndex((member) => equalBytes(member.gatewayPublicKey, key));
  const member = genesis.members[index];
  const name = member?.name ?? joiningName(paths, key);
  if (name === undefined) {
    throw invalidInput(`${paths.genesis} has no member with the identity of ${paths.conf}`);
  }
  const { chainId, protocol } = genesis;
  const chain = { name, chainId, protocol, transport: transportOf(genesis) };
  return { facts: factsOf(configuration, { paths, env, isTerminal, chain }), genesis, index };
}

/**
 * Reads the facts for starting a node from a home: all services of a member, or, without a genesis, config and
 * gateway alone.
 *
 * @param isTerminal - Whether the lines of its log go to a terminal.
 * @throws AppError naming the file and what is wrong with it.
 */
export function readNodeHome(folder: string, env: HomeEnvironment, isTerminal: boolean): LaunchFacts {
  const paths = memberPaths(resolve(folder));
  if (existsSync(paths.genesis)) return readMemberHome(folder, env, isTerminal).facts;
  return factsOf(readConfiguration(paths.conf), { paths, env, isTerminal, chain: undefined });
}

interface HomeFacts {
  readonly paths: MemberPaths;
  readonly env: HomeEnvironment;
  readonly isTerminal: boolean;
  readonly chain: Required<Pick<LaunchFacts, 'name' | 'chainId' | 'protocol' | 'transport'>> | undefined;
}

/** Name and network of a node without a chain, in event subjects and labels. */
const CHAINLESS = { name: 'node', chainId: 'local' } as const;

function factsOf(
  { services, logging, metrics, tracing, events }: NodeConfiguration,
  { paths, env, isTerminal, chain }: HomeFacts,
): LaunchFacts {
  const natsUrl = services.natsUrl === '' ? env.NATS_URL : services.natsUrl;
  const { clientTlsCert, clientTlsKey, clientTlsCa } = services;
  const place = {
    folder: paths.logsFolder,
    terminal: terminalKind(env, isTerminal),
  };
  return {
    ...(chain ?? CHAINLESS),
    hasChain: chain !== undefined,
    paths,
    clientAddress: services.clientAddress,
    clientTls:
      clientTlsCert === ''
        ? undefined
        : {
            certificate: resolve(paths.home, clientTlsCert),
            key: resolve(paths.home, clientTlsKey),
            ca: clientTlsCa === '' ? undefined : resolve(paths.home, clientTlsCa),
          },
    signerAddress: services.signerAddress,
    metricsAddress: metrics.enabled ? metrics.address : undefined,
    transactionEvents: events.transactions,
    tracing: tracing.endpoint === '' ? undefined : tracing,
    hasClientMatrix: existsSync(paths.clients),
    natsUrl: natsUrl === '' ? undefined : natsUrl,
    log: { ...logSettingsOf(logging, place), place },
    passedOn: passedOnFrom(env),
  };
}

/** The name of a member that the genesis does not name: from the member.json that the others know it by. */
function joiningName({ memberFile }: MemberPaths, identity: Uint8Array): string | undefined {
  if (!existsSync(memberFile)) return undefined;
  const { name, gatewayPublicKey } = readMemberFile(memberFile);
  return equalBytes(gatewayPublicKey, identity) ? name : undefined;
}

/** @throws AppError naming the file. */
export function readConfiguration(file: string): NodeConfiguration {
  checkPresent(
    file,
    ': name the home of a member by --home, or make one with "btcfed testnet" or "btcfed init"',
  );
  return reading(file, (text) => parseConfYaml(text).configuration);
}

/** @throws AppError naming the file. */
export function readGenesis(file: string): Genesis {
  return reading(file, (text) => parseGenesis(text));
}

function reading<T>(file: string, parse: (text: string) => T): T {
  if (!existsSync(file)) throw invalidInput(`there is no ${file}`);
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof SettingsError) throw invalidInput(cause.inFile(file), cause);
    if (cause instanceof AppError) throw invalidInput(`${file}: ${cause.message}`, cause);
    throw cause;
  }
}
