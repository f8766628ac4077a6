import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectFile } from '../project.js';
import { addDays, type Customer, type Invoice } from './invoices.js';

const number = z.string().regex(/^\d{2,20}$/);
const dataSchema = z.strictObject({
  customers: z.array(z.strictObject({ customer: number, name: z.string().min(1), number: z.string().regex(/^\+\d{6,15}$/), pin: z.string().regex(/^\d{4}$/) })).min(1),
  /** Whose invoices the demo extends. */
  demoCustomer: number,
  /** Texts that all channels share, by id; what a knowledge system would serve. */
  texts: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.strictObject({ sv: z.string(), nb: z.string(), en: z.string() })).default({}),
  invoices: z
    .array(
      z.strictObject({
        invoice: number,
        customer: number,
        amount: z.number().positive(),
        currency: z.string().regex(/^[A-Z]{3}$/),
        /** From the day on which the data is laid out. */
        dueInDays: z.int(),
        isPaid: z.boolean().default(false),
        isOnPlan: z.boolean().default(false),
        isExtended: z.boolean().default(false),
      }),
    )
    .min(1),
});
export type SampleData = z.infer<typeof dataSchema>;

/** Reads the sample data of the repository, or the file named. Throws with the reason when it is not usable. */
export function readSampleData(file: string | undefined): SampleData {
  return dataSchema.parse(parse(readFileSync(file ?? projectFile('ivr-flows', 'sample-billing', 'data.yaml'), 'utf8')));
}

/** Invoices with due dates counted from `today`. */
export function layOut(data: SampleData, today: string): { readonly customers: readonly Customer[]; readonly invoices: readonly Invoice[] } {
  return {
    customers: data.customers,
    invoices: data.invoices.map(({ dueInDays, ...invoice }) => ({ ...invoice, dueDate: addDays(today, dueInDays) })),
  };
}
