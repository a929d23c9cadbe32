import type { DiagnosisCode } from '#libs/diagnosis/codes.ts';
import { type Finding, type FindingParts, finding } from '#libs/diagnosis/finding.ts';
import { SERVICE_NAMES, type ServiceName } from '#services/launcher/core/service-names.ts';
import type { Check } from '../doctor-check.ts';
import { judgeNodeFolder } from '../host-disk.ts';
import { judgeCertificate } from '../host-files.ts';
import type { OutsideFacts } from './outside-facts.ts';

/** The faults of a member that show without its consensus service. */
export function diagnoseOutside(facts: OutsideFacts): readonly Finding[] {
  return [
    ...settings(facts),
    ...services(facts),
    ...custody(facts),
    ...certificates(facts),
    ...disks(facts),
    ...peers(facts),
  ];
}

function settings({ member, settingsFault, hasChain }: OutsideFacts): readonly Finding[] {
  return [
    ...when(settingsFault !== '', 'settings-refused', {
      summary: 'The settings of this member are refused: it could not be started again.',
      evidence: [settingsFault],
      members: [member],
    }),
    ...when(!hasChain, 'no-chain', {
      summary: 'This home has no chain yet: config and gateway run alone.',
      evidence: ['it has no genesis.json'],
      members: [member],
    }),
  ];
}

const EFFECTS: Readonly<Record<ServiceName, string>> = {
  config: 'The config service does not answer; the others go on with their present settings.',
  signer: 'The signer does not answer, so this member follows without votes.',
  gateway: 'The gateway of this member does not answer, so it is cut off from the others.',
  consensus: 'The consensus service does not answer: it is stopped, starting, or stuck.',
};

function services({ member, services: answers }: OutsideFacts): readonly Finding[] {
  const asked = SERVICE_NAMES.filter((name) => answers[name].kind !== 'not-asked');
  const silent = asked.flatMap((name) => {
    const answer = answers[name];
    return answer.kind === 'silent' ? [{ name, reason: answer.reason }] : [];
  });
  // The consensus of another host may be silent alone: the services that run there are not known.
  if (silent.length === asked.length && asked.length > 1) {
    const evidence = silent.map(({ name, reason }) => `${name}: ${reason}`);
    return [
      finding('nothing-runs', { summary: 'No service of this member runs.', evidence, members: [member] }),
    ];
  }
  return silent.map(({ name, reason }) =>
    finding(`${name}-silent`, { summary: EFFECTS[name], evidence: [reason], members: [member] }),
  );
}

function custody({ member, custody: key }: OutsideFacts): readonly Finding[] {
  if (key === undefined) return [];
  const { mode, locked, fault } = key;
  const members = [member];
  const ended = { evidence: [`the signer says that its key is ${mode}`], members };
  return [
    ...when(mode === 'retired', 'signer-retired', {
      ...ended,
      summary: 'The key of this signer is retired and signs nothing more.',
    }),
    ...when(mode !== 'active' && mode !== 'retired', 'signer-quarantined', {
      ...ended,
      summary: 'The key of this member is in quarantine and signs nothing.',
    }),
    ...when(fault !== '', 'signer-faulty', {
      summary: 'The machine of the signer computed a signature wrongly, so its key was locked.',
      evidence: [fault],
      members,
    }),
    ...when(locked && fault === '', 'signer-locked', {
      summary: 'The key of the signer is locked, so this member follows without votes.',
      evidence: ['the signer says that its key is locked'],
      members,
    }),
  ];
}

function when(holds: boolean, code: DiagnosisCode, parts: FindingParts): readonly Finding[] {
  return holds ? [finding(code, parts)] : [];
}

function certificates({ member, certificates: states, nowMs }: OutsideFacts): readonly Finding[] {
  const seen = states.filter(({ found }) => found !== 'unreadable');
  const checks = seen.map((state) => judgeCertificate(state, nowMs));
  return [
    ...ofChecks(checks, 'failure', 'certificate-expired', {
      summary: 'A certificate of this member cannot be used.',
      members: [member],
    }),
    ...ofChecks(checks, 'warning', 'certificate-near-end', {
      summary: 'A certificate of this member ends soon.',
      members: [member],
    }),
  ];
}

/** A full disk ends the services that write to it, and they start again once there is room. */
function disks({ member, folders }: OutsideFacts): readonly Finding[] {
  const checks = folders.flatMap((folder) =>
    judgeNodeFolder(folder)
      .filter(({ name }) => name.startsWith('space') || name.startsWith('inodes'))
      .map((each) => ({ ...each, found: `${each.name}: ${each.found}` })),
  );
  return [
    ...ofChecks(checks, 'failure', 'disk-full', {
      summary: 'A disk of this member is full or nearly so.',
      members: [member],
    }),
    ...ofChecks(checks, 'warning', 'disk-low', {
      summary: 'A disk of this member has little room left.',
      members: [member],
    }),
  ];
}

/** Consensus knows who decides; without it the gateway knows at least who is connected. */
function peers({ peers: seen, services: { consensus } }: OutsideFacts): readonly Finding[] {
  const away = (seen ?? []).filter(({ isConnected }) => !isConnected);
  if (away.length === 0 || consensus.kind === 'answers') return [];
  const members = away.map(({ name }) => name);
  return [
    finding('members-away', {
      summary: `${members.join(', ')} cannot be reached; whether the others decide only consensus could say.`,
      evidence: away.map(({ name }) => `${name} is not connected to the gateway`),
      members,
    }),
  ];
}

/** One finding of all checks with this verdict. */
function ofChecks(
  checks: readonly Check[],
  verdict: Check['verdict'],
  code: DiagnosisCode,
  words: Omit<FindingParts, 'evidence'>,
): readonly Finding[] {
  const evidence = checks.filter((each) => each.verdict === verdict).map(({ found }) => found);
  return when(evidence.length > 0, code, { ...words, evidence });
}
