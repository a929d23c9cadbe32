import { DIAGNOSES, isDiagnosisCode } from '#libs/diagnosis/codes.ts';
import type { RunningMember } from '#test/support/federation/local-members.ts';
import { runBtcfed } from '#test/support/federation/operator.ts';

/** Findings about the disk of this machine, whose room and speed do not matter here. */
const OF_THE_MACHINE = /^disk-/;

/** The state of one member, in the four places where its operator looks. */
export interface OperatorView {
  /** Exit code of `btcfed status`. */
  readonly status: number;
  /** The checks of `/readyz` of consensus that fail; `silent` where nobody answers. */
  readonly unready: readonly string[];
  /** Codes of `btcfed diagnose`, the worst first. */
  readonly findings: readonly string[];
  /** Codes that the gauge of the diagnosis shows, the worst first. */
  readonly gauged: readonly string[];
  /** Exit code of `btcfed diagnose`. */
  readonly diagnosis: number;
}

interface Finding {
  readonly code: string;
  readonly next: string;
}

/** Looks at a member as its operator does. @throws Error where a finding has no command to type, or a code that nothing explains. */
export async function viewOf({ facts }: RunningMember): Promise<OperatorView> {
  const { home } = facts.paths;
  const address = facts.metricsAddress ?? '';
  const [{ code: status }, { code: diagnosis, out }, unready, gauged] = await Promise.all([
    runBtcfed(['status', '--home', home]),
    runBtcfed(['diagnose', '--home', home]),
    unreadyChecks(address),
    gaugedCodes(address),
  ]);
  const { findings } = JSON.parse(out) as { readonly findings: readonly Finding[] };
  for (const { code, next } of findings) {
    if (!isDiagnosisCode(code) || !(code in DIAGNOSES)) throw new Error(`nothing explains ${code}`);
    if (!next.startsWith('btcfed ')) throw new Error(`${code} is followed by no command: "${next}"`);
  }
  const codes = findings.map(({ code }) => code).filter((code) => !OF_THE_MACHINE.test(code));
  return { status, unready, findings: codes, gauged, diagnosis };
}

/** Names of the checks of consensus that fail on the page of the node, as `[-]consensus.quorum failed: …` says them. */
async function unreadyChecks(address: string): Promise<readonly string[]> {
  const answer = await fetch(`http://${address}/readyz?verbose`);
  const failing = [...(await answer.text()).matchAll(/^\[-\]consensus\.([a-z_]+)/gm)].map(
    ([, name = '']) => name,
  );
  return failing.map((name) => (name === 'answers' ? 'silent' : name));
}

const SHOWN = /^btcfed_consensus_diagnosis_info\{(?<labels>[^}]*)\} 1$/gm;

/** The codes whose series is 1; none where consensus does not answer. */
async function gaugedCodes(address: string): Promise<readonly string[]> {
  const answer = await fetch(`http://${address}/metrics`);
  const shown = [...(await answer.text()).matchAll(SHOWN)].map(({ groups }) => groups?.['labels'] ?? '');
  const codes = shown.map((labels) => /code="([a-z-]+)"/.exec(labels)?.[1] ?? labels);
  return codes.sort((a, b) => RANKS.indexOf(a) - RANKS.indexOf(b));
}

const RANKS = Object.keys(DIAGNOSES);
