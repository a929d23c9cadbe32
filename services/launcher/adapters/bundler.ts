import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { BUNDLES_KEPT_MAX } from '../words/limits.ts';

/** A folder with one file per entry, `<name>.js`. */
export interface Bundles {
  readonly folder: string;
  /**
   * The folder of V8's compiled code, beside the bundles: a second start of the same service is faster by a quarter.
   */
  readonly compileCache: string;
  script(name: string): string;
}

export interface BundleOptions {
  /** The checkout. */
  readonly root: string;
  /** Name of each bundle, and its source below the root. */
  readonly entries: Readonly<Record<string, string>>;
  /** Where bundles are kept, one folder per state of the sources. */
  readonly cacheFolder: string;
}

const SOURCE_FOLDERS = ['libs', 'services'];

/** Some packages are CommonJS inside and expect its three variables, which a module does not have. */
const COMMON_JS_BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __toPath } from 'node:url';",
  "import { dirname as __toFolder } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __toPath(import.meta.url);',
  'const __dirname = __toFolder(__filename);',
].join('\n');

/**
 * One JavaScript file per service: it starts three times faster and takes half the memory of the sources, which counts with
 * sixteen processes on one machine (services/launcher/README.md "How services are run"). Made again only when a source changed.
 */
export async function bundle({ root, entries, cacheFolder }: BundleOptions): Promise<Bundles> {
  const folder = join(cacheFolder, sourceDigest(root, entries));
  if (!existsSync(folder)) await make(folder, { root, entries, cacheFolder });
  else utimesSync(folder, new Date(), new Date());
  removeOld(cacheFolder);
  return { folder, compileCache: join(folder, 'compiled'), script: (name) => join(folder, `${name}.js`) };
}

/** Builds in a folder beside the final one and moves it into place, so that bundles are always whole. */
async function make(folder: string, { root, entries, cacheFolder }: BundleOptions): Promise<void> {
  const unfinished = join(cacheFolder, `unfinished-${randomUUID()}`);
  mkdirSync(unfinished, { recursive: true });
  try {
    await build({
      absWorkingDir: root,
      entryPoints: { ...entries },
      outdir: unfinished,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      keepNames: true,
      banner: { js: COMMON_JS_BANNER },
      plugins: [filesOfPackages],
      logLevel: 'silent',
    });
    writeFileSync(join(unfinished, 'package.json'), '{ "type": "module" }\n');
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another start of the same sources was faster: its bundles are as good.
    if (!existsSync(folder)) throw error;
  }
}

/** Packages that read a file beside their code when they are loaded: in a bundle they must still find it. */
const PACKAGES_WITH_FILES = /node_modules\/(grpc-health-check|@grpc\/proto-loader)\/.*\.js$/;

const filesOfPackages: Plugin = {
  name: 'files-of-packages',
  setup({ onLoad }) {
    onLoad({ filter: PACKAGES_WITH_FILES }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      return { contents: source.replaceAll('__dirname', JSON.stringify(dirname(path))), loader: 'js' };
    });
  },
};

/** A digest of everything that goes into a bundle; the lockfile stands for the packages. */
function sourceDigest(root: string, entries: BundleOptions['entries']): string {
  const digest = createHash('sha256').update(JSON.stringify(entries)).update(COMMON_JS_BANNER);
  for (const file of [
    'package-lock.json',
    ...SOURCE_FOLDERS.flatMap((folder) => sourcesBelow(root, folder)),
  ]) {
    digest
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return digest.digest('hex').slice(0, 32);
}

function sourcesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(folder, file))
    .toSorted();
}

/** Old ones stay for a while: a federation that runs from one needs it again when a service crashes. */
function removeOld(cacheFolder: string): void {
  const folders = readdirSync(cacheFolder)
    .map((name) => join(cacheFolder, name))
    .map((folder) => ({ folder, usedMs: statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((a, b) => b.usedMs - a.usedMs);
  for (const { folder } of folders.slice(BUNDLES_KEPT_MAX)) rmSync(folder, { recursive: true, force: true });
}
