import { resolve } from 'node:path';
import { Command } from 'commander';
import { signerKeys } from '../adapters/signer-keys.ts';
import { jsonText } from '../core/json-value.ts';
import { memberPaths } from '../core/member-home.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { action, type CommandContext } from './context.ts';

interface SealOptions {
  readonly home: string;
  readonly passphraseFile?: string;
  readonly newPassphraseFile?: string;
  readonly json?: boolean;
}

const OLD = 'file with the passphrase that opens it now, when it is sealed';
const NOTES = `
A passphrase is read from a file of mode 0600 or from a pipe, never typed as an argument:
  $ umask 077; openssl rand -base64 24 > passphrase
  $ btcfed signer seal --home dave --new-passphrase-file passphrase
  $ SIGNER_PASSPHRASE_FILE=$PWD/passphrase btcfed node --home dave

Stop the signer first. Copies of the key made before stay as they were.`;

/** Encrypts the key on disk, or changes the passphrase. */
export function signerSealCommand(context: CommandContext): Command {
  return new Command('seal')
    .description('encrypt the consensus key on disk (Argon2id, AES-256-GCM), or change its passphrase')
    .requiredOption('--home <dir>', 'home of the member')
    .requiredOption('--new-passphrase-file <file>', 'file with the new passphrase, 12 bytes at least')
    .option('--passphrase-file <file>', OLD)
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(action(context, (options: SealOptions) => change(context, options)));
}

/** The other way: for a key that moves to another keeper. */
export function signerUnsealCommand(context: CommandContext): Command {
  return new Command('unseal')
    .description('write the consensus key to disk in the clear')
    .requiredOption('--home <dir>', 'home of the member')
    .requiredOption('--passphrase-file <file>', OLD)
    .option('--json', 'print one JSON object')
    .action(action(context, (options: SealOptions) => change(context, options)));
}

async function change({ terminal }: CommandContext, options: SealOptions): Promise<ExitCode> {
  const { home, passphraseFile, newPassphraseFile, json } = options;
  const { signerFolder } = memberPaths(resolve(home));
  await signerKeys.seal({ folder: signerFolder, passphraseFile, newPassphraseFile });
  const sealed = newPassphraseFile !== undefined;
  if (json === true) terminal.out(jsonText({ home, sealed }));
  else
    terminal.out(sealed ? 'the key is sealed' : 'the key lies in the clear: seal it again, or move it now');
  return EXIT_CODES.ok;
}
