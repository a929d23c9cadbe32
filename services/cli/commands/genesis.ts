import { resolve } from 'node:path';
import { Command } from 'commander';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { genesisDigest } from '#libs/settings/genesis.ts';
import type { Transport } from '#libs/settings/transport.ts';
import { quorumSize } from '#services/launcher/core/floor.ts';
import { createGenesis } from '#services/launcher/testnet/create-genesis.ts';
import { DEFAULT_CHAIN_ID } from '#services/launcher/testnet/federation-home.ts';
import { noteTolerance } from '#services/launcher/testnet/founding-size.ts';
import type { NamedParameters } from '#services/launcher/testnet/genesis-parameters.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from './context.ts';
import { newFile, readableFiles } from './option-values.ts';
import { parameterOption, protocolOption, transportOption, votePathOption } from './testnet.ts';

interface GenesisOptions {
  readonly member: readonly string[];
  readonly out: string;
  readonly chainId: string;
  readonly protocol: string;
  readonly votePath?: VotePath;
  readonly transport?: Transport;
  readonly parameter?: NamedParameters;
  readonly json?: boolean;
}

const EXAMPLES = `
Example:
  $ btcfed genesis --chain-id main --member alice.json bob.json carol.json dave.json --out genesis.json`;

/** The genesis of a federation on several machines. */
export function genesisCommand(context: CommandContext): Command {
  return new Command('genesis')
    .description(
      'make genesis.json of the member.json files that "btcfed init" wrote; their order is the order of the members',
    )
    .requiredOption(
      '--member <file...>',
      'member.json of each member: 4 to 512, or fewer where the protocol runs without faults',
      readableFiles,
    )
    .requiredOption('--out <file>', 'where to write it; must not exist', newFile)
    .option('--chain-id <name>', 'name of the chain', DEFAULT_CHAIN_ID)
    .addOption(protocolOption())
    .addOption(votePathOption())
    .addOption(transportOption())
    .addOption(parameterOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: GenesisOptions) => makeGenesis(context, options)));
}

async function makeGenesis({ terminal }: CommandContext, options: GenesisOptions): Promise<ExitCode> {
  const out = resolve(options.out);
  const { member: members, chainId, protocol, votePath, transport, parameter: parameters } = options;
  const genesis = await createGenesis({ members, out, chainId, protocol, votePath, transport, parameters });
  const chainDigest = genesisDigest(genesis);
  const names = genesis.members.map(({ name }) => name);
  const quorum = quorumSize(names.length);
  noteTolerance(terminal, names.length);
  const text = `${out}: chain ${genesis.chainId}, digest ${chainDigest}, ${quorum} of ${names.length} members decide`;
  terminal.out(
    options.json ? jsonText({ out, chainDigest, members: names, quorum, scheme: genesis.scheme }) : text,
  );
  return EXIT_CODES.ok;
}
