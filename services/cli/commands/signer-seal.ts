import { resolve } from 'node:path';
import { Command } from 'commander';
import { signerKeys } from '../adapters/signer-keys.ts';
import { jsonText } from '../core/json-value.ts';
import { memberPaths } from '../core/member-home.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import type { PassphraseSource } from '../ports.ts';
import { action, type CommandContext } from './context.ts';
import {
  type NewPassphraseOptions,
  newPassphraseOf,
  type PassphraseOptions,
  passphraseOf,
  withNewPassphraseOptions,
  withPassphraseOptions,
} from './passphrase-options.ts';

interface SealOptions extends PassphraseOptions, NewPassphraseOptions {
  readonly home: string;
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
  return withPassphraseOptions(withNewPassphraseOptions(new Command('seal')), OLD)
    .description('encrypt the consensus key on disk (Argon2id, AES-256-GCM), or change its passphrase')
    .requiredOption('--home <dir>', 'home of the member')
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(
      action(context, (options: SealOptions) => change(context, options, newPassphraseOf(context, options))),
    );
}

/** The other way: for a key that moves to another keeper. */
export function signerUnsealCommand(context: CommandContext): Command {
  return withPassphraseOptions(new Command('unseal'), OLD)
    .description('write the consensus key to disk in the clear')
    .requiredOption('--home <dir>', 'home of the member')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: SealOptions) => change(context, options, undefined)));
}

async function change(
  context: CommandContext,
  options: SealOptions,
  newPassphrase: PassphraseSource | undefined,
): Promise<ExitCode> {
  const { home, json } = options;
  const { signerFolder } = memberPaths(resolve(home));
  await signerKeys.seal({ folder: signerFolder, passphrase: passphraseOf(context, options), newPassphrase });
  const sealed = newPassphrase !== undefined;
  const text = sealed ? 'the key is sealed' : 'the key lies in the clear: seal it again, or move it now';
  context.terminal.out(json === true ? jsonText({ home, sealed }) : text);
  return EXIT_CODES.ok;
}
