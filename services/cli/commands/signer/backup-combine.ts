import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { BackupError } from '#libs/backup/errors.ts';
import { SHARE_BYTES_MAX } from '#libs/backup/limits.ts';
import { parseShare, type Share } from '#libs/backup/share.ts';
import { combineShares } from '#libs/backup/split-secret.ts';
import { keyId } from '#libs/crypto/key-id.ts';
import { writeNewFile } from '#libs/files/new-file.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { checkPassphraseOf, inspectKey } from '#services/signer/ceremony/move-key.ts';
import { action, type CommandContext } from '../context.ts';
import { newFile } from '../option-values.ts';
import { type PlaceOptions, placeOf, withPlace } from './place.ts';

interface CombineOptions extends PlaceOptions {
  readonly out: string;
  readonly json?: boolean;
}

export function signerBackupCombineCommand(context: CommandContext): Command {
  return withPlace(new Command('combine'))
    .argument('<share...>', 'files of as many shares as the threshold asks for')
    .description('put the passphrase together again, and check that it opens the key')
    .requiredOption('--out <file>', 'new file for the passphrase, mode 0600', newFile)
    .option('--json', 'print one JSON object')
    .action(action(context, (files: string[], options: CombineOptions) => combine(context, files, options)));
}

async function combine(
  { terminal }: CommandContext,
  files: readonly string[],
  options: CombineOptions,
): Promise<ExitCode> {
  const { folder } = placeOf(options);
  const out = resolve(options.out);
  const shares = files.map(readShare);
  const { publicKey } = await inspectKey(folder);
  const wanted = keyId(publicKey);
  const stranger = shares.findIndex((share) => share.keyId !== wanted);
  if (stranger !== -1) {
    throw invalidInput(
      `${files[stranger]} is a share of key ${shares[stranger]?.keyId}, and ${folder} has key ${wanted}`,
    );
  }
  const words = await combineShares(shares);
  try {
    await checkPassphraseOf(folder, async () => Buffer.from(words));
    await writePassphrase(out, words);
  } finally {
    words.fill(0);
  }
  const text = `the passphrase of key ${wanted} is in ${out}, and opens it; use it, then destroy the file`;
  terminal.out(options.json ? jsonText({ out, keyId: wanted, shares: shares.length }) : text);
  return EXIT_CODES.ok;
}

function readShare(file: string): Share {
  try {
    if (statSync(file).size <= SHARE_BYTES_MAX) return parseShare(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof BackupError ? cause.message : 'it cannot be read';
    throw invalidInput(`${file}: ${reason}`, cause);
  }
  throw invalidInput(`${file}: it is too large to be a share`);
}

async function writePassphrase(file: string, words: Uint8Array): Promise<void> {
  await writeNewFile(file, words, 0o600).catch((cause: unknown) => {
    throw invalidInput(
      `${file} cannot be written: it exists already, or its folder does not let this user`,
      cause,
    );
  });
}
