import { Command } from 'commander';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { genesisDigest } from '#libs/settings/genesis.ts';
import { readGenesis } from '#services/launcher/adapters/read-home.ts';
import { firstEpochOf } from '#services/launcher/core/first-epoch.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { bindSigner } from '#services/signer/ceremony/init.ts';
import { inspectKey } from '#services/signer/ceremony/move-key.ts';
import { action, type CommandContext } from '../context.ts';
import { readableFile } from '../option-values.ts';
import { type PassphraseOptions, passphraseOf, withPassphraseOptions } from '../passphrase-options.ts';
import { type PlaceOptions, placeOf, withPlace } from './place.ts';

interface SignerInitOptions extends PlaceOptions, PassphraseOptions {
  readonly genesis: string;
  readonly join?: boolean;
  readonly json?: boolean;
}

/** The second step of a signer on a host of its own: its record, and the chain that it signs for. */
export function signerInitCommand(context: CommandContext): Command {
  return withPassphraseOptions(withPlace(new Command('init')))
    .description('bind the key of a signer to the chain of a genesis, for good, and make its record')
    .requiredOption('--genesis <file>', 'the genesis, which must name the key', readableFile)
    .option('--join', 'the genesis does not name the key, whose member joins later')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: SignerInitOptions) => bind(context, options)));
}

async function bind(context: CommandContext, options: SignerInitOptions): Promise<ExitCode> {
  const { folder } = placeOf(options);
  const genesis = readGenesis(options.genesis);
  const { publicKey, scheme, isImported } = await inspectKey(folder);
  if (genesis.scheme !== scheme) {
    throw invalidInput(`${options.genesis} signs by ${genesis.scheme}, the key in ${folder} by ${scheme}`);
  }
  const member = genesis.members.find(({ consensusPublicKey }) => equalBytes(consensusPublicKey, publicKey));
  if (member === undefined && options.join !== true) {
    throw invalidInput(
      `${options.genesis} does not name the key in ${folder}: give --join if its member joins later`,
    );
  }
  const chainDigest = genesisDigest(genesis);
  const first = firstEpochOf(genesis);
  const { protocol } = genesis;
  await bindSigner({ folder, chainDigest, protocol, first, passphrase: passphraseOf(context, options) });
  const mode = isImported ? 'quarantined' : 'active';
  const name = member?.name ?? null;
  const who = name === null ? 'of no member yet' : `of ${name}`;
  const text = `the key ${who} is bound to chain ${genesis.chainId} (${chainDigest}); it is ${mode}`;
  context.terminal.out(options.json ? jsonText({ folder, member: name, chainDigest, mode }) : text);
  return EXIT_CODES.ok;
}
