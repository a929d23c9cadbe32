import { Command } from 'commander';
import { AppError } from '#libs/errors/app-error.ts';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from './context.ts';

interface KeygenOptions {
  readonly private?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
The private key is node.private_key of conf.yaml: base64 of 64 bytes, Ed25519 seed and public key. The public key is what
other members write into peers.yaml. Nothing is written to disk; "btcfed node" makes a key by itself when there is none.

Examples:
  $ btcfed keygen
  $ btcfed keygen -private BASE64
  $ btcfed keygen --private - < key.txt      not in the list of processes, nor in the history of the shell`;

/** A libp2p identity (test/requirements/texts.md 2.1). */
export function keygenCommand(context: CommandContext): Command {
  return new Command('keygen')
    .description("make the key pair of a node's network identity, or show the public key of a private one")
    .option('--private <base64>', 'show its public key; "-" reads it from standard input. Also: -private')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: KeygenOptions) => keygen(context, options)));
}

/** The spelling of upstream's tool, whose options have one dash. */
export function withTwoDashes(args: readonly string[]): readonly string[] {
  if (args[0] !== 'keygen') return args;
  return args.map((arg) => arg.replace(/^-(?=(?:private|help)(?:=|$))/, '--'));
}

async function keygen(context: CommandContext, options: KeygenOptions): Promise<ExitCode> {
  const { terminal } = context;
  if (options.private === undefined) {
    const key = IdentityKey.generate();
    const [privateKey, publicKey] = [key.secretBase64(), encodeBase64(key.publicKey)];
    if (options.json === true) terminal.out(jsonText({ privateKey, publicKey, peerId: key.peerId }));
    else terminal.out(`Private Key: ${privateKey}\nPublic Key:  ${publicKey}`);
    return EXIT_CODES.ok;
  }
  const key = readKey(options.private === '-' ? await inputOf(context) : options.private);
  const publicKey = encodeBase64(key.publicKey);
  if (!key.halvesAgree) {
    terminal.note('the halves of this key do not belong together: no peer can finish a handshake with it');
  }
  terminal.out(
    options.json === true ? jsonText({ publicKey, peerId: key.peerId }) : `Public Key: ${publicKey}`,
  );
  return EXIT_CODES.ok;
}

async function inputOf(context: CommandContext): Promise<string> {
  return Buffer.from(await context.readInput())
    .toString('utf8')
    .trim();
}

function readKey(text: string): IdentityKey {
  try {
    return IdentityKey.fromBase64(text);
  } catch (error) {
    if (error instanceof AppError) throw invalidInput(error.message, error);
    throw error;
  }
}
