import { Command, Option } from 'commander';
import type { FederationClient } from '#libs/client/client.ts';
import type { ClientEvidence, EvidenceFilter, UnreadEvidence } from '#libs/client/evidence.ts';
import { EVIDENCE_KINDS, type EvidenceKind } from '#libs/protocol/evidence.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from '../member-options.ts';
import { nameInSet, statementLines, unreadText } from './text.ts';

interface ListOptions extends MemberOptions {
  readonly member?: string;
  readonly kind?: EvidenceKind;
}

export function evidenceListCommand(context: CommandContext): Command {
  return withMemberOptions(new Command('list'))
    .description('list the evidence that a member has, oldest first; --json prints one object a line')
    .option('--member <name>', 'only against this member: a name or an index')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(EVIDENCE_KINDS))
    .action(action(context, (options: ListOptions) => listEvidence(context, options)));
}

async function listEvidence({ terminal }: CommandContext, options: ListOptions): Promise<ExitCode> {
  return withMember(targetOf(options), async (client) => {
    const set = await client.validators();
    const member = options.member === undefined ? undefined : indexOf(set, options.member);
    let unread = 0;
    const filter = {
      ...filterOf(options.kind, member),
      unread: (each: UnreadEvidence) => {
        unread += 1;
        terminal.note(unreadText(each));
      },
    };
    const setIn = setsOf(client, set);
    let count = 0;
    for await (const found of client.evidence(filter)) {
      const then = await setIn(found.evidence.epoch);
      terminal.out(options.json ? jsonLine(found, then) : textOf(found, then));
      count += 1;
    }
    if (count + unread === 0)
      terminal.note('this member has no such evidence: nobody was proved to have lied');
    return EXIT_CODES.ok;
  });
}

function filterOf(kind: EvidenceKind | undefined, member: number | undefined): EvidenceFilter {
  return { ...(kind === undefined ? {} : { kind }), ...(member === undefined ? {} : { member }) };
}

/** The members of an epoch, each asked for once: an index names another member in another epoch. */
function setsOf(client: FederationClient, current: ValidatorSet) {
  const known = new Map<bigint, ValidatorSet>([[current.epoch, current]]);
  return async (epoch: bigint): Promise<ValidatorSet> => {
    const set = known.get(epoch) ?? (await client.validators({}, epoch));
    known.set(epoch, set);
    return set;
  };
}

function indexOf({ members }: ValidatorSet, named: string): number {
  const member = members.find(({ name, index }) => name === named || String(index) === named);
  if (member !== undefined) return member.index;
  throw invalidInput(`there is no member "${named}": see "btcfed validators"`);
}

function jsonLine({ evidence, content: _, ...found }: ClientEvidence, set: ValidatorSet): string {
  const { first, second } = evidence;
  return jsonText({ ...found, name: nameInSet(set, found.member), first, second });
}

function textOf({ digest, kind, member, height, evidence }: ClientEvidence, set: ValidatorSet): string {
  const where = height === undefined ? 'in no block yet' : `in block ${height}`;
  const head = `${digest}  ${nameInSet(set, member)}  ${kind}  ${where}`;
  return [head, ...statementLines(evidence)].join('\n');
}
