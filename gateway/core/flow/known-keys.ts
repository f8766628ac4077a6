import { z } from 'zod';

type Path = readonly (string | number)[];

/** The keys that may stand at a place of a file, by its schema; none where any may, or where it cannot be told which shape is meant. */
export function knownKeys(schema: z.ZodType, path: Path, raw: unknown): readonly string[] {
  const at = schemaAt(schema, path, raw);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** The keys that a file cannot do without, by its schema. */
export function neededKeys(schema: z.ZodType): readonly string[] {
  const at = schemaAt(schema, [], {});
  return at instanceof z.ZodObject ? Object.entries(at.shape).flatMap(([key, value]) => (ofType(value as z.core.$ZodType).safeParse(undefined).success ? [] : [key])) : [];
}

/** The schema of a place. Of several shapes that of the kind that is written there, else the only one with named keys. */
function schemaAt(schema: z.ZodType, path: Path, raw: unknown): z.ZodType | null {
  const bare = chosen(schema, raw);
  const [step, ...rest] = path;
  if (bare === null || step === undefined) return bare;
  const next = bare instanceof z.ZodObject ? Reflect.get(bare.shape, step) : bare instanceof z.ZodRecord ? bare.valueType : bare instanceof z.ZodArray ? bare.element : null;
  const value = typeof raw === 'object' && raw !== null ? Reflect.get(raw, step) : undefined;
  return next instanceof z.ZodType ? schemaAt(next, rest, value) : null;
}

function chosen(schema: z.ZodType, raw: unknown): z.ZodType | null {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return chosen(ofType(schema.unwrap()), raw);
  if (schema instanceof z.ZodPipe) return chosen(ofType(schema.in), raw);
  if (!(schema instanceof z.ZodUnion)) return schema;
  const options = schema.options.map((option) => chosen(ofType(option), raw));
  const written = schema instanceof z.ZodDiscriminatedUnion && typeof raw === 'object' && raw !== null ? options.find((option) => isOfKind(option, schema.def.discriminator, raw)) : undefined;
  const isFit = (option: z.ZodType | null): boolean => (Array.isArray(raw) ? option instanceof z.ZodArray : option instanceof z.ZodObject || option instanceof z.ZodRecord);
  const fitting = options.filter(isFit);
  return written ?? (fitting.length === 1 ? (fitting[0] ?? null) : null);
}

const isOfKind = (option: z.ZodType | null, key: string, raw: object): boolean => option instanceof z.ZodObject && option.shape[key] instanceof z.ZodType && option.shape[key].safeParse(Reflect.get(raw, key)).success;

/** Schemas hold their inner ones as the core type, of which every one here is the full one. */
const ofType = (schema: z.core.$ZodType): z.ZodType => schema as z.ZodType;
