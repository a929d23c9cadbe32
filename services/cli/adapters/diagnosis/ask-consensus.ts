import type { ClientDiagnosis } from '#libs/client/diagnosis.ts';
import { type Finding, finding } from '#libs/diagnosis/finding.ts';
import type { Roster } from '#libs/membership/roster.ts';
import { type MemberTarget, statusOf, withMember } from '#services/launcher/adapters/member-client.ts';
import { type AskedService, asked } from './asked-service.ts';

/** The answer of a member's consensus service. */
export interface ToldByConsensus {
  readonly diagnosis: ClientDiagnosis;
  /** The members in force: by their gateway keys peers have names. */
  readonly roster: Roster;
}

export function askConsensus(target: MemberTarget): Promise<AskedService<ToldByConsensus>> {
  return asked(() =>
    withMember(target, async (member) => {
      const [diagnosis, roster] = await Promise.all([
        member.diagnose().catch(async (error: unknown) => {
          if (statusOf(error) !== 'UNIMPLEMENTED') throw error;
          const { header } = await member.status();
          const { member: name = '', chainId = '', finalHeight = 0n } = header ?? {};
          return { member: name, chainId, finalHeight, findings: [outdated(name)] };
        }),
        member.roster(),
      ]);
      return { diagnosis, roster };
    }),
  );
}

function outdated(member: string): Finding {
  return finding('consensus-outdated', {
    summary: 'This member is of a version that cannot say what is wrong with it.',
    evidence: ['its client API has no call Diagnose'],
    members: [member],
  });
}
