import { resolve } from 'node:path';
import { Command } from 'commander';
import { withSignerAdmin } from '#services/launcher/adapters/signer-admin.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { type PassphraseOptions, passphraseOf, withPassphraseOptions } from '../passphrase-options.ts';

export interface AdminOptions {
  readonly home?: string;
  readonly socket?: string;
  readonly json?: boolean;
}

const UNLOCK_NOTES = `
The passphrase is typed, or comes from a file of mode 0600, an open descriptor, or the credential btcfed-passphrase of
systemd (CREDENTIALS_DIRECTORY); never from an argument or a variable:
  $ btcfed signer unlock --home dave
  $ gpg --decrypt passphrase.gpg | btcfed signer unlock --home dave --passphrase-fd 0`;

/** Lets a sealed key sign. */
export function signerUnlockCommand(context: CommandContext): Command {
  return withPassphraseOptions(withAdminOptions(new Command('unlock')))
    .description('open the sealed key of a running signer, so that it signs')
    .addHelpText('after', UNLOCK_NOTES)
    .action(action(context, (options: AdminOptions & PassphraseOptions) => unlock(context, options)));
}

export function signerLockCommand(context: CommandContext): Command {
  return withAdminOptions(new Command('lock'))
    .description('drop the key of a running signer from its memory; it signs nothing until it is unlocked')
    .action(action(context, (options: AdminOptions) => lock(context, options)));
}

export function withAdminOptions(command: Command): Command {
  return command
    .option('--home <dir>', 'home of the member')
    .option('--socket <file>', 'admin socket of the signer, where it has no home')
    .option('--json', 'print one JSON object');
}

/** @throws CliError unless one of the two is given. */
export function adminSocketOf({ home, socket }: AdminOptions): string {
  if ((home === undefined) === (socket === undefined)) throw invalidInput('give one of --home and --socket');
  return socket === undefined ? memberPaths(resolve(home ?? '')).adminSocket : resolve(socket);
}

async function unlock(context: CommandContext, options: AdminOptions & PassphraseOptions): Promise<ExitCode> {
  return withSignerAdmin(adminSocketOf(options), async (admin) => {
    const before = await admin.getCustody();
    if (before.locked) {
      const passphrase = before.sealed ? await passphraseOf(context, options)() : Buffer.alloc(0);
      await admin.unlock({ passphrase }).finally(() => passphrase.fill(0));
    }
    const { mode, publicKey } = before;
    const signs = mode === 'active';
    const open = before.sealed
      ? 'the key is unlocked and signs'
      : 'the key is not sealed, there is nothing to unlock: it signs';
    const text = signs ? open : `the key is unlocked, but ${mode}: it signs nothing`;
    context.terminal.out(options.json ? jsonText({ locked: false, mode, publicKey }) : text);
    return EXIT_CODES.ok;
  });
}

async function lock({ terminal }: CommandContext, options: AdminOptions): Promise<ExitCode> {
  return withSignerAdmin(adminSocketOf(options), async (admin) => {
    await admin.lock();
    const { mode, publicKey, sealed } = await admin.getCustody();
    const text = sealed ? 'the key is locked' : 'the key is locked, but lies on disk without encryption';
    terminal.out(options.json ? jsonText({ locked: true, sealed, mode, publicKey }) : text);
    return EXIT_CODES.ok;
  });
}
