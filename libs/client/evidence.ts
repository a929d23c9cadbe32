import { type Digest, type MemberIndex, toHeight, type View } from '#libs/chain/ids.ts';
import type {
  ListEvidenceRequest,
  ListEvidenceResponse,
  Evidence as WireEvidence,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { type Evidence, type EvidenceKind, positionOf } from '#libs/protocol/evidence.ts';
import { decodeEvidence, evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import { voteTableOf } from '#libs/protocols/protocols.ts';
import { evidenceKindToWire } from '#libs/wire/evidence.ts';
import { digestFrom } from './answers.ts';
import { invalidAnswer } from './errors.ts';

/** The wanted evidence: all of it, when no field is set. */
export interface EvidenceFilter {
  readonly member?: number;
  readonly kind?: EvidenceKind;
  /** Takes what this version cannot read, and the listing goes on; without it the listing ends there. */
  readonly unread?: (unread: UnreadEvidence) => void;
}

/** Evidence of a protocol that this version does not have. All but the protocol is the word of the member alone. */
export interface UnreadEvidence {
  readonly digest: Digest;
  readonly protocol: string;
}

/** Evidence as a member tells it: believed once `verifyEvidence` says so. */
export interface ClientEvidence {
  /** Computed here from the content. */
  readonly digest: Digest;
  readonly kind: EvidenceKind;
  /** The member that signed both statements. */
  readonly member: MemberIndex;
  /** The height whose view it is, where each height has views of its own; else 0. */
  readonly instance: bigint;
  readonly view: View;
  readonly evidence: Evidence;
  /** Canonical encoding, which files hold and `verifyEvidence` takes. */
  readonly content: Uint8Array;
  /** Height of the final block that holds the evidence; undefined until there is one. */
  readonly height: bigint | undefined;
  /** Clock of the member when it stored it, milliseconds since 1970. */
  readonly foundMs: bigint;
}

type Page = (request: ListEvidenceRequest) => Promise<ListEvidenceResponse>;

/** All evidence that a member has, page by page as it is read. @throws FederationClientError. */
export async function* allEvidence(
  page: Page,
  { member, kind, unread }: EvidenceFilter,
): AsyncGenerator<ClientEvidence> {
  const filter = { limit: 0, member, kind: kind === undefined ? 0 : evidenceKindToWire(kind) } as const;
  let after = 0n;
  do {
    const { evidence, nextAfter } = await page({ ...filter, after });
    for (const each of evidence) {
      const found = evidenceFrom(each, unread);
      if (found !== undefined) yield found;
    }
    if (nextAfter !== 0n && nextAfter <= after) throw invalidAnswer('evidence: pages go back');
    after = nextAfter;
  } while (after !== 0n);
}

function evidenceFrom(
  { digest, content, height, foundMs }: WireEvidence,
  unread: EvidenceFilter['unread'],
): ClientEvidence | undefined {
  const decoded = decodeEvidence(content, voteTableOf);
  if (!decoded.ok) {
    const { fault, unknownProtocol: protocol } = decoded;
    if (protocol === undefined || unread === undefined) throw invalidAnswer(`evidence: ${fault}`);
    unread({ digest: digestFrom(digest), protocol });
    return undefined;
  }
  const { evidence, chain } = decoded;
  return {
    digest: evidenceDigest(evidence, chain),
    kind: evidence.kind,
    member: evidence.first.member,
    ...positionOf(evidence),
    evidence,
    content,
    height: height === undefined ? undefined : toHeight(height),
    foundMs,
  };
}
