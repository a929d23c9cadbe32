import type { Finding } from '#libs/diagnosis/finding.ts';
import { merged } from '#libs/diagnosis/merged.ts';
import { auditRule, evidenceRule, peerFaultsRule } from './conduct-rules.ts';
import type { DiagnosisRule } from './diagnosis-rule.ts';
import { drainRule } from './drain-rule.ts';
import type { DiagnosisFacts } from './facts.ts';
import { haltRule } from './halt-rule.ts';
import { catchUpRule, failedViewsRule, stallRule } from './progress-rules.ts';
import { awayRule, gatewayRule, guestRule, muteRule, quorumRule } from './reach-rules.ts';
import { signerRule } from './signer-rule.ts';
import { damagedRule, missingHistoryRule, unreadableRule } from './store-rules.ts';
import { clockRule, eventsRule } from './surroundings-rules.ts';

const RULES: readonly DiagnosisRule[] = [
  haltRule,
  drainRule,
  signerRule,
  gatewayRule,
  quorumRule,
  awayRule,
  muteRule,
  guestRule,
  catchUpRule,
  stallRule,
  failedViewsRule,
  evidenceRule,
  auditRule,
  peerFaultsRule,
  damagedRule,
  unreadableRule,
  missingHistoryRule,
  eventsRule,
  clockRule,
];

/** All that is wrong with a member, the worst first; nothing of one that is well. */
export function diagnose(facts: DiagnosisFacts): readonly Finding[] {
  return merged(RULES.flatMap((rule) => rule(facts) ?? []));
}
