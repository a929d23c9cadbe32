import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { KEY_FORMATS, type KeyFormat } from '#libs/crypto/key-formats.ts';
import { keyId } from '#libs/crypto/key-id.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { exportKey } from '#services/signer/ceremony/move-key.ts';
import { action, type CommandContext } from '../context.ts';
import { newFile } from '../option-values.ts';
import {
  type NewPassphraseOptions,
  newPassphraseOf,
  type PassphraseOptions,
  passphraseOf,
  withNewPassphraseOptions,
  withPassphraseOptions,
} from '../passphrase-options.ts';
import { type PlaceOptions, placeOf, withPlace } from './place.ts';

interface ExportOptions extends PlaceOptions, PassphraseOptions, NewPassphraseOptions {
  readonly out: string;
  readonly format: KeyFormat;
  readonly plain?: boolean;
  readonly json?: boolean;
}

export function signerKeyExportCommand(context: CommandContext): Command {
  const format = new Option('--format <name>', 'of the file').choices(KEY_FORMATS).default('pkcs8');
  return withPassphraseOptions(withNewPassphraseOptions(withPlace(new Command('export'))))
    .description('write the key to a new file, PKCS#8 under a passphrase (PBKDF2-SHA-512, a million rounds)')
    .requiredOption('--out <file>', 'the file, mode 0600; must not exist', newFile)
    .addOption(format)
    .option('--plain', 'without a passphrase; jwk and raw know none')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: ExportOptions) => writeKey(context, options)));
}

async function writeKey(context: CommandContext, options: ExportOptions): Promise<ExitCode> {
  const { format, plain = false } = options;
  if (format !== 'pkcs8' && !plain)
    throw invalidInput(`--format ${format} has no passphrase: say --plain, or take pkcs8`);
  const out = resolve(options.out);
  const { publicKey, scheme } = await exportKey({
    ...{ folder: placeOf(options).folder, out, format },
    passphrase: passphraseOf(context, options),
    filePassphrase: plain ? undefined : newPassphraseOf(context, options),
  });
  const facts = { out, format, encrypted: !plain, scheme, publicKey, keyId: keyId(publicKey) };
  const state = plain ? 'NOT encrypted' : 'encrypted';
  const text = `key ${facts.keyId} of ${scheme} is in ${out}, ${state}; its record is not in it`;
  context.terminal.out(options.json ? jsonText(facts) : text);
  context.terminal.note(
    'two programs that sign with one key sign twice: move the record too (btcfed signer state export)',
  );
  return EXIT_CODES.ok;
}
