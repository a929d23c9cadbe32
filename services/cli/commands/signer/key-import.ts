import { resolve } from 'node:path';
import { Command } from 'commander';
import { keyId } from '#libs/crypto/key-id.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { importKey } from '#services/signer/ceremony/move-key.ts';
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

interface ImportOptions extends PlaceOptions, PassphraseOptions, NewPassphraseOptions {
  readonly scheme?: string;
  readonly seal: boolean;
  readonly json?: boolean;
}

const NOTES = `
What the key signed elsewhere is not known here, so it begins in quarantine when it is bound to its genesis: it signs
nothing until its history is imported or it is recovered (btcfed signer state). Better: make a new key, btcfed signer keygen.`;

export function signerKeyImportCommand(context: CommandContext): Command {
  const command = withPlace(new Command('import')).argument(
    '<file>',
    'PKCS#8 (PEM or DER, encrypted or not), JWK, hex, plain bytes, or a seed; mode 0600',
  );
  return withPassphraseOptions(withNewPassphraseOptions(command), 'the passphrase of the file')
    .description('take over a key that another program made, into the folder of a signer that has none')
    .option('--scheme <name>', 'its scheme, where the file does not say it')
    .option('--no-seal', 'leave it in the clear here')
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(action(context, (file: string, options: ImportOptions) => takeKey(context, file, options)));
}

async function takeKey(context: CommandContext, file: string, options: ImportOptions): Promise<ExitCode> {
  const { scheme: named, seal: sealed } = options;
  const { folder } = placeOf(options);
  const { scheme, publicKey } = await importKey({
    ...{ folder, file: resolve(file), scheme: named },
    filePassphrase: passphraseOf(context, options),
    passphrase: sealed ? newPassphraseOf(context, options) : undefined,
  });
  const facts = { folder, scheme, publicKey, keyId: keyId(publicKey), sealed, imported: true };
  const state = sealed ? 'sealed' : 'NOT encrypted';
  const text = `key ${facts.keyId} of ${scheme} is in ${folder}, ${state}, without a history: it begins in quarantine`;
  context.terminal.out(options.json ? jsonText(facts) : text);
  context.terminal.note(
    `destroy ${file} and every other copy: two programs that sign with one key sign twice`,
  );
  return EXIT_CODES.ok;
}
