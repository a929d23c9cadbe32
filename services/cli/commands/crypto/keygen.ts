import { Command, Option } from 'commander';
import { KEY_FORMATS, type KeyFormat, secretKeyText } from '#libs/crypto/key-formats.ts';
import { writeNewFile } from '#libs/files/new-file.ts';
import { unusable } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { CommandContext } from '../context.ts';
import { type CryptoOptions, cryptoAction, hexOption, schemeOf, withCryptoOptions } from './input.ts';

interface KeygenOptions extends CryptoOptions {
  readonly seed?: string;
  readonly out?: string;
  readonly format: KeyFormat;
}

const FILE_MODE = 0o600;

export function cryptoKeygenCommand(context: CommandContext): Command {
  const format = new Option('--format <name>', 'of the file: PKCS#8 in PEM, JWK, or hex')
    .choices(KEY_FORMATS)
    .default('pkcs8');
  return withCryptoOptions(new Command('keygen').description('make a key pair, or derive the one of a seed'))
    .option(
      '--seed <hex>',
      'SK.seed, SK.prf and PK.seed of FIPS 205, one after the other; without it: random',
    )
    .option('--out <file>', 'write the secret key to a new file (mode 0600) and do not print it')
    .addOption(format)
    .action(cryptoAction(context, (options: KeygenOptions) => makeKey(context, options)));
}

async function makeKey({ terminal }: CommandContext, options: KeygenOptions): Promise<ExitCode> {
  const { seed, out, format, json } = options;
  const scheme = schemeOf(options);
  const { publicKey, secretKey } =
    seed === undefined ? await scheme.generate() : await scheme.keyPairFromSeed(hexOption('--seed', seed));
  if (out !== undefined) await writeKey(out, secretKeyText(scheme.name, secretKey, format));
  const secret = out === undefined ? { secretKey } : { file: out };
  const facts = { scheme: scheme.name, publicKey, ...secret };
  if (json === true) terminal.out(jsonText(facts));
  else
    terminal.out(
      Object.entries(facts)
        .map(([name, value]) => `${name} ${plain(value)}`)
        .join('\n'),
    );
  secretKey.fill(0);
  return EXIT_CODES.ok;
}

function plain(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('hex');
}

/** Never over another file: it may be a key. */
async function writeKey(file: string, text: string): Promise<void> {
  await writeNewFile(file, text, FILE_MODE).catch((cause: unknown) => {
    throw unusable(`${file} cannot be written: ${cause instanceof Error ? cause.message : cause}`, cause);
  });
}
