import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import type { PassphraseSource } from '#services/launcher/words/passphrase.ts';
import { passphraseFrom } from '#services/signer/key/passphrase.ts';

/** Asks the person at the terminal, and does not show the answer. */
export type AskSecret = (question: string) => Promise<Buffer>;

export interface PassphraseWishes {
  readonly file?: string | undefined;
  readonly descriptor?: number | undefined;
  /** Folder of the credentials that systemd gave this process. */
  readonly credentials?: string | undefined;
  /** Undefined: nobody is at a terminal. */
  readonly ask: AskSecret | undefined;
  /** "Passphrase" or "New passphrase". */
  readonly question: string;
  /** Whether it is typed twice, because it is to be remembered. */
  readonly isNew?: boolean;
}

/** Name of the credential: `LoadCredentialEncrypted=btcfed-passphrase:…`. */
const CREDENTIAL = 'btcfed-passphrase';

/** The first source that there is: file, descriptor, credential, terminal. Never an argument or a variable. */
export function passphraseSource(wishes: PassphraseWishes): PassphraseSource {
  const { file, descriptor, credentials, ask, question, isNew } = wishes;
  if (file !== undefined) return passphraseFrom(resolve(file));
  if (descriptor !== undefined) return passphraseFrom(`/dev/fd/${descriptor}`);
  const credential = credentials === undefined ? undefined : join(credentials, CREDENTIAL);
  if (credential !== undefined && existsSync(credential)) return passphraseFrom(credential);
  if (ask === undefined) return nobodyToAsk;
  return isNew === true ? () => askedTwice(ask, question) : () => ask(question);
}

async function nobodyToAsk(): Promise<never> {
  const message =
    'a passphrase is needed, and nobody is at the terminal: give --passphrase-file or --passphrase-fd';
  throw invalidInput(message);
}

async function askedTwice(ask: AskSecret, question: string): Promise<Buffer> {
  const first = await ask(question);
  const second = await ask(`${question}, again`);
  const isSame = equalBytes(first, second);
  second.fill(0);
  if (isSame) return first;
  first.fill(0);
  throw invalidInput('the two are not the same: nothing was changed');
}
