import type { DiagnosisCode } from '#libs/diagnosis/codes.ts';
import type { HeardFinding } from '#libs/diagnosis/finding.ts';
import type { NextCommand } from '#libs/diagnosis/next-command.ts';
import type { MemberStanding, ServiceStanding } from '#services/launcher/core/control-messages.ts';
import type { LocalStanding } from './outside-facts.ts';

/** Findings that a stopped or paused process can be the reason of. */
const BY_PROCESSES: ReadonlySet<string> = new Set<DiagnosisCode>([
  'nothing-runs',
  'config-silent',
  'signer-silent',
  'gateway-silent',
  'consensus-silent',
  'quorum-lost',
  'decisions-stalled',
  'members-away',
  'members-mute',
]);

/** States in which a service stays until a person acts, or is started again by itself. */
const HELD: ReadonlySet<ServiceStanding['state']> = new Set(['paused', 'down', 'ended']);

/**
 * The finding with the command that starts, or lets go on, the processes that are its reason: where `up` runs the federation it knows which
 * those are.
 */
export function withLocalCure(finding: HeardFinding, standing: LocalStanding | undefined): HeardFinding {
  if (standing === undefined || !BY_PROCESSES.has(finding.code)) return finding;
  const held = standing.members
    .filter(({ name }) => finding.members.includes(name))
    .map((member) => ({ member, services: member.services.filter(({ state }) => HELD.has(state)) }))
    .filter(({ services }) => services.length > 0);
  const [first] = held;
  if (first === undefined) return finding;
  const evidence = held.map(({ member, services }) => heldText(member, services));
  return {
    ...finding,
    evidence: [...finding.evidence, ...evidence],
    next: cureOf(first.member, first.services, standing.folder),
  };
}

function heldText({ name }: MemberStanding, services: readonly ServiceStanding[]): string {
  return `"btcfed up list" shows of ${name}: ${services.map(({ service, state }) => `${service} ${state}`).join(', ')}`;
}

function cureOf(
  { name, services: all }: MemberStanding,
  held: readonly ServiceStanding[],
  folder: string,
): NextCommand {
  const verb = held.every(({ state }) => state === 'paused') ? 'resume' : 'restart';
  const [only, ...more] = held;
  const service =
    only !== undefined && more.length === 0 && all.length > 1 ? ['--service', only.service] : [];
  return { words: ['up', verb, name, ...service, '--home', folder], place: 'complete' };
}
