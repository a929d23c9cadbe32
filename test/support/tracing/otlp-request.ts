import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** A span as a collector received it; ids in hex. */
export interface ReceivedSpan {
  /** `service.name` and `service.instance.id` of its process. */
  readonly service: string;
  readonly member: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has none. */
  readonly parent: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly isFailed: boolean;
}

/** A field of a message: its number, and its value as its wire type has it. */
type Field = readonly [number: number, value: Uint8Array | bigint];

/** The spans of an ExportTraceServiceRequest (opentelemetry/proto/collector/trace/v1). */
export function spansOfRequest(bytes: Uint8Array): readonly ReceivedSpan[] {
  return messages(bytes, 1).flatMap((resourceSpans) => {
    const [resource = new Uint8Array()] = messages(resourceSpans, 1);
    const facts = factsOf(messages(resource, 1));
    const own = { service: String(facts['service.name']), member: String(facts['service.instance.id']) };
    return messages(resourceSpans, 2).flatMap((scope) =>
      messages(scope, 2).map((span) => ({ ...own, ...spanOf(span) })),
    );
  });
}

function spanOf(bytes: Uint8Array): Omit<ReceivedSpan, 'service' | 'member'> {
  const [status = new Uint8Array()] = messages(bytes, 15);
  return {
    traceId: hexOf(bytes, 1),
    spanId: hexOf(bytes, 2),
    parent: hexOf(bytes, 4),
    name: textOf(bytes, 5),
    startNs: numberOf(bytes, 7),
    endNs: numberOf(bytes, 8),
    facts: factsOf(messages(bytes, 9)),
    events: messages(bytes, 11).map((event) => textOf(event, 2)),
    links: messages(bytes, 13).map((link) => ({ traceId: hexOf(link, 1), spanId: hexOf(link, 2) })),
    isFailed: numberOf(status, 3) === 2n,
  };
}

function factsOf(pairs: readonly Uint8Array[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(pairs.map((pair) => [textOf(pair, 1), contentOf(messages(pair, 2)[0])]));
}

/** A string, a boolean, a whole number, or the bytes of anything else. */
function contentOf(value: Uint8Array | undefined): unknown {
  const [number, content] = (value === undefined ? [] : fields(value))[0] ?? [0, undefined];
  if (number === 1 && content instanceof Uint8Array) return Buffer.from(content).toString();
  return number === 2 ? content === 1n : content;
}

function fields(bytes: Uint8Array): readonly Field[] {
  const reader = new BinaryReader(bytes);
  const found: Field[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type === WireType.LengthDelimited) found.push([number, reader.bytes()]);
    else if (type === WireType.Varint) found.push([number, BigInt(reader.uint64())]);
    else if (type === WireType.Bit64) found.push([number, BigInt(reader.fixed64())]);
    else reader.skip(type, number);
  }
  return found;
}

function messages(bytes: Uint8Array, number: number): readonly Uint8Array[] {
  return fields(bytes).flatMap(([at, value]) =>
    at === number && value instanceof Uint8Array ? [value] : [],
  );
}

function hexOf(bytes: Uint8Array, number: number): string {
  return Buffer.from(messages(bytes, number)[0] ?? []).toString('hex');
}

function textOf(bytes: Uint8Array, number: number): string {
  return Buffer.from(messages(bytes, number)[0] ?? []).toString();
}

function numberOf(bytes: Uint8Array, number: number): bigint {
  const value = fields(bytes).find(([at]) => at === number)?.[1];
  return typeof value === 'bigint' ? value : 0n;
}
