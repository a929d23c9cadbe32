import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { keyId } from '#libs/crypto/key-id.ts';
import { readMemberFile } from '#services/launcher/adapters/member-file.ts';
import { readMemberHome } from '#services/launcher/adapters/read-home.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { inspectKey } from '#services/signer/ceremony/move-key.ts';
import { preparedKey } from '#services/signer/key/prepared-key.ts';
import { keyStanding } from '../../adapters/custody-mode.ts';
import { type KeyInMembership, keyInMembership } from '../../adapters/key-in-membership.ts';
import { plainLines } from '../../core/plain-lines.ts';
import { type RotationFacts, rotationStep } from '../../core/rotation-step.ts';
import { action, type CommandContext } from '../context.ts';
import { type TlsOptions, withTlsOptions } from '../member-options.ts';
import { hostPort } from '../option-values.ts';
import { memberTarget, nextMemberFile, type PlaceOptions, placeOf, socketOf, withPlace } from './place.ts';

interface StatusOptions extends PlaceOptions, TlsOptions {
  readonly socket?: string;
  readonly address?: string;
  readonly json?: boolean;
}

const NOTES = `
The members are asked at the client API of the home, or at --address; without an answer the step is told as far as it shows
here. Exit code 0 whatever the step is.

Examples:
  $ btcfed signer rotate status --home /var/lib/btcfed
  $ btcfed signer rotate status --folder /var/lib/btcfed-signer --address 10.0.0.4:7101 --tls-ca ca.pem --json`;

export function rotateStatusCommand(context: CommandContext): Command {
  return withTlsOptions(withPlace(new Command('status')))
    .description('say which key is at work, which is prepared, which step is next, and what to type for it')
    .option('--socket <file>', 'admin socket of a signer without a home')
    .option(
      '--address <host:port>',
      'client API of a member, to be asked how far the change of members is',
      hostPort,
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(action(context, (options: StatusOptions) => status(context, options)));
}

async function status({ terminal }: CommandContext, options: StatusOptions): Promise<ExitCode> {
  const place = placeOf(options);
  const next = await preparedKey(place.folder);
  const standing = await keyStanding({ ...place, socket: socketOf(options) });
  const { isRunning, mode } = standing;
  const facts: RotationFacts = {
    where: options.home === undefined ? `--folder ${place.folder}` : `--home ${options.home}`,
    admin: adminOf(options),
    name: next && nameOf(options),
    memberFile: next && memberFileOf(options, next.publicKey),
    current: keyId((await inspectKey(place.folder)).publicKey),
    next: next === undefined ? undefined : keyId(next.publicKey),
    ...{ ...standing, members: next && (await asked(options, next.publicKey)) },
  };
  const { step, todo } = rotationStep(facts);
  const { current } = facts;
  const known = facts.members?.step ?? null;
  const report = {
    current,
    next: facts.next ?? null,
    mode: mode ?? null,
    running: isRunning,
    members: known,
    step,
    todo,
  };
  if (options.json === true) terminal.out(jsonText(report));
  else for (const line of plainLines(report)) terminal.out(line);
  return EXIT_CODES.ok;
}

function nameOf({ home }: StatusOptions): string | undefined {
  return home === undefined ? undefined : readMemberHome(resolve(home), {}).facts.name;
}

function adminOf({ home, socket }: StatusOptions): string | undefined {
  if (socket !== undefined) return `--socket ${socket}`;
  return home === undefined ? undefined : `--home ${home}`;
}

/** The file that "rotate prepare" writes without --out, if it is of this key. */
function memberFileOf({ home }: StatusOptions, publicKey: Uint8Array): string | undefined {
  if (home === undefined) return undefined;
  const path = nextMemberFile(home);
  if (!existsSync(path)) return undefined;
  return equalBytes(readMemberFile(path).consensusPublicKey, publicKey) ? path : undefined;
}

/** Undefined when no member can be asked. */
async function asked(options: StatusOptions, publicKey: Uint8Array): Promise<KeyInMembership | undefined> {
  const target = memberTarget(options);
  if (target === undefined) return undefined;
  try {
    return await keyInMembership(target, publicKey);
  } catch (error) {
    if (error instanceof CliError && error.detail.code === 'CLI_UNREACHABLE') return undefined;
    throw error;
  }
}
