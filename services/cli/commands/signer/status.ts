import { Command } from 'commander';
import { atSignerOrRecord, type SignerAdmin } from '#services/launcher/adapters/signer-admin.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { recordFacts } from '#services/signer/ceremony/record-facts.ts';
import { plainLines } from '../../core/plain-lines.ts';
import { recordReport } from '../../core/record-report.ts';
import { signerTodo } from '../../core/signer-todo.ts';
import { action, type CommandContext } from '../context.ts';
import { type PlaceOptions, placeOf, socketOf, withPlace } from './place.ts';

interface StatusOptions extends PlaceOptions {
  readonly socket?: string;
  readonly json?: boolean;
}

const NOTES = `
A signer that runs is asked on its admin socket (of the home, or --socket); of one that does not, the record is read.
"todo" says what to do so that it signs. Exit code 0 when it runs and signs, 5 when it does not sign now.`;

export function signerStatusCommand(context: CommandContext): Command {
  return withPlace(new Command('status'))
    .description(
      'whether the signer runs, is locked or in quarantine; its mark, lock, session and audit head',
    )
    .option('--socket <file>', 'admin socket of a signer without a home')
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(action(context, (options: StatusOptions) => status(context, options)));
}

async function status({ terminal }: CommandContext, options: StatusOptions): Promise<ExitCode> {
  const facts = await atSignerOrRecord<Report>(socketOf(options), options, {
    running: asked,
    record: () => stopped(options),
  });
  const report = { ...facts, todo: signerTodo(facts, whereOf(options)) };
  if (options.json === true) terminal.out(jsonText(report));
  else for (const line of plainLines(report)) terminal.out(line);
  return report.running && report.signs ? EXIT_CODES.ok : EXIT_CODES.signsNothing;
}

function whereOf({ home, socket }: StatusOptions): string {
  return socket === undefined && home !== undefined ? `--home ${home}` : `--socket ${socket ?? 'FILE'}`;
}

type Report = Awaited<ReturnType<typeof asked>> | Awaited<ReturnType<typeof stopped>>;

async function asked(admin: SignerAdmin) {
  const { auditHead, chainDigest, ...facts } = await admin.getCustody();
  const { sequence = 0n, hash, publicKey: auditKey } = auditHead ?? {};
  const audit = { auditSequence: sequence, auditHash: hash, auditKey };
  const signs = facts.mode === 'active' && !facts.locked;
  return { running: true, signs, ...facts, chain: chainDigest, ...audit };
}

async function stopped(options: StatusOptions) {
  const {
    signs: wouldSign,
    marks,
    lock,
    proven,
    signatures,
    ...facts
  } = recordReport(await recordFacts(placeOf(options)));
  const views = { markView: marks.at(0)?.view ?? 0n, lockView: lock?.view ?? 0n, provenView: proven };
  return { running: false, signs: false, wouldSign, ...facts, ...views, signatureCount: signatures };
}
