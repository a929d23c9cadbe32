import { z } from 'zod';

const DATASOURCE = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('$datasource') });

const GRID_COLUMNS = 24;

/** The place of a panel, which does not reach over the right edge. */
const GRID_POS = z
  .strictObject({
    h: z.int().positive(),
    w: z.int().positive(),
    x: z.int().nonnegative(),
    y: z.int().nonnegative(),
  })
  .refine(({ w, x }) => x + w <= GRID_COLUMNS, 'reaches over the right edge');

const THRESHOLDS = z.strictObject({
  mode: z.literal('absolute'),
  steps: z.array(z.strictObject({ color: z.enum(['green', 'red']), value: z.number().nullable() })).min(1),
});

const PANEL = z.strictObject({
  id: z.int().positive(),
  type: z.enum(['stat', 'timeseries']),
  title: z.string().min(1),
  description: z.string().min(1),
  datasource: DATASOURCE,
  gridPos: GRID_POS,
  fieldConfig: z.strictObject({
    defaults: z.strictObject({ unit: z.string().min(1), thresholds: THRESHOLDS.optional() }),
    overrides: z.tuple([]),
  }),
  options: z.record(z.string(), z.unknown()),
  targets: z
    .array(
      z.strictObject({
        refId: z.string().regex(/^[A-Z]$/),
        datasource: DATASOURCE,
        expr: z.string().min(1),
        legendFormat: z.string().min(1),
      }),
    )
    .length(1),
});

/** Grafana asks for it again whenever a dashboard is opened. */
const AT_OPENING = 1;
const ALPHABETICAL = 1;

const CHOICE = z.strictObject({ text: z.string(), value: z.string() });

const VARIABLES = z.tuple([
  z.strictObject({
    name: z.literal('datasource'),
    label: z.string(),
    type: z.literal('datasource'),
    query: z.literal('prometheus'),
  }),
  z.strictObject({
    ...{ name: z.literal('chain'), label: z.string(), type: z.literal('query') },
    ...{ datasource: DATASOURCE, query: z.string(), refresh: z.literal(AT_OPENING) },
    sort: z.literal(ALPHABETICAL),
  }),
  z.strictObject({
    ...{ name: z.literal('member'), label: z.string(), type: z.literal('query') },
    ...{ datasource: DATASOURCE, query: z.string(), refresh: z.literal(AT_OPENING) },
    sort: z.literal(ALPHABETICAL),
    ...{ multi: z.literal(true), includeAll: z.literal(true), allValue: z.literal('.+'), current: CHOICE },
  }),
]);

const LINK = z.strictObject({
  ...{ title: z.string(), type: z.literal('dashboards'), tags: z.array(z.string()).min(1) },
  ...{ icon: z.string(), tooltip: z.string(), asDropdown: z.boolean() },
  ...{ targetBlank: z.boolean(), includeVars: z.literal(true), keepTime: z.literal(true) },
});

/**
 * The fields that Grafana needs of a dashboard in its JSON model (versions 9 to 12 read it), and no others: the program
 * that writes the dashboards is typed by it, and the committed files are checked by it.
 */
export const DASHBOARD = z.strictObject({
  uid: z
    .string()
    .regex(/^btcfed-[a-z]+$/)
    .max(40),
  title: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()).min(1),
  schemaVersion: z.literal(39),
  editable: z.boolean(),
  graphTooltip: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  refresh: z.string(),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  timezone: z.string(),
  annotations: z.strictObject({ list: z.tuple([]) }),
  links: z.array(LINK),
  templating: z.strictObject({ list: VARIABLES }),
  panels: z.array(PANEL).min(1),
});

export type Dashboard = z.infer<typeof DASHBOARD>;
