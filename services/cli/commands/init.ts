import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { checkPassphrase } from '#libs/crypto/sealed-secret.ts';
import { bindMember } from '#services/launcher/testnet/bind-member.ts';
import { createMember, type MakeKey } from '#services/launcher/testnet/create-member.ts';
import { DEFAULT_SCHEME } from '#services/launcher/testnet/federation-home.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { createSignerKey } from '#services/signer/ceremony/init.ts';
import { createTokenKey } from '#services/signer/ceremony/token-key-file.ts';
import { action, type CommandContext } from './context.ts';
import { INIT_EXAMPLES } from './init-examples.ts';
import { hostPort, readableFile, readableFiles, schemeName } from './option-values.ts';
import {
  newPassphraseOf,
  type PassphraseOptions,
  passphraseOf,
  withPassphraseOptions,
} from './passphrase-options.ts';

interface InitOptions extends PassphraseOptions {
  readonly pkcs11?: string;
  readonly seal?: boolean;
  readonly home: string;
  readonly name?: string;
  readonly scheme: string;
  readonly listen: readonly string[];
  readonly announce?: readonly string[];
  readonly clientAddress: string;
  readonly signerAddress: string;
  readonly metricsAddress: string;
  readonly genesis?: string;
  readonly member?: readonly string[];
  readonly join?: boolean;
  readonly json?: boolean;
}

/** The home of one member, in two steps around the genesis. */
export function initCommand(context: CommandContext): Command {
  return withPassphraseOptions(new Command('init'), 'the passphrase of a key that is sealed')
    .description("make one member's home: keys and settings; then, with --genesis, bind its key to the chain")
    .requiredOption('--home <dir>', 'the home; new or empty in the first step')
    .option('--name <name>', 'name of the member in the genesis')
    .option('--scheme <name>', 'signature scheme of the consensus key', schemeName, DEFAULT_SCHEME)
    .option('--listen <multiaddr...>', 'where the gateway listens', [
      '/ip4/0.0.0.0/tcp/9000',
      '/ip6/::/tcp/9000',
    ])
    .option(
      '--announce <multiaddr...>',
      'where other members reach the gateway; needed unless --listen names addresses of this host',
    )
    .option(
      '--client-address <host:port>',
      'where clients are served: loopback, for it has no TLS here',
      hostPort,
      '127.0.0.1:7101',
    )
    .option('--signer-address <host:port>', 'where the signer listens', hostPort, '127.0.0.1:7102')
    .option(
      '--metrics-address <host:port>',
      'where the first service shows its metrics; the others have the next three ports',
      hostPort,
      '127.0.0.1:7106',
    )
    .option('--seal', 'encrypt the consensus key from the first moment on')
    .addOption(
      new Option(
        '--pkcs11 <uri>',
        'take a consensus key that was made in a token and never signed (RFC 7512, without a PIN); the passphrase is its PIN',
      ).conflicts(['seal', 'genesis']),
    )
    .addOption(
      new Option('--genesis <file>', 'second step: the genesis, which must name this member')
        .argParser(readableFile)
        .conflicts('name'),
    )
    .option('--member <file...>', 'second step: member.json of all members, for peers.yaml', readableFiles)
    .option(
      '--join',
      'second step: the genesis does not name this member, which joins later; see "btcfed members"',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', INIT_EXAMPLES)
    .action(action(context, (options: InitOptions) => initMember(context, options)));
}

async function initMember(context: CommandContext, options: InitOptions): Promise<ExitCode> {
  const { terminal } = context;
  const home = resolve(options.home);
  if (options.genesis !== undefined) {
    const bound = await bindMember({
      home,
      genesis: options.genesis,
      members: options.member ?? [],
      join: options.join === true,
      passphrase: passphraseOf(context, options),
    });
    const { name, chainId, chainDigest, peers } = bound;
    const text = `${name} is bound to chain ${chainId}, digest ${chainDigest}, and knows ${peers} peers; start it with: btcfed node --home ${home}`;
    terminal.out(options.json ? jsonText({ home, ...bound }) : text);
    return EXIT_CODES.ok;
  }
  const isNew = options.seal === true;
  const sealed = isNew || options.pkcs11 !== undefined;
  const words = isNew ? await newWords(context, options) : undefined;
  const { announce = [], ...rest } = options;
  const passphrase = words && (async () => Buffer.from(words));
  const makeKey = makerOf(context, options);
  const member = await createMember({ ...rest, home, announce, makeKey, passphrase }).finally(() =>
    words?.fill(0),
  );
  const text = `${member.name} has its keys and settings in ${home}; others reach it at ${member.addresses.join(', ')}`;
  terminal.out(options.json ? jsonText({ home, member, sealed }) : text);
  terminal.note(
    `hand ${home}/member.json to whoever makes the genesis; everything else in ${home} is secret`,
  );
  if (!sealed) terminal.note(inTheClear(home));
  return EXIT_CODES.ok;
}

/** Where the consensus key comes from: it is made, or is in a token. */
function makerOf(context: CommandContext, options: InitOptions): MakeKey {
  const { pkcs11: uri } = options;
  if (uri === undefined) return createSignerKey;
  const pin = passphraseOf(context, options);
  return ({ folder, scheme }) => createTokenKey({ folder, scheme, uri, pin });
}

/** Asks before anything is made. In this step the passphrase is new, so the person types it twice. */
async function newWords(
  context: CommandContext,
  { passphraseFile, passphraseFd }: PassphraseOptions,
): Promise<Buffer> {
  const words = await newPassphraseOf(context, {
    ...(passphraseFile === undefined ? {} : { newPassphraseFile: passphraseFile }),
    ...(passphraseFd === undefined ? {} : { newPassphraseFd: passphraseFd }),
  })();
  checkPassphrase(words);
  return words;
}

function inTheClear(home: string): string {
  return `the consensus key is NOT encrypted: whoever reads ${home}/signer/signer.key signs as this member; seal it with: btcfed signer seal --home ${home}`;
}
