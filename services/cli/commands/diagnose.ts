import { Command } from 'commander';
import { type TypedPlace, UNKNOWN_HOME } from '#libs/diagnosis/command-text.ts';
import { DEFAULT_ADDRESS } from '#services/launcher/adapters/port-claims.ts';
import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { scratchHomeOf } from '../adapters/diagnosis/ask-standing.ts';
import { type Testimony, testimonyAt, testimonyOfHome } from '../adapters/diagnosis/testimony.ts';
import {
  diagnosisExitCode,
  findingLines,
  type ToldFinding,
  toldFindings,
} from '../core/diagnosis/diagnosis-report.ts';
import { action, type CommandContext } from './context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from './member-options.ts';

const NOTES = `
The consensus service says what is wrong as it sees it. With --home the other services of the node are asked too, and the home
is looked into: whether they answer, the key of the signer, certificates, room on the disks, and what the gateway says of the
peers; so it tells something where consensus does not run. A federation that "npm start" runs without --home is found by itself.

Each finding has a code, how bad it is (critical: no block is decided, or not with this member; warning: a person must look;
notice: it passes by itself), the facts that show it, and the command to type next. ${UNKNOWN_HOME} in it stands for the home of a member
that was named by its address. The codes are in services/cli/README.md.

Exit codes: 0 nothing but notices   1 something else   3 consensus does not answer   4 it reaches no quorum
            5 it, or its signer, signs nothing   64 the folder is no home of a node

Examples:
  $ btcfed diagnose --home /var/lib/btcfed
  $ btcfed diagnose --address 10.0.0.4:7101 --tls-ca ca.pem
  $ btcfed diagnose --home federation/m2 --json | jq -r '.findings[] | .code, .next'`;

/** The command that says what is wrong with a member, why, and what to type. */
export function diagnoseCommand(context: CommandContext): Command {
  return withMemberOptions(new Command('diagnose'))
    .description('what is wrong with a member, the facts that show it, and the command to type next')
    .addHelpText('after', NOTES)
    .action(action(context, (options: MemberOptions) => tell(context, options)));
}

async function tell({ terminal, env }: CommandContext, options: MemberOptions): Promise<ExitCode> {
  const home = options.home ?? (await scratchHome(options));
  const named = home === undefined ? options : { ...options, home };
  const testimony =
    home === undefined
      ? await testimonyAt(targetOf(options))
      : await testimonyOfHome(home, env, () => targetOf(named));
  const findings = toldFindings({ ...testimony, place: placeOf(named) });
  const code = diagnosisExitCode(findings);
  if (options.json === true) terminal.out(jsonText(answerOf(testimony, findings, code)));
  else terminal.out(textOf(testimony, findings));
  return code;
}

/** Only one that is reached in plain text can be on this machine. */
async function scratchHome({ address = DEFAULT_ADDRESS, tlsCa }: MemberOptions): Promise<string | undefined> {
  return tlsCa === undefined ? scratchHomeOf(address) : undefined;
}

function placeOf({ home, address, tlsCa, tlsCert, tlsKey, tlsName }: MemberOptions): TypedPlace {
  const options = {
    '--address': home === undefined ? address : undefined,
    ...{ '--tls-ca': tlsCa, '--tls-cert': tlsCert, '--tls-key': tlsKey, '--tls-name': tlsName },
  };
  const client = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  );
  return { home, client };
}

function answerOf({ member, told, services }: Testimony, findings: readonly ToldFinding[], code: ExitCode) {
  const { chainId, finalHeight } = told?.diagnosis ?? {};
  return { ok: code === EXIT_CODES.ok, member, chainId, finalHeight, services, findings };
}

function textOf(testimony: Testimony, findings: readonly ToldFinding[]): string {
  const { member, told, services } = testimony;
  const answering = SERVICE_NAMES.filter((name) => services[name].kind === 'answers');
  const place =
    told === undefined ? '' : ` of ${told.diagnosis.chainId}, height ${told.diagnosis.finalHeight}`;
  const left = SERVICE_NAMES.flatMap((name) => {
    const answer = services[name];
    return answer.kind === 'not-asked' ? [`${name} was not asked: ${answer.reason}`] : [];
  });
  return [
    ...findings.flatMap(findingLines),
    ...(findings.length === 0 ? [`nothing is wrong with ${member}${place}`] : [`${member}${place}`]),
    `services that answer: ${answering.length === 0 ? 'none' : answering.join(', ')}`,
    ...left,
  ].join('\n');
}
