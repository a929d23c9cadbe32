import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { keyId } from '#libs/crypto/key-id.ts';
import { type MemberFile, memberFileText, readMemberFile } from '#services/launcher/adapters/member-file.ts';
import { readConfiguration, readMemberHome } from '#services/launcher/adapters/read-home.ts';
import { writeSecret } from '#services/launcher/testnet/write-member.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { prepareInQuarantine } from '#services/signer/ceremony/activate-key.ts';
import { provenAuditKey } from '#services/signer/ceremony/audit-proof.ts';
import { inspectKey } from '#services/signer/ceremony/move-key.ts';
import { prepareRotation } from '#services/signer/ceremony/rotation.ts';
import { keyStanding } from '../../adapters/custody-mode.ts';
import { action, type CommandContext } from '../context.ts';
import { readableFile } from '../option-values.ts';
import { type NextKeyOptions, prepareNextKey, withNextKeyOptions } from './next-key.ts';
import { nextMemberFile, type PlaceOptions, placeOf, socketOf, withPlace } from './place.ts';

interface PrepareOptions extends NextKeyOptions, PlaceOptions {
  readonly socket?: string;
  readonly member?: string;
  readonly out?: string;
  readonly auditKey?: boolean;
  readonly json?: boolean;
}

const NOTES = `
On a signer's own host there is no home: give its folder, and member.json of the member, which is public.

Examples:
  $ btcfed signer rotate prepare --home /var/lib/btcfed --out dave-next.json
  $ btcfed signer rotate prepare --folder /var/lib/btcfed-signer --socket /run/btcfed-signer/admin.sock \\
      --member dave.json --out dave-next.json`;

export function rotatePrepareCommand(context: CommandContext): Command {
  return withNextKeyOptions(withPlace(new Command('prepare')))
    .description('make the new key, sealed as the old one is, and the member file to propose it with')
    .option('--socket <file>', 'admin socket of a signer without a home')
    .option('--member <file>', 'member.json of the member, for a signer without a home', readableFile)
    .option('--out <file>', 'the member file; member-next.json in the home when left out')
    .option(
      '--audit-key',
      'name the audit key of this signer too, which the others then know it by; that of member.json when left out',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(action(context, (options: PrepareOptions) => prepare(context, options)));
}

async function prepare(context: CommandContext, options: PrepareOptions): Promise<ExitCode> {
  const place = placeOf(options);
  const out = outOf(options);
  const facts = publicFacts(options);
  const keys = options.auditKey === true ? [await provenAuditKey(place.folder, facts.name)] : facts.keys;
  const member = { ...facts, ...(keys && { keys }) };
  const { scheme } = await inspectKey(place.folder);
  const next = { ...place, make: await makerFor(options) };
  const { publicKey: consensusPublicKey, sealed } = await prepareNextKey(context, next, options);
  await writeSecret(out, memberFileText({ ...member, scheme, consensusPublicKey }));
  const answer = { out, member: member.name, keyId: keyId(consensusPublicKey), sealed };
  const text = `key ${answer.keyId} will follow for ${member.name}; have it proposed: btcfed members propose --leave ${member.name} --join ${out}`;
  context.terminal.out(options.json ? jsonText(answer) : text);
  return EXIT_CODES.ok;
}

/**
 * The function that makes the key. In quarantine it also notes the key in the record, so that nobody uses a key that
 * came with an older copy.
 */
async function makerFor(options: PrepareOptions): Promise<typeof prepareRotation> {
  const { isRunning, mode } = await keyStanding({ ...placeOf(options), socket: socketOf(options) });
  if (mode === 'retired')
    throw invalidInput('the key is retired: its history was handed on, and it is at work elsewhere');
  if (mode !== 'quarantined') return prepareRotation;
  if (!isRunning) return prepareInQuarantine;
  throw invalidInput(
    'the key is in quarantine: stop the signer first, so that its record can be told of the new key',
  );
}

function outOf({ home, out }: PrepareOptions): string {
  if (out === undefined && home === undefined)
    throw invalidInput('--out: where shall the member file be written to?');
  const path = out === undefined ? nextMemberFile(home ?? '') : resolve(out);
  if (existsSync(path)) throw invalidInput(`${path} exists; a member file is never written over`);
  return path;
}

/** The public facts of the member beside its key: from its member file, or from its settings. */
function publicFacts({ home, member }: PrepareOptions): Omit<MemberFile, 'scheme' | 'consensusPublicKey'> {
  if (member !== undefined) return readMemberFile(member);
  if (home === undefined)
    throw invalidInput('--member: which member.json says what else the others know of the member?');
  const { facts } = readMemberHome(resolve(home), {});
  const { memberFile, conf } = facts.paths;
  const { identity, networkAddresses } = readConfiguration(conf);
  const { addresses, keys } = existsSync(memberFile)
    ? readMemberFile(memberFile)
    : { addresses: networkAddresses, keys: undefined };
  return { name: facts.name, gatewayPublicKey: identity.publicKey, addresses, ...(keys && { keys }) };
}
