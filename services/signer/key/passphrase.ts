import { PASSPHRASE_BYTES_MAX } from '#libs/crypto/sealed-secret.ts';
import type { Passphrase } from './key-file.ts';
import { readPrivateFile } from './private-file.ts';

const NEWLINE = 0x0a;

/** The passphrase in that file or pipe, without the line end that editors and `echo` put there. */
export function passphraseFrom(path: string): NonNullable<Passphrase> {
  return async () => {
    const content = await readPrivateFile(
      {
        label: 'passphrase',
        path,
        bytesMax: PASSPHRASE_BYTES_MAX + 1,
        missing: 'the key is sealed and cannot be opened without it',
      },
      'followed',
    );
    return content.at(-1) === NEWLINE ? content.subarray(0, -1) : content;
  };
}

/** A passphrase that is needed twice and asked for once: the passphrase that opened the file seals it again. */
export function rememberedPassphrase(passphrase: Passphrase): {
  readonly passphrase: Passphrase;
  forget(): void;
} {
  let words: Buffer | undefined;
  if (passphrase === undefined) return { passphrase, forget: () => {} };
  return {
    async passphrase() {
      words ??= await passphrase();
      return Buffer.from(words);
    },
    forget: () => words?.fill(0),
  };
}
