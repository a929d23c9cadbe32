import { digestBytes, toHeight, toView } from '#libs/chain/ids.ts';
import type {
  SignatureMessage,
  SignaturesRequest,
  SignaturesResponse,
} from '#libs/engine/ports/signature-messages.ts';
import type {
  SignaturesRequest as WireRequest,
  SignaturesResponse as WireResponse,
  SignedStatement as WireStatement,
} from '#libs/proto/btcfed/peer/v1/peer.ts';
import { bitmapOf, membersIn } from '#libs/protocol/certificate-name.ts';
import { statementText } from '#libs/protocol/named-signatures.ts';
import { NAMED_PER_MEMBER_MAX, STATEMENTS_PER_MEMBER_MAX } from '#libs/protocol/naming-limits.ts';
import { isKindName } from '#libs/protocol/vote/kind-name.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { digestFromWire, memberFromWire } from '#libs/wire/block.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { demand, present } from '#libs/wire/refusal.ts';
import { signatureFromWire, signatureToWire } from '#libs/wire/signature.ts';
import type { WireBody } from './protocol-wire.ts';

export function signaturesToWire(message: SignatureMessage): WireBody {
  if (message.kind === 'signatures-request') {
    const wanted = message.wanted.map(({ statement, members }) => ({
      statement: statementToWire(statement),
      members: bitmapOf(members),
    }));
    return { $case: 'signaturesRequest', value: { wanted } };
  }
  const given = message.given.map(({ statement, signatures }) => ({
    statement: statementToWire(statement),
    signatures: signatures.map((each) => ({ member: each.member, ...signatureToWire(each) })),
  }));
  return { $case: 'signaturesResponse', value: { given } };
}

/** @throws WireRefusal */
export function signaturesRequestFromWire({ wanted }: WireRequest, limits: WireLimits): SignaturesRequest {
  demand(wanted.length > 0, 'no statement');
  demandFew(wanted, limits);
  const read = wanted.map((each) => {
    const members = membersIn(each.members, limits.membersMax);
    demand(members !== undefined && members.length > 0, 'members are not written in their one way');
    return { statement: statementFromWire(each.statement), members };
  });
  demand(
    new Set(read.map(({ statement }) => statementText(statement))).size === read.length,
    'statement repeated',
  );
  const named = read.reduce((sum, { members }) => sum + members.length, 0);
  demand(named <= NAMED_PER_MEMBER_MAX * limits.membersMax, 'too many signatures wanted');
  return { kind: 'signatures-request', wanted: read };
}

/** @throws WireRefusal */
export function signaturesResponseFromWire({ given }: WireResponse, limits: WireLimits): SignaturesResponse {
  demandFew(given, limits);
  return {
    kind: 'signatures-response',
    given: given.map(({ statement, signatures }) => {
      demand(signatures.length <= limits.membersMax, 'too many signatures');
      const read = signatures.map((each) => ({
        member: memberFromWire(each.member, limits),
        ...signatureFromWire(each, limits),
      }));
      const isAscending = read.every(
        ({ member }, at) => at === 0 || member > (read[at - 1]?.member ?? member),
      );
      demand(isAscending, 'signers repeated or out of order');
      return { statement: statementFromWire(statement), signatures: read };
    }),
  };
}

function demandFew(statements: readonly unknown[], { membersMax }: WireLimits): void {
  demand(statements.length <= STATEMENTS_PER_MEMBER_MAX * membersMax, 'too many statements');
}

function statementToWire({ kind, instance, view, block, reports }: VoteStatement): WireStatement {
  const [report] = reports;
  return {
    ...{ kind, instance, view },
    height: block?.height ?? 0n,
    blockDigest: block === undefined ? new Uint8Array() : digestBytes(block.digest),
    highView: report?.view ?? 0n,
    highBlockDigest: report === undefined ? new Uint8Array() : digestBytes(report.digest),
  };
}

/** @throws WireRefusal */
function statementFromWire(wire: WireStatement | undefined): VoteStatement {
  const { kind, instance, view, height, blockDigest, highView, highBlockDigest } = present(wire, 'statement');
  demand(isKindName(kind), 'kind is no name');
  const hasBlock = blockDigest.length > 0;
  const hasReport = highBlockDigest.length > 0;
  demand(hasBlock || height === 0n, 'height without block');
  demand(hasReport || highView === 0n, 'high_view without block');
  return {
    ...{ kind, instance },
    view: toView(view),
    block: hasBlock
      ? { height: toHeight(height), digest: digestFromWire(blockDigest, 'block_digest') }
      : undefined,
    reports: hasReport
      ? [{ instance, view: toView(highView), digest: digestFromWire(highBlockDigest, 'high_block_digest') }]
      : [],
  };
}
