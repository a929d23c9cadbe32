import type { Command } from 'commander';
import type { PassphraseSource } from '#services/launcher/words/passphrase.ts';
import { passphraseSource } from '../adapters/passphrase-source.ts';
import type { CommandContext } from './context.ts';
import { openDescriptor, readableFile } from './option-values.ts';

export interface PassphraseOptions {
  readonly passphraseFile?: string;
  readonly passphraseFd?: number;
}

/** How a command gets the passphrase of a key that is sealed. */
export function withPassphraseOptions(command: Command, what = 'the passphrase of the key'): Command {
  return command
    .option(
      '--passphrase-file <file>',
      `${what}: a file of mode 0600, or a pipe; asked for when left out`,
      readableFile,
    )
    .option('--passphrase-fd <n>', `${what}: an open descriptor`, openDescriptor);
}

export function passphraseOf(
  { env, askSecret }: CommandContext,
  { passphraseFile, passphraseFd }: PassphraseOptions,
): PassphraseSource {
  return passphraseSource({
    file: passphraseFile,
    descriptor: passphraseFd,
    credentials: env['CREDENTIALS_DIRECTORY'],
    ask: askSecret,
    question: 'Passphrase',
  });
}

export interface NewPassphraseOptions {
  readonly newPassphraseFile?: string;
  readonly newPassphraseFd?: number;
}

/** How a command gets the passphrase that a key shall have. */
export function withNewPassphraseOptions(command: Command): Command {
  return command
    .option(
      '--new-passphrase-file <file>',
      'the new passphrase, 12 bytes at least: a file of mode 0600, or a pipe',
      readableFile,
    )
    .option('--new-passphrase-fd <n>', 'the new passphrase: an open descriptor', openDescriptor);
}

export function newPassphraseOf(
  { askSecret }: CommandContext,
  { newPassphraseFile, newPassphraseFd }: NewPassphraseOptions,
): PassphraseSource {
  return passphraseSource({
    file: newPassphraseFile,
    descriptor: newPassphraseFd,
    ask: askSecret,
    question: 'New passphrase',
    isNew: true,
  });
}
