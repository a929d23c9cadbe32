import { AppError } from '#libs/errors/app-error.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import type { SignatureFromCore, Timing } from '#libs/proto/btcfed/signer/v1/signer_service.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** A sync of a disk that is well takes a third of a millisecond. */
const DISK_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1];
const MICROS = 1_000_000;

/** Refusals that a person must look at, each with a metric of its own, which exists with value 0 before the first. */
const ALARMS = {
  SIGNER_FAULT_DETECTED: {
    name: 'btcfed_signer_fault_detected_total',
    help: 'Signatures that the machine computed wrongly. Page on any: the key signs no more.',
  },
  SIGNER_CONFLICTING_SLOT: {
    name: 'btcfed_signer_conflicts_total',
    help: 'Requests for a second statement in a slot: two consensus processes, or one that lost its record. Page on any.',
  },
  SIGNER_SESSION_FENCED: {
    name: 'btcfed_signer_fenced_total',
    help: 'Requests of a session that another one has ended. Page on any.',
  },
} as const;

export interface SignerMeter {
  /** Counts one request for a statement by its outcome, and its times when it was signed. Settles as `work` does. */
  signed(kind: string, work: () => Promise<SignatureFromCore>): Promise<SignatureFromCore>;
  /** Counts a refused request of any kind. */
  refused(error: unknown): void;
}

/** The figures of a signer: its signatures and their times, and its refusals and their reasons. Never the content. */
export function signerMetrics(metrics: Metrics): SignerMeter {
  const signed = metrics.counter('btcfed_signer_signatures_total', {
    help: 'Requests that were answered with a signature.',
    labels: ['kind'],
  });
  const refused = metrics.counter('btcfed_signer_refusals_total', {
    help: 'Requests that were refused, by the code of the refusal.',
    labels: ['code'],
  });
  const seconds = metrics.histogram('btcfed_signer_sign_seconds', {
    help: 'From request to signature, the record on the disk and the wait for a core included.',
    buckets: SECONDS,
  });
  const alarms = new Map(
    Object.entries(ALARMS).map(([code, { name, help }]) => [code, metrics.counter(name, { help })]),
  );
  const take = timingMetrics(metrics);
  return {
    async signed(kind, work) {
      const startMs = performance.now();
      const answer = await work();
      seconds.observe((performance.now() - startMs) / 1000);
      signed.add(1, { kind });
      if (answer.timing !== undefined) take(answer.timing);
      return answer;
    },
    refused(error) {
      const code = error instanceof AppError ? error.detail.code : 'INTERNAL';
      refused.add(1, { code });
      alarms.get(code)?.add();
    },
  };
}

function timingMetrics(metrics: Metrics): (timing: Timing) => void {
  const wait = metrics.histogram('btcfed_signer_queue_wait_seconds', {
    help: 'Wait of a signature for others that are being made.',
    buckets: SECONDS,
  });
  const record = metrics.histogram('btcfed_signer_record_seconds', {
    help: 'Writing and syncing the record, before a signature is begun.',
    buckets: DISK_SECONDS,
  });
  const made = metrics.histogram('btcfed_signer_bare_signature_seconds', {
    help: 'Making a signature, without record and wait.',
    buckets: SECONDS,
  });
  return ({ waitMicros, recordMicros, signMicros }) => {
    wait.observe(Number(waitMicros) / MICROS);
    record.observe(Number(recordMicros) / MICROS);
    made.observe(Number(signMicros) / MICROS);
  };
}
