import { readFileSync } from 'node:fs';
import { connectClient, type FederationClient } from '#libs/client/client.ts';
import { AppError } from '#libs/errors/app-error.ts';
import type { ClientTls } from '#libs/grpc/tls.ts';
import { readTlsKey } from '#libs/grpc/tls-files.ts';
import { FileExposedError } from '#libs/key-files/private-path.ts';
import { errorCodeOf } from '../core/error-code.ts';
import { CliError, invalidInput } from '../words/errors.ts';
import { fileReason } from '../words/file-problem.ts';
import { CALL_MS } from '../words/limits.ts';

export interface MemberTarget {
  /** `host:port`. */
  readonly address: string;
  /** Home whose conf.yaml names the address. */
  readonly home?: string;
  readonly tls?: TlsFiles;
  /** Deadline of one call, in milliseconds. */
  readonly deadlineMs?: number;
}

/** Paths of PEM files. A client certificate only where the member wants one. */
export interface TlsFiles {
  readonly ca: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Name in the member's certificate, when the address is another. */
  readonly serverName?: string;
}

/** Connects on first use. The caller closes it. */
export function memberClient({ address, tls, deadlineMs = CALL_MS }: MemberTarget): FederationClient {
  return connectClient({ address, deadlineMs, ...(tls === undefined ? {} : { tls: readClientTls(tls) }) });
}

/** Does `work` with a member and closes the connection; nobody answering becomes one sentence. */
export async function withMember<T>(
  target: MemberTarget,
  work: (member: FederationClient) => Promise<T>,
): Promise<T> {
  const member = memberClient(target);
  try {
    return await work(member);
  } catch (cause) {
    throw unreachable(target, cause) ?? cause;
  } finally {
    member.close();
  }
}

/** The gRPC status of a refusal, or undefined for anything else. */
export function statusOf(error: unknown): string | undefined {
  if (!(error instanceof AppError) || !('status' in error.detail)) return undefined;
  return String(error.detail.status);
}

/** One sentence with advice when nobody answered; undefined when somebody did: a refusal with a code is an answer. */
function unreachable(target: MemberTarget, cause: unknown): CliError | undefined {
  if (errorCodeOf(cause) !== undefined) return undefined;
  const detail = { code: 'CLI_UNREACHABLE' } as const;
  const { address } = target;
  switch (statusOf(cause)) {
    case 'UNAVAILABLE':
      return new CliError(silenceText(target, cause), detail, { cause });
    case 'DEADLINE_EXCEEDED': {
      const message = `no answer from ${address} in time: the member is stuck, or this is not the address of its client API`;
      return new CliError(message, detail, { cause });
    }
    default:
      return undefined;
  }
}

/** The sentence for a member that does not answer. */
export function silenceText({ address, home, tls }: MemberTarget, cause: unknown): string {
  const how = tls === undefined ? '' : ' by TLS';
  const isUnknownName = cause instanceof Error && cause.message.includes('Name resolution failed');
  if (isUnknownName) return `the name in ${address} cannot be looked up: check it, or give an IP address`;
  const start =
    home === undefined ? 'start one with "npm start"' : `start it with "btcfed node --home ${home}"`;
  return `no member answers at ${address}${how}: ${start}, or name another with --address`;
}

/** @throws CliError that names the file, or FileExposedError. */
export function readClientTls({ ca, certificate, key, serverName }: TlsFiles): ClientTls {
  return {
    ca: readPem(ca),
    ...(certificate === undefined ? {} : { certificate: readPem(certificate) }),
    ...(key === undefined ? {} : { key: readPem(key, readTlsKey) }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

function readPem(file: string, read: (file: string) => Buffer = readFileSync): Buffer {
  try {
    return read(file);
  } catch (cause) {
    if (cause instanceof FileExposedError) throw cause;
    throw invalidInput(`${file} cannot be read: ${fileReason(cause)}`, cause);
  }
}
