/** The counts of the services of a federation since they were started. */
export interface ServiceCounts {
  /** Signatures that were made. */
  readonly signatures: number;
  /** Signatures that were judged: those of messages, those shown to signers, and each that a signer made, before it leaves. */
  readonly verifications: number;
  /** Durable writes: of the chain stores and of the records of the signers. */
  readonly syncs: number;
  /** Bytes of frames that its gateway handed to connections, by member. */
  readonly bytes: Readonly<Record<string, number>>;
}

const SIGNATURES = 'btcfed_signer_signatures_total';
const JUDGED = ['btcfed_consensus_verifications_total', 'btcfed_signer_shown_signatures_total'];
const SYNCS = ['btcfed_consensus_storage_sync_seconds_count', 'btcfed_signer_record_seconds_count'];
const SENT = 'btcfed_gateway_member_sent_bytes_total';

/** Signatures known from before cost nothing. */
const CACHED = /result="cached"/;

const SAMPLE = /^(\w+)(?:\{(.*)\})? (\S+)$/gm;
const MEMBER = /(?:^|,)member="([^"]*)"/;
const READ_MS = 10_000;

/** Asks each of these addresses for its metrics, and adds them up. @throws Error where one does not answer. */
export async function serviceCounts(addresses: readonly string[]): Promise<ServiceCounts> {
  const pages = await Promise.all(
    addresses.map(async (address) => {
      const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(READ_MS) });
      if (!response.ok) throw new Error(`${address} shows no metrics: ${response.status}`);
      return response.text();
    }),
  );
  return countsIn(pages);
}

/** The counts of these pages in the text format of Prometheus. */
export function countsIn(pages: readonly string[]): ServiceCounts {
  const samples = pages.flatMap(samplesIn);
  const sum = (isMeant: (sample: Sample) => boolean): number =>
    samples.filter(isMeant).reduce((all, { value }) => all + value, 0);
  const signatures = sum(({ name }) => name === SIGNATURES);
  const judged = sum(({ name, labels }) => JUDGED.includes(name) && !CACHED.test(labels));
  const sent = samples.filter(({ name }) => name === SENT);
  const members = new Set(sent.map(memberOf));
  const sentBy = (member: string): number =>
    sum((sample) => sample.name === SENT && memberOf(sample) === member);
  return {
    signatures,
    verifications: judged + signatures,
    syncs: sum(({ name }) => SYNCS.includes(name)),
    bytes: Object.fromEntries([...members].map((member) => [member, sentBy(member)])),
  };
}

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

function samplesIn(page: string): readonly Sample[] {
  return [...page.matchAll(SAMPLE)].map(([, name = '', labels = '', value]) => ({
    name,
    labels,
    value: Number(value),
  }));
}

function memberOf({ labels }: Sample): string {
  return MEMBER.exec(labels)?.[1] ?? '';
}

/** The counts of a stretch of `decisions` decisions, of one on average. */
export function countsOfEach(before: ServiceCounts, after: ServiceCounts, decisions: number): ServiceCounts {
  const each = (a: number, b: number): number => Math.round((10 * (b - a)) / decisions) / 10;
  const bytes = Object.entries(after.bytes).map(([member, sum]) => [
    member,
    Math.round(each(before.bytes[member] ?? 0, sum)),
  ]);
  return {
    signatures: each(before.signatures, after.signatures),
    verifications: each(before.verifications, after.verifications),
    syncs: each(before.syncs, after.syncs),
    bytes: Object.fromEntries(bytes),
  };
}
