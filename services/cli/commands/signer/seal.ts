import { join } from 'node:path';
import { Command } from 'commander';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { PassphraseSource } from '#services/launcher/words/passphrase.ts';
import { sealKey } from '#services/signer/ceremony/seal-key.ts';
import { preparedKey } from '#services/signer/key/prepared-key.ts';
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

interface SealOptions extends PassphraseOptions, NewPassphraseOptions, PlaceOptions {
  readonly json?: boolean;
}

const OLD = 'the passphrase that opens it now, when it is sealed';
const NOTES = `
A passphrase is typed, or read from a file of mode 0600, a pipe or an open descriptor; never typed as an argument:
  $ btcfed signer seal --home dave
  $ umask 077; openssl rand -base64 24 > passphrase
  $ btcfed signer seal --home dave --new-passphrase-file passphrase
  $ SIGNER_PASSPHRASE_FILE=$PWD/passphrase btcfed node --home dave

Stop the signer first. Copies of the key made before stay as they were.`;

/** Encrypts the key on disk, or changes the passphrase. */
export function signerSealCommand(context: CommandContext): Command {
  return withPassphraseOptions(withNewPassphraseOptions(withPlace(new Command('seal'))), OLD)
    .description('encrypt the consensus key on disk (Argon2id, AES-256-GCM), or change its passphrase')
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(
      action(context, (options: SealOptions) => change(context, options, newPassphraseOf(context, options))),
    );
}

/** The other way: for a key that moves to another keeper. */
export function signerUnsealCommand(context: CommandContext): Command {
  return withPassphraseOptions(withPlace(new Command('unseal')), OLD)
    .description('write the consensus key to disk in the clear')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: SealOptions) => change(context, options, undefined)));
}

async function change(
  context: CommandContext,
  options: SealOptions,
  newPassphrase: PassphraseSource | undefined,
): Promise<ExitCode> {
  const { home = null, json } = options;
  const { folder } = placeOf(options);
  await sealKey({ folder, passphrase: passphraseOf(context, options), newPassphrase });
  const sealed = newPassphrase !== undefined;
  if ((await preparedKey(folder)) !== undefined) {
    const next = join(folder, 'next');
    context.terminal.note(
      `the key that is prepared in ${next} stays as it was: the same command with --folder ${next}`,
    );
  }
  const text = sealed ? 'the key is sealed' : 'the key lies in the clear: seal it again, or move it now';
  context.terminal.out(json === true ? jsonText({ home, folder, sealed }) : text);
  return EXIT_CODES.ok;
}
