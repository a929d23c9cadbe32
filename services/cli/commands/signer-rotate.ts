import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { keyId } from '#libs/crypto/key-id.ts';
import { type MemberFile, memberFileText, readMemberFile } from '../adapters/member-file.ts';
import { readConfiguration, readMemberHome } from '../adapters/read-home.ts';
import { movedKeys, rotation } from '../adapters/signer-keys.ts';
import { invalidInput } from '../core/errors.ts';
import { jsonText } from '../core/json-value.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { writeSecret } from '../testnet/write-member.ts';
import { action, type CommandContext } from './context.ts';
import { type NextKeyOptions, prepareNextKey, withNextKeyOptions } from './signer-next-key.ts';

interface PrepareOptions extends NextKeyOptions {
  readonly home: string;
  readonly out?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
How a member changes its key while the federation goes on:
  1. its operator     $ btcfed signer rotate prepare --home /var/lib/btcfed --out dave-next.json
  2. another member   $ btcfed members propose --home … --leave dave --join dave-next.json
  3. the others       $ btcfed members approve 3f0c91 --home …
  4. nobody           with the first block of the new epoch the signer verifies the handover, retires the old key and
                      destroys it, and signs with the new one. A sealed key is locked then: btcfed signer unlock

A key in a token follows, or is followed, in the same way (rotate prepare --help); the old one you destroy in the token.

  $ btcfed signer rotate status --home /var/lib/btcfed`;

/** A new key for a member that stays. */
export function signerRotateCommand(context: CommandContext): Command {
  return new Command('rotate')
    .description('give a member a new key, from the epoch on whose members know it')
    .addCommand(prepareCommand(context))
    .addCommand(statusCommand(context))
    .addHelpText('after', EXAMPLES);
}

function prepareCommand(context: CommandContext): Command {
  return withNextKeyOptions(new Command('prepare'))
    .description('make the new key, sealed as the old one is, and the member file to propose it with')
    .requiredOption('--home <dir>', 'home of the member')
    .option('--out <file>', 'the member file; member-next.json in the home when left out')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: PrepareOptions) => prepare(context, options)));
}

function statusCommand(context: CommandContext): Command {
  return new Command('status')
    .description('say which key is at work and which is prepared')
    .requiredOption('--home <dir>', 'home of the member')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: PrepareOptions) => status(context, options)));
}

async function prepare(context: CommandContext, options: PrepareOptions): Promise<ExitCode> {
  const home = resolve(options.home);
  const out = options.out === undefined ? join(home, 'member-next.json') : resolve(options.out);
  if (existsSync(out)) throw invalidInput(`${out} exists; a member file is never written over`);
  const { facts, genesis } = readMemberHome(home, {});
  const { signerFolder } = facts.paths;
  const member = publicFacts(home, facts.name);
  const { publicKey: consensusPublicKey, sealed } = await prepareNextKey(context, signerFolder, options);
  await writeSecret(out, memberFileText({ ...member, scheme: genesis.scheme, consensusPublicKey }));
  const answer = { out, member: facts.name, keyId: keyId(consensusPublicKey), sealed };
  const text = `key ${answer.keyId} will follow for ${facts.name}; have it proposed: btcfed members propose --leave ${facts.name} --join ${out}`;
  context.terminal.out(options.json ? jsonText(answer) : text);
  return EXIT_CODES.ok;
}

/** What the others know of the member beside its key: as it told them, or as its settings say. */
function publicFacts(home: string, name: string): Omit<MemberFile, 'scheme' | 'consensusPublicKey'> {
  const { identity, networkAddresses } = readConfiguration(join(home, 'conf.yaml'));
  const told = join(home, 'member.json');
  const addresses = existsSync(told) ? readMemberFile(told).addresses : networkAddresses;
  return { name, gatewayPublicKey: identity.publicKey, addresses };
}

async function status({ terminal }: CommandContext, options: PrepareOptions): Promise<ExitCode> {
  const { facts } = readMemberHome(options.home, {});
  const { signerFolder } = facts.paths;
  const current = keyId((await movedKeys.inspect(signerFolder)).publicKey);
  const prepared = await rotation.prepared(signerFolder);
  const next = prepared === undefined ? null : keyId(prepared.publicKey);
  const text =
    next === null
      ? `key ${current}; none is prepared`
      : `key ${current}; ${next} follows when an epoch knows it`;
  terminal.out(options.json ? jsonText({ member: facts.name, current, next }) : text);
  return EXIT_CODES.ok;
}
