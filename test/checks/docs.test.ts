import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { trackedFiles } from './citations/tracked-files.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const documents = globSync(['*.md', '{services,libs,deploy,test,proto}/**/*.md'], { cwd: ROOT });

/** A file by its path from the root, as `libs/chain/block.ts`. */
const FULL_PATH = /`((?:deploy|libs|proto|services|test)\/[\w./-]+\.\w+)`/g;

/** Pages that name files of earlier versions, or no files of anybody, as examples. */
const NAMES_OTHERS = ['BENCHMARKS.md', 'CHANGELOG.md', 'DECISIONS.md', 'STYLE.md'];

/** Folders of a member's home, which no checkout has. */
const OF_A_HOME = ['logs/', 'next/', 'signer/'];

/** All tracked files and their folders, these with a slash at the end. */
function placesOf(files: readonly string[]): ReadonlySet<string> {
  const places = new Set(files);
  for (const file of files) {
    for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) places.add(`${folder}/`);
  }
  return places;
}

/** Sources and folders that a page names: in backticks, or anywhere in a diagram. */
function sourcesIn(text: string): readonly string[] {
  const diagrams = [...text.matchAll(/^```mermaid\n[\s\S]*?^```/gm)].map(([diagram]) => diagram);
  const drawn = diagrams.flatMap((diagram) => diagram.match(/[\w@.-]+(?:\/[\w@.-]+)+/g) ?? []);
  const quoted = [...text.matchAll(/`(?<token>[\w@.-]+(?:\/[\w@.-]+)*\/?)`/g)].map(
    ({ groups }) => groups?.['token'] ?? '',
  );
  const isSource = (token: string): boolean =>
    /^(?:deploy|libs|proto|services|test)\/|\/$|\w\.(?:ts|mjs|proto)$/.test(token);
  return [...drawn, ...quoted].filter((token) => isSource(token) && !OF_A_HOME.includes(token));
}

function leadsSomewhere(token: string, page: string, places: ReadonlySet<string>): boolean {
  const base = page.includes('/') ? `${dirname(page)}/` : '';
  const wanted = [token, `${token}/`, base + token, `${base}${token}/`];
  if (wanted.some((path) => places.has(path))) return true;
  const within = token.includes('/') ? base : '';
  return [...places].some((path) => path.startsWith(within) && path.endsWith(`/${token}`));
}

/** The anchor of a heading, as GitHub names it. */
function anchorsOf(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/^#+ (?<title>.+)$/gm)].map(({ groups }) =>
      (groups?.['title'] ?? '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );
}

/** Links to files and headings of this repository that lead nowhere. */
function deadLinks(file: string): readonly string[] {
  const targets = [...read(file).matchAll(/\]\((?<target>[^)\s]+)\)/g)].map(
    ({ groups }) => groups?.['target'] ?? '',
  );
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const wanted = path === '' ? file : join(dirname(file), path);
      if (!existsSync(join(ROOT, wanted))) return true;
      return anchor !== undefined && !anchorsOf(read(wanted)).has(anchor);
    });
}

