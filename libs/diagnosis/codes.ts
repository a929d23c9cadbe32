import { COMMANDS_TO_TYPE as NEXT, type NextCommand } from './next-command.ts';

/**
 * How bad it is. `critical`: no block is decided, or this member takes no part in it. `warning`: it goes on with less margin, or a person
 * must look. `notice`: it passes by itself.
 */
export type Severity = 'critical' | 'warning' | 'notice';

/** The traits that follow from the code of a finding alone. */
export interface DiagnosisTraits {
  readonly severity: Severity;
  readonly next: NextCommand;
}

const critical = (next: NextCommand) => ({ severity: 'critical', next }) as const;
const warning = (next: NextCommand) => ({ severity: 'warning', next }) as const;
const notice = (next: NextCommand) => ({ severity: 'notice', next }) as const;

/** Everything that can be wrong with a member, the worst first: the order in which findings are told. services/cli/README.md explains each. */
export const DIAGNOSES = {
  'settings-refused': critical(NEXT.checkSettings),
  'nothing-runs': critical(NEXT.startNode),
  'certificate-expired': critical(NEXT.examineHost),
  'disk-full': critical(NEXT.examineHost),
  'too-many-liars': critical(NEXT.listEvidence),
  'chain-forked': critical(NEXT.listEvidence),
  'chain-diverged': critical(NEXT.askStatus),
  'key-used-elsewhere': critical(NEXT.renewKey),
  'record-lost': critical(NEXT.renewKey),
  'store-damaged': critical(NEXT.examineHost),
  'signer-quarantined': critical(NEXT.renewKey),
  'signer-retired': critical(NEXT.renewKey),
  'signer-mismatched': critical(NEXT.askSigner),
  'signer-taken-over': critical(NEXT.askSigner),
  'application-failed': critical(NEXT.askStatus),
  halted: critical(NEXT.askStatus),
  'halted-at-height': critical(NEXT.goOn),
  'signer-faulty': critical(NEXT.askSigner),
  'signer-locked': critical(NEXT.unlockSigner),
  'signer-silent': critical(NEXT.askSigner),
  'signer-outdated': critical(NEXT.askSigner),
  'gateway-silent': critical(NEXT.examineHost),
  'consensus-silent': critical(NEXT.examineHost),
  'quorum-lost': critical(NEXT.listPeers),
  'decisions-stalled': critical(NEXT.askStatus),
  'catch-up-stuck': warning(NEXT.listPeers),
  'consensus-outdated': warning(NEXT.askStatus),
  'config-silent': warning(NEXT.examineHost),
  drained: warning(NEXT.takeTransactions),
  'member-contradicted-itself': warning(NEXT.listEvidence),
  'audit-log-contradicted': warning(NEXT.askStatus),
  'members-away': warning(NEXT.listPeers),
  'members-mute': warning(NEXT.listPeers),
  'views-time-out': warning(NEXT.askStatus),
  'peer-misbehaves': warning(NEXT.listEvidence),
  'history-damaged': warning(NEXT.examineHost),
  'store-unreadable': warning(NEXT.examineHost),
  'clock-apart': warning(NEXT.examineHost),
  'certificate-near-end': warning(NEXT.examineHost),
  'disk-low': warning(NEXT.examineHost),
  'no-chain': warning(NEXT.explainInit),
  'facts-wait': warning(NEXT.showSettings),
  'catching-up': notice(NEXT.askStatus),
  'history-missing': notice(NEXT.askStatus),
  'not-a-member': notice(NEXT.listMembers),
} as const satisfies Readonly<Record<string, DiagnosisTraits>>;

export type DiagnosisCode = keyof typeof DIAGNOSES;

export function isDiagnosisCode(text: string): text is DiagnosisCode {
  return Object.hasOwn(DIAGNOSES, text);
}
