import { z } from 'zod';
import { AppError } from '#libs/errors/app-error.ts';
import { endpointFault, SAMPLE_DEFAULT, SAMPLE_RULE, sampleOf } from '#libs/tracing/endpoint.ts';

export class ConfigError extends AppError<{ readonly code: 'CONFIG_INVALID'; readonly service: string }> {
  override readonly name = 'ConfigError';
}

/** 10 MB, as conf.yaml has it (LOG-22). */
const LOG_FILE_BYTES_MAX = 10 * 1024 * 1024;

/** Settings that every service has, below its own prefix. */
export const platformSettings = z.object({
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** A file that log lines are appended to, as JSON; several processes may share it. No file when it is left out. */
  LOG_FILE: z.string().min(1).optional(),
  /** Size in bytes at which that file is rotated. */
  LOG_FILE_BYTES_MAX: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(LOG_FILE_BYTES_MAX),
  /** Rotated files that are kept beside it, the newest; 0 keeps all. As conf.yaml has it (LOG-22). */
  LOG_FILE_COUNT_MAX: z.coerce.number().int().min(0).max(1_000).default(10),
  /** The form of lines on standard output. Left out: `json` without a file, `off` with one. */
  LOG_CONSOLE: z.enum(['off', 'json', 'text', 'color']).optional(),
  /** Folder of `logging.file_name` of conf.yaml. With it all of the section is live, without it the level alone. */
  LOG_FOLDER: z.string().min(1).optional(),
  /** The reader of standard output, for the same: a person with colours, without, a file or program, or nobody. */
  LOG_TERMINAL: z.enum(['color', 'plain', 'pipe', 'none']).default('none'),
  /** host:port or unix:/path of the metrics for Prometheus; off when it is left out. Plain text: loopback, or behind a proxy. */
  METRICS_LISTEN: z
    .string()
    .regex(/^(unix:\/.+|(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5})$/i, 'expected host:port or unix:/path')
    .optional(),
  /** Labels of all its metrics and facts of its spans: names of its member and of the chain. Left out: none. */
  METRICS_MEMBER: z.string().min(1).optional(),
  METRICS_CHAIN: z.string().min(1).optional(),
  /** URL of a collector of OpenTelemetry (OTLP over HTTP) for spans; off when it is left out. */
  TRACING_ENDPOINT: z
    .string()
    .superRefine((text, refinement) => {
      const fault = endpointFault(text);
      if (fault !== undefined) refinement.addIssue({ code: 'custom', message: fault });
    })
    .optional(),
  /** Share of all traces that is recorded: the same traces in every service and member with the same share. */
  TRACING_SAMPLE: z.string().transform(shareOf).default(SAMPLE_DEFAULT),
  /** A service that has not stopped by then ends as a crash. */
  STOP_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(5_000),
});

function shareOf(text: string, refinement: z.core.$RefinementCtx<string>): number {
  const share = sampleOf(text);
  if (share !== undefined) return share;
  refinement.addIssue({ code: 'custom', message: SAMPLE_RULE });
  return z.NEVER;
}

export type PlatformSettings = Readonly<z.output<typeof platformSettings>>;

export interface LoadedConfig<Output> {
  readonly config: Readonly<Output>;
  readonly platform: PlatformSettings;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of service `name` once, at start: the variables of `env` that begin with `<NAME>_`. Platform
 * settings are checked here and need not stand in the service's schema. Names every bad or unknown field, and never
 * prints a value: one of them may be a key.
 */
export function loadConfig<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  env: Environment,
): LoadedConfig<z.output<Schema>> {
  const prefix = `${name.toUpperCase().replaceAll('-', '_')}_`;
  const own = Object.fromEntries(
    Object.entries(env).filter(([key, value]) => key.startsWith(prefix) && value !== undefined),
  );
  const platform = platformSettings.safeParse(withoutPrefix(own, prefix));
  const config = schema.safeParse(withoutPlatform(own, prefix, schema));
  const problems = [...problemsOf(platform, prefix), ...problemsOf(config, '')];
  if (platform.success && config.success && problems.length === 0) {
    return { config: Object.freeze(config.data), platform: platform.data };
  }
  const text = [...new Set(problems)].join('; ');
  throw new ConfigError(`invalid settings: ${text}`, { code: 'CONFIG_INVALID', service: name });
}

function withoutPrefix(own: Environment, prefix: string): Environment {
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [key.slice(prefix.length), value]));
}

/** A service may declare a platform setting in its own strict schema, and then receives it too. */
function withoutPlatform(own: Environment, prefix: string, schema: z.ZodType): Environment {
  const declared = declaredNames(schema);
  const hidden = Object.keys(platformSettings.shape).map((key) => prefix + key);
  return Object.fromEntries(
    Object.entries(own).filter(([key]) => declared.has(key) || !hidden.includes(key)),
  );
}

function declaredNames(schema: unknown): ReadonlySet<string> {
  if (schema instanceof z.ZodPipe) return declaredNames(schema.in);
  return new Set(schema instanceof z.ZodObject ? Object.keys(schema.shape) : []);
}

function problemsOf(result: z.ZodSafeParseResult<unknown>, prefix: string): string[] {
  return result.success ? [] : result.error.issues.flatMap((issue) => describeIssue(issue, prefix));
}

function describeIssue(issue: z.core.$ZodIssue, prefix: string): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${key}: unknown setting`);
  return [`${prefix}${issue.path.join('.')}: ${issue.message}`];
}
