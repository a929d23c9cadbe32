import { finding } from '#libs/diagnosis/finding.ts';
import type { DiagnosisRule } from './diagnosis-rule.ts';
import { namesText } from './words.ts';

export const evidenceRule: DiagnosisRule = ({ member, liars }) => {
  if (liars.length === 0) return undefined;
  const own = liars.includes(member) ? ['one of them is this member itself: its key signed twice'] : [];
  return finding('member-contradicted-itself', {
    summary: `It is proved that ${namesText(liars)} signed contradicting statements.`,
    evidence: [`evidence is stored against ${namesText(liars)}`, ...own],
    members: liars,
  });
};

export const auditRule: DiagnosisRule = ({ auditComplaints }) => {
  if (auditComplaints.length === 0) return undefined;
  const members = auditComplaints.map(({ member }) => member);
  return finding('audit-log-contradicted', {
    summary: `The audit log of the signer of ${namesText(members)} contradicts what was seen of it before.`,
    evidence: auditComplaints.map(({ member, complaint }) => `${member}: ${complaint}`),
    members,
  });
};

export const peerFaultsRule: DiagnosisRule = ({ peerFaults }) => {
  if (peerFaults.length === 0) return undefined;
  const members = [...new Set(peerFaults.map(({ peer }) => peer))];
  return finding('peer-misbehaves', {
    summary: `${namesText(members)} sent within ten minutes what no honest member sends.`,
    evidence: peerFaults.map(({ peer, topic, count }) => `${peer}: ${topic}, ${count} times`),
    members,
  });
};
