import { resolve } from 'node:path';
import { Command } from 'commander';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { approve } from '#services/signer/ceremony/approver-key.ts';
import { beginRecovery, nameApprover, quarantine } from '#services/signer/ceremony/quarantine.ts';
import { recoverKey } from '#services/signer/ceremony/recover-key.ts';
import {
  approvalBytes,
  RECOVERY_CONFIRMATION,
  recoveryTransaction,
} from '#services/signer/ceremony/recovery-words.ts';
import { plainLines } from '../../core/plain-lines.ts';
import { action, type CommandContext } from '../context.ts';
import { newFile, readableFile } from '../option-values.ts';
import { type PlaceOptions, placeOf, withPlace } from './place.ts';
import { type ProofOptions, proofOf, withProofOptions } from './proof-options.ts';

interface RecoverOptions extends ProofOptions {
  readonly token?: string;
  readonly confirm?: string;
  readonly json?: boolean;
}

interface ApproverOptions extends PlaceOptions {
  readonly out: string;
  readonly json?: boolean;
}

const TOKEN_BYTES = 64;
const NOTES = `
Do this to at most f members of the federation at one time, and rather rotate the key where you can.

  1. Destroy every other copy of the key and its record. Nobody can check this for you.
  2. $ btcfed signer state recover --home dave            draws a nonce; prints a transaction and a challenge
  3. $ btcfed tx submit --hex TRANSACTION --address HOST:PORT   at a member that runs; wait until it is final
  4. $ btcfed signer state approve CHALLENGE --key FILE   the second person, on their own machine; prints a token
  5. $ btcfed members proof --transaction HASH --out nonce.proof --address HOST:PORT   carried to the signer's host
  6. $ btcfed signer state recover --home dave --token TOKEN --proof nonce.proof \\
         --confirm "${RECOVERY_CONFIRMATION}"

A signer that reaches a member may give --address HOST:PORT (with --tls-ca) in place of step 5. A record that is missing
altogether is made anew before step 2: "btcfed signer state remake". The key then signs above all that it can have signed before, some views later.`;

/** A key whose record was lost or set back comes back (libs/custody/README.md 3.5). */
export function signerStateRecoverCommand(context: CommandContext): Command {
  return withProofOptions(withPlace(new Command('recover')))
    .description('let a key in quarantine sign again, with a nonce in a final block and a second person')
    .option('--token <hex>', 'the token from the second person')
    .option('--confirm <sentence>', `"${RECOVERY_CONFIRMATION}"`)
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(
      action(context, (options: RecoverOptions) =>
        options.token === undefined ? begin(context, options) : finish(context, options, options.token),
      ),
    );
}

async function begin({ terminal }: CommandContext, options: RecoverOptions): Promise<ExitCode> {
  const facts = await beginRecovery(placeOf(options));
  const transaction = recoveryTransaction(facts);
  const report = {
    nonce: facts.nonce,
    transaction: toHex(transaction),
    hash: transactionOf(transaction).hash,
    challenge: toHex(approvalBytes(facts)),
  };
  if (options.json === true) terminal.out(jsonText(report));
  else for (const line of plainLines(report)) terminal.out(line);
  return EXIT_CODES.ok;
}

async function finish(
  { terminal }: CommandContext,
  options: RecoverOptions,
  text: string,
): Promise<ExitCode> {
  const token = fromHex(text);
  if (token?.length !== TOKEN_BYTES)
    throw invalidInput(`--token: expected ${TOKEN_BYTES} bytes in lower-case hex`);
  const { confirm: confirmation = '' } = options;
  const place = placeOf(options);
  const transaction = recoveryTransaction(await beginRecovery(place));
  const proof = await proofOf(options, transactionOf(transaction).hash);
  const { mode, marks, lock } = await recoverKey(place, { proof, token, confirmation });
  const markView = marks.get(0n)?.view;
  if (options.json === true) terminal.out(jsonText({ mode, markView, lockView: lock?.view }));
  else terminal.out(`the key is ${mode} again; it signs above view ${markView}`);
  return EXIT_CODES.ok;
}

export function signerStateApproveCommand({ terminal, ...context }: CommandContext): Command {
  return new Command('approve')
    .description('the second person: approve of a recovery, with the key that "state approver" made')
    .argument('<challenge>', 'hex, as "state recover" printed it')
    .requiredOption('--key <file>', 'the key of the second person', readableFile)
    .option('--json', 'print one JSON object')
    .action(
      action(
        { terminal, ...context },
        async (text: string, { key, json }: { key: string; json?: boolean }) => {
          const challenge = fromHex(text);
          if (challenge === undefined) throw invalidInput('the challenge: expected lower-case hex');
          const token = toHex(approve(resolve(key), challenge));
          terminal.out(json === true ? jsonText({ token }) : token);
          return EXIT_CODES.ok;
        },
      ),
    );
}

export function signerStateApproverCommand(context: CommandContext): Command {
  return withPlace(new Command('approver'))
    .description('name the second person for a later recovery; only while the key is well')
    .requiredOption('--out <file>', 'their key: to be given to them, and to be kept nowhere else', newFile)
    .option('--json', 'print one JSON object')
    .action(action(context, (options: ApproverOptions) => nameSecond(context, options)));
}

async function nameSecond({ terminal }: CommandContext, options: ApproverOptions): Promise<ExitCode> {
  const key = resolve(options.out);
  await nameApprover(placeOf(options), key);
  const text = `the key of the second person is ${key}: give it to them, keep no copy`;
  terminal.out(options.json === true ? jsonText({ key }) : text);
  return EXIT_CODES.ok;
}

export function signerStateQuarantineCommand(context: CommandContext): Command {
  return withPlace(new Command('quarantine'))
    .description('put a key into quarantine: it signs nothing more until it is recovered')
    .requiredOption('--reason <text>', 'for the audit log')
    .option('--json', 'print one JSON object')
    .action(
      action(context, async (options: PlaceOptions & { reason: string; json?: boolean }) => {
        await quarantine(placeOf(options), options.reason);
        const mode = 'quarantined';
        context.terminal.out(
          options.json === true ? jsonText({ mode }) : 'the key is in quarantine and signs nothing',
        );
        return EXIT_CODES.ok;
      }),
    );
}
