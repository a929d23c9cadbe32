import type { Command } from 'commander';
import { checkPassphraseOf, inspectKey } from '#services/signer/ceremony/move-key.ts';
import type { prepareRotation } from '#services/signer/ceremony/rotation.ts';
import type { CommandContext } from '../context.ts';
import {
  type NewPassphraseOptions,
  newPassphraseOf,
  type PassphraseOptions,
  passphraseOf,
  withNewPassphraseOptions,
  withPassphraseOptions,
} from '../passphrase-options.ts';

export interface NextKeyOptions extends PassphraseOptions, NewPassphraseOptions {
  readonly pkcs11?: string;
}

const NOTES = `
From a sealed key to a sealed key: one passphrase for both, so that whoever unlocks the member remembers no second one.
Into a token: --pkcs11, and the PIN as --passphrase-file. Out of one: the new passphrase is asked for, or --new-passphrase-file.
Where the signer reads its passphrase from a file (SIGNER_PASSPHRASE_FILE), put the other one there before the epoch begins.`;

/** The options for making the next key and for opening it. */
export function withNextKeyOptions(command: Command): Command {
  return withPassphraseOptions(
    withNewPassphraseOptions(command),
    'the passphrase of both keys, or the PIN of --pkcs11',
  )
    .option(
      '--pkcs11 <uri>',
      'take a key that was made in a token and never signed (RFC 7512, without a PIN)',
    )
    .addHelpText('after', NOTES);
}

interface NextKey {
  readonly publicKey: Uint8Array;
  readonly sealed: boolean;
}

export interface NextKeyPlace {
  readonly folder: string;
  readonly mirror?: string | undefined;
  /** The function that makes the key. For a key in quarantine it notes the next key in the record too. */
  readonly make: typeof prepareRotation;
}

/** Makes or takes the key that follows the one in this folder. */
export async function prepareNextKey(
  context: CommandContext,
  { make, ...place }: NextKeyPlace,
  options: NextKeyOptions,
): Promise<NextKey> {
  const { folder } = place;
  const { isSealed: sealed, token } = await inspectKey(folder);
  const { pkcs11: uri } = options;
  if (uri !== undefined) {
    const pin = passphraseOf(context, options);
    return { publicKey: await make({ ...place, token: { uri, pin } }), sealed: true };
  }
  if (token !== undefined) {
    const passphrase = newPassphraseOf(context, options);
    return { publicKey: await make({ ...place, passphrase }), sealed: true };
  }
  if (!sealed) return { publicKey: await make(place), sealed };
  const words = await passphraseOf(context, options)();
  try {
    const passphrase = async () => Buffer.from(words);
    await checkPassphraseOf(folder, passphrase);
    return { publicKey: await make({ ...place, passphrase }), sealed };
  } finally {
    words.fill(0);
  }
}
