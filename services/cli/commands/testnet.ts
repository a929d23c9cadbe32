import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { MEMBERS_MAX } from '#libs/membership/limits.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { chainTag } from '#libs/settings/genesis.ts';
import { TRANSPORTS, type Transport } from '#libs/settings/transport.ts';
import { quorumSize } from '#services/launcher/core/floor.ts';
import { VOTES_TO_ALL_MEMBERS } from '#services/launcher/core/new-vote-path.ts';
import {
  createFederationHome,
  DEFAULT_CHAIN_ID,
  DEFAULT_SCHEME,
} from '#services/launcher/testnet/federation-home.ts';
import { noteTolerance } from '#services/launcher/testnet/founding-size.ts';
import type { NamedParameters } from '#services/launcher/testnet/genesis-parameters.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from './context.ts';
import {
  namedValue,
  newFolder,
  protocolName,
  schemeName,
  votePathName,
  wholeNumber,
} from './option-values.ts';

interface TestnetOptions {
  readonly members: number;
  readonly out: string;
  readonly protocol: string;
  readonly scheme: string;
  readonly chainId: string;
  readonly basePort?: number;
  readonly votePath?: VotePath;
  readonly transport?: Transport;
  readonly parameter?: NamedParameters;
  readonly json?: boolean;
}

const MEMBERS_DEFAULT = 4;
const PORT = { min: 1, max: 65_535 } as const;

const EXAMPLES = `
Examples:
  $ btcfed testnet --members 4 --out federation
  $ btcfed node --home federation/m0
  $ btcfed testnet --parameter view_timeout_ms=8000 --out patient
  $ btcfed testnet --members 7 --out slow --scheme slh-dsa-sha2-256s --base-port 7200`;

export function membersOption(): Option {
  return new Option(
    '--members <n>',
    'members of the federation; fewer than 4 where its protocol runs without faults',
  )
    .argParser(wholeNumber({ min: 1, max: MEMBERS_MAX }))
    .default(MEMBERS_DEFAULT);
}

export function basePortOption(): Option {
  const text =
    'count ports up from here: member i has gateway n+10i, client API n+10i+1, signer n+10i+2, metrics n+10i+6 to n+10i+9';
  return new Option('--base-port <n>', text).argParser(wholeNumber(PORT));
}

export function protocolOption(): Option {
  const text = `how the members agree: ${[...FOUNDING_PROTOCOLS.keys()].join(' or ')}`;
  return new Option('--protocol <name>', text).argParser(protocolName).default(DEFAULT_PROTOCOL);
}

export function parameterOption(): Option {
  const text =
    'a number or word of the protocol, as in genesis.json; may be given several times (default: waits as the signatures of this machine ask for)';
  return new Option('--parameter <name=value>', text).argParser(namedValue);
}

export function votePathOption(): Option {
  const text = `to whom votes go, where the protocol leaves that open: "leader", who shows certificates to the others, or "all" (default: all from ${VOTES_TO_ALL_MEMBERS} members on)`;
  return new Option('--vote-path <way>', text).argParser(votePathName);
}

export function transportOption(): Option {
  const text = `how the members reach each other: ${TRANSPORTS.join(' or ')} (default: ${TRANSPORTS[0]}); with http-json no gateway runs`;
  return new Option('--transport <name>', text).choices(TRANSPORTS);
}

/** Writes the homes of a whole federation. */
export function testnetCommand(context: CommandContext): Command {
  return new Command('testnet')
    .description(
      'write the homes of a federation for this machine: keys, genesis and settings of every member',
    )
    .addOption(membersOption())
    .requiredOption('--out <dir>', 'new or empty folder for the homes m0, m1, …', newFolder)
    .addOption(protocolOption())
    .option('--scheme <name>', 'signature scheme of the consensus keys', schemeName, DEFAULT_SCHEME)
    .option('--chain-id <name>', 'name of the chain', DEFAULT_CHAIN_ID)
    .addOption(basePortOption())
    .addOption(votePathOption())
    .addOption(transportOption())
    .addOption(parameterOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: TestnetOptions) => makeTestnet(context, options)));
}

async function makeTestnet({ terminal }: CommandContext, options: TestnetOptions): Promise<ExitCode> {
  const folder = resolve(options.out);
  const { parameter: parameters } = options;
  const { testnet, plans } = await createFederationHome({ ...options, parameters, folder, terminal });
  const members = plans.map(({ name, home, ports }) => ({
    name,
    home,
    clientAddress: `127.0.0.1:${ports.client}`,
  }));
  const { chainDigest } = testnet;
  noteTolerance(terminal, plans.length);
  const quorum = quorumSize(plans.length);
  if (options.json) {
    terminal.out(
      jsonText({ members, quorum, scheme: options.scheme, chainId: options.chainId, chainDigest }),
    );
    return EXIT_CODES.ok;
  }
  for (const { name, home, clientAddress } of members) terminal.out(`${name}  ${clientAddress}  ${home}`);
  terminal.out(
    `chain ${options.chainId} (${chainTag(chainDigest)}), ${quorum} of ${plans.length} members decide`,
  );
  terminal.out(`start a member with: btcfed node --home ${members[0]?.home}`);
  return EXIT_CODES.ok;
}
