import { Command } from 'commander';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { CommandContext } from '../context.ts';
import { type CryptoOptions, cryptoAction, hexOption, schemeOf, withCryptoOptions } from './input.ts';

interface VerifyOptions extends CryptoOptions {
  readonly publicKey: string;
  readonly messageHex: string;
  readonly signatureHex: string;
  readonly contextHex: string;
}

export function cryptoVerifyCommand(context: CommandContext): Command {
  return withCryptoOptions(
    new Command('verify').description('verify a signature: exit code 0 when it is valid, 1 when it is not'),
  )
    .requiredOption('--public-key <hex>', 'PK.seed and PK.root of FIPS 205')
    .requiredOption('--message-hex <hex>', 'what was signed')
    .requiredOption('--signature-hex <hex>', 'one of another size is not valid')
    .option('--context-hex <hex>', 'context of FIPS 205, at most 255 bytes', '')
    .action(cryptoAction(context, (options: VerifyOptions) => verifySignature(context, options)));
}

async function verifySignature({ terminal }: CommandContext, options: VerifyOptions): Promise<ExitCode> {
  const { publicKey, messageHex, signatureHex, contextHex, json } = options;
  const scheme = schemeOf(options);
  const valid = await scheme.verify(
    hexOption('--public-key', publicKey),
    hexOption('--message-hex', messageHex),
    hexOption('--signature-hex', signatureHex),
    hexOption('--context-hex', contextHex),
  );
  if (json === true) terminal.out(jsonText({ scheme: scheme.name, valid }));
  else terminal.out(valid ? 'valid' : 'not valid');
  return valid ? EXIT_CODES.ok : EXIT_CODES.failed;
}
