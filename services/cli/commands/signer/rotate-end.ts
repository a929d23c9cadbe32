import { Command } from 'commander';
import { keyId } from '#libs/crypto/key-id.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { activatePrepared } from '#services/signer/ceremony/activate-key.ts';
import { inspectKey } from '#services/signer/ceremony/move-key.ts';
import { retireKey } from '#services/signer/ceremony/retire-key.ts';
import { abandonRotation } from '#services/signer/ceremony/rotation.ts';
import { preparedKey } from '#services/signer/key/prepared-key.ts';
import { keyInMembership } from '../../adapters/key-in-membership.ts';
import { action, type CommandContext } from '../context.ts';
import { type TlsOptions, withTlsOptions } from '../member-options.ts';
import { hostPort } from '../option-values.ts';
import { memberTarget, type PlaceOptions, placeOf, withPlace } from './place.ts';
import { type ProofOptions, proofOf, withProofOptions } from './proof-options.ts';

interface AbandonOptions extends PlaceOptions, TlsOptions {
  readonly address?: string;
  readonly unasked?: boolean;
  readonly json?: boolean;
}

interface RetireOptions extends ProofOptions {
  readonly exported?: boolean;
  readonly json?: boolean;
}

const ACTIVATE_NOTES = `
The signer must not run. It does the same by itself, with the first statement of the new epoch, unless its key is in quarantine.`;

const RETIRE_NOTES = `
The secret is overwritten, for good; the record stays, and signer.key keeps what it said in the clear, so that the audit log can
still be read. Backups of the key are not reached by this: destroy them and their passphrase. The signer must not run.`;

export function rotateActivateCommand(context: CommandContext): Command {
  return withProofOptions(withPlace(new Command('activate')))
    .description('put the prepared key in place of the old one, on proof that the members know it')
    .option('--json', 'print one JSON object')
    .addHelpText('after', ACTIVATE_NOTES)
    .action(action(context, (options: ProofOptions & { json?: boolean }) => activate(context, options)));
}

export function rotateAbandonCommand(context: CommandContext): Command {
  return withTlsOptions(withPlace(new Command('abandon')))
    .description('destroy the prepared key, which nobody proposed yet')
    .option('--address <host:port>', 'client API of a member, to be asked whether it was proposed', hostPort)
    .option('--unasked', 'ask no member: you know that nobody proposed it')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: AbandonOptions) => abandon(context, options)));
}

export function rotateRetireCommand(context: CommandContext): Command {
  return withProofOptions(withPlace(new Command('retire')))
    .description(
      'destroy a key that is not needed: on proof that the members know it no more, or after its export',
    )
    .option('--exported', 'its history was handed on ("state export"), and the other host has the key')
    .option('--json', 'print one JSON object')
    .addHelpText('after', RETIRE_NOTES)
    .action(action(context, (options: RetireOptions) => retire(context, options)));
}

async function activate(
  { terminal }: CommandContext,
  options: ProofOptions & { json?: boolean },
): Promise<ExitCode> {
  const place = placeOf(options);
  const epoch = await activatePrepared(place, await proofOf(options));
  const { publicKey, isSealed: sealed } = await inspectKey(place.folder);
  const current = keyId(publicKey);
  const then = sealed ? ', once it is unlocked' : '';
  const text = `key ${current} is at work from epoch ${epoch} on: start the signer${then}; the one before is destroyed`;
  terminal.out(options.json === true ? jsonText({ current, epoch, sealed }) : text);
  return EXIT_CODES.ok;
}

async function abandon({ terminal }: CommandContext, options: AbandonOptions): Promise<ExitCode> {
  const { folder } = placeOf(options);
  const next = await preparedKey(folder);
  if (next === undefined) throw invalidInput('no key is prepared: there is nothing to abandon');
  if (options.unasked !== true) await requireUnknown(options, next.publicKey);
  const abandoned = keyId(await abandonRotation(folder));
  terminal.out(
    options.json === true ? jsonText({ abandoned }) : `key ${abandoned} is destroyed; the one at work stays`,
  );
  return EXIT_CODES.ok;
}

/** A key that was proposed may be decided at any time, and the member would be without one. */
async function requireUnknown(options: AbandonOptions, publicKey: Uint8Array): Promise<void> {
  const target = memberTarget(options);
  if (target === undefined)
    throw invalidInput('give --address, a member to ask whether the key was proposed, or --unasked');
  const found = await keyInMembership(target, publicKey);
  if (found.step === 'unknown') return;
  const how =
    found.step === 'in-force'
      ? `is a member's in epoch ${found.epoch}`
      : `is voted for in change ${found.digest}`;
  throw invalidInput(`the prepared key ${how}: without it the member could not sign, so it stays`);
}

async function retire({ terminal }: CommandContext, options: RetireOptions): Promise<ExitCode> {
  const place = placeOf(options);
  const isProved = options.proof !== undefined || options.address !== undefined;
  if (isProved === (options.exported === true)) {
    throw invalidInput('give one of --proof, --address and --exported: why is the key not needed any more?');
  }
  const { publicKey } = await inspectKey(place.folder);
  const epoch = await retireKey(place, isProved ? await proofOf(options) : undefined);
  const retired = keyId(publicKey);
  const text = `the secret of key ${retired} is destroyed, the record of what it signed stays; destroy its backups too`;
  terminal.out(options.json === true ? jsonText({ retired, epoch }) : text);
  return EXIT_CODES.ok;
}
