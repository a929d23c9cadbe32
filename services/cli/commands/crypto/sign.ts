import { Command } from 'commander';
import { toHex } from '#libs/bytes/hex.ts';
import { readSecretKey } from '#libs/crypto/key-formats.ts';
import { proveKey } from '#libs/crypto/key-proof.ts';
import type { SignatureScheme } from '#libs/crypto/signature-scheme.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { CommandContext } from '../context.ts';
import {
  type CryptoOptions,
  cryptoAction,
  hexOption,
  keyFile,
  schemeOf,
  withCryptoOptions,
} from './input.ts';

interface SignOptions extends CryptoOptions {
  readonly key: string;
  readonly messageHex: string;
  readonly contextHex: string;
  readonly deterministic?: boolean;
}

export function cryptoSignCommand(context: CommandContext): Command {
  return withCryptoOptions(new Command('sign').description('sign a message'))
    .requiredOption(
      '--key <file>',
      'secret key: PKCS#8 (PEM or DER), JWK, output of keygen --json, hex, or a seed',
    )
    .requiredOption('--message-hex <hex>', 'the message to sign')
    .option('--context-hex <hex>', 'context of FIPS 205, at most 255 bytes', '')
    .option(
      '--deterministic',
      'without fresh randomness: same bytes each time (slow: JavaScript, done twice)',
    )
    .action(cryptoAction(context, (options: SignOptions) => signMessage(context, options)));
}

async function signMessage({ terminal }: CommandContext, options: SignOptions): Promise<ExitCode> {
  const { messageHex, contextHex, json } = options;
  const message = hexOption('--message-hex', messageHex);
  const context = hexOption('--context-hex', contextHex);
  const scheme = schemeOf(options, options.deterministic === true ? 'deterministic' : 'hedged');
  const secretKey = await secretKeyOf(scheme, keyFile(options.key));
  const key = scheme.loadKey(secretKey);
  secretKey.fill(0);
  try {
    const { publicKey } = key;
    const signature = await key.sign(message, context);
    // A key whose parts do not belong together signs without complaint, and nobody can verify it.
    if (!(await scheme.verify(publicKey, message, signature, context))) await proveKey(scheme, key);
    if (json === true) terminal.out(jsonText({ scheme: scheme.name, publicKey, signature }));
    else terminal.out(toHex(signature));
  } finally {
    key.close();
  }
  return EXIT_CODES.ok;
}

async function secretKeyOf(scheme: SignatureScheme, content: Uint8Array): Promise<Uint8Array> {
  const bytes = readSecretKey(scheme.name, content);
  if (bytes.length !== scheme.sizes.seed) return bytes;
  return (await scheme.keyPairFromSeed(bytes)).secretKey;
}
