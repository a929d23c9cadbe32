import { Command } from 'commander';
import { keyId } from '#libs/crypto/key-id.ts';
import { signerKeys } from '../adapters/signer-keys.ts';
import { jsonText } from '../core/json-value.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { DEFAULT_SCHEME } from '../testnet/federation-home.ts';
import { action, type CommandContext } from './context.ts';
import {
  type NewPassphraseOptions,
  newPassphraseOf,
  withNewPassphraseOptions,
} from './passphrase-options.ts';
import { type PlaceOptions, placeOf, withPlace } from './signer-place.ts';

interface KeygenOptions extends PlaceOptions, NewPassphraseOptions {
  readonly scheme: string;
  readonly seal: boolean;
  readonly json?: boolean;
}

/** The first step of a signer on a host of its own; `btcfed init` does the same within a home. */
export function signerKeygenCommand(context: CommandContext): Command {
  return withNewPassphraseOptions(withPlace(new Command('keygen')))
    .description('make a consensus key, sealed, in the folder of a signer; it signs once it has its genesis')
    .option('--scheme <name>', 'signature scheme', DEFAULT_SCHEME)
    .option('--no-seal', 'leave it in the clear')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: KeygenOptions) => makeKey(context, options)));
}

async function makeKey(context: CommandContext, options: KeygenOptions): Promise<ExitCode> {
  const { scheme, seal: sealed } = options;
  const { folder } = placeOf(options);
  const passphrase = sealed ? newPassphraseOf(context, options) : undefined;
  const publicKey = await signerKeys.create({ folder, scheme, passphrase });
  const facts = { folder, scheme, publicKey, keyId: keyId(publicKey), sealed };
  const state = sealed ? 'sealed' : 'NOT encrypted';
  const text = `key ${facts.keyId} of ${scheme}, ${state}, in ${folder}; public key ${Buffer.from(publicKey).toString('hex')}`;
  context.terminal.out(options.json ? jsonText(facts) : text);
  return EXIT_CODES.ok;
}
