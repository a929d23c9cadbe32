import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { hostileBytes } from './hostile-bytes.ts';

/** The part of a generated service definition that a caller of nonsense needs. */
export interface FuzzedService {
  readonly fullName: string;
  readonly methods: Readonly<
    Record<
      string,
      {
        readonly name: string;
        readonly requestStream: boolean;
        readonly responseStream: boolean;
        readonly requestType: { readonly encode: unknown };
      }
    >
  >;
}

export interface GrpcFuzzPlan {
  readonly address: string;
  readonly service: FuzzedService;
  readonly seed: number;
  readonly perMethod: number;
}

/** Streams are read for so long, then cancelled: a watch that says nothing is well. */
const STREAM_MS = 150;
const CALL_MS = 120_000;

/** Statuses by which a caller sees a fault of ours. The library refuses bytes without a message as INTERNAL. */
const FAULTS: ReadonlySet<status> = new Set([status.UNKNOWN, status.INTERNAL, status.DATA_LOSS]);
const NO_MESSAGE = /deserializ/i;

/** Calls every method with bytes that no client of ours sends. @returns the forbidden answers. */
export async function fuzzGrpc({
  address,
  service,
  seed,
  perMethod,
}: GrpcFuzzPlan): Promise<readonly string[]> {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  const faults: string[] = [];
  try {
    for (const method of Object.values(service.methods)) {
      const path = `/${service.fullName}/${method.name}`;
      for (const bytes of fc.sample(hostileBytes(Uint8Array.of(0x0a, 0x02, 0x08, 0x01)), {
        seed,
        numRuns: perMethod,
      })) {
        const fault = await faultOf(
          client,
          { path, isStream: method.requestStream || method.responseStream },
          bytes,
        );
        if (fault !== undefined) faults.push(`${path} of ${Buffer.from(bytes).toString('hex')}: ${fault}`);
      }
    }
  } finally {
    client.close();
  }
  return faults;
}

interface Method {
  readonly path: string;
  readonly isStream: boolean;
}

/**
 * The status of a forbidden answer; undefined for a good answer, a refusal that names the fault, or a stream that
 * goes on.
 */
function faultOf(client: Client, { path, isStream }: Method, bytes: Uint8Array): Promise<string | undefined> {
  const same = (given: Uint8Array): Buffer => Buffer.from(given);
  const options = { deadline: Date.now() + (isStream ? STREAM_MS : CALL_MS) };
  return new Promise((resolve) => {
    const judge = (error: ServiceError | null): void =>
      resolve(error === null ? undefined : judged(error, isStream));
    if (!isStream) {
      client.makeUnaryRequest(path, same, same, bytes, new Metadata(), options, (error) => judge(error));
      return;
    }
    const stream = client.makeBidiStreamRequest(path, same, same, new Metadata(), options);
    stream.on('data', () => {});
    stream.on('error', judge);
    stream.on('end', () => resolve(undefined));
    stream.write(bytes);
    stream.end();
  });
}

function judged({ code, details }: ServiceError, isStream: boolean): string | undefined {
  if (code === status.DEADLINE_EXCEEDED) return isStream ? undefined : 'no answer';
  if (!FAULTS.has(code) || NO_MESSAGE.test(details)) return undefined;
  return `${status[code]} ${details}`;
}
