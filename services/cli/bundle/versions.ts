import { readFileSync } from 'node:fs';
import { arch, availableParallelism, release, type as systemType, totalmem, version } from 'node:os';
import { join } from 'node:path';
import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';

const OS_RELEASE = '/etc/os-release';

/** The versions of all that runs a node here. @param root - The checkout. */
export function versionsHere(root: string): object {
  const { node, openssl, uv, v8 } = process.versions;
  return {
    btcfed: SOFTWARE_VERSION,
    ...{ node, openssl, libuv: uv, v8, libc: libc() },
    system: {
      ...{
        name: systemName(),
        kernel: `${systemType()} ${release()}`,
        build: version(),
        architecture: arch(),
      },
      ...{ cores: availableParallelism(), memoryBytes: totalmem() },
    },
    packages: packagesOf(root),
  };
}

/** The report of Node holds the environment too, of which nothing is taken. Without the network it looks up no names. */
function libc(): string {
  Object.assign(process.report, { excludeNetwork: true });
  const report: unknown = process.report.getReport();
  const header = fieldOf(report, 'header');
  const glibc = fieldOf(header, 'glibcVersionRuntime');
  return typeof glibc === 'string' ? `glibc ${glibc}` : 'none that Node knows of';
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function systemName(): string {
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(textOf(OS_RELEASE) ?? '')?.[1] ?? 'unknown';
}

/** The packages that this version is made of, each pinned; empty where there is no checkout. */
function packagesOf(root: string): unknown {
  const text = textOf(join(root, 'package.json'));
  return text === undefined ? {} : fieldOf(JSON.parse(text), 'dependencies');
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // Not every system has it.
  }
}