describe('E2E-13 what is written for people', () => {
  test('leads only to what is there', () => {
    assert.ok(documents.length > 10);
    assert.deepEqual(
      documents.flatMap((file) => deadLinks(file).map((target) => `${file} → ${target}`)),
      [],
    );
  });

  test('names only files that exist, where it gives their whole path', () => {
    // Changelog and decisions tell of files that may be gone.
    const named = documents
      .filter((file) => !['CHANGELOG.md', 'DECISIONS.md'].includes(file))
      .flatMap((file) => [...read(file).matchAll(FULL_PATH)].map(([, path = '']) => ({ file, path })));
    assert.ok(named.length > 100);
    const missing = named.filter(({ path }) => !existsSync(join(ROOT, path)));
    assert.deepEqual(
      missing.map(({ file, path }) => `${file} → ${path}`),
      [],
    );
  });

  test('names only sources and folders of this repository, by their path, from its own folder or by name alone', (context) => {
    const tracked = trackedFiles();
    if (tracked === undefined) return context.skip('this is no checkout of git');
    const places = placesOf(tracked);
    const pages = documents.filter((file) => !NAMES_OTHERS.includes(file));
    const isOfCode = (file: string): boolean =>
      /(?:^|\/)(?:ARCHITECTURE|CONTRIBUTING|README)\.md$/.test(file);
    const named = pages
      .flatMap((file) => sourcesIn(read(file)).map((path) => ({ file, path })))
      // Guides name folders of hosts and homes.
      .filter(({ file, path }) => isOfCode(file) || !path.endsWith('/'));
    assert.ok(named.length > 500);
    const missing = named.filter(({ file, path }) => !leadsSomewhere(path, file, places));
    assert.deepEqual(
      missing.map(({ file, path }) => `${file} → ${path}`),
      [],
    );
  });

  test('names only commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = documents.flatMap((file) => [...read(file).matchAll(/npm run (?<name>[a-z0-9:-]+)/g)]);
    const missing = named.map(({ groups }) => groups?.['name'] ?? '').filter((name) => !(name in scripts));
    assert.deepEqual(missing, []);
  });

  test('begins the page of a service or library with a table of what is in each of its folders', () => {
    const pages = documents.filter((file) => /^(?:libs|services)\/[\w-]+\/README\.md$/.test(file));
    assert.ok(pages.length > 10);
    for (const page of pages) {
      const [table = ''] = /^\|.*(?:\n\|.*)*/m.exec(read(page)) ?? [];
      const entries = readdirSync(join(ROOT, dirname(page)), { withFileTypes: true });
      const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
      const untold = folders.filter((name) => !new RegExp(`(?:^|[\`/])${name}/`, 'm').test(table));
      assert.deepEqual(untold, [], page);
    }
  });

  test('describes each service: what it promises, its settings, what goes wrong', () => {
    for (const service of ['config', 'consensus', 'gateway', 'signer']) {
      const text = read(`services/${service}/README.md`);
      for (const heading of [/^## What it promises/m, /^## Settings/m, /^## (?:Trouble|What goes wrong)/m]) {
        assert.match(text, heading, service);
      }
    }
  });

  test('E2E-11 publishes latency, throughput, bandwidth and memory as measured, each with its command', () => {
    const [, table = ''] = /^## What it costs\n(?<text>[\s\S]*?)^## /m.exec(read('BENCHMARKS.md')) ?? [];
    assert.match(table, /`npm run bench -- --json`, \d{4}-\d\d-\d\d/);
    const [head = '', , ...rows] = table.split('\n').filter((line) => line.startsWith('|'));
    const columns = head.split('|').map((each) => each.trim());
    for (const baseline of [/commit p50 ms/, /p99 ms/, /tx\/s/, /KiB\/s/, /CPU/]) {
      const at = columns.findIndex((each) => baseline.test(each));
      assert.ok(at > 0, String(baseline));
      for (const row of rows)
        assert.match(row.split('|')[at]?.trim() ?? '', /^[\d.]+/, `${baseline} in ${row}`);
    }
    const [memory = ''] = read('BENCHMARKS.md').match(/^\| .*`npm run soak -- .*$/m) ?? [];
    for (const service of ['consensus', 'signer', 'gateway', 'config']) {
      assert.match(memory, new RegExp(`${service} \\d+(?:–\\d+)? → \\d+`), service);
    }
    assert.match(read('README.md'), /\]\(BENCHMARKS\.md\)/);
    assert.match(read('CONTRIBUTING.md'), /watch memory \| `npm run soak/);
  });

  test('dates the version of the package in the change log, below what is not released yet', () => {
    const headings = [...read('CHANGELOG.md').matchAll(/^## (?<heading>.+)$/gm)];
    const [unreleased, newest = ''] = headings.map(({ groups }) => groups?.['heading'] ?? '');
    const { version } = JSON.parse(read('package.json'));
    assert.equal(unreleased, '[Unreleased]');
    assert.match(newest, /^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
    assert.ok(newest.startsWith(`[${version}] `), `package.json says ${version}, CHANGELOG.md ${newest}`);
    assert.equal(JSON.parse(read('package-lock.json')).version, version);
  });

  test('records decisions one by one: numbered without a gap, dated, with a status', () => {
    const headings = [...read('DECISIONS.md').matchAll(/^## (?<number>\d+)\. (?<rest>.+)$/gm)];
    assert.deepEqual(
      headings.map(({ groups }) => Number(groups?.['number'])),
      headings.map((_, index) => index + 1),
    );
    for (const { groups } of headings) {
      assert.match(groups?.['rest'] ?? '', /\(\d{4}-\d\d-\d\d, (?:accepted|superseded|proposed)[^)]*\)$/);
    }
  });
});
