import fc from 'fast-check';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { bitmapOf } from '#libs/protocol/certificate-name.ts';
import type { LeaveCertificate, LeaveShare } from '#libs/protocol/leave-certificate.ts';
import type {
  RoundsLeave,
  RoundsMessage,
  RoundsProposal,
  RoundsStatement,
  RoundsVote,
} from '#libs/protocol/rounds/message.ts';
import {
  anyBlock,
  anyBytes,
  anyDigest,
  anyHeight,
  anyMember,
  anyView,
  record,
  u64,
} from './peer-messages.ts';

const anyStep = fc.constantFrom('prepare', 'commit', 'pre-commit');
const place = { height: anyHeight, view: anyView, member: anyMember, signature: anyBytes };
const someMembers = fc
  .uniqueArray(anyMember, { minLength: 1, maxLength: 5 })
  .map((members) => members.toSorted((one, other) => one - other));

/** Of a height: an instance of 0 would be of views that run across heights. */
const anyInstance = u64.filter((instance) => instance > 0n);

const anyCertificate: fc.Arbitrary<QuorumCertificate> = fc
  .tuple(someMembers, anyStep, anyInstance, anyView, anyHeight, anyDigest, anyBytes)
  .map(([members, kind, instance, view, height, digest, signature]) => ({
    ...{ kind, instance, view, height, digest },
    signatures: members.map((member) => ({ member, signature })),
  }));

const anyLeaveCertificate: fc.Arbitrary<LeaveCertificate> = fc
  .tuple(someMembers, anyInstance, anyView, fc.option(anyCertificate, { nil: undefined }), anyBytes)
  .map(([members, instance, view, high, signature]) => ({
    ...{ kind: 'view-change', instance, view, high },
    shares: members.map((member, at): LeaveShare => {
      const isReporting = high !== undefined && at === 0;
      return {
        member,
        signature,
        reports: isReporting ? [{ instance, view: high.view, digest: high.digest }] : [],
      };
    }),
  }));
const maybeLeave = fc.option(anyLeaveCertificate, { nil: undefined });

const anyProposal = record<RoundsProposal>({
  ...{ kind: fc.constant('proposal' as const), ...place },
  block: anyBlock,
  leave: maybeLeave,
});
const anyVote = record<RoundsVote>({
  ...{ kind: fc.constant('vote' as const), ...place },
  step: anyStep,
  digest: anyDigest,
});
const anyLeave = record<RoundsLeave>({
  ...{ kind: fc.constant('leave' as const), ...place },
  prepared: fc.option(anyCertificate, { nil: undefined }),
  entry: maybeLeave,
});

/** Any message of locked rounds of each kind: leaving one out does not compile. */
export const anyRoundsMessage: {
  readonly [Kind in RoundsMessage['kind']]: fc.Arbitrary<RoundsMessage>;
} = {
  proposal: anyProposal,
  vote: anyVote,
  leave: anyLeave,
  certificate: record({ kind: fc.constant('certificate'), certificate: anyCertificate }),
  left: record({ kind: fc.constant('left'), leave: anyLeaveCertificate }),
  request: record({
    ...{ kind: fc.constant('request'), height: anyHeight, view: anyView },
    hasProposal: fc.boolean(),
    have: fc
      .uniqueArray(fc.tuple(anyStep, someMembers.map(bitmapOf)), { selector: ([kind]) => kind })
      .map((entries) => new Map(entries)),
  }),
  recovery: record({
    ...{ kind: fc.constant('recovery'), height: anyHeight, view: anyView },
    statements: fc.array(fc.oneof<fc.Arbitrary<RoundsStatement>[]>(anyProposal, anyVote, anyLeave), {
      maxLength: 4,
    }),
  }),
};
