import { commandText, type TypedPlace } from '#libs/diagnosis/command-text.ts';
import type { HeardFinding } from '#libs/diagnosis/finding.ts';
import { merged } from '#libs/diagnosis/merged.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { withLocalCure } from './local-cure.ts';
import type { LocalStanding, SeenPeer } from './outside-facts.ts';

/** A finding as it is shown. */
export interface ToldFinding extends Omit<HeardFinding, 'next'> {
  /** The command to type next. */
  readonly next: string;
}

export interface DiagnosisInput {
  readonly findings: readonly HeardFinding[];
  readonly peers: readonly SeenPeer[] | undefined;
  readonly standing: LocalStanding | undefined;
  readonly place: TypedPlace;
}

/** The findings of all witnesses as one list, the worst first, each with the command to type. */
export function toldFindings({ findings, peers, standing, place }: DiagnosisInput): readonly ToldFinding[] {
  return merged(findings)
    .map((each) => withLinks(each, peers ?? []))
    .map((each) => withLocalCure(each, standing))
    .map((each) => ({ ...each, next: commandText(each.next, place) }));
}

const ABOUT_LINKS: ReadonlySet<string> = new Set(['quorum-lost', 'members-away', 'catch-up-stuck']);

/** The gateway knows why a member is not connected, and that the one of a silent member is there. */
function withLinks(finding: HeardFinding, peers: readonly SeenPeer[]): HeardFinding {
  const named = peers.filter(({ name }) => finding.members.includes(name));
  if (ABOUT_LINKS.has(finding.code)) {
    const broken = named.filter(({ lastError }) => lastError !== '');
    return withEvidence(
      finding,
      broken.map(({ name, lastError }) => `the gateway could not reach ${name}: ${lastError}`),
    );
  }
  if (finding.code !== 'members-mute') return finding;
  return withEvidence(finding, named.filter(({ isConnected }) => isConnected).map(answeringText));
}

function withEvidence(finding: HeardFinding, more: readonly string[]): HeardFinding {
  return { ...finding, evidence: [...finding.evidence, ...more] };
}

/** So neither the line nor the host of that member is to blame. */
function answeringText({ name, silentMs, roundTripUs }: SeenPeer): string {
  const ping =
    roundTripUs === undefined ? '' : `, and answered a ping in ${(roundTripUs / 1_000).toFixed(1)} ms`;
  return `the gateway of ${name} is reachable: it gave a sign of life ${Math.round(silentMs / 1_000)} s ago${ping}; its consensus alone says nothing`;
}

const UNREACHABLE: ReadonlySet<string> = new Set(['nothing-runs', 'consensus-silent']);

/** Codes after which the member signs nothing, beside those of the signer. */
const SIGNS_NOTHING: ReadonlySet<string> = new Set([
  'application-failed',
  'chain-diverged',
  'chain-forked',
  'halted',
  'halted-at-height',
  'key-used-elsewhere',
  'record-lost',
  'store-damaged',
  'too-many-liars',
]);

/** A finding that passes by itself is no failure. */
export function diagnosisExitCode(findings: readonly Pick<HeardFinding, 'code' | 'severity'>[]): ExitCode {
  const codes = findings.map(({ code }) => code);
  if (codes.some((code) => UNREACHABLE.has(code))) return EXIT_CODES.unreachable;
  if (codes.some((code) => SIGNS_NOTHING.has(code) || code.startsWith('signer-')))
    return EXIT_CODES.signsNothing;
  if (codes.includes('quorum-lost')) return EXIT_CODES.noQuorum;
  return findings.every(({ severity }) => severity === 'notice') ? EXIT_CODES.ok : EXIT_CODES.failed;
}

/** A finding for a person: the fault, its evidence, and the command to type. */
export function findingLines({ code, severity, summary, evidence, next }: ToldFinding): readonly string[] {
  return [
    `${severity.padEnd(SEVERITY_WIDTH)}${code}: ${summary}`,
    ...evidence.map((each) => `${INDENT}${each}`),
    `${INDENT}next: ${next}`,
  ];
}

const SEVERITY_WIDTH = 10;
const INDENT = ' '.repeat(SEVERITY_WIDTH);
