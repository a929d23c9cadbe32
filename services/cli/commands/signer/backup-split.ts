import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { SHARES_MAX, THRESHOLD_MIN } from '#libs/backup/limits.ts';
import { shareText } from '#libs/backup/share.ts';
import { splitSecret } from '#libs/backup/split-secret.ts';
import { keyId } from '#libs/crypto/key-id.ts';
import { makeFolder, writeNewFile } from '#libs/files/new-file.ts';
import { isNewOrEmpty } from '#services/launcher/adapters/folders.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { checkPassphraseOf, inspectKey } from '#services/signer/ceremony/move-key.ts';
import { action, type CommandContext } from '../context.ts';
import { wholeNumber } from '../option-values.ts';
import { type PassphraseOptions, passphraseOf, withPassphraseOptions } from '../passphrase-options.ts';
import { type PlaceOptions, placeOf, withPlace } from './place.ts';

interface SplitOptions extends PlaceOptions, PassphraseOptions {
  readonly shares: number;
  readonly threshold: number;
  readonly out: string;
  readonly json?: boolean;
}

const COUNT = { min: THRESHOLD_MIN, max: SHARES_MAX } as const;

export function signerBackupSplitCommand(context: CommandContext): Command {
  return withPassphraseOptions(withPlace(new Command('split')))
    .description('split the passphrase into shares (Shamir), after checking that it opens the key')
    .requiredOption('--shares <n>', 'how many shares', wholeNumber(COUNT))
    .requiredOption('--threshold <n>', 'how many of them give the passphrase back', wholeNumber(COUNT))
    .requiredOption('--out <dir>', 'new or empty folder for share-1.json, share-2.json, …')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: SplitOptions) => splitPassphrase(context, options)));
}

async function splitPassphrase(context: CommandContext, options: SplitOptions): Promise<ExitCode> {
  const { shares: count, threshold } = options;
  const { folder } = placeOf(options);
  const out = resolve(options.out);
  if (!isNewOrEmpty(out))
    throw invalidInput(
      `--out ${out} is not empty: shares of two splits must not be mixed up, so name a new or empty folder`,
    );
  const { publicKey, isSealed } = await inspectKey(folder);
  if (!isSealed) throw invalidInput(`the key in ${folder} is not sealed: seal it first (btcfed signer seal)`);
  const words = await passphraseOf(context, options)();
  try {
    await checkPassphraseOf(folder, async () => Buffer.from(words));
    const plan = { keyId: keyId(publicKey), shares: count, threshold };
    const shares = await splitSecret(words, plan);
    await makeFolder(out, 0o700);
    const files: string[] = [];
    for (const share of shares) {
      const file = join(out, `share-${share.number}.json`);
      await writeNewFile(file, shareText(share), 0o600);
      files.push(file);
    }
    const text = `${count} shares of the passphrase of key ${plan.keyId} are in ${out}; any ${threshold} give it back`;
    context.terminal.out(options.json ? jsonText({ ...plan, files }) : text);
    context.terminal.note(
      'give each to another person, and destroy the folder: together they are the passphrase',
    );
    return EXIT_CODES.ok;
  } finally {
    words.fill(0);
  }
}
