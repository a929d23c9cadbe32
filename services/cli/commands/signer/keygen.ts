import { Command } from 'commander';
import { keyId } from '#libs/crypto/key-id.ts';
import { DEFAULT_SCHEME } from '#services/launcher/testnet/federation-home.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { createSignerKey } from '#services/signer/ceremony/init.ts';
import { createTokenKey } from '#services/signer/ceremony/token-key-file.ts';
import { action, type CommandContext } from '../context.ts';
import {
  type NewPassphraseOptions,
  newPassphraseOf,
  type PassphraseOptions,
  passphraseOf,
  withNewPassphraseOptions,
  withPassphraseOptions,
} from '../passphrase-options.ts';
import { type PlaceOptions, placeOf, withPlace } from './place.ts';

interface KeygenOptions extends PlaceOptions, NewPassphraseOptions, PassphraseOptions {
  readonly pkcs11?: string;
  readonly scheme: string;
  readonly seal: boolean;
  readonly json?: boolean;
}

/** The first step of a signer on a host of its own; `btcfed init` does the same within a home. */
export function signerKeygenCommand(context: CommandContext): Command {
  return withPassphraseOptions(
    withNewPassphraseOptions(withPlace(new Command('keygen'))),
    'the PIN of the token',
  )
    .description('make a consensus key, sealed, in the folder of a signer; it signs once it has its genesis')
    .option('--scheme <name>', 'signature scheme', DEFAULT_SCHEME)
    .option('--no-seal', 'leave it in the clear')
    .option(
      '--pkcs11 <uri>',
      'take a key that was made in a token and never signed (RFC 7512, without a PIN)',
    )
    .option('--json', 'print one JSON object')
    .action(action(context, (options: KeygenOptions) => makeKey(context, options)));
}

async function makeKey(context: CommandContext, options: KeygenOptions): Promise<ExitCode> {
  const { scheme } = options;
  const sealed = options.seal || options.pkcs11 !== undefined;
  const { folder } = placeOf(options);
  const publicKey = await createdKey(context, folder, options);
  const facts = { folder, scheme, publicKey, keyId: keyId(publicKey), sealed };
  const state = options.pkcs11 ?? (sealed ? 'sealed' : 'NOT encrypted');
  const text = `key ${facts.keyId} of ${scheme}, ${state}, in ${folder}; public key ${Buffer.from(publicKey).toString('hex')}`;
  context.terminal.out(options.json ? jsonText(facts) : text);
  return EXIT_CODES.ok;
}

function createdKey(context: CommandContext, folder: string, options: KeygenOptions): Promise<Uint8Array> {
  const { scheme, seal, pkcs11: uri } = options;
  if (uri !== undefined) return createTokenKey({ folder, scheme, uri, pin: passphraseOf(context, options) });
  return createSignerKey({
    folder,
    scheme,
    passphrase: seal ? newPassphraseOf(context, options) : undefined,
  });
}
